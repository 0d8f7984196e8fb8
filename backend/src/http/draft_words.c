#include "http/draft_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

void chip_draft_piece_done(struct chip_draft_piece *piece)
{
    free(piece->own);
    free(piece->text);
    free(piece->tokens);
}

/* ---- one word ---- */

static bool own_words(struct chip_draft_piece *piece)
{
    if (piece->own)
        return true;
    struct chip_word *own = calloc(piece->n_words + 1, sizeof *own);
    if (!own)
        return false;
    if (piece->n_words)
        memcpy(own, piece->words, piece->n_words * sizeof *own);
    piece->own = own;
    piece->words = own;
    return true;
}

static void write_word(struct chip_word *word, const char *text)
{
    if (strcmp(word->text, text) == 0)
        return;
    word->text = text;
    word->confidence = 1.0f;
}

/* The segment's text with one word written differently: what stands between words stays, so that
 * languages without blanks keep being so. @return false if the text does not consist of the words,
 * or for lack of memory (then out->failed) */
static bool replace(const struct chip_draft_piece *piece, size_t word, const char *text,
                    struct chip_str *out)
{
    const char *at = piece->seg.text;
    for (size_t i = 0; at && i < piece->n_words; i++) {
        size_t blanks = strspn(at, " "), length = strlen(piece->words[i].text);
        if (strncmp(at + blanks, piece->words[i].text, length) != 0)
            return false;
        chip_str_add_n(out, at, blanks);
        chip_str_add(out, i == word ? text : piece->words[i].text);
        at += blanks + length;
    }
    chip_str_add(out, at ? at : "");
    return at && !out->failed;
}

bool chip_draft_piece_set_word(struct chip_draft_piece *piece, size_t word, const char *text)
{
    struct chip_str changed = {0};
    bool is_replaced = replace(piece, word, text, &changed);
    if (changed.failed || !own_words(piece)) {
        chip_str_done(&changed);
        return false;
    }
    write_word(&piece->own[word], text);
    free(piece->text);
    piece->text = is_replaced ? changed.data : NULL;
    piece->seg.text = piece->text; /* NULL: the words make it */
    if (!is_replaced)
        chip_str_done(&changed);
    return true;
}

/* ---- a whole segment ---- */

/* Cuts at blanks, in place. @param tokens NULL: only counts */
static size_t split(char *text, const char **tokens)
{
    size_t n = 0;
    for (char *at = text + strspn(text, " "); *at; n++) {
        size_t length = strcspn(at, " ");
        char *next = at + length + strspn(at + length, " ");
        if (tokens) {
            tokens[n] = at;
            at[length] = '\0';
        }
        at = next;
    }
    return n;
}

/* Words first .. end - 1 share from_ms .. to_ms by their length. */
static void share_time(struct chip_word *words, size_t first, size_t end, int64_t from_ms,
                       int64_t to_ms)
{
    int64_t total = 0, done = 0;
    for (size_t i = first; i < end; i++)
        total += (int64_t)chip_utf8_count(words[i].text);
    for (size_t i = first; i < end; i++) {
        words[i].start_ms = from_ms + (to_ms - from_ms) * done / total;
        done += (int64_t)chip_utf8_count(words[i].text);
        words[i].end_ms = from_ms + (to_ms - from_ms) * done / total;
    }
}

/* The words for `tokens`: those in front and at the end that are the same stay as they are, those
 * between are new and get the time of the old ones between. */
static void align(const struct chip_draft_piece *piece, const char *const *tokens, size_t n,
                  struct chip_word *out)
{
    const struct chip_word *old = piece->words;
    size_t n_old = piece->n_words, least = n < n_old ? n : n_old, front = 0, back = 0;
    while (front < least && strcmp(old[front].text, tokens[front]) == 0)
        front++;
    while (back < least - front && strcmp(old[n_old - 1 - back].text, tokens[n - 1 - back]) == 0)
        back++;
    size_t end = n - back, old_end = n_old - back;
    bool is_one_for_one = end - front == old_end - front;
    for (size_t i = 0; i < n; i++) {
        bool is_new = i >= front && i < end;
        if (!is_new || is_one_for_one)
            out[i] = old[i < end ? i : n_old - (n - i)];
        if (is_new)
            out[i].confidence = 1.0f;
        out[i].text = tokens[i];
    }
    if (front == end || is_one_for_one)
        return;
    int64_t from_ms = front < old_end ? old[front].start_ms : piece->seg.start_ms;
    int64_t to_ms = front < old_end ? old[old_end - 1].end_ms : piece->seg.end_ms;
    if (front && from_ms < old[front - 1].end_ms)
        from_ms = old[front - 1].end_ms;
    if (back && to_ms > old[old_end].start_ms)
        to_ms = old[old_end].start_ms;
    if (from_ms <= to_ms) {
        share_time(out, front, end, from_ms, to_ms);
        return;
    }
    for (size_t i = front; i < end; i++) { /* between two that overlap */
        out[i].start_ms = to_ms;
        out[i].end_ms = from_ms;
    }
}

bool chip_draft_piece_set_text(struct chip_draft_piece *piece, const char *text)
{
    char *copy = strdup(text), *cut = strdup(text);
    size_t n = cut ? split(cut, NULL) : 0;
    const char **tokens = calloc(n + 1, sizeof *tokens);
    struct chip_word *words = calloc(n + 1, sizeof *words);
    bool ok = copy && cut && tokens && words;
    if (ok) {
        split(cut, tokens);
        if (piece->n_words || !n) {
            align(piece, tokens, n, words);
        } else {
            n = 0; /* times of words were not known, and are not now */
        }
        chip_draft_piece_done(piece);
        *piece = (struct chip_draft_piece){.seg = piece->seg,
                                           .words = words,
                                           .n_words = n,
                                           .own = words,
                                           .text = copy,
                                           .tokens = cut};
        piece->seg.text = copy;
        copy = cut = NULL;
        words = NULL;
    }
    free(copy);
    free(cut);
    free(words);
    free(tokens);
    return ok;
}
