/** Jobs as people read them on a terminal. */
#pragma once

#include <jansson.h>

#include "base/str.h"

/** A table of job rows, a line each. @param jobs as list_jobs gives them */
void chip_jobs_list_add(struct chip_str *out, const json_t *jobs);

/** Everything about one job. @param deliveries as list_deliveries gives them */
void chip_jobs_show_add(struct chip_str *out, const json_t *job, const json_t *deliveries);
