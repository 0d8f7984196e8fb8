/** Decisions in hardly a sentence: "Six, then." "So the university?" "Definitely." Pure. */
#pragma once

#include "minutes/analyst/reading.h"

enum { CHIP_SETTLE_BRIEF = 4 /* words of what is only understood with what was said before */ };

/**
 * Does a sentence settle what was spoken about just before?
 *
 * @param proof receives another sentence that proves it, or the same
 */
bool chip_settle_is(const struct chip_reading *r, size_t sentence, size_t *proof);

/** "Let us meet at four." "Can we make it five?" "Five it is.": only when to meet. */
bool chip_settle_is_a_meeting(const struct chip_reading *r, size_t sentence);
