/**
 * The sentences of a meeting that are about a question: BM25 over sentences, each read together
 * with those around it, as an answer seldom repeats the words of the question before it.
 *
 * Any thread. Source: Robertson and Zaragoza 2009, The Probabilistic Relevance Framework
 */
#pragma once

#include "minutes/ask/question.h"

struct chip_found {
    size_t sentence;
    float score;
    float covered; /* 0..1: how much of what is asked for is said there or just before it */
};

struct chip_finder {
    const struct chip_reading *r; /* borrowed */
    size_t n_stems;
    char (*stems)[CHIP_PLAIN_STEM]; /* [n_stems] */
    uint32_t *groups;               /* [n_stems] of words that mean about the same */
    float *rarity;                  /* [n_stems] idf */
};

/** @param finder free it with chip_finder_done(), also on failure. @return CHIP_OK, CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_finder_begin(const struct chip_reading *r, struct chip_finder *finder,
                                   struct chip_err *err);
void chip_finder_done(struct chip_finder *finder);

/**
 * @param out [max] the best first
 * @param n   receives how many; sentences with none of the words are not among them
 */
CHIP_MUST_CHECK
enum chip_status chip_find(const struct chip_finder *finder, const struct chip_question *question,
                           struct chip_found *out, size_t max, size_t *n, struct chip_err *err);

/** How much of what is asked for is in some words, and in those around them, which count for less:
 * 0..1, rare words more. 1 without any terms; -1: out of memory. */
float chip_find_share(const struct chip_finder *finder, const struct chip_question *question,
                      const char *text, const char *around);
