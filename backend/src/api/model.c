#include "api/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/store.h"

#define DEFAULT_MODEL "moonshine-base"
#define VAD_MODEL "silero-vad"

/* The last part of a path. */
static void set_name(struct chip_model *m, const char *name)
{
    size_t end = strlen(name), start;
    while (end > 1 && name[end - 1] == '/')
        end--;
    for (start = end; start > 0 && name[start - 1] != '/'; start--)
        ;
    snprintf(m->name, sizeof m->name, "%.*s", (int)(end - start), name + start);
}

static enum chip_status open_in(struct chip_model *m, const char *name, struct chip_err *err)
{
    char dir[CHIP_STORE_PATH_MAX];
    enum chip_status s = chip_store_find(name, dir, sizeof dir, err);
    if (s == CHIP_OK)
        s = chip_moonshine_open(&m->asr, dir, err);
    if (s == CHIP_OK)
        s = chip_tokenizer_open(&m->tokenizer, dir, err);
    if (s == CHIP_OK)
        s = chip_store_find(VAD_MODEL, dir, sizeof dir, err);
    if (s == CHIP_OK)
        s = chip_vad_model_open(&m->vad, dir, err);
    if (s == CHIP_OK)
        s = chip_embedder_open(&m->embedder, NULL, err);
    return s;
}

enum chip_status chip_model_open(struct chip_model **out, const char *name, struct chip_err *err)
{
    struct chip_model *m = calloc(1, sizeof *m);
    if (!m)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a model");
    name = name ? name : DEFAULT_MODEL;
    set_name(m, name);
    enum chip_status s = open_in(m, name, err);
    if (s != CHIP_OK) {
        chip_model_close(m);
        return s;
    }
    *out = m;
    return CHIP_OK;
}

void chip_model_close(struct chip_model *m)
{
    if (!m)
        return;
    chip_moonshine_close(m->asr);
    chip_tokenizer_close(m->tokenizer);
    chip_vad_model_close(m->vad);
    chip_embedder_close(m->embedder);
    free(m);
}
