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
