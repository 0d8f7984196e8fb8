/** Questions that nobody answered. Any thread. */
#pragma once

#include "minutes/analyst/items.h"

/**
 * Finds questions to which others say that they do not know, or say nothing.
 *
 * @param items starts zeroed; `owner` is who asked; free it with chip_items_done(), also on failure
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_questions_find(const struct chip_reading *r, struct chip_items *items,
                                     struct chip_err *err);

/** As minutes show them: {text, asked_by, confidence, evidence}. @return NULL: out of memory */
json_t *chip_questions_json(const struct chip_items *items, const struct chip_reading *r);
