#include "models/import_tokenizer.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "models/json_file.h"
#include "models/vocabulary.h"

#define MAX_JS_BYTES ((size_t)16 << 20)
#define N_PIECES 32000
#define N_SPECIAL 3 /* <unk> <s> </s> */
#define FIRST_BYTE N_SPECIAL
#define MAX_VOCAB 1000000

/* Decoded pieces: `text` is cut at its newlines, pieces point into it. */
struct vocabulary {
    unsigned char *text;
    const char *pieces[N_PIECES];
    unsigned char *merges; /* pairs of little-endian u16 ids */
    size_t n_merges;
};

/* ---- finding and decoding the literals ------------------------------------------------------- */

/* Decodes the base64 literal of `const NAME = "...";`; one NUL is put behind it. */
static enum chip_status decode_literal(const struct chip_file *js, const char *name,
                                       unsigned char **out, size_t *out_bytes, struct chip_err *err)
{
    char start[64];
    int start_len = snprintf(start, sizeof start, "const %s = \"", name);
    const unsigned char *at =
        js->size ? memmem(js->data, js->size, start, (size_t)start_len) : NULL;
    if (!at)
        return chip_fail(err, CHIP_E_FORMAT, "there is no %s", name);
    at += start_len;
    const unsigned char *end = memchr(at, '"', js->size - (size_t)(at - js->data));
    size_t len = end ? (size_t)(end - at) : 0;
    if (len < 4 || len % 4 != 0)
        return chip_fail(err, CHIP_E_FORMAT, "%s is not base64", name);

    unsigned char *data = malloc(len / 4 * 3 + 1);
    if (!data)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    int n = EVP_DecodeBlock(data, at, (int)len);
    if (n < 0) {
        free(data);
        return chip_fail(err, CHIP_E_FORMAT, "%s is not base64", name);
    }
    n -= (at[len - 1] == '=') + (at[len - 2] == '='); /* the block function counts the padding */
    data[n] = '\0';
    *out = data;
    *out_bytes = (size_t)n;
    return CHIP_OK;
}

static enum chip_status split_pieces(struct vocabulary *v, size_t text_bytes, struct chip_err *err)
{
    if (strlen((const char *)v->text) != text_bytes)
        return chip_fail(err, CHIP_E_FORMAT, "the vocabulary holds a NUL");
    size_t n = 0;
    for (char *line = (char *)v->text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (n < N_PIECES)
            v->pieces[n] = line;
        n++;
    }
    if (n != N_PIECES)
        return chip_fail(err, CHIP_E_FORMAT, "there are %zu pieces instead of %d", n, N_PIECES);

    static const char *const SPECIAL[N_SPECIAL] = {"<unk>", "<s>", "</s>"};
    for (size_t i = 0; i < N_SPECIAL; i++)
        if (strcmp(v->pieces[i], SPECIAL[i]) != 0)
            return chip_fail(err, CHIP_E_FORMAT, "piece %zu is not %s", i, SPECIAL[i]);
    for (unsigned i = 0; i < 256; i++) {
        char byte[8];
        snprintf(byte, sizeof byte, "<0x%02X>", i);
        if (strcmp(v->pieces[FIRST_BYTE + i], byte) != 0)
            return chip_fail(err, CHIP_E_FORMAT, "piece %u is not %s", FIRST_BYTE + i, byte);
    }
    return CHIP_OK;
}

static enum chip_status read_vocabulary(const char *js_path, struct vocabulary *v,
                                        struct chip_err *err)
{
    struct chip_file js;
    size_t text_bytes = 0, merge_bytes = 0;
    enum chip_status status = chip_file_map(&js, js_path, MAX_JS_BYTES, err);
    if (status != CHIP_OK)
        return status;
    status = decode_literal(&js, "llama_vocab_base64", &v->text, &text_bytes, err);
    if (status == CHIP_OK)
        status = decode_literal(&js, "llama_merges_binary", &v->merges, &merge_bytes, err);
    chip_file_unmap(&js);
    if (v->text && v->merges)
        status = split_pieces(v, text_bytes, err);
    if (status == CHIP_OK && merge_bytes % 4 != 0)
        status = chip_fail(err, CHIP_E_FORMAT, "the merges are not pairs of ids");
    v->n_merges = merge_bytes / 4;
    if (status != CHIP_OK)
        (void)chip_fail_in(err, "tokenizer '%s': ", js_path);
    return status;
}

/* ---- tokenizer.json -------------------------------------------------------------------------- */

static json_t *added_token(size_t id, const char *content)
{
    return json_pack("{s:I, s:s, s:b, s:b, s:b, s:b, s:b}", "id", (json_int_t)id, "content",
                     content, "single_word", 0, "lstrip", 0, "rstrip", 0, "normalized", 0,
                     "special", 1);
}

static json_t *added_tokens(const struct vocabulary *v, size_t n_vocab)
{
    json_t *list = json_array();
    for (size_t i = 0; i < N_SPECIAL; i++)
        json_array_append_new(list, added_token(i, v->pieces[i]));
    for (size_t i = N_PIECES; i < n_vocab; i++) {
        char name[32];
        snprintf(name, sizeof name, "<<ST_%zu>>", i - N_PIECES);
        json_array_append_new(list, added_token(i, name));
    }
    return list;
}

static enum chip_status vocab_json(const struct vocabulary *v, json_t **out, struct chip_err *err)
{
    json_t *vocab = json_object();
    for (size_t i = 0; i < N_PIECES; i++)
        if (json_object_set_new(vocab, v->pieces[i], json_integer((json_int_t)i)) < 0) {
            json_decref(vocab);
            return chip_fail(err, CHIP_E_FORMAT, "piece %zu is not UTF-8", i);
        }
    if (json_object_size(vocab) != N_PIECES) {
        json_decref(vocab);
        return chip_fail(err, CHIP_E_FORMAT, "a piece is there twice");
    }
    *out = vocab;
    return CHIP_OK;
}

static enum chip_status merges_json(const struct vocabulary *v, json_t **out, struct chip_err *err)
{
    json_t *merges = json_array();
    for (size_t i = 0; i < v->n_merges; i++) {
        const unsigned char *m = v->merges + 4 * i;
        unsigned left = m[0] | (unsigned)m[1] << 8, right = m[2] | (unsigned)m[3] << 8;
        if (left >= N_PIECES || right >= N_PIECES) {
            json_decref(merges);
            return chip_fail(err, CHIP_E_FORMAT, "merge %zu names piece %u", i,
                             left > right ? left : right);
        }
        json_array_append_new(merges, json_sprintf("%s %s", v->pieces[left], v->pieces[right]));
    }
    *out = merges;
    return CHIP_OK;
}

/* "U+2581" is the blank of the pieces. */
static json_t *tokenizer_json(json_t *added, json_t *vocab, json_t *merges)
{
    json_t *json = json_pack("{s:s, s:n, s:n, s:o}", "version", "1.0", "truncation", "padding",
                             "added_tokens", added);
    json_object_set_new(json, "normalizer",
                        json_pack("{s:s, s:[{s:s, s:s}, {s:s, s:{s:s}, s:s}]}", "type", "Sequence",
                                  "normalizers", "type", "Prepend", "prepend", "\u2581", "type",
                                  "Replace", "pattern", "String", " ", "content", "\u2581"));
    json_object_set_new(json, "pre_tokenizer", json_null());
    json_object_set_new(json, "post_processor", json_null());
    json_object_set_new(
        json, "decoder",
        json_pack("{s:s, s:[{s:s, s:{s:s}, s:s}, {s:s}, {s:s}, {s:s, s:s, s:i, s:i}]}", "type",
                  "Sequence", "decoders", "type", "Replace", "pattern", "String", "\u2581",
                  "content", " ", "type", "ByteFallback", "type", "Fuse", "type", "Strip",
                  "content", " ", "start", 1, "stop", 0));
    json_object_set_new(json, "model",
                        json_pack("{s:s, s:n, s:s, s:b, s:b, s:o, s:o}", "type", "BPE", "dropout",
                                  "unk_token", "<unk>", "fuse_unk", 1, "byte_fallback", 1, "vocab",
                                  vocab, "merges", merges));
    return json;
}

static enum chip_status write_tokenizer(const struct vocabulary *v, size_t n_vocab,
                                        const char *folder, struct chip_err *err)
{
    json_t *vocab = NULL, *merges = NULL;
    enum chip_status status = vocab_json(v, &vocab, err);
    if (status == CHIP_OK)
        status = merges_json(v, &merges, err);
    if (status != CHIP_OK) {
        json_decref(vocab);
        return status;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/tokenizer.json", folder);
    json_t *json = tokenizer_json(added_tokens(v, n_vocab), vocab, merges);
    status = chip_file_write_json(path, json, err);
    json_decref(json);
    return status;
}

enum chip_status chip_import_tokenizer(const char *js_path, size_t n_vocab, const char *folder,
                                       struct chip_err *err)
{
    if (n_vocab < N_PIECES || n_vocab > MAX_VOCAB)
        return chip_fail(err, CHIP_E_UNSUPPORTED, "a vocabulary of %zu ids does not fit %d pieces",
                         n_vocab, N_PIECES);
    struct vocabulary *v = calloc(1, sizeof *v);
    if (!v)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    enum chip_status status = read_vocabulary(js_path, v, err);
    if (status == CHIP_OK)
        status = write_tokenizer(v, n_vocab, folder, err);
    if (status == CHIP_OK)
        status = chip_vocabulary_compile(folder, err);
    free(v->text);
    free(v->merges);
    free(v);
    return status;
}
