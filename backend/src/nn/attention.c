#include "nn/attention.h"

#include <string.h>

size_t chip_attention_cost(struct chip_heads heads, size_t n_k)
{
    return chip_arena_cost(chip_attention_head_bytes(n_k, heads.head_dim));
}

void chip_attention(struct chip_heads heads, const struct chip_kernels *kernels,
                    struct chip_arena *arena, const float *q, size_t n_q, const float *k,
                    const float *v, size_t n_k, size_t ld, float *out)
{
    size_t mark = chip_arena_mark(arena);
    void *scratch = chip_arena_take(arena, chip_attention_head_bytes(n_k, heads.head_dim));
    for (size_t h = 0; h < heads.n_heads; h++) {
        size_t at = h * heads.head_dim;
        kernels->attention_head(q + at, n_q, k + at, v + at, n_k, ld, heads.head_dim, scratch,
                                out + at);
    }
    chip_arena_release(arena, mark);
}

enum { LINE = 64 }; /* frames are padded to a cache line of int8 */

static size_t cache_stride(size_t n)
{
    return (n + LINE - 1) / LINE * LINE;
}

size_t chip_attention_row_cost(struct chip_heads heads, size_t n_k)
{
    size_t n = cache_stride(n_k);
    return chip_arena_cost(n * sizeof(float)) + chip_arena_cost(n * sizeof(int16_t)) +
           chip_arena_cost(heads.head_dim * sizeof(int16_t));
}

void chip_attention_cached(struct chip_heads heads, const struct chip_kernels *kernels,
                           struct chip_arena *arena, const float *q, const float *k, const float *v,
                           size_t n_k, float *out)
{
    size_t mark = chip_arena_mark(arena), width = heads.n_heads * heads.head_dim;
    float *scores = chip_arena_take(arena, n_k * sizeof *scores);
    for (size_t h = 0; h < heads.n_heads; h++) {
        size_t at = h * heads.head_dim;
        for (size_t t = 0; t < n_k; t++)
            scores[t] = kernels->dot(q + at, k + t * width + at, heads.head_dim);
        kernels->softmax(scores, n_k);
        memset(out + at, 0, heads.head_dim * sizeof *out);
        for (size_t t = 0; t < n_k; t++)
            kernels->axpy(scores[t], v + t * width + at, heads.head_dim, out + at);
    }
    chip_arena_release(arena, mark);
}

/* ---- int8 cache ---- */

size_t chip_cross_cache_bytes(struct chip_heads heads, size_t n)
{
    size_t per_frame = 2 * heads.n_heads * (heads.head_dim + sizeof(float));
    return per_frame * cache_stride(n);
}

void chip_cross_cache_init(struct chip_cross_cache *cache, struct chip_heads heads, size_t n,
                           void *memory)
{
    size_t stride = cache_stride(n), width = heads.n_heads * heads.head_dim;
    memset(memory, 0, chip_cross_cache_bytes(heads, n)); /* what pads a row is read too */
    cache->n = n;
    cache->stride = stride;
    cache->k = memory;
    cache->v = cache->k + width * stride;
    cache->k_scale = (float *)(void *)(cache->v + width * stride);
    cache->v_scale = cache->k_scale + heads.n_heads * stride;
}

static void put_keys(struct chip_heads heads, const struct chip_kernels *kernels,
                     const struct chip_cross_cache *c, size_t frame, const float *row)
{
    int8_t q[256];
    for (size_t h = 0; h < heads.n_heads; h++) {
        size_t at = h * heads.head_dim;
        c->k_scale[h * c->stride + frame] = kernels->quantize_i8(row + at, heads.head_dim, q);
        for (size_t d = 0; d < heads.head_dim; d += 2)
            memcpy(c->k + ((at + d) / 2 * c->stride + frame) * 2, q + d, 2);
    }
}

static void put_values(struct chip_heads heads, const struct chip_kernels *kernels,
                       const struct chip_cross_cache *c, size_t frame, const float *row)
{
    int8_t q[256];
    for (size_t h = 0; h < heads.n_heads; h++) {
        size_t at = h * heads.head_dim;
        c->v_scale[h * c->stride + frame] = kernels->quantize_i8(row + at, heads.head_dim, q);
        for (size_t d = 0; d < heads.head_dim; d++)
            c->v[(at + d) * c->stride + frame] = q[d];
    }
}

void chip_cross_cache_put(const struct chip_cross_cache *cache, struct chip_heads heads,
                          const struct chip_kernels *kernels, size_t first, size_t n,
                          const float *k, const float *v, size_t ld)
{
    for (size_t i = 0; i < n; i++) {
        put_keys(heads, kernels, cache, first + i, k + i * ld);
        put_values(heads, kernels, cache, first + i, v + i * ld);
    }
}

void chip_attention_cross(struct chip_heads heads, const struct chip_kernels *kernels,
                          struct chip_arena *arena, const float *q,
                          const struct chip_cross_cache *cache, float *const *weights, float *out)
{
    size_t mark = chip_arena_mark(arena), n = cache->n, stride = cache->stride;
    float *scores = chip_arena_take(arena, stride * sizeof *scores);
    int16_t *weights_i16 = chip_arena_take(arena, stride * sizeof *weights_i16);
    memset(weights_i16, 0, stride * sizeof *weights_i16); /* frames after the last weigh nothing */
    int16_t *q_i16 = chip_arena_take(arena, heads.head_dim * sizeof *q_i16);
    for (size_t h = 0; h < heads.n_heads; h++) {
        size_t at = h * heads.head_dim;
        float scale = kernels->quantize_i16(q + at, heads.head_dim, q_i16);
        kernels->scores_i8(q_i16, heads.head_dim, cache->k + at * stride, stride, scores);
        kernels->affine(scores, scale, 0.0f, n, scores);
        kernels->scale(cache->k_scale + h * stride, n, scores);
        kernels->softmax(scores, n);
        if (weights && weights[h])
            kernels->axpy(1.0f, scores, n, weights[h]);
        kernels->scale(cache->v_scale + h * stride, n, scores);
        scale = kernels->quantize_i16(scores, n, weights_i16);
        kernels->mix_i8(weights_i16, cache->v + at * stride, stride, heads.head_dim, out + at);
        kernels->affine(out + at, scale, 0.0f, heads.head_dim, out + at);
    }
    chip_arena_release(arena, mark);
}
