/**
 * When each token was said: dynamic time warping over cross-attention.
 *
 * The decoder looks at the frames that it is writing down; the path through the matrix of
 * tokens x frames that never goes back and collects the most attention says when each token starts
 * (as in Whisper's word timestamps: Radford et al. 2022, and Giorgino 2009 for the warping).
 */
#pragma once

#include "base/arena.h"

/**
 * @param attention [n_tokens][n_frames], >= 0, any scale per token; overwritten
 * @param arena     scratch of chip_align_cost(), given back
 * @param start     [n_tokens + 1] first frame of each token, not falling; the last is n_frames
 */
void chip_align(float *attention, size_t n_tokens, size_t n_frames, struct chip_arena *arena,
                int32_t *start);
size_t chip_align_cost(size_t n_tokens, size_t n_frames);
