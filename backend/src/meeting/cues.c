#include "meeting/cues.h"

#include <assert.h>
#include <stdlib.h>

#include "meeting/lines.h"

/*
 * Where cues end is found by dynamic programming over all words: every cue that could be made costs
 * something, and the cheapest row of cues wins. The weights below only matter relative to each
 * other.
 */
#define COST_CUE 100       /* each cue: fewer are better ... */
#define COST_FULL 60       /* ... and a full one costs this more, squared: alike are better */
#define COST_INNER_END 30  /* a sentence that ends inside the cue */
#define COST_SHORT 100     /* on screen for no time; in proportion up to the shortest length */
#define COST_ALONE 1000000 /* one word of a sentence alone: worse than everything else together */
#define COST_NEVER INT64_MAX

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

static int64_t break_cost(enum chip_break strength)
{
    switch (strength) {
    case CHIP_BREAK_POOR:
        return 150;
    case CHIP_BREAK_NONE:
        return 100;
    case CHIP_BREAK_PHRASE:
        return 70;
    case CHIP_BREAK_CLAUSE:
        return 30;
    case CHIP_BREAK_SENTENCE:
    case CHIP_BREAK_PAUSE:
        return 0;
    }
    return 0;
}

/* What a cue of words [first, end) with that many characters and inner sentence ends costs. */
static int64_t cue_cost(const struct plan *plan, size_t first, size_t end, size_t n_chars,
                        size_t n_whole, size_t n_inner_ends)
{
    const struct chip_flow_word *words = plan->words;
    enum chip_break after = words[end - 1].after;
    enum chip_break before = first ? words[first - 1].after : CHIP_BREAK_PAUSE;
    int64_t full = (int64_t)(plan->rules.max_line_chars * plan->rules.max_lines);
    int64_t chars = (int64_t)n_chars;
    int64_t cost = COST_CUE + COST_FULL * chars * chars / (full * full) + break_cost(after) +
                   COST_INNER_END * (int64_t)n_inner_ends;

    if (n_whole <= 1 && (before < CHIP_BREAK_SENTENCE || after < CHIP_BREAK_SENTENCE))
        cost += COST_ALONE;
    if (end < plan->n_words) {
        int64_t time = words[end].start_ms - CHIP_CUE_GAP_MS - words[first].start_ms;
        if (time < CHIP_CUE_SHORTEST_MS)
            cost +=
                COST_SHORT * (CHIP_CUE_SHORTEST_MS - (time > 0 ? time : 0)) / CHIP_CUE_SHORTEST_MS;
    }
    return cost;
}

/* Tries every cue that begins with word `first`. */
static void extend(struct plan *plan, size_t first)
{
    const struct chip_flow_word *words = plan->words;
    struct chip_line_fill fill = {0};
    size_t n_chars = 0, n_whole = 0, n_inner_ends = 0;
    int64_t end_ms = 0;
    for (size_t end = first + 1; end <= plan->n_words; end++) {
        const struct chip_flow_word *w = &words[end - 1];
        chip_line_fill_add(&fill, w, plan->rules.max_line_chars);
        end_ms = w->end_ms > end_ms ? w->end_ms : end_ms;
        bool fits = fill.n_lines <= plan->rules.max_lines &&
                    end_ms - words[first].start_ms <= CHIP_CUE_LONGEST_MS;
        if (!fits && end > first + 1)
            return;

        n_chars += w->n_chars + (w->blank_before && end > first + 1);
        n_whole += !w->piece || end == first + 1;
        int64_t cost =
            plan->cost[first] + cue_cost(plan, first, end, n_chars, n_whole, n_inner_ends);
        if (cost < plan->cost[end]) {
            plan->cost[end] = cost;
            plan->from[end] = first;
        }
        if (w->after == CHIP_BREAK_PAUSE)
            return;
        n_inner_ends += w->after == CHIP_BREAK_SENTENCE;
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
            extend(plan, first);

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

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
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
    enum chip_status st = chip_flow_make(t, rules->max_line_chars, &cues.flow, err);
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
