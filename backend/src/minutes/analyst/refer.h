/** What "it" in a task stands for. Pure; any thread. */
#pragma once

#include "minutes/analyst/reading.h"

struct chip_referent {
    size_t pronoun;          /* a plain word of the task */
    struct chip_range words; /* that it stands for: "the trial agreement" */
    size_t sentence;         /* where those are */
};

/**
 * Looks for the thing or person that the object of a task ("send it", "make one", "ask them") was
 * called before. A guess by nearness, number and kind.
 *
 * @return false: there is no such pronoun, or nothing before it fits
 */
bool chip_refer_find(const struct chip_reading *r, size_t sentence, struct chip_range task,
                     struct chip_referent *out);
