/**
 * Whose voice it is: WeSpeaker's ResNet34 with its public weights, 256 numbers for the frames that
 * one person speaks in.
 *
 * The costly part, the frames, depends on the sound alone; each speaker then pools those frames
 * that are his. Convolutions see (time, band) images: 32 channels at full size, then 64, 128 and
 * 256 at half the size each, so that a frame out is 8 frames in. Pooled are mean and deviation over
 * time of 256 x 10 values. An opened network is read-only: any thread. Source: He et al. 2016; Wang
 * et al. 2023 (WeSpeaker, arXiv:2210.17016); weighted deviation as in pyannote.audio
 */
#pragma once

#include "base/arena.h"
#include "nn/safetensors.h"

enum {
    CHIP_RESNET_BANDS = 80,
    CHIP_RESNET_DIM = 256,
    CHIP_RESNET_WIDTH = 2560, /* of a frame */
};

struct chip_resnet;

/**
 * @param st tensors under their public names (resnet.*), F32; not needed any more on return
 * @return CHIP_OK; CHIP_E_FORMAT with the tensor's name; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_resnet_open(struct chip_resnet **out, const struct chip_safetensors *st,
                                  struct chip_err *err);
/** NULL is accepted. */
void chip_resnet_close(struct chip_resnet *net);

/** Frames out for n_frames > 0 of features: an eighth, rounded up. */
size_t chip_resnet_frames(size_t n_frames);
/** Bytes of scratch of both functions. */
size_t chip_resnet_cost(const struct chip_resnet *net, size_t n_frames);

/**
 * @param features [n_frames][80] from chip_fbank_run(); their mean over all frames is taken off
 * @param out      [chip_resnet_frames(n_frames)][CHIP_RESNET_WIDTH]
 */
void chip_resnet_run(const struct chip_resnet *net, struct chip_arena *arena, const float *features,
                     size_t n_frames, float *out);

/**
 * @param frames [n][CHIP_RESNET_WIDTH] from chip_resnet_run()
 * @param weight [n_weights] 0..1 over the same time, brought to n by repeating the nearest one
 * @param voice  of no particular length
 */
void chip_resnet_pool(const struct chip_resnet *net, struct chip_arena *arena, const float *frames,
                      size_t n, const float *weight, size_t n_weights,
                      float voice[CHIP_RESNET_DIM]);
