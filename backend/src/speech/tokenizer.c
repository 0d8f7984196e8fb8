#include "speech/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "models/vocabulary.h"

#define MAX_ENCODE_BYTES 1024

struct chip_tokenizer {
    struct chip_vocabulary vocabulary;
    int32_t byte_ids[256]; /* -1: the vocabulary has no piece for that byte */
};

enum chip_status chip_tokenizer_open(struct chip_tokenizer **out, const char *folder,
                                     struct chip_err *err)
{
    struct chip_tokenizer *tokenizer = calloc(1, sizeof *tokenizer);
    if (!tokenizer)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    struct chip_vocabulary *v = &tokenizer->vocabulary;
    enum chip_status status = chip_vocabulary_open(v, folder, err);
    if (status != CHIP_OK) {
        free(tokenizer);
        return status;
    }
    for (int byte = 0; byte < 256; byte++)
        tokenizer->byte_ids[byte] = -1;
    for (size_t id = 0; id < v->n_ids; id++)
        if (v->kind[id] == CHIP_PIECE_BYTE)
            tokenizer->byte_ids[(unsigned char)v->text[v->offset[id]]] = (int32_t)id;
    *out = tokenizer;
    return CHIP_OK;
}

void chip_tokenizer_close(struct chip_tokenizer *tokenizer)
{
    if (!tokenizer)
        return;
    chip_vocabulary_close(&tokenizer->vocabulary);
    free(tokenizer);
}

size_t chip_tokenizer_n_ids(const struct chip_tokenizer *tokenizer)
{
    return tokenizer->vocabulary.n_ids;
}

bool chip_tokenizer_is_special(const struct chip_tokenizer *tokenizer, int32_t id)
{
    const struct chip_vocabulary *v = &tokenizer->vocabulary;
    return id < 0 || (size_t)id >= v->n_ids || v->kind[id] == CHIP_PIECE_SPECIAL;
}

const char *chip_tokenizer_bytes(const struct chip_tokenizer *tokenizer, int32_t id, size_t *n)
{
    const struct chip_vocabulary *v = &tokenizer->vocabulary;
    *n = 0;
    if (chip_tokenizer_is_special(tokenizer, id))
        return "";
    *n = v->offset[id + 1] - v->offset[id];
    return v->text + v->offset[id];
}

bool chip_tokenizer_starts_word(const struct chip_tokenizer *tokenizer, int32_t id)
{
    size_t n;
    const char *bytes = chip_tokenizer_bytes(tokenizer, id, &n);
    return n > 0 && bytes[0] == ' ';
}

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

/*
 * Length of the character at s[0..n), 0 if it is not valid: cut off, longer than need be, a
 * surrogate or beyond U+10FFFF (RFC 3629).
 */
static size_t valid_utf8_len(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || len > n)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return len;
}

static void add_valid(struct chip_str *out, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t len = valid_utf8_len(bytes + i, n - i);
        if (len == 0)
            chip_str_add(out, "\xEF\xBF\xBD");
        else if (bytes[i] == '\0')
            chip_str_add(out, " ");
        else
            chip_str_add_n(out, bytes + i, len);
        i += len ? len : 1;
    }
}

/* ---- decoding -------------------------------------------------------------------------------- */

enum chip_status chip_tokenizer_decode(const struct chip_tokenizer *tokenizer, const int32_t *ids,
                                       size_t n_ids, char **out, struct chip_err *err)
{
    struct chip_str raw = {0}, text = {0};
    for (size_t i = 0; i < n_ids; i++) {
        size_t n;
        const char *bytes = chip_tokenizer_bytes(tokenizer, ids[i], &n);
        chip_str_add_n(&raw, bytes, n);
    }
    size_t skip = raw.len > 0 && raw.data[0] == ' ';
    if (raw.len > skip)
        add_valid(&text, raw.data + skip, raw.len - skip);
    text.failed = text.failed || raw.failed;
    chip_str_done(&raw);
    return chip_str_finish(&text, out, err);
}

/* ---- encoding -------------------------------------------------------------------------------- */

/* A run of bytes of the text that is a piece, or a single byte. */
struct span {
    size_t start, len;
    int32_t id;
};

/* " two words": one blank before each word. */
static enum chip_status normalise(const char *text, struct chip_str *out, struct chip_err *err)
{
    size_t n = strlen(text);
    if (n > MAX_ENCODE_BYTES)
        return chip_fail(err, CHIP_E_LIMIT, "a text of %zu bytes is longer than %d", n,
                         MAX_ENCODE_BYTES);
    bool blank = true;
    for (size_t i = 0, len; i < n; i += len) {
        len = valid_utf8_len(text + i, n - i);
        if (len == 0)
            return chip_fail(err, CHIP_E_INVAL, "the text is not UTF-8 at byte %zu", i);
        if (strchr(" \t\r\n\v\f", text[i])) {
            blank = true;
            continue;
        }
        if (blank)
            chip_str_add(out, " ");
        blank = false;
        chip_str_add_n(out, text + i, len);
    }
    return CHIP_OK;
}

/* One span for each character that is a piece, else one for each of its bytes. */
static size_t split(const struct chip_tokenizer *tokenizer, const struct chip_str *text,
                    struct span *spans)
{
    size_t n = 0;
    for (size_t i = 0, len; i < text->len; i += len) {
        len = valid_utf8_len(text->data + i, text->len - i);
        int32_t id = chip_vocabulary_find(&tokenizer->vocabulary, text->data + i, len);
        if (id >= 0) {
            spans[n++] = (struct span){i, len, id};
            continue;
        }
        for (size_t b = 0; b < len; b++) {
            int32_t byte_id = tokenizer->byte_ids[(unsigned char)text->data[i + b]];
            if (byte_id >= 0)
                spans[n++] = (struct span){i + b, 1, byte_id};
        }
    }
    return n;
}

/* Merges until no neighbours form a piece. Texts are short, so the plain search suffices. */
static size_t merge(const struct chip_tokenizer *tokenizer, const char *text, struct span *spans,
                    size_t n)
{
    for (;;) {
        size_t best = n;
        int32_t best_id = INT32_MAX;
        for (size_t i = 0; i + 1 < n; i++) {
            int32_t id = chip_vocabulary_find(&tokenizer->vocabulary, text + spans[i].start,
                                              spans[i].len + spans[i + 1].len);
            if (id >= 0 && id < best_id) {
                best = i;
                best_id = id;
            }
        }
        if (best == n)
            return n;
        spans[best].len += spans[best + 1].len;
        spans[best].id = best_id;
        memmove(&spans[best + 1], &spans[best + 2], (n - best - 2) * sizeof *spans);
        n--;
    }
}

enum chip_status chip_tokenizer_encode(const struct chip_tokenizer *tokenizer, const char *text,
                                       int32_t **out, size_t *n_ids, struct chip_err *err)
{
    struct chip_str normal = {0};
    enum chip_status status = normalise(text, &normal, err);
    if (status == CHIP_OK && normal.failed)
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    if (status != CHIP_OK || normal.len == 0) {
        chip_str_done(&normal);
        if (status == CHIP_OK) {
            *out = NULL;
            *n_ids = 0;
        }
        return status;
    }
    struct span *spans = calloc(normal.len, sizeof *spans);
    int32_t *ids = calloc(normal.len, sizeof *ids);
    if (spans && ids) {
        size_t n = split(tokenizer, &normal, spans);
        n = merge(tokenizer, normal.data, spans, n);
        for (size_t i = 0; i < n; i++)
            ids[i] = spans[i].id;
        *out = ids;
        *n_ids = n;
        ids = NULL;
    } else {
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    }
    free(ids);
    free(spans);
    chip_str_done(&normal);
    return status;
}
