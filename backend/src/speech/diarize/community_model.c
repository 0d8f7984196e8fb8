#include "speech/diarize/community_model.h"

#include <stdio.h>
#include <stdlib.h>

#include "speech/diarize/community_run.h"
#include "speech/diarize/community_weights.h"

/* PLDA's arrays, into the model's memory. */
static enum chip_status load_plda(struct chip_community_model *m, const struct chip_safetensors *st,
                                  struct chip_err *err)
{
    enum { IN = CHIP_RESNET_DIM, OUT = CHIP_COMMUNITY_FEATURES };
    struct chip_community_load l;
    chip_community_load_begin(&l, st, err);
    m->plda = (struct chip_plda){
        .n_in = IN,
        .n_out = OUT,
        .mean_in = chip_community_vector(&l, "plda", "mean_in", IN),
        .lda = chip_community_tensor(&l, "plda.lda", 2, (size_t[]){IN, OUT}),
        .mean_out = chip_community_vector(&l, "plda", "mean_out", OUT),
        .mean = chip_community_vector(&l, "plda", "mean", OUT),
        .rows = chip_community_tensor(&l, "plda.rows", 2, (size_t[]){OUT, OUT}),
        .psi = chip_community_vector(&l, "plda", "psi", OUT),
    };
    m->memory = l.memory;
    return l.status;
}

enum chip_status chip_community_model_open(struct chip_community_model **out, const char *dir,
                                           struct chip_err *err)
{
    char path[4096];
    struct chip_safetensors *st = NULL;
    struct chip_community_model *m = calloc(1, sizeof *m);
    if (!m)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a model");
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    enum chip_status s = chip_safetensors_open(&st, path, err);
    if (s == CHIP_OK)
        s = chip_segmentation_open(&m->segmentation, st, err);
    if (s == CHIP_OK)
        s = chip_resnet_open(&m->resnet, st, err);
    if (s == CHIP_OK)
        s = load_plda(m, st, err);
    chip_safetensors_close(st);
    m->fbank = chip_fbank_new();
    if (s == CHIP_OK && !m->fbank)
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory for a model");
    if (s != CHIP_OK) {
        if (s == CHIP_E_FORMAT)
            (void)chip_fail_in(err, "'%s' is no model for telling speakers apart: ", dir);
        chip_community_model_close(m);
        return s;
    }
    *out = m;
    return CHIP_OK;
}

void chip_community_model_close(struct chip_community_model *m)
{
    if (!m)
        return;
    chip_segmentation_close(m->segmentation);
    chip_resnet_close(m->resnet);
    chip_fbank_free(m->fbank);
    chip_arena_done(&m->memory);
    free(m);
}
