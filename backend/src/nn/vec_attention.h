/** The inner part of attention.c for one head, once for each instruction set. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define CHIP_VEC_JOIN_(name, isa) name##_##isa
#define CHIP_VEC_JOIN(name, isa) CHIP_VEC_JOIN_(name, isa)
#define CHIP_VEC_NAME(name) CHIP_VEC_JOIN(name, CHIP_ISA)

enum {
    CHIP_ATTENTION_ROWS = 6, /* queries at a time */
    CHIP_ATTENTION_PAD = 32, /* numbers of keys and of elements are padded to this, or a divisor */
};

/**
 * out[i] = sum_t softmax_t(q[i] . k[t]) v[t] for one head.
 *
 * @param q, k, v rows of `dim` values, `ld` apart: n_q queries, n_k > 0 keys and values
 * @param scratch chip_attention_head_bytes(n_k, dim), aligned to 4
 * @param out     [n_q] rows, `ld` apart; may be q
 */
typedef void chip_attention_head_fn(const float *q, size_t n_q, const float *k, const float *v,
                                    size_t n_k, size_t ld, size_t dim, void *scratch, float *out);

chip_attention_head_fn chip_attention_head_base, chip_attention_head_avx2,
    chip_attention_head_avx512;

/**
 * Scratch of any of them: keys and values in pairs of int16, and CHIP_ATTENTION_ROWS scores, sums
 * and queries (in pairs, which are fewer than the columns of sums).
 */
static inline size_t chip_attention_head_bytes(size_t n_k, size_t dim)
{
    size_t pad = CHIP_ATTENTION_PAD, pairs = (dim + 1) / 2;
    size_t keys = (n_k + pad - 1) / pad * pad, columns = dim / pad * pad + pad;
    size_t rows = CHIP_ATTENTION_ROWS * (keys + 2 * columns);
    return sizeof(int32_t) * (keys * pairs + keys / 2 * columns + rows);
}

enum { CHIP_KEPT_BLOCK = 32 }; /* frames whose keys are kept side by side */

/**
 * Keys and values of one head over frames in int8 (attention.h: struct chip_kept). Frame t is kept
 * so that the loops that read it go straight on:
 *
 * - element d of its key is k[t / 32 * 32 * dim + d / 2 * 64 + t % 32 * 2 + d % 2] * k_scale[t]:
 *   blocks of 32 frames, of pairs of elements, of frames;
 * - element d of its value is v[t / 2 * 2 * dim + d * 2 + t % 2] * v_scale[t]: pairs of frames, of
 *   elements.
 *
 * Frames up to a multiple of 32 can be read, and 64 bytes behind the last value.
 */
struct chip_kept_head {
    int8_t *k, *v;
    float *k_scale, *v_scale;
};

/**
 * out = sum_t softmax_t(q . k[t]) v[t] for one query and head, over the first n frames kept.
 *
 * @param n       > 0
 * @param dim     even, at most 256
 * @param scratch chip_attention_row_bytes(n, dim), aligned to 4
 * @param weights [n], to which the softmax is added; may be NULL
 * @param out     [dim]; may be q
 */
typedef void chip_attention_row_fn(const struct chip_kept_head *kept, size_t n, size_t dim,
                                   const float *q, void *scratch, float *weights, float *out);

chip_attention_row_fn chip_attention_row_base, chip_attention_row_avx2, chip_attention_row_avx512;

/** Scratch of any of them: scores and sums, and in int16 the weights and the query. */
static inline size_t chip_attention_row_bytes(size_t n, size_t dim)
{
    size_t frames = (n + CHIP_KEPT_BLOCK - 1) / CHIP_KEPT_BLOCK * CHIP_KEPT_BLOCK;
    size_t elements = (dim + CHIP_ATTENTION_PAD - 1) / CHIP_ATTENTION_PAD * CHIP_ATTENTION_PAD;
    return (frames + elements) * (sizeof(float) + sizeof(int16_t));
}
