#include "minutes/quotes.h"

#include <stdlib.h>
#include <string.h>

#include "minutes/plain.h"

enum {
    MAX_QUOTE = 400,     /* words; nobody quotes more */
    NEAR_SEGMENTS = 12,  /* around the segment, where words may differ */
    ONE_WRONG_IN = 6,    /* words */
    SHORTEST_UNLIKE = 4, /* words; shorter quotes have to be exact */
    WRONG = 2,
    SPELT = 1, /* costs of a word that is another, and of one that is spelt so */
};

void chip_plain_text_done(struct chip_plain_text *text)
{
    free(text->words);
    free(text->room);
    *text = (struct chip_plain_text){0};
}

enum chip_status chip_plain_text_read(const char *text, struct chip_plain_text *out,
                                      struct chip_err *err)
{
    size_t len = strlen(text), n_tokens = 1;
    for (const char *c = text; *c; c++)
        n_tokens += strchr(" \t\n\r", *c) != NULL;
    struct chip_plain_text made = {.words = calloc(n_tokens * CHIP_PLAIN_WORDS, sizeof *made.words),
                                   .room = malloc(2 * len + 16 * n_tokens)};
    if (!made.words || !made.room) {
        chip_plain_text_done(&made);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to check a quote");
    }
    size_t at = 0, used;
    for (text += strspn(text, " \t\n\r"); *text; text += strspn(text, " \t\n\r")) {
        size_t n = strcspn(text, " \t\n\r");
        made.n += chip_plain_word(text, n, made.room + at, made.words + made.n, &used);
        at += used;
        text += n;
    }
    *out = made;
    return CHIP_OK;
}

static size_t distance(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

/* ---- the same words ---------------------------------------------------------------------------
 */

static bool find_exact(const struct chip_said *talk, size_t segment,
                       const struct chip_plain_text *quote, struct chip_range *words)
{
    bool found = false;
    size_t best = 0;
    for (size_t at = 0; at + quote->n <= talk->n_words; at++) {
        size_t k = 0;
        while (k < quote->n && strcmp(talk->words[at + k].text, quote->words[k]) == 0)
            k++;
        if (k < quote->n)
            continue;
        size_t far = distance(talk->tokens[talk->words[at].token].segment, segment);
        if (found && far >= best)
            continue;
        found = true;
        best = far;
        *words = (struct chip_range){at, at + quote->n};
    }
    return found;
}

/* ---- nearly the same --------------------------------------------------------------------------
 */

/* "colour" and "color", "Siobhan" and "Siobahn": one letter in four may differ, by position. */
static int cost(const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return 0;
    size_t la = strlen(a), lb = strlen(b), head = 0, tail = 0;
    size_t shorter = la < lb ? la : lb, longer = la < lb ? lb : la;
    while (head < shorter && a[head] == b[head])
        head++;
    while (tail < shorter - head && a[la - 1 - tail] == b[lb - 1 - tail])
        tail++;
    return longer >= 4 && (longer - head - tail) * 4 <= longer + 3 ? SPELT : WRONG;
}

struct cell {
    int cost;
    size_t from; /* where the match that ends here begins */
};

/* Approximate search as Sellers 1980: a match may begin anywhere. */
static bool find_near(const struct chip_said *talk, struct chip_range in,
                      const struct chip_plain_text *quote, struct chip_range *words)
{
    struct cell column[MAX_QUOTE + 1];
    int best = (int)((quote->n * WRONG + ONE_WRONG_IN - 1) / ONE_WRONG_IN) + 1;
    bool found = false;
    for (size_t k = 0; k <= quote->n; k++)
        column[k] = (struct cell){(int)k * WRONG, in.from};
    for (size_t at = in.from; at < in.to; at++) {
        struct cell diagonal = column[0];
        column[0] = (struct cell){0, at + 1};
        for (size_t k = 1; k <= quote->n; k++) {
            struct cell above = column[k], cell = diagonal;
            cell.cost += cost(quote->words[k - 1], talk->words[at].text);
            if (above.cost + WRONG < cell.cost)
                cell = (struct cell){above.cost + WRONG, above.from};
            if (column[k - 1].cost + WRONG < cell.cost)
                cell = (struct cell){column[k - 1].cost + WRONG, column[k - 1].from};
            diagonal = above;
            column[k] = cell;
        }
        if (column[quote->n].cost < best && column[quote->n].from <= at) {
            best = column[quote->n].cost;
            found = true;
            *words = (struct chip_range){column[quote->n].from, at + 1};
        }
    }
    return found;
}

static struct chip_range near_words(const struct chip_said *talk, size_t segment)
{
    struct chip_range in = {talk->n_words, 0};
    for (size_t i = 0; i < talk->n_words; i++) {
        if (distance(talk->tokens[talk->words[i].token].segment, segment) > NEAR_SEGMENTS)
            continue;
        if (i < in.from)
            in.from = i;
        in.to = i + 1;
    }
    return in;
}

enum chip_status chip_quote_find(const struct chip_said *talk, size_t segment, const char *quote,
                                 struct chip_range *tokens, struct chip_err *err)
{
    struct chip_plain_text plain;
    enum chip_status status = chip_plain_text_read(quote, &plain, err);
    if (status != CHIP_OK)
        return status;
    struct chip_range words;
    bool found = plain.n > 0 && plain.n <= MAX_QUOTE &&
                 (find_exact(talk, segment, &plain, &words) ||
                  (plain.n >= SHORTEST_UNLIKE &&
                   find_near(talk, near_words(talk, segment), &plain, &words)));
    chip_plain_text_done(&plain);
    if (!found)
        return chip_fail(err, CHIP_E_NOT_FOUND, "nobody said so");
    *tokens =
        (struct chip_range){talk->words[words.from].token, talk->words[words.to - 1].token + 1};
    return CHIP_OK;
}
