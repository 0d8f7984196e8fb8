/** What chip_community_model_open() opens. Private to community_*.c. */
#pragma once

#include "speech/diarize/community_cluster.h"
#include "speech/diarize/resnet_fbank.h"

struct chip_community_model {
    struct chip_segmentation *segmentation;
    struct chip_resnet *resnet;
    struct chip_fbank *fbank;
    struct chip_plda plda;
    struct chip_arena memory; /* behind plda */
};
