/**
 * Scaled dot-product attention (Vaswani et al. 2017), in the three forms that speech models use:
 * over a whole segment at once, over a growing float cache, and over a fixed int8 cache.
 *
 * Rows are [n_heads * head_dim] floats, heads side by side. Queries are scaled by the caller
 * (1 / sqrt(head_dim)). Any thread; scratch from the caller's arena, given back on return.
 */
#pragma once

#include "base/arena.h"
#include "nn/kernels.h"

struct chip_heads {
    size_t n_heads, head_dim; /* a row has n_heads * head_dim values */
};

/**
 * Attention of n_q query rows over n_k key and value rows, without mask.
 *
 * @param ld  floats between rows of q, k, v and out
 * @param out [n_q] rows; may be q, must not overlap k and v
 */
void chip_attention(struct chip_heads heads, const struct chip_kernels *kernels,
                    struct chip_arena *arena, const float *q, size_t n_q, const float *k,
                    const float *v, size_t n_k, size_t ld, float *out);
size_t chip_attention_cost(struct chip_heads heads, size_t n_k);

/** One query row over the first n_k rows of a cache of keys and values. */
void chip_attention_cached(struct chip_heads heads, const struct chip_kernels *kernels,
                           struct chip_arena *arena, const float *q, const float *k, const float *v,
                           size_t n_k, float *out);

/**
 * Keys and values of one layer over n frames in int8, laid out for the loops over frames that read
 * them (kernels.h, scores_i8 and mix_i8): element d of head h at frame t is
 * k[((h * head_dim + d) / 2 * stride + t) * 2 + d % 2] times k_scale[h * stride + t], and
 * v[(h * head_dim + d) * stride + t] times v_scale[h * stride + t]. head_dim is even.
 */
struct chip_cross_cache {
    size_t n, stride; /* stride >= n */
    int8_t *k, *v;
    float *k_scale, *v_scale;
};

/** Bytes for a cache of n frames. */
size_t chip_cross_cache_bytes(struct chip_heads heads, size_t n);
/** Lays a cache out in memory of that size, 64-byte aligned. */
void chip_cross_cache_init(struct chip_cross_cache *cache, struct chip_heads heads, size_t n,
                           void *memory);
/** Stores key and value rows of frames first .. first + n - 1; rows are `ld` floats apart. */
void chip_cross_cache_put(const struct chip_cross_cache *cache, struct chip_heads heads,
                          const struct chip_kernels *kernels, size_t first, size_t n,
                          const float *k, const float *v, size_t ld);

/**
 * One query row over an int8 cache.
 *
 * @param weights NULL, or [n_heads] pointers, each NULL or a row of cache->n floats to which the
 * head's attention weights are added (word timing)
 */
void chip_attention_cross(struct chip_heads heads, const struct chip_kernels *kernels,
                          struct chip_arena *arena, const float *q,
                          const struct chip_cross_cache *cache, float *const *weights, float *out);
/** Scratch of the two one-row forms. */
size_t chip_attention_row_cost(struct chip_heads heads, size_t n_k);
