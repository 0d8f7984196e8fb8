/** Title, summary and topics. Any thread. */
#pragma once

#include <jansson.h>

#include "minutes/analyst/items.h"
#include "minutes/analyst/topics.h"

/**
 * Sets title, summary and topics of minutes.
 *
 * @param decisions those that count are the first to be in the short summary
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_overview_add(json_t *minutes, const struct chip_reading *r,
                                   const struct chip_items *decisions, struct chip_err *err);
