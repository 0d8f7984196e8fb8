/**
 * The arithmetic on rows that the layers are made of, in the widest form this CPU has.
 *
 * vec_kernels.c is written once over vectors of CHIP_VEC_FLOATS lanes and compiled for AVX-512,
 * AVX2 and the compiler's baseline (SSE2, NEON); ref_kernels.c is the same in plain scalar C, which
 * the tests compare with. All functions are pure and may be called from any thread; none allocates.
 * Pointers need no alignment. `n` counts elements and may be any number, 0 included.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "nn/vec_attention.h"

/** How one row of activations was quantised: x ~ scale * (q - zero), q in 0..q_max. */
struct chip_qrow {
    float scale;
    int32_t zero;
    int32_t sum; /* of q - zero over the row */
};

struct chip_kernels {
    const char *name;

    /** x = 0.5 x (1 + erf(x / sqrt 2)): GELU as in Hendrycks & Gimpel 2016, not the tanh form. */
    void (*gelu)(float *x, size_t n);
    /** x = x * gate * sigmoid(gate): the gated half of SwiGLU (Shazeer 2020). */
    void (*silu_mul)(float *x, const float *gate, size_t n);
    void (*tanh)(float *x, size_t n);
    void (*relu)(float *x, size_t n);

    /** Index of the largest (the first of equals) and sum of exp(x - max); n > 0. */
    size_t (*argmax)(const float *x, size_t n, float *sum_exp);

    /** out = (x - mean) / sqrt(var + eps) * weight (+ bias unless NULL); out may be x. */
    void (*layer_norm)(const float *x, const float *weight, const float *bias, float eps, size_t n,
                       float *out);
    /** out[i] = x[i] * mul + add; out may be x. */
    void (*affine)(const float *x, float mul, float add, size_t n, float *out);

    /**
     * Quantises a row asymmetrically: the range of x, stretched to hold 0, onto 0..q_max. Values
     * that are not finite do not crash, but what they become is not defined.
     */
    void (*quantize)(const float *x, size_t n, int q_max, uint8_t *q, struct chip_qrow *row);
    /**
     * The same with more bits: a number is high * (q_max + 1) + low, each 0..q_max. Two rows that
     * are quantised rows like any other: the product of x is the sum of both products.
     */
    void (*quantize_wide)(const float *x, size_t n, int q_max, uint8_t *high, uint8_t *low,
                          struct chip_qrow *high_row, struct chip_qrow *low_row);
    /**
     * Finishes a quantised product: with acc[j] = sum_k (q_k - center) w_kj, gives
     * out[j] = scale * w_scale * (acc[j] + (center - zero) w_sum[j] + sum * w_offset[j]) + bias[j].
     *
     * @param bias NULL: none
     * @param add  true: added to what out holds
     */
    void (*dequantize)(const int32_t *acc, const struct chip_qrow *row, int center, float w_scale,
                       const float *w_sum, const float *w_offset, const float *bias, int add,
                       size_t n, float *out);

    /** Rotates pairs: out = x * cos + swap(x) * sin, swap exchanging neighbours; n even. */
    void (*rotate)(float *x, const float *cos, const float *sin, size_t n);

    /** x = x * scale + shift, each of n values. */
    void (*scale_shift)(const float *scale, const float *shift, size_t n, float *x);
    float (*dot)(const float *a, const float *b, size_t n);
    /** y += a * x */
    void (*axpy)(float a, const float *x, size_t n, float *y);

    /** Symmetric int8 of a row: x ~ scale * q. @return scale (0 for a row of zeros) */
    float (*quantize_i8)(const float *x, size_t n, int8_t *q);

    /** Attention of one head, of many rows and of one: see vec_attention.h. */
    chip_attention_head_fn *attention_head;
    chip_attention_row_fn *attention_row;
};

/**
 * The fastest kernels for this CPU, or those named by the environment variable CHIP_KERNELS
 * ("avx512", "avx2", "base", "ref") where the CPU can run them. Never NULL.
 */
const struct chip_kernels *chip_kernels(void);

/** All that this CPU can run, fastest first, ending with NULL; for tests and `chip doctor`. */
const struct chip_kernels *const *chip_kernels_all(void);
