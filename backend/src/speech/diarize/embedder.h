/**
 * What a voice sounds like: a small network turns stretches of speech into vectors of length 1
 * whose cosine says how alike two voices are.
 *
 * Log-mel features (mel.h), a TDNN (Snyder et al. 2018, "X-vectors"), attentive statistics pooling
 * (Okabe et al. 2018, arXiv:1803.10963), one linear layer. 0.7 M weights, ours: training/ makes
 * them. The convolutions run once over a stretch of speech; its windows only pool from them.
 */
#pragma once

#include "base/arena.h"
#include "speech/diarize/window.h"

struct chip_embedder; /* read-only once open: any number of threads */

/**
 * Opens the network.
 *
 * @param path a safetensors file of training/export.py; NULL: the one that the program carries
 * @param out  close with chip_embedder_close()
 * @return CHIP_OK; CHIP_E_NOT_FOUND, CHIP_E_IO; CHIP_E_FORMAT when tensors are missing or of
 *         another shape; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_embedder_open(struct chip_embedder **out, const char *path,
                                    struct chip_err *err);
/** NULL is accepted. */
void chip_embedder_close(struct chip_embedder *embedder);

/** A window of a stretch of speech, in samples from its start. */
struct chip_cut {
    size_t start, end;
};

enum {
    CHIP_WINDOW_SAMPLES = 24000,    /* 1.5 s: what a voice needs to be known */
    CHIP_WINDOW_HOP = 12000,        /* at most, from one window to the next */
    CHIP_WINDOW_MIN_SAMPLES = 4800, /* 0.3 s: less is left out */
};

/** How many windows a stretch has. */
size_t chip_window_count(size_t n_samples);
/** The i-th of them: evenly spaced; a short stretch is one window. */
struct chip_cut chip_window_cut(size_t n_samples, size_t i);

/**
 * The voices of the windows of one stretch of speech.
 *
 * @param arena     one per thread; needs chip_embedder_cost(n_samples)
 * @param pcm       [n_samples] mono, 16 kHz, -1..1
 * @param n_samples CHIP_WINDOW_MIN_SAMPLES or more
 * @param voices    [chip_window_count(n_samples)] of length 1
 */
void chip_embedder_run(const struct chip_embedder *embedder, struct chip_arena *arena,
                       const float *pcm, size_t n_samples, float (*voices)[CHIP_VOICE_DIM]);

/** Room for the voices themselves is counted in. */
size_t chip_embedder_cost(size_t n_samples);

/**
 * The voice of features that are given, not yet of length 1: what training/export.py's golden
 * vector is compared with.
 *
 * @param mel [n_frames][CHIP_MEL_BANDS], n_frames > 0
 */
void chip_embedder_features(const struct chip_embedder *embedder, struct chip_arena *arena,
                            const float *mel, size_t n_frames, float voice[CHIP_VOICE_DIM]);
