#include "speech/diarize/embedder.h"

#include <dnnl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels.h"
#include "speech/diarize/embedded.h"
#include "speech/diarize/embedder_weights.h"
#include "speech/diarize/mel.h"
#include "speech/diarize/pool_vec.h"

enum {
    BANDS = CHIP_MEL_BANDS,
    CHANNELS = CHIP_TDNN_CHANNELS,
    BLOCKS = CHIP_TDNN_BLOCKS,
    HIDDEN = CHIP_TDNN_HIDDEN,
    ATTENTION = CHIP_TDNN_ATTENTION,
    DIM = CHIP_VOICE_DIM,
    TAPS = 5,
    AROUND = BLOCKS, /* frames of zeros before and after what a block reads */
};

_Static_assert((int)CHIP_POOL_WIDTH == (int)HIDDEN, "what is pooled is what the network hides");

struct chip_embedder {
    struct chip_mel_tables mel;
    struct chip_embedder_weights w;
    const struct chip_kernels *kernels;
    const struct chip_pool_kernels *pool;
};

/* ---- opening ---- */

const struct chip_pool_kernels *chip_pool_kernels(void)
{
#if defined(__x86_64__)
    const char *name = chip_kernels()->name;
    if (strcmp(name, chip_pool_kernels_avx512.name) == 0)
        return &chip_pool_kernels_avx512;
    if (strcmp(name, chip_pool_kernels_avx2.name) == 0)
        return &chip_pool_kernels_avx2;
#endif
    return &chip_pool_kernels_base;
}

enum chip_status chip_embedder_open(struct chip_embedder **out, const char *path,
                                    struct chip_err *err)
{
    struct chip_embedder *e = calloc(1, sizeof *e);
    if (!e)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speaker network");
    struct chip_safetensors *st = NULL;
    enum chip_status s =
        path ? chip_safetensors_open(&st, path, err)
             : chip_safetensors_open_memory(&st, chip_embedded_speaker, chip_embedded_speaker_size,
                                            "built-in speaker network", err);
    if (s == CHIP_OK)
        s = chip_embedder_weights_load(&e->w, st, err);
    chip_safetensors_close(st);
    if (s != CHIP_OK) {
        chip_embedder_close(e);
        return s;
    }
    chip_mel_init(&e->mel);
    e->kernels = chip_kernels();
    e->pool = chip_pool_kernels();
    *out = e;
    return CHIP_OK;
}

void chip_embedder_close(struct chip_embedder *e)
{
    if (!e)
        return;
    chip_embedder_weights_done(&e->w);
    free(e);
}

/* ---- windows ---- */

size_t chip_window_count(size_t n)
{
    if (n < CHIP_WINDOW_MIN_SAMPLES)
        return 0;
    if (n <= CHIP_WINDOW_SAMPLES)
        return 1;
    return 1 + (n - CHIP_WINDOW_SAMPLES + CHIP_WINDOW_HOP - 1) / CHIP_WINDOW_HOP;
}

struct chip_cut chip_window_cut(size_t n, size_t i)
{
    size_t count = chip_window_count(n);
    if (count == 1)
        return (struct chip_cut){0, n};
    size_t start = (n - CHIP_WINDOW_SAMPLES) * i / (count - 1);
    return (struct chip_cut){start, start + CHIP_WINDOW_SAMPLES};
}

/* ---- the network, frame by frame ---- */

/* out[n][n_out] (+)= x[n][n_in] w^T; rows of x are `ldx` apart. */
static void product(const float *x, size_t ldx, size_t n, const float *w, size_t n_out, size_t ldw,
                    size_t n_in, bool add, float *out)
{
    dnnl_sgemm('N', 'T', (dnnl_dim_t)n, (dnnl_dim_t)n_out, (dnnl_dim_t)n_in, 1.0f, x,
               (dnnl_dim_t)ldx, w, (dnnl_dim_t)ldw, add ? 1.0f : 0.0f, out, (dnnl_dim_t)n_out);
}

static void add_bias(const float *bias, size_t n, size_t width, float *x)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < width; j++)
            x[i * width + j] += bias[j];
}

/* What stands after each convolution: bias, ReLU, batch norm. */
static void finish(const struct chip_embedder *e, const float *bias,
                   const struct chip_scale_shift *norm, size_t n, size_t width, float *x)
{
    add_bias(bias, n, width, x);
    e->kernels->relu(x, n * width);
    for (size_t i = 0; i < n; i++)
        e->kernels->scale_shift(norm->scale, norm->shift, width, x + i * width);
}

/* Two frames in, one out: [n_frames][64] to [n][192]; the edges see zeros. */
static void first_conv(const struct chip_embedder *e, struct chip_arena *arena, const float *mel,
                       size_t n_frames, size_t n, float *out)
{
    size_t mark = chip_arena_mark(arena), around = TAPS / 2;
    float *padded = chip_arena_take(arena, (2 * n + TAPS) * BANDS * sizeof *padded);
    float *rows = chip_arena_take(arena, n * TAPS * BANDS * sizeof *rows);
    memset(padded, 0, (2 * n + TAPS) * BANDS * sizeof *padded);
    memcpy(padded + around * BANDS, mel, n_frames * BANDS * sizeof *padded);
    for (size_t i = 0; i < n_frames; i++)
        e->kernels->scale_shift(e->w.input.scale, e->w.input.shift, BANDS,
                                padded + (around + i) * BANDS);
    for (size_t i = 0; i < n; i++)
        memcpy(rows + i * TAPS * BANDS, padded + 2 * i * BANDS, TAPS * BANDS * sizeof *rows);
    product(rows, TAPS * BANDS, n, e->w.c1, CHANNELS, TAPS * BANDS, TAPS * BANDS, false, out);
    finish(e, e->w.c1_bias, &e->w.b1, n, CHANNELS, out);
    chip_arena_release(arena, mark);
}

/* next = x + norm(relu(conv(x))); x has AROUND frames of zeros before and after. */
static void run_block(const struct chip_embedder *e, int i, const float *x, size_t n, float *next)
{
    size_t distance = (size_t)i + 1;
    for (size_t tap = 0; tap < 3; tap++)
        product(x + tap * distance * CHANNELS - distance * CHANNELS, CHANNELS, n,
                e->w.block[i].taps[tap], CHANNELS, CHANNELS, CHANNELS, tap > 0, next);
    finish(e, e->w.block[i].bias, &e->w.block[i].norm, n, CHANNELS, next);
    e->kernels->axpy(1.0f, x, n * CHANNELS, next);
}

/* What windows pool from. */
struct frames {
    size_t n;
    float *h;      /* [n][320] */
    float *weight; /* [n][320] of the attention, not yet divided by their sum */
};

static size_t half(size_t n_frames)
{
    return (n_frames + 1) / 2;
}

static void attend(const struct chip_embedder *e, struct chip_arena *arena, struct frames *f)
{
    size_t mark = chip_arena_mark(arena), n = f->n;
    float *inner = chip_arena_take(arena, n * ATTENTION * sizeof *inner);
    product(f->h, HIDDEN, n, e->w.a1, ATTENTION, HIDDEN, HIDDEN, false, inner);
    add_bias(e->w.a1_bias, n, ATTENTION, inner);
    e->kernels->tanh(inner, n * ATTENTION);
    product(inner, ATTENTION, n, e->w.a2, HIDDEN, ATTENTION, ATTENTION, false, f->weight);
    add_bias(e->w.a2_bias, n, HIDDEN, f->weight);
    /* Relative to the largest of the whole stretch, not of each window: quotients are the same. */
    e->pool->weigh(f->weight, n);
    chip_arena_release(arena, mark);
}

static struct frames run_frames(const struct chip_embedder *e, struct chip_arena *arena,
                                const float *mel, size_t n_frames)
{
    struct frames f = {.n = half(n_frames)};
    size_t row = CHANNELS * sizeof(float), padded = (f.n + 2 * AROUND) * row;
    f.h = chip_arena_take(arena, f.n * HIDDEN * sizeof *f.h);
    f.weight = chip_arena_take(arena, f.n * HIDDEN * sizeof *f.weight);
    size_t mark = chip_arena_mark(arena);
    float *x[BLOCKS + 1];
    for (int i = 0; i <= BLOCKS; i++) {
        x[i] = chip_arena_take(arena, padded);
        memset(x[i], 0, AROUND * row);
        x[i] += AROUND * CHANNELS;
        memset(x[i] + f.n * CHANNELS, 0, AROUND * row);
    }
    first_conv(e, arena, mel, n_frames, f.n, x[0]);
    for (int i = 0; i < BLOCKS; i++) {
        run_block(e, i, x[i], f.n, x[i + 1]);
        product(x[i + 1], CHANNELS, f.n, e->w.c2 + (size_t)i * CHANNELS, HIDDEN, BLOCKS * CHANNELS,
                CHANNELS, i > 0, f.h);
    }
    finish(e, e->w.c2_bias, &e->w.b2, f.n, HIDDEN, f.h);
    chip_arena_release(arena, mark);
    attend(e, arena, &f);
    return f;
}

/* ---- pooling ---- */

/* Weighted mean and deviation of frames first .. last, and the linear layer. */
static void pool(const struct chip_embedder *e, const struct frames *f, size_t first, size_t last,
                 float voice[DIM])
{
    float pooled[2 * HIDDEN];
    e->pool->pool(f->h + first * HIDDEN, f->weight + first * HIDDEN, last - first + 1, pooled);
    e->kernels->scale_shift(e->w.b3.scale, e->w.b3.shift, (size_t)2 * HIDDEN, pooled);
    for (size_t o = 0; o < DIM; o++)
        voice[o] =
            e->kernels->dot(pooled, e->w.fc + o * 2 * HIDDEN, (size_t)2 * HIDDEN) + e->w.fc_bias[o];
}

static void make_unit(const struct chip_kernels *kernels, float voice[DIM])
{
    float length = sqrtf(kernels->dot(voice, voice, DIM));
    kernels->affine(voice, 1.0f / fmaxf(length, 1e-12f), 0.0f, DIM, voice);
}

/* The frames that lie wholly inside a window: frame i has the features of 20 i and 20 i + 10 ms. */
static void pool_window(const struct chip_embedder *e, const struct frames *f, struct chip_cut cut,
                        float voice[DIM])
{
    size_t first = (cut.start + 2 * CHIP_MEL_HOP - 1) / ((size_t)2 * CHIP_MEL_HOP);
    size_t last = (cut.end - CHIP_MEL_FRAME) / ((size_t)2 * CHIP_MEL_HOP);
    last = last < f->n ? last : f->n - 1;
    pool(e, f, first < last ? first : last, last, voice);
    make_unit(e->kernels, voice);
}

size_t chip_embedder_cost(size_t n_samples)
{
    size_t n_frames = chip_mel_frames(n_samples), n = half(n_frames);
    size_t floats = (n_frames + 2 * n + TAPS) * BANDS + n * TAPS * BANDS + 2 * n * HIDDEN +
                    (BLOCKS + 1) * (n + (size_t)2 * AROUND) * CHANNELS + n * ATTENTION +
                    chip_window_count(n_samples) * DIM;
    return floats * sizeof(float) + chip_mel_scratch() + 16 * 64;
}

void chip_embedder_run(const struct chip_embedder *e, struct chip_arena *arena, const float *pcm,
                       size_t n_samples, float (*voices)[DIM])
{
    size_t mark = chip_arena_mark(arena), n_frames = chip_mel_frames(n_samples);
    float *mel = chip_arena_take(arena, n_frames * BANDS * sizeof *mel);
    void *scratch = chip_arena_take(arena, chip_mel_scratch());
    chip_mel(&e->mel, pcm, n_frames, scratch, mel);
    const struct frames f = run_frames(e, arena, mel, n_frames);
    for (size_t i = 0; i < chip_window_count(n_samples); i++)
        pool_window(e, &f, chip_window_cut(n_samples, i), voices[i]);
    chip_arena_release(arena, mark);
}

void chip_embedder_features(const struct chip_embedder *e, struct chip_arena *arena,
                            const float *mel, size_t n_frames, float voice[DIM])
{
    size_t mark = chip_arena_mark(arena);
    const struct frames f = run_frames(e, arena, mel, n_frames);
    pool(e, &f, 0, f.n - 1, voice);
    chip_arena_release(arena, mark);
}
