#include "minutes/analyst/topics.h"

#include <math.h>
#include <stdlib.h>

enum {
    WINDOW = 10,   /* sentences on each side of a gap that are compared */
    SHORTEST = 12, /* sentences of a topic that nobody announced */
    LONGEST = 120, /* sentences; longer ones are cut where they are least alike */
    MOST = 20,     /* topics of a long talk, about */
    MAX_TITLE = 7, /* words */
};

/* ---- announced --------------------------------------------------------------------------------
 */

static const char *const announcements[] = {
    "next|last|first|second|third|fourth|final point|topic|item|question|subject|thing",
    "point|item|topic|number one|two|three|four|five|six|seven|eight|nine|ten",
    "the next|last|first|second|third|final point|topic|item|question|thing ?is",
    "let us ?now|then start|begin|continue|go|move ?on with|to",
    "let us ?now|then talk|speak about",
    "let us move on",
    "moving on ?to",
    "one more|last thing",
    "that brings us to",
    "now ?to the",
    "then|now let us plan|discuss|look"};

/* "So, the water." "Next, the summer party." "Now the alarm." */
static bool is_heading(const struct chip_reading *r, size_t sentence, struct chip_range *title)
{
    static const char said[] =
        "is|are|was|were|has|have|had|will|would|can|could|should|do|does|did|i|we|you|he|she|it|"
        "they|me|us|that|this|there|not";
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range words = s->words;
    size_t end;
    char mark = r->talk.tokens[s->tokens.to - 1].mark;
    bool leads = chip_pattern_at(&r->talk, words,
                                 "so|next|now|then|first|finally|lastly|okay|right|"
                                 "good|great the|our|your",
                                 &end);
    if (!leads || s->asks || mark == ',' || words.to - words.from > MAX_TITLE ||
        chip_pattern_find(&r->talk, words, said, NULL))
        return false;
    *title = (struct chip_range){end, words.to};
    return chip_reading_content(r, *title) > 0;
}

/* @param title receives the words after it, when they may be a title */
static bool is_announced(const struct chip_reading *r, size_t sentence, struct chip_range *title)
{
    const struct chip_sentence *s = &r->talk.sentences[sentence];
    struct chip_range in = {chip_pattern_opening(&r->talk, s->words), s->words.to};
    struct chip_range raw = s->words;
    size_t end;
    for (size_t i = 0; i < sizeof announcements / sizeof *announcements; i++) {
        if (!chip_pattern_at(&r->talk, in, announcements[i], &end) &&
            !chip_pattern_at(&r->talk, raw, announcements[i], &end))
            continue;
        *title = (struct chip_range){end, s->words.to};
        /* "Let us start with the launch date, Alan, where": up to the comma. */
        for (size_t w = end; w + 1 < title->to; w++)
            if (r->talk.tokens[r->talk.words[w].token].mark)
                title->to = w + 1;
        if (title->to > end &&
            chip_pattern_at(&r->talk, (struct chip_range){title->to - 1, title->to},
                            "then|now|please|again", NULL))
            title->to--;
        if (s->asks || title->to - end > MAX_TITLE || chip_reading_content(r, *title) == 0)
            title->to = title->from = 0;
        return true;
    }
    return is_heading(r, sentence, title);
}

/* ---- where the words change -------------------------------------------------------------------
 */

static void count(const struct chip_reading *r, const struct chip_terms *terms, size_t from,
                  size_t to, float *counts, float sign)
{
    if (from >= to)
        return;
    for (size_t w = r->talk.sentences[from].words.from; w < r->talk.sentences[to - 1].words.to; w++)
        if (r->talk.words[w].stem >= 0)
            counts[r->talk.words[w].stem] += sign * terms->weight[r->talk.words[w].stem];
}

/* Cosine of what is said before and after; all words of the left side are those that count. */
static float cosine(const struct chip_reading *r, struct chip_range left, const float *a,
                    const float *b, float *seen)
{
    float dot = 0;
    for (size_t w = left.from; w < left.to; w++) {
        int stem = r->talk.words[w].stem;
        if (stem < 0 || seen[stem] > 0)
            continue;
        seen[stem] = 1;
        dot += a[stem] * b[stem];
    }
    for (size_t w = left.from; w < left.to; w++)
        if (r->talk.words[w].stem >= 0)
            seen[r->talk.words[w].stem] = 0;
    return dot;
}

static float norm(const struct chip_reading *r, struct chip_range words, const float *a,
                  float *seen)
{
    return sqrtf(cosine(r, words, a, a, seen));
}

/* @param alike [n_sentences] how alike both sides of the gap before a sentence are */
static bool compare(const struct chip_reading *r, const struct chip_terms *terms, float *alike)
{
    size_t n = r->talk.n_sentences, stems = r->talk.n_stems + 1;
    float *rows = calloc(3 * stems, sizeof *rows);
    if (!rows)
        return false;
    float *before = rows, *after = rows + stems, *seen = rows + 2 * stems;
    for (size_t gap = 1; gap < n; gap++) {
        size_t from = gap > WINDOW ? gap - WINDOW : 0, to = gap + WINDOW < n ? gap + WINDOW : n;
        struct chip_range left = {r->talk.sentences[from].words.from,
                                  r->talk.sentences[gap - 1].words.to};
        struct chip_range right = {left.to, r->talk.sentences[to - 1].words.to};
        count(r, terms, from, gap, before, 1);
        count(r, terms, gap, to, after, 1);
        float length = norm(r, left, before, seen) * norm(r, right, after, seen);
        alike[gap] = length > 0 ? cosine(r, left, before, after, seen) / length : 0;
        /* Set to nothing rather than counted down, so that nothing is left by rounding. */
        for (size_t w = left.from; w < right.to; w++)
            if (r->talk.words[w].stem >= 0)
                before[r->talk.words[w].stem] = after[r->talk.words[w].stem] = 0;
    }
    free(rows);
    return true;
}

/* How deep the valley at a gap is, from the hills on both sides of it. */
static float depth(const float *alike, size_t n, size_t gap)
{
    float left = alike[gap], right = alike[gap];
    for (size_t i = gap; i-- > 1 && alike[i] >= left;)
        left = alike[i];
    for (size_t i = gap + 1; i < n && alike[i] >= right; i++)
        right = alike[i];
    return left + right - 2 * alike[gap];
}

static float threshold(const float *depths, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 1; i < n; i++) {
        sum += depths[i];
        squares += (double)depths[i] * depths[i];
    }
    double mean = sum / (double)n, variance = squares / (double)n - mean * mean;
    return (float)(mean + sqrt(variance > 0 ? variance : 0));
}

/* ---- cut --------------------------------------------------------------------------------------
 */

static void add(struct chip_topics *topics, size_t from, size_t to, struct chip_range title)
{
    topics->topics[topics->n++] = (struct chip_topic){{from, to}, title, false};
}

static size_t deepest(const float *depths, size_t from, size_t to)
{
    size_t best = from;
    for (size_t i = from; i < to; i++)
        if (depths[i] > depths[best])
            best = i;
    return best;
}

/* How short a topic may be that nobody announced: the longer the talk, the fewer are told. */
static size_t shortest(size_t n_sentences)
{
    size_t share = n_sentences / MOST;
    return share > SHORTEST ? share : SHORTEST;
}

static void cut(const struct chip_reading *r, const float *depths, float least,
                struct chip_topics *topics)
{
    size_t n = r->talk.n_sentences, from = 0, part = shortest(n);
    size_t longest = part * (LONGEST / SHORTEST);
    struct chip_range title = {0, 0}, next = {0, 0};
    if (n > 0)
        is_announced(r, 0, &title);
    for (size_t i = 1; i < n; i++) {
        next = (struct chip_range){0, 0};
        bool announced = is_announced(r, i, &next);
        bool named = title.to > title.from, names = next.to > next.from;
        /* "One more thing" without a name begins something only when enough was said before. */
        announced = announced && (names || i - from >= part / 2);
        bool changes = depths[i] > least && i - from >= part && n - i >= part &&
                       depths[i] >= depths[i - 1] && (i + 1 == n || depths[i] >= depths[i + 1]);
        if (!announced && !changes && i - from >= longest) {
            size_t at = deepest(depths, from + longest / 2, i + 1);
            add(topics, from, at, title);
            from = at;
            title = (struct chip_range){0, 0};
            continue;
        }
        if (!announced && !changes)
            continue;
        if (!named && i - from < part / 2 && topics->n) /* too little for one of its own */
            topics->topics[topics->n - 1].sentences.to = i;
        else
            add(topics, from, i, title);
        from = i;
        title = next;
    }
    if (n > from && topics->n && title.to == title.from && n - from < part / 2)
        topics->topics[topics->n - 1].sentences.to = n;
    else if (n > from)
        add(topics, from, n, title);
    /* "Hello everybody, we have four points today." */
    const struct chip_topic *first = topics->topics;
    topics->topics[0].greets = topics->n > 1 && first->title.to == first->title.from &&
                               first->sentences.to - first->sentences.from < SHORTEST;
}

enum chip_status chip_topics_cut(const struct chip_reading *r, const struct chip_terms *terms,
                                 struct chip_topics *topics, struct chip_err *err)
{
    size_t n = r->talk.n_sentences;
    float *alike = calloc(n + 1, sizeof *alike), *depths = calloc(n + 1, sizeof *depths);
    *topics = (struct chip_topics){calloc(n + 1, sizeof *topics->topics), 0};
    bool fine = alike && depths && topics->topics && compare(r, terms, alike);
    if (fine) {
        for (size_t i = 1; i < n; i++)
            depths[i] = depth(alike, n, i);
        cut(r, depths, threshold(depths, n ? n : 1), topics);
    }
    free(alike);
    free(depths);
    if (fine)
        return CHIP_OK;
    free(topics->topics);
    *topics = (struct chip_topics){0};
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory to find the topics");
}
