#include "meeting/cues.h"

#include <assert.h>
#include <stdlib.h>

#include "meeting/lines.h"

/*
 * Where cues end is found by dynamic programming over all words: every cue that could be made costs
 * something, and the cheapest row of cues wins. The weights below only matter relative to each
 * other.
 */
#define COST_CUE 10000       /* each cue: fewer are better ... */
#define COST_FULL 6000       /* ... and a full one costs this more, squared: alike are better */
#define COST_INNER_END 3000  /* a sentence that ends inside, where a line can end or on the only */
#define COST_INNER_MID 12000 /* the same, but in the middle of a line of several */
#define COST_SHORT 10000     /* on screen for no time; in proportion up to the shortest length */
#define COST_ALONE 10000000000 /* one word of a sentence alone: worse than all else together */
#define COST_NEVER INT64_MAX

#define MOST_WORDS 200 /* more than can be said in 7 s; bounds the search on odd input */

#define READING_CHARS_PER_S 17 /* comfortable for adults */
#define FLASH_MS 200           /* words that come faster than can be seen push the next cue back */
#define FLICKER_MS 420         /* an empty screen shorter than this disturbs */

struct plan {
    const struct chip_flow_word *words;
    size_t n_words;
    struct chip_cue_rules rules;
    int64_t *cost; /* [n_words + 1] of the best cues for words [0, i) */
    size_t *from;  /* [n_words + 1] where the last of them begins */
};

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t break_cost(enum chip_break strength)
{
    switch (strength) {
    case CHIP_BREAK_POOR:
        return 15000;
    case CHIP_BREAK_NONE:
        return 10000;
    case CHIP_BREAK_PHRASE:
        return 7000;
    case CHIP_BREAK_CLAUSE:
        return 3000;
    case CHIP_BREAK_SENTENCE:
    case CHIP_BREAK_PAUSE:
        return 0;
    }
    return 0;
}

/* A cue while words are added to it. */
struct draft {
    size_t first, end;          /* words */
    struct chip_line_fill fill; /* all of it */
    struct chip_line_fill tail; /* what follows its last inner sentence end, on new lines */
    size_t n_lines_before_tail; /* if each sentence in it begins a line */
    size_t n_chars, n_whole;    /* with blanks; words, counting those in pieces once */
    size_t n_inner_ends;
    int64_t end_ms;
};

static void draft_add(const struct plan *plan, struct draft *d)
{
    const struct chip_flow_word *w = &plan->words[d->end];
    bool is_first = d->end == d->first;
    if (!is_first && w[-1].after >= CHIP_BREAK_SENTENCE) {
        d->n_inner_ends++;
        d->n_lines_before_tail += d->tail.n_lines;
        d->tail = (struct chip_line_fill){0};
    }
    chip_line_fill_add(&d->fill, w, plan->rules.max_line_chars);
    chip_line_fill_add(&d->tail, w, plan->rules.max_line_chars);
    d->n_chars += w->n_chars + (w->blank_before && !is_first);
    d->n_whole += !w->piece || is_first;
    d->end_ms = w->end_ms > d->end_ms ? w->end_ms : d->end_ms;
    d->end++;
}

static bool draft_fits(const struct plan *plan, const struct draft *d)
{
    if (d->end == d->first + 1)
        return true;
    return d->fill.n_lines <= plan->rules.max_lines && d->end - d->first <= MOST_WORDS &&
           d->end_ms - plan->words[d->first].start_ms <= CHIP_CUE_LONGEST_MS;
}

static int64_t draft_cost(const struct plan *plan, const struct draft *d)
{
    const struct chip_flow_word *words = plan->words;
    enum chip_break after = words[d->end - 1].after;
    enum chip_break before = d->first ? words[d->first - 1].after : CHIP_BREAK_PAUSE;
    int64_t full = (int64_t)(plan->rules.max_line_chars * plan->rules.max_lines);
    int64_t chars = (int64_t)d->n_chars;
    int64_t cost = COST_CUE + COST_FULL * chars * chars / (full * full) + break_cost(after);

    bool ends_show =
        d->fill.n_lines == 1 || d->n_lines_before_tail + d->tail.n_lines <= plan->rules.max_lines;
    cost += (int64_t)d->n_inner_ends * (ends_show ? COST_INNER_END : COST_INNER_MID);
    if (d->n_whole <= 1 && (before < CHIP_BREAK_SENTENCE || after < CHIP_BREAK_SENTENCE))
        cost += COST_ALONE;
    if (words[d->end - 1].title) /* a name without what is said */
        cost += COST_ALONE;
    if (d->end < plan->n_words) {
        int64_t time = words[d->end].start_ms - CHIP_CUE_GAP_MS - words[d->first].start_ms;
        if (time < CHIP_CUE_SHORTEST_MS)
            cost += COST_SHORT * (CHIP_CUE_SHORTEST_MS - max64(time, 0)) / CHIP_CUE_SHORTEST_MS;
    }
    return cost;
}

/* Tries every cue that begins with word `first`. */
static void try_cues(struct plan *plan, size_t first)
{
    struct draft d = {.first = first, .end = first};
    while (d.end < plan->n_words) {
        draft_add(plan, &d);
        if (!draft_fits(plan, &d))
            return;
        int64_t cost = plan->cost[first] + draft_cost(plan, &d);
        if (cost < plan->cost[d.end]) {
            plan->cost[d.end] = cost;
            plan->from[d.end] = first;
        }
        if (plan->words[d.end - 1].after == CHIP_BREAK_PAUSE)
            return;
    }
}

/* Cuts the flow into cues; their times are those of their words. */
static bool cut(struct plan *plan, struct chip_cues *cues)
{
    size_t n = plan->n_words;
    plan->cost[0] = 0;
    for (size_t i = 1; i <= n; i++)
        plan->cost[i] = COST_NEVER;
    for (size_t first = 0; first < n; first++)
        if (plan->cost[first] != COST_NEVER)
            try_cues(plan, first);

    for (size_t end = n; end > 0; end = plan->from[end])
        cues->n_cues++;
    cues->cues = calloc(cues->n_cues + 1, sizeof *cues->cues);
    if (!cues->cues)
        return false;
    size_t at = cues->n_cues;
    for (size_t end = n; end > 0; end = plan->from[end])
        cues->cues[--at] =
            (struct chip_cue){.first_word = plan->from[end], .n_words = end - plan->from[end]};
    return true;
}

/* Characters of a cue, for reading. */
static int64_t cue_chars(const struct chip_flow_word *words, size_t n_words)
{
    int64_t n_chars = 0;
    for (size_t i = 0; i < n_words; i++)
        n_chars += (int64_t)words[i].n_chars + 1;
    return n_chars;
}

/* When a cue would go if it were the last: after its words, and not before they can be read. */
static int64_t free_end(const struct chip_cue *cue, const struct chip_flow_word *words,
                        int64_t duration_ms)
{
    int64_t spoken = words->start_ms;
    for (size_t i = 0; i < cue->n_words; i++)
        spoken = max64(spoken, words[i].end_ms);
    int64_t reading = cue_chars(words, cue->n_words) * 1000 / READING_CHARS_PER_S;
    reading = min64(max64(reading, CHIP_CUE_SHORTEST_MS), CHIP_CUE_LONGEST_MS);
    int64_t end = max64(spoken, cue->start_ms + reading);
    return duration_ms >= spoken ? min64(end, duration_ms) : end;
}

/*
 * Sets the times of all cues. One goes a little before the next comes; and rather than leave the
 * screen empty for a moment only, it stays until then.
 */
static void set_times(struct chip_cues *cues, int64_t duration_ms)
{
    int64_t free_from = 0;
    for (size_t i = 0; i < cues->n_cues; i++) {
        struct chip_cue *cue = &cues->cues[i];
        const struct chip_flow_word *words = &cues->flow.words[cue->first_word];
        cue->start_ms = max64(words->start_ms, free_from);

        int64_t end = free_end(cue, words, duration_ms);
        if (i + 1 < cues->n_cues) {
            int64_t latest = words[cue->n_words].start_ms - CHIP_CUE_GAP_MS;
            bool joins = latest > end && latest < end + FLICKER_MS &&
                         latest - cue->start_ms <= CHIP_CUE_LONGEST_MS;
            end = joins ? latest : min64(end, latest);
        }
        cue->end_ms = max64(end, cue->start_ms + FLASH_MS);
        free_from = cue->end_ms + CHIP_CUE_GAP_MS;
    }
}

static enum chip_status set_lines(struct chip_cues *cues, size_t max_chars, struct chip_err *err)
{
    for (size_t i = 0; i < cues->n_cues; i++) {
        const struct chip_cue *cue = &cues->cues[i];
        enum chip_status st =
            chip_lines_break(&cues->flow.words[cue->first_word], cue->n_words, max_chars, err);
        if (st != CHIP_OK)
            return st;
    }
    return CHIP_OK;
}

enum chip_status chip_cues_make(const struct chip_transcript *t, const struct chip_cue_rules *rules,
                                struct chip_cues *out, struct chip_err *err)
{
    assert(rules->max_line_chars >= 1 && rules->max_line_chars <= CHIP_CUE_MAX_LINE_CHARS);
    assert(rules->max_lines >= 1 && rules->max_lines <= CHIP_CUE_MAX_LINES);

    struct chip_cues cues = {0};
    enum chip_status st = chip_flow_make(t, rules->max_line_chars, rules->titles, &cues.flow, err);
    if (st != CHIP_OK)
        return st;

    size_t n = cues.flow.n_words;
    struct plan plan = {
        .words = cues.flow.words,
        .n_words = n,
        .rules = *rules,
        .cost = calloc(n + 1, sizeof *plan.cost),
        .from = calloc(n + 1, sizeof *plan.from),
    };
    if (plan.cost && plan.from && cut(&plan, &cues)) {
        set_times(&cues, t->duration_ms);
        st = set_lines(&cues, rules->max_line_chars, err);
    } else {
        st = chip_fail(err, CHIP_E_NOMEM, "not enough memory to lay out subtitles");
    }
    free(plan.cost);
    free(plan.from);
    if (st == CHIP_OK)
        *out = cues;
    else
        chip_cues_done(&cues);
    return st;
}

void chip_cues_done(struct chip_cues *cues)
{
    chip_flow_done(&cues->flow);
    free(cues->cues);
    *cues = (struct chip_cues){0};
}
