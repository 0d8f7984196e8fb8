/** Until when a task is, where other sentences say so. One thread. */
#pragma once

#include "minutes/analyst/items.h"

/**
 * Takes over the date from sentences after a task, of whoever says it: "It will be ready by
 * Friday." "We need them by June." "Until Monday?"
 *
 * @param sentence the last one that is about the task
 */
void chip_due_after(struct chip_item *item, const struct chip_reading *r, size_t sentence);

/** The same for what was agreed just before: "Can we say the fifteenth?" "Fine, I will do it." */
void chip_due_before(struct chip_item *item, const struct chip_reading *r, size_t sentence);

/** The date is told by itself; at the end of the text it would be told twice. */
void chip_due_cut(struct chip_item *item, const struct chip_reading *r);
