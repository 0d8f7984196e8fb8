/** Sentences that may say what is decided. Pure; any thread. */
#pragma once

#include "minutes/analyst/reading.h"

enum { CHIP_PROPOSE_CONTENT = 2 /* content words that a decision has at least */ };

/** From here on a proposal is a decision unless somebody is against it. */
#define CHIP_PROPOSE_FIRM 0.5f

/** A statement of something, not a question, and not what one person wants or does. */
bool chip_propose_states(const struct chip_reading *r, size_t sentence);

/** "Let us start": how the talk goes on, no decision. */
bool chip_propose_is_procedure(const struct chip_reading *r, size_t sentence);

/** "Let us drop it", "what if we ...": how near it is to a decision, 0..1; 0: proposes nothing. */
float chip_propose_weight(const struct chip_reading *r, size_t sentence);

/** "Are we all happy with the small one?": with a yes, it is decided. */
bool chip_propose_asks_all(const struct chip_reading *r, size_t sentence);

/** Does a proposal say enough to be a decision? "Let us go with the green one" does. */
bool chip_propose_has_content(const struct chip_reading *r, size_t sentence);

/** Something that could be, not something that is. */
bool chip_propose_is_open(const struct chip_reading *r, size_t sentence);

/** "Good, then ...", "Agreed. So ...": somebody says what the talk has come to. */
bool chip_propose_concludes(const struct chip_reading *r, size_t sentence);
