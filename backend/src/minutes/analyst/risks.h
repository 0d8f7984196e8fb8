/** What may go wrong, as somebody said. Any thread. */
#pragma once

#include "minutes/analyst/items.h"

/** @param items starts zeroed; free it, also on failure. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_risks_find(const struct chip_reading *r, struct chip_items *items,
                                 struct chip_err *err);

/** As minutes show them. @return a new reference; NULL: out of memory */
json_t *chip_risks_json(const struct chip_items *items, const struct chip_reading *r);
