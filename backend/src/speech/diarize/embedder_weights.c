#include "speech/diarize/embedder_weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "speech/diarize/mel.h"

enum {
    BANDS = CHIP_MEL_BANDS,
    CHANNELS = CHIP_TDNN_CHANNELS,
    HIDDEN = CHIP_TDNN_HIDDEN,
    ATTENTION = CHIP_TDNN_ATTENTION,
    DIM = CHIP_VOICE_DIM,
    TAPS = 5, /* of the first convolution */
};

/* Takes memory for the arrays one after the other; the first failure is remembered. */
struct loader {
    const struct chip_safetensors *st;
    float *memory;
    size_t used, size;
    enum chip_status status;
    struct chip_err *err;
};

static float *take(struct loader *l, size_t n)
{
    float *here = l->memory + l->used;
    l->used += (n + 15) / 16 * 16;
    if (l->used > l->size && l->status == CHIP_OK)
        l->status = chip_fail(l->err, CHIP_E_INTERNAL, "the speaker network needs more memory");
    return l->status == CHIP_OK ? here : NULL;
}

static float half_to_float(uint16_t h)
{
    int exponent = h >> 10 & 31;
    float mantissa = (float)(h & 1023), sign = h & 0x8000 ? -1.0f : 1.0f;
    if (exponent == 31) /* neither infinity nor NaN is a weight */
        return NAN;
    return sign * (exponent ? ldexpf(1024.0f + mantissa, exponent - 25) : ldexpf(mantissa, -24));
}

/* A tensor as floats; a 0 ends the shape. NULL after any failure. */
static float *load(struct loader *l, const char *name, size_t a, size_t b, size_t c)
{
    const size_t shape[3] = {a, b, c};
    int rank = c ? 3 : b ? 2 : 1;
    size_t n = a * (b ? b : 1) * (c ? c : 1);
    const struct chip_tensor *t = chip_safetensors_find(l->st, name);
    enum chip_dtype dtype = t && t->dtype == CHIP_F16 ? CHIP_F16 : CHIP_F32;
    if (l->status == CHIP_OK)
        l->status = chip_safetensors_require(l->st, name, dtype, rank, shape, &t, l->err);
    float *out = take(l, n);
    if (!out || !t)
        return NULL;
    if (dtype == CHIP_F32)
        memcpy(out, t->data, n * sizeof *out);
    else
        for (size_t i = 0; i < n; i++)
            out[i] = half_to_float(((const uint16_t *)t->data)[i]);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(out[i])) {
            l->status =
                chip_fail(l->err, CHIP_E_FORMAT, "tensor '%s' holds what is no number", name);
            return NULL;
        }
    return out;
}

static float *load_part(struct loader *l, const char *layer, const char *part, size_t n)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", layer, part);
    return load(l, name, n, 0, 0);
}

static struct chip_scale_shift load_norm(struct loader *l, const char *layer, size_t n)
{
    struct chip_scale_shift norm = {load_part(l, layer, "weight", n),
                                    load_part(l, layer, "bias", n)};
    const float *mean = load_part(l, layer, "running_mean", n);
    const float *variance = load_part(l, layer, "running_var", n);
    if (!norm.scale || !norm.shift || !mean || !variance)
        return norm;
    for (size_t i = 0; l->status == CHIP_OK && i < n; i++) {
        norm.scale[i] /= sqrtf(variance[i] + 1e-5f);
        norm.shift[i] -= mean[i] * norm.scale[i];
        if (!isfinite(norm.scale[i]))
            l->status =
                chip_fail(l->err, CHIP_E_FORMAT, "tensor '%s.running_var' is negative", layer);
    }
    return norm;
}

/* [n_out][n_in][kernel], as PyTorch stores a convolution, to [n_out][kernel][n_in]. */
static float *load_conv(struct loader *l, const char *name, size_t n_out, size_t n_in,
                        size_t kernel)
{
    const float *w = load(l, name, n_out, n_in, kernel);
    float *out = take(l, n_out * n_in * kernel);
    for (size_t o = 0; w && out && o < n_out; o++)
        for (size_t k = 0; k < kernel; k++)
            for (size_t i = 0; i < n_in; i++)
                out[(o * kernel + k) * n_in + i] = w[(o * n_in + i) * kernel + k];
    return out;
}

/* The features' own normalisation and the batch norm after it, in one. */
static void load_input(struct loader *l, struct chip_embedder_weights *w)
{
    w->input = load_norm(l, "inp", BANDS);
    const float *mu = load(l, "mu", BANDS, 0, 0), *sd = load(l, "sd", BANDS, 0, 0);
    if (!w->input.scale || !w->input.shift || !mu || !sd)
        return;
    for (size_t i = 0; l->status == CHIP_OK && i < BANDS; i++) {
        if (!(sd[i] > 0.0f))
            l->status = chip_fail(l->err, CHIP_E_FORMAT, "tensor 'sd' is not positive");
        w->input.scale[i] /= sd[i];
        w->input.shift[i] -= mu[i] * w->input.scale[i];
    }
}

static void load_block(struct loader *l, struct chip_embedder_weights *w, int i)
{
    char name[64];
    snprintf(name, sizeof name, "blk.%d.weight", i);
    const float *conv = load(l, name, CHANNELS, CHANNELS, 3);
    for (size_t k = 0; k < 3; k++) {
        float *tap = w->block[i].taps[k] = take(l, CHANNELS * CHANNELS);
        for (size_t at = 0; conv && tap && at < CHANNELS * CHANNELS; at++)
            tap[at] = conv[at * 3 + k];
    }
    snprintf(name, sizeof name, "blk.%d.bias", i);
    w->block[i].bias = load(l, name, CHANNELS, 0, 0);
    snprintf(name, sizeof name, "bb.%d", i);
    w->block[i].norm = load_norm(l, name, CHANNELS);
}

static void load_output(struct loader *l, struct chip_embedder_weights *w)
{
    w->fc = load(l, "fc.weight", DIM, 2 * HIDDEN, 0);
    w->fc_bias = load(l, "fc.bias", DIM, 0, 0);
    const struct chip_scale_shift norm = load_norm(l, "b4", DIM);
    for (size_t o = 0; l->status == CHIP_OK && o < DIM; o++) {
        for (size_t i = 0; i < 2 * HIDDEN; i++)
            w->fc[o * 2 * HIDDEN + i] *= norm.scale[o];
        w->fc_bias[o] = w->fc_bias[o] * norm.scale[o] + norm.shift[o];
    }
}

enum chip_status chip_embedder_weights_load(struct chip_embedder_weights *w,
                                            const struct chip_safetensors *st, struct chip_err *err)
{
    *w = (struct chip_embedder_weights){0};
    struct loader l = {.st = st, .err = err, .size = 1 << 20}; /* convolutions are kept twice */
    l.size += (size_t)1 << 19;
    w->memory = l.memory = aligned_alloc(64, l.size * sizeof *l.memory);
    if (!l.memory)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speaker network");
    load_input(&l, w);
    w->c1 = load_conv(&l, "c1.weight", CHANNELS, BANDS, TAPS);
    w->c1_bias = load(&l, "c1.bias", CHANNELS, 0, 0);
    w->b1 = load_norm(&l, "b1", CHANNELS);
    for (int i = 0; i < CHIP_TDNN_BLOCKS; i++)
        load_block(&l, w, i);
    w->c2 = load(&l, "c2.weight", HIDDEN, CHIP_TDNN_BLOCKS * CHANNELS, 1);
    w->c2_bias = load(&l, "c2.bias", HIDDEN, 0, 0);
    w->b2 = load_norm(&l, "b2", HIDDEN);
    w->a1 = load(&l, "a1.weight", ATTENTION, HIDDEN, 1);
    w->a1_bias = load(&l, "a1.bias", ATTENTION, 0, 0);
    w->a2 = load(&l, "a2.weight", HIDDEN, ATTENTION, 1);
    w->a2_bias = load(&l, "a2.bias", HIDDEN, 0, 0);
    w->b3 = load_norm(&l, "b3", 2 * HIDDEN);
    load_output(&l, w);
    return l.status;
}

void chip_embedder_weights_done(struct chip_embedder_weights *weights)
{
    free(weights->memory);
    *weights = (struct chip_embedder_weights){0};
}
