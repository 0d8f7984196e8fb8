/**
 * Who of at most three people speaks when within ten seconds, two of them at once at most: the
 * segmentation network of pyannote (PyanNet), with its public weights.
 *
 *     samples -> instance norm -> 80 sinc filters (kernel 251, stride 10), absolute value
 *       -> [max of 3, instance norm, leaky ReLU] -> conv 80->60 -> [...] -> conv 60->60 -> [...]
 *       -> 4 bidirectional LSTM layers of 128 -> 2 linear layers of 128 -> 7 classes
 *
 * Ten seconds are 589 frames, 270 samples apart; frame i is centred on sample 270 i + 495.
 * Normalised over what it is given, so a frame's result depends on all of it. An opened network is
 * read-only: any thread. Source: Bredin & Laurent 2021 (arXiv:2104.04045); sinc filters: Ravanelli
 * & Bengio 2018 (arXiv:1808.00158) with odd filters added as in Pariente et al. 2020
 * (arXiv:1910.10400); classes: Plaquet & Bredin 2023 (arXiv:2310.13025), powerset.h
 */
#pragma once

#include "base/arena.h"
#include "nn/safetensors.h"

enum {
    CHIP_SEGMENTATION_SAMPLES = 160000,  /* what the network was trained on: 10 s */
    CHIP_SEGMENTATION_FRAMES = 589,      /* in that */
    CHIP_SEGMENTATION_MIN_SAMPLES = 991, /* give one frame */
};

struct chip_segmentation;

/**
 * @param st tensors under their public names (sincnet.*, lstm.*, linear.*, classifier.*), F32;
 *           not needed any more on return
 * @return CHIP_OK; CHIP_E_FORMAT with the tensor's name; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_segmentation_open(struct chip_segmentation **out,
                                        const struct chip_safetensors *st, struct chip_err *err);
/** NULL is accepted. */
void chip_segmentation_close(struct chip_segmentation *seg);

/** Frames of so many samples; 0 below CHIP_SEGMENTATION_MIN_SAMPLES. */
size_t chip_segmentation_frames(size_t n_samples);

/** Bytes of scratch. */
size_t chip_segmentation_cost(const struct chip_segmentation *seg, size_t n_samples);

/**
 * @param pcm [n_samples] mono, 16 kHz, at least CHIP_SEGMENTATION_MIN_SAMPLES
 * @param out [chip_segmentation_frames(n_samples)][CHIP_POWERSET_CLASSES] log probabilities
 */
void chip_segmentation_run(const struct chip_segmentation *seg, struct chip_arena *arena,
                           const float *pcm, size_t n_samples, float *out);
