/**
 * Scaled dot-product attention (Vaswani et al. 2017), in the two forms that speech models use: of a
 * whole segment at once, and of one row over keys and values that were kept.
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

/**
 * Keys and values of one layer over up to n frames, in int8 with a scale for each frame and head;
 * vec_attention.h says how they lie. Frames may be added as they come. head_dim is even, <= 256.
 */
struct chip_kept {
    size_t n;
    void *memory; /* borrowed */
};

/** Bytes for n frames, a multiple of 64. */
size_t chip_kept_bytes(struct chip_heads heads, size_t n);
/** Starts empty, in memory of that size, 64-byte aligned. */
void chip_kept_init(struct chip_kept *kept, struct chip_heads heads, size_t n, void *memory);
/** Stores key and value rows of frames first .. first + n - 1; rows are `ld` floats apart. */
void chip_kept_put(const struct chip_kept *kept, struct chip_heads heads,
                   const struct chip_kernels *kernels, size_t first, size_t n, const float *k,
                   const float *v, size_t ld);

/** Where a head's lie. */
struct chip_kept_head chip_kept_head(const struct chip_kept *kept, struct chip_heads heads,
                                     size_t head);

/**
 * One query row over the first n frames that were kept, n > 0.
 *
 * @param weights NULL, or [n_heads] pointers, each NULL or a row of n floats to which the head's
 *                attention weights are added (word timing)
 * @param out     a row; may be q
 */
void chip_attention_row(struct chip_heads heads, const struct chip_kernels *kernels,
                        struct chip_arena *arena, const float *q, const struct chip_kept *kept,
                        size_t n, float *const *weights, float *out);
size_t chip_attention_row_cost(struct chip_heads heads, size_t n);
