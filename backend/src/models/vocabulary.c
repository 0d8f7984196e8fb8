#include "models/vocabulary.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "models/vocabulary_json.h"
#include "nn/safetensors_write.h"

#define COMPILED "vocabulary.safetensors"

/* What a struct chip_vocabulary may hold; one of the two. */
struct owner {
    struct chip_safetensors *mapped;
    struct chip_vocabulary_text *parsed;
};

static enum chip_status take_over(struct chip_vocabulary *v, struct owner owner,
                                  struct chip_err *err)
{
    struct owner *copy = malloc(sizeof *copy);
    if (!copy) {
        chip_safetensors_close(owner.mapped);
        chip_vocabulary_text_free(owner.parsed);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    }
    *copy = owner;
    v->owner = copy;
    return CHIP_OK;
}

void chip_vocabulary_close(struct chip_vocabulary *vocabulary)
{
    struct owner *owner = vocabulary->owner;
    if (owner) {
        chip_safetensors_close(owner->mapped);
        chip_vocabulary_text_free(owner->parsed);
        free(owner);
    }
    *vocabulary = (struct chip_vocabulary){0};
}

int32_t chip_vocabulary_find(const struct chip_vocabulary *v, const char *bytes, size_t n)
{
    size_t low = 0, high = v->n_sorted;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t id = v->sorted[middle];
        int order = chip_piece_compare(bytes, n, v->text + v->offset[id],
                                       v->offset[id + 1] - v->offset[id]);
        if (order == 0)
            return (int32_t)id;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

enum chip_status chip_vocabulary_read_json(struct chip_vocabulary *vocabulary, const char *folder,
                                           struct chip_err *err)
{
    struct chip_vocabulary_text *t = NULL;
    enum chip_status status = chip_vocabulary_text_read(&t, folder, err);
    if (status != CHIP_OK)
        return status;
    struct chip_vocabulary v = {.n_ids = t->n_ids,
                                .text = t->text,
                                .offset = t->offset,
                                .kind = t->kind,
                                .sorted = t->sorted,
                                .n_sorted = t->n_sorted};
    status = take_over(&v, (struct owner){.parsed = t}, err);
    if (status == CHIP_OK)
        *vocabulary = v;
    return status;
}

/* ---- the compiled form ----------------------------------------------------------------------- */

/* The size of tokenizer.json in decimal: enough to notice that it was exchanged. */
static bool source_stamp(const char *folder, char *out, size_t size)
{
    char path[4096];
    struct stat info;
    snprintf(path, sizeof path, "%s/tokenizer.json", folder);
    if (stat(path, &info) < 0)
        return false;
    snprintf(out, size, "%lld", (long long)info.st_size);
    return true;
}

enum chip_status chip_vocabulary_compile(const char *folder, struct chip_err *err)
{
    struct chip_vocabulary v = {0};
    char stamp[32], path[4096];
    enum chip_status status = chip_vocabulary_read_json(&v, folder, err);
    if (status != CHIP_OK)
        return status;
    size_t n_text = v.offset[v.n_ids];
    const struct chip_tensor tensors[] = {
        {"text", CHIP_U8, 1, {n_text}, v.text, n_text},
        {"offset", CHIP_U32, 1, {v.n_ids + 1}, v.offset, 4 * (v.n_ids + 1)},
        {"kind", CHIP_U8, 1, {v.n_ids}, v.kind, v.n_ids},
        {"sorted", CHIP_U32, 1, {v.n_sorted}, v.sorted, 4 * v.n_sorted},
    };
    snprintf(path, sizeof path, "%s/" COMPILED, folder);
    if (!source_stamp(folder, stamp, sizeof stamp))
        status = chip_fail(err, CHIP_E_IO, "'%s/tokenizer.json' went away", folder);
    else
        status = chip_safetensors_write(
            path, tensors, 4, (const struct chip_metadata[]){{"tokenizer_json_bytes", stamp}}, 1,
            err);
    chip_vocabulary_close(&v);
    return status;
}

/* The file may be anyone's, so every index in it is checked once. */
static enum chip_status check(const struct chip_vocabulary *v, size_t n_text, struct chip_err *err)
{
    bool ok = v->n_ids > 0 && v->offset[0] == 0 && v->offset[v->n_ids] == n_text;
    for (size_t i = 0; ok && i < v->n_ids; i++) {
        ok = v->offset[i] <= v->offset[i + 1] && v->kind[i] <= CHIP_PIECE_SPECIAL;
        if (ok && v->kind[i] == CHIP_PIECE_BYTE)
            ok = v->offset[i + 1] - v->offset[i] == 1;
    }
    for (size_t i = 0; ok && i < v->n_sorted; i++)
        ok = v->sorted[i] < v->n_ids;
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_FORMAT, "the vocabulary contradicts itself");
}

static enum chip_status view(struct chip_vocabulary *v, const struct chip_safetensors *st,
                             struct chip_err *err)
{
    static const size_t any[] = {0};
    const struct chip_tensor *text, *offset, *kind, *sorted;
    enum chip_status status = chip_safetensors_require(st, "text", CHIP_U8, 1, any, &text, err);
    if (status == CHIP_OK)
        status = chip_safetensors_require(st, "kind", CHIP_U8, 1, any, &kind, err);
    if (status == CHIP_OK)
        status = chip_safetensors_require(st, "sorted", CHIP_U32, 1, any, &sorted, err);
    if (status == CHIP_OK)
        status = chip_safetensors_require(st, "offset", CHIP_U32, 1,
                                          (const size_t[]){kind->shape[0] + 1}, &offset, err);
    if (status != CHIP_OK)
        return status;
    *v = (struct chip_vocabulary){.n_ids = kind->shape[0],
                                  .text = text->data,
                                  .offset = offset->data,
                                  .kind = kind->data,
                                  .sorted = sorted->data,
                                  .n_sorted = sorted->shape[0]};
    return check(v, text->bytes, err);
}

/* Sets *fresh to whether there is a compiled form of the tokenizer.json that is there. */
static enum chip_status open_compiled(struct chip_vocabulary *v, const char *folder, bool *fresh,
                                      struct chip_err *err)
{
    char path[4096], stamp[32];
    struct chip_safetensors *st = NULL;
    *fresh = false;
    snprintf(path, sizeof path, "%s/" COMPILED, folder);
    enum chip_status status = chip_safetensors_open(&st, path, err);
    if (status == CHIP_E_NOT_FOUND)
        return CHIP_OK;
    if (status != CHIP_OK)
        return status;
    const char *made_from = chip_safetensors_metadata(st, "tokenizer_json_bytes");
    if (!made_from || !source_stamp(folder, stamp, sizeof stamp) || strcmp(made_from, stamp) != 0) {
        chip_safetensors_close(st);
        return CHIP_OK;
    }
    status = view(v, st, err);
    if (status != CHIP_OK) {
        chip_safetensors_close(st);
        (void)chip_fail_in(err, "'%s': ", path);
        return status;
    }
    *fresh = true;
    return take_over(v, (struct owner){.mapped = st}, err);
}

enum chip_status chip_vocabulary_open(struct chip_vocabulary *vocabulary, const char *folder,
                                      struct chip_err *err)
{
    struct chip_vocabulary v = {0};
    bool fresh;
    enum chip_status status = open_compiled(&v, folder, &fresh, err);
    if (status != CHIP_OK)
        return status;
    if (!fresh)
        return chip_vocabulary_read_json(vocabulary, folder, err);
    *vocabulary = v;
    return CHIP_OK;
}
