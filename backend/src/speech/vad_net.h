/**
 * The part of the voice detector that looks at each chunk alone: spectrum and convolutions, 512
 * samples -> 128 features. Private to vad.c; what the layers are is told there.
 *
 * Chunks lie side by side in the lanes of vectors, so that every sum in a lane is the sum of one
 * chunk, added in an order that never changes: a chunk's features do not depend, in any bit, on how
 * many chunks are computed with it.
 */
#pragma once

#include <stddef.h>

enum {
    CHIP_VAD_CONTEXT = 64, /* samples of the chunk before that a chunk sees */
    CHIP_VAD_WINDOW = 256,
    CHIP_VAD_BINS = CHIP_VAD_WINDOW / 2 + 1,
    CHIP_VAD_FEATURES = 128,
    CHIP_VAD_ROWS = 4,  /* outputs that are computed together */
    CHIP_VAD_TERMS = 6, /* products of the first layer's short convolution */
};

/** A convolution over 3 frames; weights are [n_out / 4][3 taps][n_in][4 outputs]. */
struct chip_vad_conv {
    size_t n_in, n_out; /* n_out is a multiple of 4 */
    const float *w, *bias;
};

struct chip_vad_net {
    float window[CHIP_VAD_WINDOW]; /* halved, which saves the halving after the transform */
    /* e^(-2 pi i k / 256) is cos[k] - i sin[k] */
    float cos[CHIP_VAD_WINDOW / 2], sin[CHIP_VAD_WINDOW / 2];
    /* First layer, 129 -> 128: [32][6 terms][129][4], see short_conv() in vad_net.c. */
    const float *first_w, *first_bias;
    struct chip_vad_conv conv[3]; /* 4 -> 2 frames, 2 -> 1, 1 -> 1 */
};

struct chip_vad_kernels {
    const char *name;
    size_t scratch; /* bytes that features() needs, 64-byte aligned */
    /**
     * @param pcm [64 + 512 n] samples, the first 64 being the end of the chunk before
     * @param out [n][128]
     */
    void (*features)(const struct chip_vad_net *net, const float *pcm, size_t n, void *scratch,
                     float *out);
};

extern const struct chip_vad_kernels chip_vad_kernels_base;
#if defined(__x86_64__)
extern const struct chip_vad_kernels chip_vad_kernels_avx2, chip_vad_kernels_avx512;
#endif
