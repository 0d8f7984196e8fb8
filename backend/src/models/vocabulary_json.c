#include "models/vocabulary_json.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/json_file.h"
#include "models/vocabulary.h"

#define MAX_JSON_BYTES ((size_t)64 << 20)
#define MAX_IDS ((size_t)1 << 20)
#define BLANK "\xE2\x96\x81" /* U+2581 */

/* What an id stands for, as the JSON has it. */
struct entry {
    const char *content; /* belongs to the JSON; NULL: no such id */
    bool added, special;
};

int chip_piece_compare(const char *a, size_t n_a, const char *b, size_t n_b)
{
    int order = memcmp(a, b, n_a < n_b ? n_a : n_b);
    return order ? order : (n_a > n_b) - (n_a < n_b);
}

void chip_vocabulary_text_free(struct chip_vocabulary_text *text)
{
    if (!text)
        return;
    free(text->text);
    free(text->offset);
    free(text->kind);
    free(text->sorted);
    free(text);
}

/* ---- collecting the ids ---------------------------------------------------------------------- */

static bool id_of(const json_t *value, size_t *id)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (unsigned long long)json_integer_value(value) >= MAX_IDS)
        return false;
    *id = (size_t)json_integer_value(value);
    return true;
}

static enum chip_status collect_vocab(struct entry *entries, const json_t *vocab,
                                      struct chip_err *err)
{
    const char *piece;
    json_t *value;
    json_object_foreach((json_t *)vocab, piece, value)
    {
        size_t id;
        if (!id_of(value, &id))
            return chip_fail(err, CHIP_E_FORMAT, "piece '%.64s' has no valid id", piece);
        if (entries[id].content)
            return chip_fail(err, CHIP_E_FORMAT, "two pieces have the id %zu", id);
        entries[id].content = piece;
    }
    return CHIP_OK;
}

static enum chip_status collect_added(struct entry *entries, const json_t *added,
                                      struct chip_err *err)
{
    for (size_t i = 0; i < json_array_size(added); i++) {
        const json_t *token = json_array_get(added, i);
        const char *content = json_string_value(json_object_get(token, "content"));
        size_t id;
        if (!content || !id_of(json_object_get(token, "id"), &id))
            return chip_fail(err, CHIP_E_FORMAT, "added token %zu has no valid id or content", i);
        if (entries[id].added || (entries[id].content && strcmp(entries[id].content, content) != 0))
            return chip_fail(err, CHIP_E_FORMAT, "two tokens have the id %zu", id);
        entries[id] = (struct entry){.content = content,
                                     .added = true,
                                     .special = json_is_true(json_object_get(token, "special"))};
    }
    return CHIP_OK;
}

static enum chip_status collect(struct entry *entries, const json_t *root, struct chip_err *err)
{
    const json_t *model = json_object_get(root, "model");
    const json_t *vocab = json_object_get(model, "vocab");
    const char *type = json_string_value(json_object_get(model, "type"));
    if (!json_is_object(vocab))
        return chip_fail(err, CHIP_E_FORMAT, "there is no model.vocab");
    if (!type || strcmp(type, "BPE") != 0 || !json_is_true(json_object_get(model, "byte_fallback")))
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "only tokenizers of the SentencePiece kind (BPE with byte fallback) are "
                         "known");
    enum chip_status status = collect_vocab(entries, vocab, err);
    if (status != CHIP_OK)
        return status;
    return collect_added(entries, json_object_get(root, "added_tokens"), err);
}

/* ---- building the tables --------------------------------------------------------------------- */

/* "<0x0A>" */
static bool is_byte(const char *piece, unsigned char *byte)
{
    if (strlen(piece) != 6 || strncmp(piece, "<0x", 3) != 0 || piece[5] != '>')
        return false;
    unsigned value = 0;
    for (int i = 3; i < 5; i++) {
        char c = piece[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
            return false;
        value = value * 16 + (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
    }
    *byte = (unsigned char)value;
    return true;
}

/* Copies a piece with real blanks. @return bytes written, never more than the piece has */
static size_t put_piece(char *to, const char *piece)
{
    size_t n = 0;
    while (*piece) {
        if (!strncmp(piece, BLANK, 3)) {
            to[n++] = ' ';
            piece += 3;
        } else {
            to[n++] = *piece++;
        }
    }
    return n;
}

static void fill(struct chip_vocabulary_text *t, const struct entry *entries)
{
    size_t at = 0;
    for (size_t id = 0; id < t->n_ids; id++) {
        const struct entry *e = &entries[id];
        unsigned char byte;
        t->offset[id] = (uint32_t)at;
        if (!e->content || e->special) {
            t->kind[id] = CHIP_PIECE_SPECIAL;
        } else if (e->added) {
            t->kind[id] = CHIP_PIECE_TEXT;
            memcpy(t->text + at, e->content, strlen(e->content));
            at += strlen(e->content);
        } else if (is_byte(e->content, &byte)) {
            t->kind[id] = CHIP_PIECE_BYTE;
            t->text[at++] = (char)byte;
        } else {
            t->kind[id] = CHIP_PIECE_TEXT;
            at += put_piece(t->text + at, e->content);
        }
    }
    t->offset[t->n_ids] = (uint32_t)at;
}

static int by_bytes(const void *a, const void *b, void *table)
{
    const struct chip_vocabulary_text *t = table;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = chip_piece_compare(t->text + t->offset[x], t->offset[x + 1] - t->offset[x],
                                   t->text + t->offset[y], t->offset[y + 1] - t->offset[y]);
    return order ? order : (x > y) - (x < y);
}

static enum chip_status build(struct chip_vocabulary_text *t, const struct entry *entries,
                              struct chip_err *err)
{
    size_t bytes = 1;
    for (size_t id = 0; id < MAX_IDS; id++)
        if (entries[id].content) {
            t->n_ids = id + 1;
            bytes += strlen(entries[id].content);
        }
    if (t->n_ids == 0)
        return chip_fail(err, CHIP_E_FORMAT, "the vocabulary is empty");
    t->text = malloc(bytes);
    t->offset = calloc(t->n_ids + 1, sizeof *t->offset);
    t->kind = calloc(t->n_ids, sizeof *t->kind);
    t->sorted = calloc(t->n_ids, sizeof *t->sorted);
    if (!t->text || !t->offset || !t->kind || !t->sorted)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");

    fill(t, entries);
    for (size_t id = 0; id < t->n_ids; id++)
        if (t->kind[id] == CHIP_PIECE_TEXT)
            t->sorted[t->n_sorted++] = (uint32_t)id;
    qsort_r(t->sorted, t->n_sorted, sizeof *t->sorted, by_bytes, t);
    return CHIP_OK;
}

static enum chip_status read_root(struct chip_vocabulary_text *t, const json_t *root,
                                  struct chip_err *err)
{
    struct entry *entries = calloc(MAX_IDS, sizeof *entries);
    if (!entries)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    enum chip_status status = collect(entries, root, err);
    if (status == CHIP_OK)
        status = build(t, entries, err);
    free(entries);
    return status;
}

enum chip_status chip_vocabulary_text_read(struct chip_vocabulary_text **out, const char *folder,
                                           struct chip_err *err)
{
    char path[4096];
    json_t *root = NULL;
    snprintf(path, sizeof path, "%s/tokenizer.json", folder);
    enum chip_status status = chip_file_read_json(&root, path, MAX_JSON_BYTES, err);
    if (status != CHIP_OK)
        return status;

    struct chip_vocabulary_text *t = calloc(1, sizeof *t);
    status = t ? read_root(t, root, err) : chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    json_decref(root);
    if (status != CHIP_OK) {
        chip_vocabulary_text_free(t);
        (void)chip_fail_in(err, "tokenizer '%s': ", path);
        return status;
    }
    *out = t;
    return CHIP_OK;
}
