/**
 * Log-mel features of speech, for the speaker network: 64 numbers every 10 ms.
 *
 * Frames of 400 samples every 160, not padded; symmetric Hann window; 512-point Fourier transform;
 * power; triangles of height 1, equally spaced on 2595 log10(1 + f / 700) from 60 to 7600 Hz, taken
 * at the bins' own frequencies; natural logarithm of (sum + 1e-6).
 *
 * Frames lie in the lanes of vectors: a frame's features do not depend on its neighbours.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

enum {
    CHIP_MEL_BANDS = 64,
    CHIP_MEL_FRAME = 400,
    CHIP_MEL_HOP = 160,
    CHIP_MEL_FFT = 512,
    CHIP_MEL_BINS = CHIP_MEL_FFT / 2 + 1,
};

/** What the kernels need; read-only once made. */
struct chip_mel_tables {
    float window[CHIP_MEL_FRAME];
    float cos[CHIP_MEL_FFT / 2], sin[CHIP_MEL_FFT / 2]; /* of 2 pi k / 512 */
    size_t first[CHIP_MEL_BANDS], n[CHIP_MEL_BANDS];    /* bins of each triangle */
    const float *weight[CHIP_MEL_BANDS];                /* [n] into `weights` */
    float weights[2 * CHIP_MEL_BINS];                   /* a bin is in at most two triangles */
};

void chip_mel_init(struct chip_mel_tables *tables);

/** Whole frames in so many samples. */
size_t chip_mel_frames(size_t n_samples);

/** Bytes of scratch that chip_mel() needs, 64-byte aligned. */
size_t chip_mel_scratch(void);

/**
 * @param pcm     [(n_frames - 1) * 160 + 400] mono, 16 kHz, -1..1
 * @param scratch chip_mel_scratch() bytes
 * @param out     [n_frames][64]
 */
void chip_mel(const struct chip_mel_tables *tables, const float *pcm, size_t n_frames,
              void *scratch, float *out);
