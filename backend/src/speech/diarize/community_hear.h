/** One chunk through both networks. Private to community_*.c. */
#pragma once

#include "speech/diarize/community.h"
#include "speech/diarize/community_model.h"

/** Bytes of scratch. */
size_t chip_community_hear_cost(const struct chip_community_model *model);

/** @param pcm [CHIP_SEGMENTATION_SAMPLES] @param chunk written completely; voices of who is silent
 *             are 0 */
void chip_community_hear(const struct chip_community_model *model, struct chip_arena *arena,
                         const float *pcm, struct chip_community_chunk *chunk);
