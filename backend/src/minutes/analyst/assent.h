/** Whether others are for what somebody proposes. Pure; any thread. */
#pragma once

#include "minutes/analyst/reading.h"

/** What they say to it before whoever proposed it goes on: -1..0.5; 0: nothing; below 0: no. */
float chip_assent_to(const struct chip_reading *r, size_t sentence);

/** Does a sentence agree, with more than "yes" or "exactly"? */
bool chip_assent_is_clear(const struct chip_reading *r, size_t sentence);
