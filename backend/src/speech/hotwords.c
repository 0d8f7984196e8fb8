#include "speech/hotwords.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "meeting/text.h"

/* One way to write a word. */
struct spelling {
    int32_t *places; /* [n] of its tokens; while it is made, the tokens themselves; owned */
    size_t n;
    bool capital; /* only at the beginning of a sentence */
};

struct chip_hotwords {
    const struct chip_tokenizer *tokenizer;
    struct spelling *spellings; /* those with a capital last; in order of places, none twice */
    size_t n, n_given, longest; /* n_given: without those */
    int32_t *tokens;            /* [n_tokens] ascending */
    size_t n_tokens;
};

/* ---- checking ---- */

static bool is_utf8(const char *text)
{
    const char *end = text + strlen(text);
    for (uint32_t c; text < end; text += chip_text_decode(text, end, &c)) {
        chip_text_decode(text, end, &c);
        if (c == 0xFFFD)
            return false;
    }
    return true;
}

enum chip_status chip_hotwords_check(const char *const *words, struct chip_err *err)
{
    size_t n = 0;
    for (; words && words[n]; n++) {
        if (n == CHIP_HOTWORDS_MAX)
            return chip_fail(err, CHIP_E_LIMIT, "there are more than %d hotwords: leave some out",
                             CHIP_HOTWORDS_MAX);
        if (!is_utf8(words[n]) || chip_text_is_blank(words[n]))
            return chip_fail(err, CHIP_E_INVAL, "hotword %zu is no word: it must be text in UTF-8",
                             n + 1);
        if (chip_utf8_count(words[n]) > CHIP_HOTWORD_MAX_CHARS)
            return chip_fail(err, CHIP_E_LIMIT,
                             "hotword '%s' is longer than %d characters: give the words of a "
                             "phrase one by one",
                             words[n], CHIP_HOTWORD_MAX_CHARS);
    }
    return CHIP_OK;
}

/* ---- making ---- */

static int compare_tokens(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* A word before those that begin with it. */
static int compare_spellings(const void *a, const void *b)
{
    const struct spelling *x = a, *y = b;
    if (x->capital != y->capital)
        return x->capital ? 1 : -1;
    for (size_t i = 0; i < x->n && i < y->n; i++)
        if (x->places[i] != y->places[i])
            return x->places[i] < y->places[i] ? -1 : 1;
    return (x->n > y->n) - (x->n < y->n);
}

static enum chip_status add_spelling(struct chip_hotwords *h, const char *text, bool capital,
                                     struct chip_err *err)
{
    struct spelling *s = &h->spellings[h->n];
    s->capital = capital;
    enum chip_status st = chip_tokenizer_encode(h->tokenizer, text, &s->places, &s->n, err);
    if (st == CHIP_OK && s->n > 0)
        h->n++;
    return st;
}

static enum chip_status add_word(struct chip_hotwords *h, const char *word, struct chip_err *err)
{
    char capital[4 * CHIP_HOTWORD_MAX_CHARS + 1];
    word += strspn(word, " \t\r\n\v\f");
    enum chip_status s = add_spelling(h, word, false, err);
    if (s != CHIP_OK || !islower((unsigned char)word[0]))
        return s;
    strcpy(capital, word); /* of at most so many characters, which were counted */
    capital[0] = (char)toupper((unsigned char)word[0]);
    return add_spelling(h, capital, true, err);
}

static void drop_twins(struct chip_hotwords *h)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->n; i++) {
        if (kept && compare_spellings(&h->spellings[kept - 1], &h->spellings[i]) == 0)
            free(h->spellings[i].places);
        else
            h->spellings[kept++] = h->spellings[i];
    }
    h->n = kept;
    while (h->n_given < h->n && !h->spellings[h->n_given].capital)
        h->n_given++;
}

static size_t place_of(const struct chip_hotwords *h, int32_t token)
{
    const int32_t *at =
        h->n_tokens ? bsearch(&token, h->tokens, h->n_tokens, sizeof *h->tokens, compare_tokens)
                    : NULL;
    return at ? (size_t)(at - h->tokens) : SIZE_MAX;
}

/* Lists the tokens, and replaces them by their places, which keeps their order. */
static enum chip_status list_tokens(struct chip_hotwords *h, struct chip_err *err)
{
    size_t total = 0, kept = 0;
    for (size_t i = 0; i < h->n; i++)
        total += h->spellings[i].n;
    int32_t *all = malloc((total + 1) * sizeof *all);
    if (!all)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for hotwords");
    total = 0;
    for (size_t i = 0; i < h->n; i++) {
        const struct spelling *s = &h->spellings[i];
        memcpy(all + total, s->places, s->n * sizeof *all);
        total += s->n;
        h->longest = s->n > h->longest ? s->n : h->longest;
    }
    qsort(all, total, sizeof *all, compare_tokens);
    for (size_t i = 0; i < total; i++)
        if (kept == 0 || all[kept - 1] != all[i])
            all[kept++] = all[i];
    h->tokens = all;
    h->n_tokens = kept;
    for (size_t i = 0; i < h->n; i++)
        for (size_t t = 0; t < h->spellings[i].n; t++)
            h->spellings[i].places[t] = (int32_t)place_of(h, h->spellings[i].places[t]);
    return CHIP_OK;
}

enum chip_status chip_hotwords_new(struct chip_hotwords **out,
                                   const struct chip_tokenizer *tokenizer, const char *const *words,
                                   struct chip_err *err)
{
    size_t n = 0;
    enum chip_status s = chip_hotwords_check(words, err);
    if (s != CHIP_OK)
        return s;
    while (words && words[n])
        n++;
    CHIP_AUTO(chip_hotwords) h = calloc(1, sizeof *h);
    if (h)
        h->spellings = calloc(2 * n + 1, sizeof *h->spellings);
    if (!h || !h->spellings)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for hotwords");
    h->tokenizer = tokenizer;
    for (size_t i = 0; i < n && s == CHIP_OK; i++)
        s = add_word(h, words[i], err);
    if (s != CHIP_OK)
        return s;
    qsort(h->spellings, h->n, sizeof *h->spellings, compare_spellings);
    drop_twins(h);
    s = list_tokens(h, err);
    if (s != CHIP_OK)
        return s;
    *out = h;
    h = NULL;
    return CHIP_OK;
}

void chip_hotwords_free(struct chip_hotwords *h)
{
    if (!h)
        return;
    for (size_t i = 0; h->spellings && i < h->n; i++)
        free(h->spellings[i].places);
    free(h->spellings);
    free(h->tokens);
    free(h);
}

/* ---- walking ---- */

const int32_t *chip_hotwords_tokens(const struct chip_hotwords *h, size_t *n)
{
    *n = h->n_tokens;
    return h->tokens;
}

size_t chip_hotwords_longest(const struct chip_hotwords *h)
{
    return h->longest;
}

struct chip_hotword_path chip_hotwords_root(const struct chip_hotwords *h, bool capital)
{
    return capital ? (struct chip_hotword_path){.first = h->n_given, .end = h->n}
                   : (struct chip_hotword_path){.end = h->n_given};
}

/* The place of the path's next token in the i-th spelling; -1 where that one ends here. */
static int32_t next_place(const struct chip_hotwords *h, const struct chip_hotword_path *path,
                          size_t i)
{
    const struct spelling *s = &h->spellings[i];
    return s->n > path->depth ? s->places[path->depth] : -1;
}

/* The first spelling from `from` on whose next place is at least `place`. */
static size_t find(const struct chip_hotwords *h, const struct chip_hotword_path *path, size_t from,
                   int32_t place)
{
    size_t low = from, high = path->end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (next_place(h, path, middle) < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool chip_hotwords_follow(const struct chip_hotwords *h, struct chip_hotword_path *path,
                          int32_t token)
{
    size_t found = place_of(h, token);
    if (found == SIZE_MAX)
        return false;
    int32_t place = (int32_t)found;
    size_t first = find(h, path, path->first, place);
    if (first == path->end || next_place(h, path, first) != place)
        return false;
    *path = (struct chip_hotword_path){first, find(h, path, first, place + 1), path->depth + 1};
    return true;
}

bool chip_hotwords_is_whole(const struct chip_hotwords *h, const struct chip_hotword_path *path)
{
    return path->first < path->end && h->spellings[path->first].n == path->depth;
}

bool chip_hotwords_next(const struct chip_hotwords *h, const struct chip_hotword_path *path,
                        size_t *at, size_t *place)
{
    size_t i = path->first + *at;
    if (*at == 0 && chip_hotwords_is_whole(h, path))
        i++;
    if (i >= path->end)
        return false;
    int32_t next = next_place(h, path, i);
    *place = (size_t)next;
    *at = i + 1 - path->first;
    while (path->first + *at < path->end && next_place(h, path, path->first + *at) == next)
        ++*at; /* one after the other: words that share a beginning are few */
    return true;
}

/* ---- tokens ---- */

bool chip_hotwords_starts_word(const struct chip_hotwords *h, int32_t token)
{
    return chip_tokenizer_starts_word(h->tokenizer, token);
}

bool chip_hotwords_carries_on(const struct chip_hotwords *h, int32_t token)
{
    size_t n;
    const char *bytes = chip_tokenizer_bytes(h->tokenizer, token, &n);
    unsigned char c = n ? (unsigned char)bytes[0] : 0;
    return isalnum(c) || c >= 0x80;
}

bool chip_hotwords_ends_sentence(const struct chip_hotwords *h, int32_t token)
{
    size_t n;
    const char *bytes = chip_tokenizer_bytes(h->tokenizer, token, &n);
    return n > 0 && (bytes[n - 1] == '.' || bytes[n - 1] == '!' || bytes[n - 1] == '?');
}
