/** What a task is about, where its own words do not say it. One thread. */
#pragma once

#include "minutes/analyst/items.h"
#include "minutes/analyst/refer.h"

/** "Build it": finds what, as a thing ("the trial agreement") or as a sentence, and proves it. */
void chip_about_find(struct chip_item *item, const struct chip_reading *r);

/** The same for anything that is said, always as a sentence: what was asked or proposed before. */
void chip_about_quote(struct chip_item *item, const struct chip_reading *r);

/** Whether "do it" is something to do. "You could be her mentor." "I'll do it." is none. */
bool chip_about_is_a_doing(const struct chip_item *item, const struct chip_reading *r);
