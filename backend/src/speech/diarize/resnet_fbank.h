/**
 * Log-mel features as Kaldi computes them, for the public voice network: 80 numbers every 10 ms.
 *
 * Frames of 400 samples every 160, only whole ones; samples scaled to 16-bit range; mean removed,
 * pre-emphasis 0.97, symmetric Hamming window; 512-point Fourier transform; power; triangles
 * equally spaced on 1127 ln(1 + f / 700) from 20 to 8000 Hz; natural logarithm of max(sum, 2^-23).
 * A frame depends on its own samples alone, so that chunks which overlap can share frames.
 * Read-only once made: any thread. Source: https://kaldi-asr.org/doc/feat.html
 */
#pragma once

#include "base/arena.h"

enum { CHIP_FBANK_BANDS = 80, CHIP_FBANK_FRAME = 400, CHIP_FBANK_HOP = 160 };

struct chip_fbank;

/** @return NULL when out of memory */
struct chip_fbank *chip_fbank_new(void);
/** NULL is accepted. */
void chip_fbank_free(struct chip_fbank *fbank);

/** Whole frames in so many samples. */
size_t chip_fbank_frames(size_t n_samples);

/** Bytes of scratch, for any number of frames. */
size_t chip_fbank_cost(void);

/**
 * @param pcm [(n_frames - 1) * 160 + 400] mono, 16 kHz, -1..1
 * @param out [n_frames][80]
 */
void chip_fbank_run(const struct chip_fbank *fbank, struct chip_arena *arena, const float *pcm,
                    size_t n_frames, float *out);
