/** How much words say: rare ones more than common ones. Any thread. */
#pragma once

#include "minutes/analyst/reading.h"

struct chip_terms {
    float *weight; /* [talk.n_stems] log of sentences / sentences with it */
};

/** @param terms free it with chip_terms_done(). @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_terms_weigh(const struct chip_reading *r, struct chip_terms *terms,
                                  struct chip_err *err);
void chip_terms_done(struct chip_terms *terms);

/** Key phrases of some sentences: up to n ranges of words, best first, none inside another. */
struct chip_phrases {
    struct chip_range *spans; /* [n] owned */
    size_t n;
};

/**
 * @param in      sentences [from, to)
 * @param n       at most so many
 * @param phrases free phrases->spans
 */
CHIP_MUST_CHECK
enum chip_status chip_terms_phrases(const struct chip_reading *r, const struct chip_terms *terms,
                                    struct chip_range in, size_t n, struct chip_phrases *phrases,
                                    struct chip_err *err);
