#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "speech/asr/moonshine.h"

/* Rows that go through a layer together, so that what they pass on stays in the L2 cache. */
enum { BLOCK = 96 };

enum { MIN_SAMPLES = 127 + 64 * (7 + 3 * 2 - 1) }; /* one frame needs so many; less is padded */

struct lengths {
    size_t conv1, conv2, frames;
};

static struct lengths lengths(size_t n_samples)
{
    struct lengths n;
    if (n_samples < MIN_SAMPLES)
        n_samples = MIN_SAMPLES;
    n.conv1 = (n_samples - 127) / 64 + 1;
    n.conv2 = (n.conv1 - 7) / 3 + 1;
    n.frames = (n.conv2 - 3) / 2 + 1;
    return n;
}

size_t chip_moonshine_frames(size_t n_samples)
{
    return lengths(n_samples).frames;
}

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ---- convolutions ---- */

/* One convolution: frame i of the output reads the input from frame i * stride on. */
static void convolve(const struct chip_linear *conv, void (*activate)(float *x, size_t n),
                     struct chip_arena *arena, const float *x, size_t hop, size_t n_out, float *out)
{
    size_t mark = chip_arena_mark(arena);
    struct chip_rows rows;
    chip_rows_init(&rows, arena, BLOCK, conv->n_in);
    for (size_t i = 0; i < n_out; i += BLOCK) {
        size_t n = min_size(BLOCK, n_out - i);
        float *block = out + i * conv->n_out;
        chip_rows_set(&rows, conv, x + i * hop, hop, n);
        chip_linear_run(conv, &rows, arena, false, block, conv->n_out);
        activate(block, n * conv->n_out);
    }
    chip_arena_release(arena, mark);
}

/* Group norm with one group: statistics over the whole segment (Wu & He 2018). */
static void group_norm(const struct chip_moonshine *m, size_t n, float *x)
{
    size_t d = m->width;
    float scale[4096], shift[4096]; /* width is checked when the model is opened */
    float *ones = scale;            /* a dot product with ones is a sum */
    for (size_t j = 0; j < d; j++)
        ones[j] = 1.0f;
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        const float *row = x + i * d;
        sum += (double)m->kernels->dot(row, ones, d);
        squares += (double)m->kernels->dot(row, row, d);
    }
    double count = (double)n * (double)d, mean = sum / count;
    double inv = 1.0 / sqrt(squares / count - mean * mean + (double)m->group_norm_eps);
    for (size_t j = 0; j < d; j++) {
        scale[j] = (float)inv * m->group_norm_weight[j];
        shift[j] = m->group_norm_bias[j] - (float)mean * scale[j];
    }
    for (size_t i = 0; i < n; i++)
        m->kernels->scale_shift(scale, shift, d, x + i * d);
}

static void convolutions(const struct chip_moonshine *m, struct chip_arena *arena, const float *pcm,
                         struct lengths n, float *frames)
{
    size_t mark = chip_arena_mark(arena), d = m->width;
    float *a = chip_arena_take(arena, n.conv1 * d * sizeof *a);
    float *b = chip_arena_take(arena, n.conv2 * 2 * d * sizeof *b);
    convolve(&m->conv1, m->kernels->tanh, arena, pcm, 64, n.conv1, a);
    group_norm(m, n.conv1, a);
    convolve(&m->conv2, m->kernels->gelu, arena, a, 3 * d, n.conv2, b);
    convolve(&m->conv3, m->kernels->gelu, arena, b, 2 * 2 * d, n.frames, frames);
    chip_arena_release(arena, mark);
}

/* ---- transformer layers ---- */

/* Scratch for a block of rows. */
struct block {
    struct chip_rows rows;
    float *normed; /* [BLOCK][width] */
    float *hidden; /* [BLOCK][ff] */
};

static struct block block_take(const struct chip_moonshine *m, struct chip_arena *arena)
{
    struct block b;
    chip_rows_init(&b.rows, arena, BLOCK, m->ff > m->width ? m->ff : m->width);
    b.normed = chip_arena_take(arena, BLOCK * m->width * sizeof *b.normed);
    b.hidden = chip_arena_take(arena, BLOCK * m->ff * sizeof *b.hidden);
    return b;
}

static void norm_rows(const struct chip_moonshine *m, const float *x, const float *weight, size_t n,
                      float *out)
{
    for (size_t i = 0; i < n; i++)
        m->kernels->layer_norm(x + i * m->width, weight, NULL, m->norm_eps, m->width,
                               out + i * m->width);
}

/* Queries, keys and values of frames first .. first + n - 1. */
static void project(const struct chip_moonshine *m, const struct chip_moonshine_layer *l,
                    struct chip_arena *arena, struct block *b, const float *x, size_t first,
                    size_t n, float *q, float *k, float *v)
{
    size_t d = m->width;
    norm_rows(m, x + first * d, l->input_norm, n, b->normed);
    chip_rows_set(&b->rows, &l->self.q, b->normed, d, n);
    chip_linear_run(&l->self.q, &b->rows, arena, false, q + first * d, d);
    chip_linear_run(&l->self.k, &b->rows, arena, false, k + first * d, d);
    chip_linear_run(&l->self.v, &b->rows, arena, false, v + first * d, d);
    for (size_t i = first; i < first + n; i++) {
        chip_rotary_apply(&m->rotary, m->kernels, i, m->heads.n_heads, m->heads.head_dim,
                          q + i * d);
        chip_rotary_apply(&m->rotary, m->kernels, i, m->heads.n_heads, m->heads.head_dim,
                          k + i * d);
        m->kernels->affine(q + i * d, m->attention_scale, 0.0f, d, q + i * d);
    }
}

/* x += output of attention and feed-forward of frames first .. first + n - 1. */
static void feed_forward(const struct chip_moonshine *m, const struct chip_moonshine_layer *l,
                         struct chip_arena *arena, struct block *b, size_t first, size_t n,
                         const float *attended, float *x)
{
    size_t d = m->width;
    x += first * d;
    chip_rows_set(&b->rows, &l->self.o, attended + first * d, d, n);
    chip_linear_run(&l->self.o, &b->rows, arena, true, x, d);

    norm_rows(m, x, l->post_norm, n, b->normed);
    chip_rows_set(&b->rows, &l->fc1, b->normed, d, n);
    chip_linear_run(&l->fc1, &b->rows, arena, false, b->hidden, m->ff);
    m->kernels->gelu(b->hidden, n * m->ff);
    chip_rows_set(&b->rows, &l->fc2, b->hidden, m->ff, n);
    chip_linear_run(&l->fc2, &b->rows, arena, true, x, d);
}

void chip_moonshine_encoder_frames(const struct chip_moonshine *m, struct chip_arena *arena,
                                   const float *pcm, size_t n_samples, float *x)
{
    size_t mark = chip_arena_mark(arena), d = m->width;
    struct lengths n = lengths(n_samples);
    if (n_samples < MIN_SAMPLES) {
        float *padded = chip_arena_take(arena, MIN_SAMPLES * sizeof *padded);
        memset(padded, 0, MIN_SAMPLES * sizeof *padded);
        memcpy(padded, pcm, n_samples * sizeof *padded);
        pcm = padded;
    }
    convolutions(m, arena, pcm, n, x);

    float *q = chip_arena_take(arena, n.frames * d * sizeof *q);
    float *k = chip_arena_take(arena, n.frames * d * sizeof *k);
    float *v = chip_arena_take(arena, n.frames * d * sizeof *v);
    struct block b = block_take(m, arena);
    for (size_t layer = 0; layer < m->n_encoder_layers; layer++) {
        const struct chip_moonshine_layer *l = &m->encoder[layer];
        for (size_t i = 0; i < n.frames; i += BLOCK)
            project(m, l, arena, &b, x, i, min_size(BLOCK, n.frames - i), q, k, v);
        chip_attention(m->heads, m->kernels, arena, q, n.frames, k, v, n.frames, d, q);
        for (size_t i = 0; i < n.frames; i += BLOCK)
            feed_forward(m, l, arena, &b, i, min_size(BLOCK, n.frames - i), q, x);
    }
    norm_rows(m, x, m->encoder_norm, n.frames, x);
    chip_arena_release(arena, mark);
}

/* ---- slots ---- */

/* Every decoder layer's keys and values of the frames. */
static void fill_cross(const struct chip_moonshine *m, struct chip_arena *arena,
                       const float *frames, struct chip_moonshine_slot *slot)
{
    size_t mark = chip_arena_mark(arena), d = m->width;
    struct chip_rows rows;
    chip_rows_init(&rows, arena, BLOCK, d);
    float *k = chip_arena_take(arena, BLOCK * d * sizeof *k);
    float *v = chip_arena_take(arena, BLOCK * d * sizeof *v);
    for (size_t i = 0; i < slot->n_frames; i += BLOCK) {
        size_t n = min_size(BLOCK, slot->n_frames - i);
        chip_rows_set(&rows, &m->decoder[0].cross.k, frames + i * d, d, n);
        for (size_t layer = 0; layer < m->n_decoder_layers; layer++) {
            const struct chip_moonshine_attention *a = &m->decoder[layer].cross;
            chip_linear_run(&a->k, &rows, arena, false, k, d);
            chip_linear_run(&a->v, &rows, arena, false, v, d);
            chip_kept_put(&slot->cross[layer], m->heads, m->kernels, i, n, k, v, d);
        }
    }
    chip_arena_release(arena, mark);
}

static size_t align64(size_t n)
{
    return (n + 63) & ~(size_t)63;
}

/* The next `bytes` of memory; without memory only their number counts. */
static void *place(char *memory, size_t *at, size_t bytes)
{
    void *here = memory ? memory + *at : NULL;
    *at += bytes;
    return here;
}

/* What is kept of n frames; without memory only its size counts. */
static void place_kept(struct chip_kept *kept, struct chip_heads heads, size_t n, char *memory,
                       size_t *at)
{
    void *here = place(memory, at, chip_kept_bytes(heads, n));
    if (here)
        chip_kept_init(kept, heads, n, here);
}

/* Lays the slot's arrays out in one piece of memory; with memory NULL only adds the sizes up. */
static size_t slot_layout(const struct chip_moonshine *m, struct chip_moonshine_slot *slot,
                          char *memory)
{
    size_t at = 0;
    for (size_t layer = 0; layer < m->n_decoder_layers; layer++) {
        place_kept(&slot->cross[layer], m->heads, slot->n_frames, memory, &at);
        place_kept(&slot->self[layer], m->heads, slot->max_tokens, memory, &at);
    }
    slot->attention =
        place(memory, &at, slot->max_tokens * slot->n_frames * sizeof *slot->attention);
    slot->tokens = place(memory, &at, slot->max_tokens * sizeof *slot->tokens);
    slot->probabilities = place(memory, &at, slot->max_tokens * sizeof *slot->probabilities);
    slot->lost = place(memory, &at, slot->max_tokens * sizeof *slot->lost);
    return at;
}

void chip_moonshine_slot_done(struct chip_moonshine_slot *slot)
{
    free(slot->memory);
    *slot = (struct chip_moonshine_slot){0};
}

void chip_moonshine_slot_restart(struct chip_moonshine_slot *slot)
{
    slot->n_tokens = 0;
    slot->ended = false;
    slot->fork = (struct chip_moonshine_fork){.pending = false};
}

size_t chip_moonshine_encode_cost(const struct chip_moonshine *m, size_t n_samples)
{
    struct lengths n = lengths(n_samples);
    size_t d = m->width, widest = 3 * 2 * d > 7 * d ? 6 * d : 7 * d;
    size_t out = m->ff > 2 * d ? m->ff : 2 * d, in = m->ff > widest ? m->ff : widest;
    size_t convs = (n.conv1 * d + n.conv2 * 2 * d) * sizeof(float);
    size_t layers = 4 * n.frames * d * sizeof(float) + chip_attention_cost(m->heads, n.frames) +
                    BLOCK * (d + m->ff) * sizeof(float);
    return (MIN_SAMPLES + n.frames * d) * sizeof(float) + (convs > layers ? convs : layers) +
           chip_rows_cost(BLOCK, in) + chip_linear_cost(BLOCK, out, in) + 64 * 64;
}

enum chip_status chip_moonshine_encode(const struct chip_moonshine *m, struct chip_arena *arena,
                                       const float *pcm, size_t n_samples, size_t max_tokens,
                                       struct chip_moonshine_slot *out, struct chip_err *err)
{
    struct chip_moonshine_slot slot = {.n_frames = chip_moonshine_frames(n_samples),
                                       .max_tokens = max_tokens};
    slot.bytes = align64(slot_layout(m, &slot, NULL));
    slot.memory = aligned_alloc(64, slot.bytes);
    if (!slot.memory)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a segment (%zu MiB)",
                         slot.bytes >> 20);
    slot_layout(m, &slot, slot.memory);

    size_t mark = chip_arena_mark(arena);
    float *frames = chip_arena_take(arena, slot.n_frames * m->width * sizeof *frames);
    chip_moonshine_encoder_frames(m, arena, pcm, n_samples, frames);
    fill_cross(m, arena, frames, &slot);
    chip_arena_release(arena, mark);
    *out = slot;
    return CHIP_OK;
}
