/** Options of a job: what a client may ask for, and how the store keeps it. Pure; any thread. */
#pragma once

#include <jansson.h>

#include "http/fields.h"

/**
 * Checks them.
 *
 * @param f   on the client's object (camelCase); names and ranges as in docs/openapi.yaml
 * @param out as the store keeps them (snake_case), only what was given; a new reference. Set only
 *            while f->status is CHIP_OK
 */
void chip_job_options_read(struct chip_fields *f, json_t **out);
