/** The inner part of attention.c for one head, once for each instruction set. */
#pragma once

#include <stddef.h>

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
 * @param scratch pad(n_k) * dim + n_k * pad(dim) + CHIP_ATTENTION_ROWS * pad(n_k) floats, where
 *                pad(n) is n rounded up to CHIP_ATTENTION_PAD
 * @param out     [n_q] rows, `ld` apart; may be q
 */
typedef void chip_attention_head_fn(const float *q, size_t n_q, const float *k, const float *v,
                                    size_t n_k, size_t ld, size_t dim, float *scratch, float *out);

chip_attention_head_fn chip_attention_head_base, chip_attention_head_avx2,
    chip_attention_head_avx512;
