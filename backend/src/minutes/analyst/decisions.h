/** What was decided. Any thread. */
#pragma once

#include "minutes/analyst/items.h"

/**
 * Finds decisions: what is said to be agreed, what sums a talk up ("Good. Then ..."), proposals
 * that others accept. What is taken back, or decided otherwise soon after, is marked dropped.
 *
 * @param items starts zeroed; free it with chip_items_done(), also on failure
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_decisions_find(const struct chip_reading *r, struct chip_items *items,
                                     struct chip_err *err);

/** As minutes show them. @return a new reference; NULL: out of memory */
json_t *chip_decisions_json(const struct chip_items *items, const struct chip_reading *r);
