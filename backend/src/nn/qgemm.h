/**
 * Integer matrix products, u8 activations x s8 weights -> s32, exact.
 *
 * Three backends give the same kind of result; which one runs is chosen at start:
 * - vnni: oneDNN's dnnl_gemm_u8s8s32, for CPUs whose dot products do not saturate. Activations use
 *   all 8 bits, weights are read where they are mapped.
 * - avx2: our own. `vpmaddubsw` adds pairs in 16 bits, so activations use 7 bits, and sums stay in
 *   16 bits for up to 32 inputs where the weights of a panel prove that they fit (see
 *   qgemm_avx2.c). Weights are packed once.
 * - ref: plain C, 8 bits, any CPU.
 *
 * Because the sums are exact, a row's result does not depend on the rows beside it: the number of
 * rows, threads and batches never changes a transcript.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/kernels.h"

/** How sums become outputs: the parameters of dequantize in kernels.h. */
struct chip_qfinish {
    const struct chip_qrow *row; /* [m] */
    float w_scale;
    const float *w_sum, *w_offset; /* [n rounded up to 16] */
    const float *bias;             /* the same, or NULL */
    bool add;
    float *out; /* [m] rows of n values, `ld` apart */
    size_t ld;
};

struct chip_qgemm {
    const char *name;
    int q_max;        /* largest activation value it takes: 127 or 255 */
    int center;       /* acc is the sum of (q - center) * w */
    size_t n_at_once; /* outputs per run() that keep acc in the L2 cache; a multiple of 16 */

    /** Bytes of 64-byte aligned memory that pack() fills; 0: it uses the weights in place. */
    size_t (*packed_bytes)(size_t n_out, size_t n_in);
    /**
     * Prepares weights.
     *
     * @param w      [n_out][n_in] int8; borrowed for as long as the packed form is used
     * @param packed memory of packed_bytes()
     * @param offset [n_out] receives what was subtracted from each row of w
     * @return false when out of memory
     */
    bool (*pack)(const int8_t *w, size_t n_out, size_t n_in, void *packed, int8_t *offset);
    /**
     * acc[i][j - first] = sum_k (q[i][k] - center) (w[j][k] - offset[j]), first <= j < first + n.
     *
     * @param w, packed as given to pack()
     * @param q     [m] rows of u8, `stride` apart (a multiple of 32, >= n_in; what lies between
     * n_in and the stride is readable and does not matter)
     * @param first a multiple of 16
     * @param acc   [m] rows of `ld` values, ld >= n rounded up to 16
     */
    void (*run)(const int8_t *w, const void *packed, size_t n_out, size_t n_in, const uint8_t *q,
                size_t stride, size_t m, size_t first, size_t n, int32_t *acc, size_t ld);
    /**
     * run() and dequantize in one: sums become outputs before they leave the registers. NULL: this
     * backend only sums.
     */
    void (*run_finished)(const void *packed, size_t n_in, const uint8_t *q, size_t stride, size_t m,
                         size_t first, size_t n, const struct chip_qfinish *finish);
};

/**
 * The backend for this CPU, or the one that the environment variable CHIP_GEMM names: "vnni",
 * "avx2", "ref", or "f32", for which NULL is returned: layers then compute in float32.
 */
const struct chip_qgemm *chip_qgemm(void);

/** All that this CPU can run exactly, ending with NULL; for tests. */
const struct chip_qgemm *const *chip_qgemm_all(void);
