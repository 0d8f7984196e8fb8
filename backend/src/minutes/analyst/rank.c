#include "minutes/analyst/rank.h"

#include <math.h>
#include <stdlib.h>

enum { ROUNDS = 30, MIN_WORDS = 6, MAX_WORDS = 45, MIN_CONTENT = 3 };

static const float DAMPING = 0.85f, RELEVANCE = 0.7f;

bool chip_rank_may(const struct chip_reading *r, size_t sentence)
{
    static const char LEANS[] = "it|they|that|he|she|those|these|them|him|her";
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range words = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    size_t n = s->words.to - s->words.from;
    return !s->asks && n >= MIN_WORDS && n <= MAX_WORDS &&
           chip_reading_content(r, s->words) >= MIN_CONTENT &&
           !chip_pattern_at(&r->talk, words, LEANS, NULL);
}

/* How well a sentence stands alone: "they change it every month" needs the one before. */
static float standing(const struct chip_reading *r, size_t sentence)
{
    struct chip_range words = r->talk.sentences[sentence].words;
    float value = 1;
    bool verb = chip_reading_has_verb(r, words);
    words.from = chip_pattern_opening(&r->talk, words);
    if (chip_pattern_at(&r->talk, words, "this|there", NULL))
        value *= 0.5f;
    if (chip_pattern_at(&r->talk, words, "i|you|my|your", NULL))
        value *= 0.7f;
    if (chip_pattern_at(&r->talk, words, "what|how|let|thanks|thank|welcome|hello|if", NULL))
        value *= 0.6f;
    if (chip_pattern_find(&r->talk, words, "agenda|hello|welcome|goodbye", NULL))
        value *= 0.4f;
    return verb ? value : value * 0.4f;
}

/* Weight of the words that two sentences share, by their lengths. */
static float similarity(const struct chip_reading *r, const struct chip_terms *terms, size_t a,
                        size_t b)
{
    struct chip_range x = r->talk.sentences[a].words, y = r->talk.sentences[b].words;
    float sum = 0;
    for (size_t i = x.from; i < x.to; i++) {
        int stem = r->talk.words[i].stem;
        for (size_t k = y.from; k < y.to && stem >= 0; k++)
            if (r->talk.words[k].stem == stem) {
                sum += terms->weight[stem];
                break;
            }
    }
    return sum / (logf(1 + (float)(x.to - x.from)) + logf(1 + (float)(y.to - y.from)));
}

static void fill(const struct chip_reading *r, const struct chip_terms *terms, const size_t *from,
                 size_t n, float *alike)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            alike[i * n + k] = alike[k * n + i] = similarity(r, terms, from[i], from[k]);
}

/* @param sums, next [n] scratch */
static void rank(const float *alike, size_t n, float *score, float *sums, float *next)
{
    for (size_t i = 0; i < n; i++) {
        score[i] = 1;
        sums[i] = 0;
        for (size_t k = 0; k < n; k++)
            sums[i] += alike[i * n + k];
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < n; i++) {
            float in = 0;
            for (size_t k = 0; k < n; k++)
                if (alike[k * n + i] > 0)
                    in += alike[k * n + i] / sums[k] * score[k];
            next[i] = 1 - DAMPING + DAMPING * in;
        }
        for (size_t i = 0; i < n; i++)
            score[i] = next[i];
    }
}

static int by_position(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* @param taken [n] scratch. @return how many */
static size_t pick(const float *alike, const float *score, size_t n, float *taken, size_t *picks,
                   size_t n_picks)
{
    float most = 0, closest = 0;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        most = score[i] > most ? score[i] : most;
        taken[i] = 0;
        for (size_t k = 0; k < n; k++)
            closest = alike[i * n + k] > closest ? alike[i * n + k] : closest;
    }
    while (kept < n_picks && kept < n) {
        size_t best = n;
        float value = 0;
        for (size_t i = 0; i < n; i++) {
            if (taken[i] < 0)
                continue;
            float mine = RELEVANCE * score[i] / most -
                         (closest > 0 ? (1 - RELEVANCE) * taken[i] / closest : 0);
            if (best < n && mine <= value)
                continue;
            best = i;
            value = mine;
        }
        taken[best] = -1;
        picks[kept++] = best;
        for (size_t i = 0; i < n; i++)
            if (taken[i] >= 0 && alike[best * n + i] > taken[i])
                taken[i] = alike[best * n + i];
    }
    return kept;
}

enum chip_status chip_rank_pick(const struct chip_reading *r, const struct chip_terms *terms,
                                const size_t *from, size_t n_from, size_t *picks, size_t n_picks,
                                size_t *n, struct chip_err *err)
{
    size_t size = n_from < CHIP_RANK_MAX ? n_from : CHIP_RANK_MAX;
    float *alike = calloc(size * size + 1, sizeof *alike),
          *rows = calloc(4 * size + 1, sizeof *rows);
    if (!alike || !rows) {
        free(alike);
        free(rows);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to summarise");
    }
    fill(r, terms, from, size, alike);
    rank(alike, size, rows, rows + size, rows + 2 * size);
    for (size_t i = 0; i < size; i++)
        rows[i] *= standing(r, from[i]);
    *n = pick(alike, rows, size, rows + 3 * size, picks, n_picks);
    for (size_t i = 0; i < *n; i++)
        picks[i] = from[picks[i]];
    qsort(picks, *n, sizeof *picks, by_position);
    free(alike);
    free(rows);
    return CHIP_OK;
}
