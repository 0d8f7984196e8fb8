/**
 * Attentive statistics (Okabe et al. 2018, arXiv:1803.10963, section 3.2): the part of the speaker
 * network that is compiled once for each instruction set. Private to embedder.c.
 */
#pragma once

#include <stddef.h>

enum { CHIP_POOL_WIDTH = 320 }; /* channels; a multiple of every vector's length */

struct chip_pool_kernels {
    const char *name;

    /**
     * Makes weights of the attention's logits: x = e^(x - the largest of the channel). They are
     * divided by their sum in pool(), so that any range of frames has a softmax of its own.
     *
     * @param x [n][320], n > 0
     */
    void (*weigh)(float *x, size_t n);

    /**
     * Weighted mean and standard deviation of each channel.
     *
     * @param h, w [n][320] values and their weights, n > 0
     * @param out  [2][320] means, then deviations, 0.01 or more
     */
    void (*pool)(const float *h, const float *w, size_t n, float *out);
};

extern const struct chip_pool_kernels chip_pool_kernels_base;
#if defined(__x86_64__)
extern const struct chip_pool_kernels chip_pool_kernels_avx2, chip_pool_kernels_avx512;
#endif

/** Those that belong to chip_kernels(). */
const struct chip_pool_kernels *chip_pool_kernels(void);
