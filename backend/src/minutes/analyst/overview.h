/** Title, topics and summary. Any thread. */
#pragma once

#include <jansson.h>

#include "minutes/analyst/summary.h"

/**
 * Adds "title", "summary" and "topics" to minutes.
 *
 * Where there is too little to say, "summary" is empty and has "insufficient_evidence".
 *
 * @param found what is decided, to be done and open; those go before other sentences
 * @return CHIP_OK or CHIP_E_NOMEM; then minutes is of no use
 */
CHIP_MUST_CHECK
enum chip_status chip_overview_add(json_t *minutes, const struct chip_reading *r,
                                   const struct chip_found *found, struct chip_err *err);
