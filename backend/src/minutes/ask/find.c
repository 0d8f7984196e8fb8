#include "minutes/ask/find.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "minutes/analyst/numbers.h"
#include "minutes/quotes.h"

static const float ALIKE = 0.7f;    /* what a word of the same meaning counts */
static const float WEAK = 0.3f;     /* what a weak term counts */
static const float BEFORE = 0.5f;   /* words of the sentence before */
static const float QUESTION = 0.9f; /* of a question of somebody else, which this may answer */
static const float AFTER = 0.25f;
static const float EARLIER = 0.35f; /* what the talk was about before that */
static const float RECALLED = 0.4f; /* of that, of what is asked for */
static const float FADES = 0.85f;   /* with each sentence */
static const float AROUND = 0.6f;   /* words around an item of the minutes */
static const float K1 = 1.2f, B = 0.6f;

/* ---- what words there are ---------------------------------------------------------------------
 */

static void count_sentences(const struct chip_reading *r, int *last, float *n)
{
    for (size_t s = 0; s < r->talk.n_sentences; s++) {
        const struct chip_range in = r->talk.sentences[s].words;
        for (size_t w = in.from; w < in.to; w++) {
            int stem = r->talk.words[w].stem;
            if (stem < 0 || last[stem] == (int)s)
                continue;
            last[stem] = (int)s;
            n[stem]++;
        }
    }
}

static float rarity_of(size_t n_sentences, float with)
{
    return logf(1 + ((float)n_sentences - with + 0.5f) / (with + 0.5f));
}

enum chip_status chip_finder_begin(const struct chip_reading *r, struct chip_finder *finder,
                                   struct chip_err *err)
{
    size_t n = r->talk.n_stems;
    *finder = (struct chip_finder){.r = r,
                                   .n_stems = n,
                                   .stems = calloc(n + 1, sizeof *finder->stems),
                                   .groups = calloc(n + 1, sizeof *finder->groups),
                                   .rarity = calloc(n + 1, sizeof *finder->rarity)};
    int *last = malloc((n + 1) * sizeof *last);
    if (!finder->stems || !finder->groups || !finder->rarity || !last) {
        free(last);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to look for an answer");
    }
    memset(last, 0xff, (n + 1) * sizeof *last);
    count_sentences(r, last, finder->rarity);
    for (size_t i = 0; i < n; i++)
        finder->rarity[i] = rarity_of(r->talk.n_sentences, finder->rarity[i]);
    for (size_t w = 0; w < r->talk.n_words; w++) {
        int stem = r->talk.words[w].stem;
        if (stem < 0 || finder->stems[stem][0])
            continue;
        chip_plain_stem(r->talk.words[w].text, finder->stems[stem]);
        finder->groups[stem] = chip_groups_of(finder->stems[stem]);
    }
    free(last);
    return CHIP_OK;
}

void chip_finder_done(struct chip_finder *finder)
{
    free(finder->stems);
    free(finder->groups);
    free(finder->rarity);
    *finder = (struct chip_finder){0};
}

/* ---- the question's words in the meeting ------------------------------------------------------
 */

/* How much each stem of the meeting is worth for each term. */
struct match {
    const struct chip_finder *finder;
    const struct chip_question *q;
    float *worth;                       /* [n_stems][n_terms] 0..1 */
    float rarity[CHIP_QUESTION_TERMS];  /* of the term, or of what it is like */
    float in_all;                       /* of all terms together */
    float (*said)[CHIP_QUESTION_TERMS]; /* [n_sentences] */
};

static float worth_of(const char *stem, uint32_t groups, const struct chip_question_term *term)
{
    if (strcmp(stem, term->stem) == 0)
        return 1;
    return groups & term->groups ? ALIKE : 0;
}

/* A term that nobody says is as rare as can be. */
static float term_rarity(const struct chip_finder *f, const struct chip_question_term *term)
{
    float best = -1;
    for (size_t i = 0; i < f->n_stems; i++) {
        float worth = worth_of(f->stems[i], f->groups[i], term);
        if (worth == 1)
            return f->rarity[i];
        if (worth > 0 && f->rarity[i] > best)
            best = f->rarity[i];
    }
    return best >= 0 ? best : rarity_of(f->r->talk.n_sentences, 0);
}

static float weight_of(const struct chip_finder *f, const struct chip_question_term *term)
{
    return term_rarity(f, term) * (term->weak ? WEAK : 1);
}

static void match_done(struct match *m)
{
    free(m->worth);
    free(m->said);
}

static bool match_begin(const struct chip_finder *f, const struct chip_question *q, struct match *m)
{
    *m = (struct match){.finder = f,
                        .q = q,
                        .worth = calloc(f->n_stems * q->n_terms + 1, sizeof *m->worth),
                        .said = calloc(f->r->talk.n_sentences + 1, sizeof *m->said)};
    if (!m->worth || !m->said)
        return false;
    for (size_t t = 0; t < q->n_terms; t++) {
        m->rarity[t] = weight_of(f, &q->terms[t]);
        m->in_all += m->rarity[t];
        for (size_t i = 0; i < f->n_stems; i++)
            m->worth[i * q->n_terms + t] = worth_of(f->stems[i], f->groups[i], &q->terms[t]);
    }
    for (size_t s = 0; s < f->r->talk.n_sentences; s++) {
        const struct chip_range in = f->r->talk.sentences[s].words;
        for (size_t w = in.from; w < in.to; w++) {
            int stem = f->r->talk.words[w].stem;
            for (size_t t = 0; stem >= 0 && t < q->n_terms; t++)
                m->said[s][t] += m->worth[(size_t)stem * q->n_terms + t];
        }
    }
    return true;
}

/* ---- how well a sentence answers --------------------------------------------------------------
 */

static void add_said(const struct match *m, size_t sentence, float weight, float *said)
{
    for (size_t t = 0; t < m->q->n_terms; t++)
        said[t] += weight * fminf(m->said[sentence][t], 2);
}

/* The terms in a sentence and around it. @param earlier of those before the one before */
static void said_at(const struct match *m, size_t s, const float *earlier,
                    float said[CHIP_QUESTION_TERMS])
{
    const struct chip_sentence *all = m->finder->r->talk.sentences;
    for (size_t t = 0; t < CHIP_QUESTION_TERMS; t++)
        said[t] = EARLIER * earlier[t];
    add_said(m, s, 1, said);
    if (s > 0)
        add_said(m, s - 1, all[s - 1].asks && all[s - 1].turn != all[s].turn ? QUESTION : BEFORE,
                 said);
    if (s + 1 < m->finder->r->talk.n_sentences)
        add_said(m, s + 1, AFTER, said);
}

/* What was said fades with time. */
static void remember(const struct match *m, size_t sentence, float *earlier)
{
    for (size_t t = 0; t < m->q->n_terms; t++)
        earlier[t] = fmaxf(FADES * earlier[t], fminf(m->said[sentence][t], 1));
}

static bool has_number(const struct chip_reading *r, struct chip_range words)
{
    struct chip_number number;
    for (size_t w = words.from; w < words.to; w++)
        if (chip_number_read(r->texts + w, words.to - w, &number) &&
            (number.value > 1 || number.kind != CHIP_NUMBER_CARDINAL))
            return true;
    return false;
}

/* What else speaks for a sentence, and against it. */
static float suits(const struct match *m, size_t s)
{
    const struct chip_reading *r = m->finder->r;
    const struct chip_sentence *sentence = &r->talk.sentences[s];
    struct chip_when when;
    float factor = sentence->asks ? 0.55f : 1;
    if (chip_reading_content(r, sentence->words) < 2 && !has_number(r, sentence->words))
        factor *= 0.5f; /* "I like that." */
    if (m->q->wants_number)
        factor *= has_number(r, sentence->words) ? 1.4f : 0.6f;
    if (m->q->wants_time)
        factor *= chip_reading_when(r, sentence->words, &when) ? 1.4f : 0.6f;
    if (m->q->speaker >= 0 && sentence->speaker == m->q->speaker)
        factor *= 1.4f;
    return factor;
}

static bool judge(const struct match *m, size_t s, const float *earlier, float mean_words,
                  struct chip_found *out)
{
    const struct chip_sentence *sentence = &m->finder->r->talk.sentences[s];
    float said[CHIP_QUESTION_TERMS], score = 0, covered = 0;
    if (m->q->by_them && sentence->speaker != m->q->speaker)
        return false;
    said_at(m, s, earlier, said);
    float length = (float)(sentence->words.to - sentence->words.from) / mean_words;
    for (size_t t = 0; t < m->q->n_terms; t++) {
        score += m->rarity[t] * said[t] * (K1 + 1) / (said[t] + K1 * (1 - B + B * length));
        float near = said[t] - EARLIER * earlier[t]; /* the subject of before is not enough */
        covered += m->rarity[t] * fminf(near / BEFORE + RECALLED * earlier[t], 1);
    }
    *out = (struct chip_found){s, score * suits(m, s), m->in_all > 0 ? covered / m->in_all : 0};
    return score > 0;
}

/* Keeps the best, in order. */
static void keep(struct chip_found *out, size_t max, size_t *n, struct chip_found one)
{
    size_t at = *n;
    while (at > 0 && out[at - 1].score < one.score)
        at--;
    if (at == max)
        return;
    size_t last = *n < max ? (*n)++ : max - 1;
    memmove(out + at + 1, out + at, (last - at) * sizeof *out);
    out[at] = one;
}

enum chip_status chip_find(const struct chip_finder *finder, const struct chip_question *question,
                           struct chip_found *out, size_t max, size_t *n, struct chip_err *err)
{
    struct match m;
    const struct chip_said *talk = &finder->r->talk;
    float mean_words = talk->n_sentences ? (float)talk->n_words / (float)talk->n_sentences : 1;
    *n = 0;
    if (!match_begin(finder, question, &m)) {
        match_done(&m);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to look for an answer");
    }
    struct chip_found one;
    float earlier[CHIP_QUESTION_TERMS] = {0};
    for (size_t s = 0; s < talk->n_sentences; s++) {
        if (s > 1)
            remember(&m, s - 2, earlier);
        if (judge(&m, s, earlier, mean_words, &one))
            keep(out, max, n, one);
    }
    match_done(&m);
    return CHIP_OK;
}

/* How much a term is in some words. */
static float worth_in(const struct chip_plain_text *words, const struct chip_question_term *term)
{
    float best = 0;
    for (size_t w = 0; w < words->n && best < 1; w++) {
        char stem[CHIP_PLAIN_STEM];
        chip_plain_stem(words->words[w], stem);
        best = fmaxf(best, worth_of(stem, chip_groups_of(stem), term));
    }
    return best;
}

float chip_find_share(const struct chip_finder *finder, const struct chip_question *question,
                      const char *text, const char *around)
{
    struct chip_plain_text near = {0}, far = {0};
    float share = 0, all = 0;
    if (question->n_terms == 0)
        return 1;
    bool read = chip_plain_text_read(text, &near, NULL) == CHIP_OK &&
                chip_plain_text_read(around, &far, NULL) == CHIP_OK;
    for (size_t t = 0; read && t < question->n_terms; t++) {
        const struct chip_question_term *term = &question->terms[t];
        float weight = weight_of(finder, term);
        all += weight;
        share += weight * fmaxf(worth_in(&near, term), AROUND * worth_in(&far, term));
    }
    chip_plain_text_done(&near);
    chip_plain_text_done(&far);
    return !read ? -1 : all > 0 ? share / all : 0;
}
