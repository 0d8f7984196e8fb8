#include "meeting/lines.h"

#include <stdlib.h>

/*
 * The best way to put words [0, n) on exactly L lines, by dynamic programming over (lines, words):
 * the cost of a line is how far its length is from the mean, squared, plus the cost of the place
 * where it ends. Lengths count as if the line limit were 42, so that the weights hold for any.
 */
#define UNIT_CHARS 42
#define COST_ALONE 1000000 /* a word alone on a line: worse than everything else together */
#define COST_NEVER INT64_MAX

static int64_t break_cost(enum chip_break strength)
{
    switch (strength) {
    case CHIP_BREAK_POOR:
        return 800;
    case CHIP_BREAK_NONE:
        return 400;
    case CHIP_BREAK_PHRASE:
        return 250;
    case CHIP_BREAK_CLAUSE:
        return 60;
    case CHIP_BREAK_SENTENCE:
    case CHIP_BREAK_PAUSE:
        return 0;
    }
    return 0;
}

struct layout {
    struct chip_flow_word *words;
    size_t n_words, n_lines, max_chars, mean_chars;
    size_t *width; /* [n_words + 1] characters and blanks of words [0, i) */
    int64_t *cost; /* [n_lines + 1][n_words + 1] of the best layout of words [0, i) on l lines */
    size_t *from;  /* same shape: where its last line begins */
};

static size_t line_chars(const struct layout *lay, size_t first, size_t end)
{
    return lay->width[end] - lay->width[first] - lay->words[first].blank_before;
}

static int64_t line_cost(const struct layout *lay, size_t first, size_t end)
{
    int64_t off = (int64_t)line_chars(lay, first, end) - (int64_t)lay->mean_chars;
    off = off * UNIT_CHARS / (int64_t)lay->max_chars;
    int64_t cost = off * off;
    if (end < lay->n_words)
        cost += break_cost(lay->words[end - 1].after);
    if (end - first == 1)
        cost += COST_ALONE;
    return cost;
}

static void solve(struct layout *lay)
{
    size_t stride = lay->n_words + 1;
    for (size_t i = 0; i < (lay->n_lines + 1) * stride; i++)
        lay->cost[i] = COST_NEVER;
    lay->cost[0] = 0;
    for (size_t line = 1; line <= lay->n_lines; line++) {
        int64_t *cost = lay->cost + line * stride;
        size_t *from = lay->from + line * stride;
        for (size_t first = 0; first < lay->n_words; first++) {
            int64_t before = lay->cost[(line - 1) * stride + first];
            if (before == COST_NEVER)
                continue;
            for (size_t end = first + 1;
                 end <= lay->n_words && line_chars(lay, first, end) <= lay->max_chars; end++) {
                int64_t total = before + line_cost(lay, first, end);
                if (total < cost[end]) {
                    cost[end] = total;
                    from[end] = first;
                }
            }
        }
    }
}

enum chip_status chip_lines_break(struct chip_flow_word *words, size_t n_words, size_t max_chars,
                                  struct chip_err *err)
{
    struct chip_line_fill fill = {0};
    for (size_t i = 0; i < n_words; i++) {
        chip_line_fill_add(&fill, &words[i], max_chars);
        words[i].line_start = i == 0;
    }
    if (fill.n_lines <= 1)
        return CHIP_OK;

    size_t n_cells = (fill.n_lines + 1) * (n_words + 1);
    struct layout lay = {
        .words = words,
        .n_words = n_words,
        .n_lines = fill.n_lines,
        .max_chars = max_chars,
        .width = calloc(n_words + 1, sizeof *lay.width),
        .cost = calloc(n_cells, sizeof *lay.cost),
        .from = calloc(n_cells, sizeof *lay.from),
    };
    enum chip_status st = CHIP_OK;
    if (lay.width && lay.cost && lay.from) {
        for (size_t i = 0; i < n_words; i++)
            lay.width[i + 1] = lay.width[i] + words[i].n_chars + words[i].blank_before;
        lay.mean_chars = line_chars(&lay, 0, n_words) / lay.n_lines;
        solve(&lay);
        for (size_t line = lay.n_lines, end = n_words; line > 0; line--) {
            end = lay.from[line * (n_words + 1) + end];
            words[end].line_start = true;
        }
    } else {
        st = chip_fail(err, CHIP_E_NOMEM, "not enough memory to lay out subtitles");
    }
    free(lay.width);
    free(lay.cost);
    free(lay.from);
    return st;
}
