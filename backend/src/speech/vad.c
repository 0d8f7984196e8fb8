#include "speech/vad.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "nn/kernels.h"
#include "nn/lstm.h"
#include "nn/safetensors.h"
#include "speech/vad_net.h"

enum {
    CHUNK = CHIP_VAD_CHUNK,
    CONTEXT = CHIP_VAD_CONTEXT,
    WINDOW = CHIP_VAD_WINDOW,
    BINS = CHIP_VAD_BINS,
    FEATURES = CHIP_VAD_FEATURES,
    HIDDEN = 128,
    ROWS = CHIP_VAD_ROWS,
    TERMS = CHIP_VAD_TERMS,
    BATCH = 96 /* chunks at a time: whole tiles of every vector width, 3 s */
};

struct chip_vad_model {
    struct chip_safetensors *file;
    const struct chip_kernels *rows;
    const struct chip_vad_kernels *kernels;
    struct chip_vad_net net;
    float *packed[4]; /* weights of the convolutions in the order that net wants; owned */
    struct chip_lstm lstm;
    const float *head_w; /* [HIDDEN] */
    float head_bias;
};

struct chip_vad {
    const struct chip_vad_model *model;
    struct chip_arena arena;
    void *scratch;
    float *features, *hidden; /* [BATCH][FEATURES], [BATCH][HIDDEN] */
    float *pcm;               /* [CONTEXT + BATCH * CHUNK] */
    size_t n_pcm;             /* samples after the context */
    float h[HIDDEN], c[HIDDEN];
};

/* ---- model ---- */

/* The kernels that go with chip_kernels(), which honours CHIP_KERNELS; "ref" gets the baseline. */
static const struct chip_vad_kernels *choose(const char *name)
{
#if defined(__x86_64__)
    if (strcmp(name, chip_vad_kernels_avx512.name) == 0)
        return &chip_vad_kernels_avx512;
    if (strcmp(name, chip_vad_kernels_avx2.name) == 0)
        return &chip_vad_kernels_avx2;
#endif
    (void)name;
    return &chip_vad_kernels_base;
}

static enum chip_status require(const struct chip_safetensors *st, const char *name, int rank,
                                const size_t *shape, const float **out, struct chip_err *err)
{
    const struct chip_tensor *t;
    enum chip_status s = chip_safetensors_require(st, name, CHIP_F32, rank, shape, &t, err);
    if (s == CHIP_OK)
        *out = t->data;
    return s;
}

/*
 * The file holds the Fourier transform as a matrix, real parts above imaginary ones. We do it with
 * a fast transform, which must be the same thing: window[n] e^(-2 pi i k n / 256).
 */
static enum chip_status open_spectrum(struct chip_vad_model *model, struct chip_err *err)
{
    const float *basis;
    enum chip_status s = require(model->file, "stft.forward_basis_buffer", 3,
                                 (const size_t[]){2 * BINS, 1, WINDOW}, &basis, err);
    if (s != CHIP_OK)
        return s;
    float cosine[WINDOW], sine[WINDOW];
    for (size_t i = 0; i < WINDOW; i++) {
        double angle = 2.0 * M_PI * (double)i / WINDOW;
        cosine[i] = (float)cos(angle);
        sine[i] = (float)sin(angle);
    }
    float worst = 0.0f;
    for (size_t k = 0; k < BINS; k++)
        for (size_t n = 0; n < WINDOW; n++) {
            float re = basis[n] * cosine[k * n % WINDOW] - basis[k * WINDOW + n];
            float im = basis[n] * sine[k * n % WINDOW] + basis[(BINS + k) * WINDOW + n];
            worst = fmaxf(worst, fmaxf(fabsf(re), fabsf(im)));
        }
    if (!(worst < 1e-5f))
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "the voice detector's spectrum is not a windowed Fourier transform");
    for (size_t n = 0; n < WINDOW; n++)
        model->net.window[n] = 0.5f * basis[n];
    memcpy(model->net.cos, cosine, sizeof model->net.cos);
    memcpy(model->net.sin, sine, sizeof model->net.sin);
    return CHIP_OK;
}

/* Weights of one row and channel as the terms of the short convolution: Lavin & Gray's G g. */
static void short_conv_terms(const float *g, float *terms, size_t stride)
{
    const double a = g[0], b = g[1], c = g[2];
    const double t[TERMS] = {a / 4.0,
                             -(a + b + c) / 6.0,
                             -(a - b + c) / 6.0,
                             a / 24.0 + b / 12.0 + c / 6.0,
                             a / 24.0 - b / 12.0 + c / 6.0,
                             c};
    for (size_t i = 0; i < TERMS; i++)
        terms[i * stride] = (float)t[i];
}

/* The i-th convolution, [n_out][n_in][3] in the file. */
static enum chip_status open_conv(struct chip_vad_model *model, size_t i, size_t n_out, size_t n_in,
                                  struct chip_err *err)
{
    char name[64];
    const float *w, *bias;
    snprintf(name, sizeof name, "encoder.%zu.reparam_conv.weight", i);
    enum chip_status s = require(model->file, name, 3, (const size_t[]){n_out, n_in, 3}, &w, err);
    if (s != CHIP_OK)
        return s;
    snprintf(name, sizeof name, "encoder.%zu.reparam_conv.bias", i);
    s = require(model->file, name, 1, &n_out, &bias, err);
    if (s != CHIP_OK)
        return s;

    const size_t n_terms = i == 0 ? TERMS : 3;
    float *packed = malloc(n_out * n_in * n_terms * sizeof *packed);
    model->packed[i] = packed;
    if (!packed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the voice detector");
    for (size_t o = 0; o < n_out; o++)
        for (size_t k = 0; k < n_in; k++) {
            const float *from = w + (o * n_in + k) * 3;
            float *to = packed + (o / ROWS * n_terms * n_in + k) * ROWS + o % ROWS;
            if (i == 0)
                short_conv_terms(from, to, n_in * ROWS);
            else
                for (size_t tap = 0; tap < 3; tap++)
                    to[tap * n_in * ROWS] = from[tap];
        }
    if (i == 0) {
        model->net.first_w = packed;
        model->net.first_bias = bias;
    } else {
        model->net.conv[i - 1] =
            (struct chip_vad_conv){.n_in = n_in, .n_out = n_out, .w = packed, .bias = bias};
    }
    return CHIP_OK;
}

static enum chip_status open_layers(struct chip_vad_model *model, struct chip_err *err)
{
    enum chip_status s = open_spectrum(model, err);
    if (s == CHIP_OK)
        s = open_conv(model, 0, 128, BINS, err);
    if (s == CHIP_OK)
        s = open_conv(model, 1, 64, 128, err);
    if (s == CHIP_OK)
        s = open_conv(model, 2, 64, 64, err);
    if (s == CHIP_OK)
        s = open_conv(model, 3, FEATURES, 64, err);
    if (s == CHIP_OK)
        s = chip_lstm_init(&model->lstm, model->file, "decoder.rnn", FEATURES, HIDDEN, err);
    if (s == CHIP_OK)
        s = require(model->file, "decoder.decoder.2.weight", 3, (const size_t[]){1, HIDDEN, 1},
                    &model->head_w, err);
    const float *bias;
    if (s == CHIP_OK)
        s = require(model->file, "decoder.decoder.2.bias", 1, (const size_t[]){1}, &bias, err);
    if (s == CHIP_OK)
        model->head_bias = *bias;
    return s;
}

enum chip_status chip_vad_model_open(struct chip_vad_model **out, const char *dir,
                                     struct chip_err *err)
{
    struct chip_vad_model *model = calloc(1, sizeof *model);
    size_t size = strlen(dir) + sizeof "/model.safetensors";
    char *path = malloc(size);
    if (!model || !path) {
        free(model);
        free(path);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the voice detector");
    }
    snprintf(path, size, "%s/model.safetensors", dir);
    model->rows = chip_kernels();
    model->kernels = choose(model->rows->name);
    enum chip_status s = chip_safetensors_open(&model->file, path, err);
    if (s == CHIP_OK)
        s = open_layers(model, err);
    free(path);
    if (s != CHIP_OK) {
        chip_vad_model_close(model);
        return s;
    }
    *out = model;
    return CHIP_OK;
}

void chip_vad_model_close(struct chip_vad_model *model)
{
    if (!model)
        return;
    chip_lstm_done(&model->lstm);
    for (size_t i = 0; i < sizeof model->packed / sizeof *model->packed; i++)
        free(model->packed[i]);
    chip_safetensors_close(model->file);
    free(model);
}

/* ---- detector ---- */

struct chip_vad *chip_vad_new(const struct chip_vad_model *model)
{
    struct chip_vad *vad = calloc(1, sizeof *vad);
    if (!vad)
        return NULL;
    vad->model = model;
    const size_t scratch = model->kernels->scratch;
    const size_t features = BATCH * FEATURES * sizeof(float),
                 hidden = BATCH * HIDDEN * sizeof(float);
    const size_t pcm = (CONTEXT + BATCH * CHUNK) * sizeof(float);
    if (chip_arena_init(&vad->arena,
                        chip_arena_cost(scratch) + chip_arena_cost(features) +
                            chip_arena_cost(hidden) + chip_arena_cost(pcm) +
                            chip_lstm_cost(&model->lstm),
                        NULL) != CHIP_OK) {
        free(vad);
        return NULL;
    }
    vad->scratch = chip_arena_take(&vad->arena, scratch);
    vad->features = chip_arena_take(&vad->arena, features);
    vad->hidden = chip_arena_take(&vad->arena, hidden);
    vad->pcm = chip_arena_take(&vad->arena, pcm);
    chip_vad_reset(vad);
    return vad;
}

void chip_vad_free(struct chip_vad *vad)
{
    if (!vad)
        return;
    chip_arena_done(&vad->arena);
    free(vad);
}

void chip_vad_reset(struct chip_vad *vad)
{
    memset(vad->h, 0, sizeof vad->h);
    memset(vad->c, 0, sizeof vad->c);
    memset(vad->pcm, 0, CONTEXT * sizeof *vad->pcm);
    vad->n_pcm = 0;
}

size_t chip_vad_due(const struct chip_vad *vad, size_t n)
{
    return n / CHUNK + (vad->n_pcm + n % CHUNK) / CHUNK;
}

/* Probabilities of the first n chunks, n <= BATCH, which then leave the buffer. */
static void run(struct chip_vad *vad, size_t n, float *probs)
{
    const struct chip_vad_model *model = vad->model;
    model->kernels->features(&model->net, vad->pcm, n, vad->scratch, vad->features);
    chip_lstm_run(&model->lstm, &vad->arena, vad->features, FEATURES, n, vad->h, vad->c,
                  vad->hidden);
    model->rows->relu(vad->hidden, n * HIDDEN);
    for (size_t t = 0; t < n; t++) {
        float logit = model->rows->dot(vad->hidden + t * HIDDEN, model->head_w, HIDDEN);
        probs[t] = 1.0f / (1.0f + expf(-(logit + model->head_bias)));
    }
    vad->n_pcm -= n * CHUNK;
    memmove(vad->pcm, vad->pcm + n * CHUNK, (CONTEXT + vad->n_pcm) * sizeof *vad->pcm);
}

enum chip_status chip_vad_push(struct chip_vad *vad, const float *pcm, size_t n, float *probs,
                               size_t max, size_t *n_probs, struct chip_err *err)
{
    const size_t due = chip_vad_due(vad, n);
    if (max < due)
        return chip_fail(err, CHIP_E_INVAL, "%zu probabilities do not fit into %zu", due, max);
    while (n > 0) {
        size_t take = BATCH * CHUNK - vad->n_pcm;
        take = n < take ? n : take;
        memcpy(vad->pcm + CONTEXT + vad->n_pcm, pcm, take * sizeof *pcm);
        vad->n_pcm += take;
        pcm += take;
        n -= take;
        size_t chunks = vad->n_pcm / CHUNK;
        if (chunks > 0) {
            run(vad, chunks, probs);
            probs += chunks;
        }
    }
    if (n_probs)
        *n_probs = due;
    return CHIP_OK;
}

size_t chip_vad_flush(struct chip_vad *vad, float *prob)
{
    const size_t left = vad->n_pcm;
    if (left > 0) {
        memset(vad->pcm + CONTEXT + left, 0, (CHUNK - left) * sizeof *vad->pcm);
        vad->n_pcm = CHUNK;
        run(vad, 1, prob);
    }
    chip_vad_reset(vad);
    return left > 0;
}
