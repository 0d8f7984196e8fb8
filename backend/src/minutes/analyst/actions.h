/** Who does what by when. Any thread. */
#pragma once

#include "minutes/analyst/items.h"

/**
 * Finds tasks: promises, requests together with the answers to them, and what others are to do.
 *
 * @param items starts zeroed; free it with chip_items_done(), also on failure
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_actions_find(const struct chip_reading *r, struct chip_items *items,
                                   struct chip_err *err);

/** As minutes show them: {what, owner, due, confidence, evidence}. @return NULL: out of memory */
json_t *chip_actions_json(const struct chip_items *items, const struct chip_reading *r);
