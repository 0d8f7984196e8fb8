/** Words that may say what is to be done. Pure; any thread. */
#pragma once

#include "minutes/analyst/reading.h"

/** The words from a place on, without those that only lead to the verb: "then please go and". */
struct chip_range chip_task_from(const struct chip_reading *r, size_t sentence, size_t from);

/**
 * The task without what is said about it, or about others, in the same sentence.
 *
 * @param asked the words are not of who does it: "send it to me, and I will sign it"
 */
struct chip_range chip_task_cut(const struct chip_reading *r, struct chip_range task, bool asked);

/** Is it something that is still to be done when the meeting is over? */
bool chip_task_is(const struct chip_reading *r, struct chip_range task);

/** Is what begins at a word only a case, a habit, or what somebody once said: "if it rains, I"? */
bool chip_task_is_supposed(const struct chip_reading *r, size_t sentence, size_t at);

/** Words that say something besides the verb and the date. */
size_t chip_task_substance(const struct chip_reading *r, struct chip_range task);

/** Does it need another sentence to be understood: "build it", "have her look at it"? */
bool chip_task_is_vague(const struct chip_reading *r, struct chip_range task);

/** Does it only tell of the result of another task: "let you know", "come back to you"? */
bool chip_task_reports(const struct chip_reading *r, struct chip_range task);

/** Words of a pattern at the beginning of a sentence or behind what opens it. */
bool chip_task_opens(const struct chip_reading *r, size_t sentence, const char *pattern);
