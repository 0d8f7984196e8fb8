/**
 * What pyannote's community-1 networks hear in a recording: chunks of ten seconds, one a second,
 * each with up to three people who have no names yet.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "speech/diarize/powerset.h"
#include "speech/diarize/resnet.h"
#include "speech/diarize/segmentation.h"

enum {
    CHIP_COMMUNITY_STEP = 16000,                    /* samples between chunks */
    CHIP_COMMUNITY_PEOPLE = CHIP_POWERSET_SPEAKERS, /* in a chunk */
    CHIP_COMMUNITY_FRAMES = CHIP_SEGMENTATION_FRAMES,
};

struct chip_community_chunk {
    uint8_t active[CHIP_COMMUNITY_FRAMES]; /* bit s: person s speaks */
    float voice[CHIP_COMMUNITY_PEOPLE][CHIP_RESNET_DIM];
};
