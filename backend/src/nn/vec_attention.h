/** The inner part of attention.c for one head, once for each instruction set. */
#pragma once

#include <stddef.h>

#define CHIP_VEC_JOIN_(name, isa) name##_##isa
#define CHIP_VEC_JOIN(name, isa) CHIP_VEC_JOIN_(name, isa)
#define CHIP_VEC_NAME(name) CHIP_VEC_JOIN(name, CHIP_ISA)

enum {
    CHIP_ATTENTION_ROWS = 6, /* rows of scores that are needed at once */
    CHIP_ATTENTION_PAD = 32, /* n_k and dim are padded to a multiple of it (or of a divisor) */
};

/**
 * out[i] = softmax(q[i] k) v for one head.
 *
 * @param q      [n_q] rows of dim values, `ld` apart
 * @param k      [dim][stride]: keys, transposed; stride is n_k rounded up to CHIP_ATTENTION_PAD,
 * what is between is finite
 * @param v      [n_k] rows, `ldv` apart, readable up to dim rounded up to CHIP_ATTENTION_PAD / 2
 * @param scores [CHIP_ATTENTION_ROWS][stride] scratch
 * @param out    [n_q] rows, `ld` apart; may be q
 */
typedef void chip_attention_head_fn(const float *q, size_t n_q, size_t ld, size_t dim,
                                    const float *k, size_t stride, const float *v, size_t ldv,
                                    size_t n_k, float *scores, float *out);

chip_attention_head_fn chip_attention_head_base, chip_attention_head_avx2,
    chip_attention_head_avx512;
