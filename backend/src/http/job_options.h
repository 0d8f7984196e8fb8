/** Options of a job: what a client may ask for, and how the store keeps it. Pure; any thread. */
#pragma once

#include <jansson.h>

#include "http/fields.h"

struct chip_minutes_provider;

/**
 * Checks them.
 *
 * @param f       on the client's object (camelCase); names and ranges as in docs/openapi.yaml
 * @param minutes who can be asked to write minutes; NULL: the built-in analyst alone
 * @param out     as the store keeps them (snake_case), only what was given; a new reference. Set
 *                only while f->status is CHIP_OK
 */
void chip_job_options_read(struct chip_fields *f, const struct chip_minutes_provider *minutes,
                           json_t **out);

/**
 * Checks changes to the options of an earlier run. An option that is not named stays as it was,
 * null takes it away; a number of speakers takes the place of earlier limits, and limits that of a
 * number.
 *
 * @param f      as above, of the changes
 * @param minutes as above
 * @param before  as the store keeps them
 * @param out     as above: all of them, changed
 */
void chip_job_options_change(struct chip_fields *f, const struct chip_minutes_provider *minutes,
                             const json_t *before, json_t **out);
