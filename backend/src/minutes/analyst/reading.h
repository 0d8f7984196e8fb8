/** A talk with what is needed to understand it. Read only; any thread. */
#pragma once

#include "base/str.h"
#include "minutes/analyst/names.h"
#include "minutes/analyst/when.h"
#include "minutes/pattern.h"

struct chip_reading {
    struct chip_said talk;
    struct chip_names names;
    const char **texts; /* [talk.n_words] plain words */
    int32_t today;      /* of the meeting; 0: not known */
};

/**
 * @param transcript borrowed; must outlive the reading
 * @param today      0 or less: not known
 * @param r          free it with chip_reading_done(), also on failure
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_reading_begin(const struct chip_transcript *transcript, int32_t today,
                                    struct chip_reading *r, struct chip_err *err);
void chip_reading_done(struct chip_reading *r);

/** A date in these words, one with a deadline before one without. @return false: none */
bool chip_reading_when(const struct chip_reading *r, struct chip_range words,
                       struct chip_when *out);

/** Content words in a range. */
size_t chip_reading_content(const struct chip_reading *r, struct chip_range words);

/** Content words that two ranges share, each stem once. */
size_t chip_reading_shared(const struct chip_reading *r, struct chip_range a, struct chip_range b);

/** First sentence of the next turn; talk.n_sentences: there is none. */
size_t chip_reading_next_turn(const struct chip_reading *r, size_t sentence);

/** Is a pattern (minutes/pattern.h) in a sentence? */
bool chip_reading_has(const struct chip_reading *r, size_t sentence, const char *pattern);

/** Does something seem to be said of something? "Two weeks later, on Monday" says nothing. */
bool chip_reading_has_verb(const struct chip_reading *r, struct chip_range words);

/** Tokens of plain words. */
struct chip_range chip_reading_tokens(const struct chip_reading *r, struct chip_range words);

/** Adds the tokens of these words to a text, with a blank before them; fillers are left out. */
void chip_reading_add(struct chip_str *out, const struct chip_reading *r, struct chip_range words);

/**
 * A range of words made readable: capital at the beginning, no comma or full stop at the end,
 * fillers inside left out. Never a word that was not said.
 *
 * @return malloc'ed; NULL: out of memory
 */
char *chip_reading_text(const struct chip_reading *r, struct chip_range words);
