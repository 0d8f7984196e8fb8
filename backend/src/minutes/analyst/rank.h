/** Which sentences say the most. Any thread. */
#pragma once

#include "minutes/analyst/terms.h"

/**
 * Picks the sentences to which most of the others are alike, and that are unlike one another.
 *
 * @param from  [n_from] sentences to choose from, in order; more than CHIP_RANK_MAX are cut off
 * @param picks [n_picks] receives them, in order of the talk
 * @param n     receives how many: fewer when there is too little to say
 * @return CHIP_OK or CHIP_E_NOMEM
 * Source: Mihalcea and Tarau 2004, TextRank; Carbonell and Goldstein 1998, maximal marginal
 * relevance
 */
CHIP_MUST_CHECK
enum chip_status chip_rank_pick(const struct chip_reading *r, const struct chip_terms *terms,
                                const size_t *from, size_t n_from, size_t *picks, size_t n_picks,
                                size_t *n, struct chip_err *err);

enum { CHIP_RANK_MAX = 400 };

/** May a sentence stand in a summary? Not a question, a call or a mere "yes", nor
 * one that leans on the sentence before: "they change it". */
bool chip_rank_may(const struct chip_reading *r, size_t sentence);
