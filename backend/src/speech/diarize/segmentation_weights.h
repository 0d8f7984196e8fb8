/** The segmentation network's weights, laid out for segmentation.c. Private to it. */
#pragma once

#include "nn/conv.h"
#include "nn/lstm.h"
#include "nn/safetensors.h"

enum {
    CHIP_PYANNET_FILTERS = 80,
    CHIP_PYANNET_CHANNELS = 60,
    CHIP_PYANNET_HIDDEN = 128,
    CHIP_PYANNET_CONVS = 3,
    CHIP_PYANNET_LAYERS = 4, /* of LSTM */
};

/** Instance norm: (x - mean) / sqrt(variance + 1e-5) * weight + bias, for each channel. */
struct chip_instance_norm {
    const float *weight, *bias;
};

struct chip_segmentation_weights {
    struct chip_instance_norm wave; /* one channel */
    struct chip_conv conv[CHIP_PYANNET_CONVS];
    struct chip_instance_norm norm[CHIP_PYANNET_CONVS];
    struct chip_lstm lstm[CHIP_PYANNET_LAYERS][2]; /* forwards, backwards */
    struct chip_conv linear[2], classifier;        /* kernels of one frame */
    struct chip_arena memory;
};

/** @param out free with chip_segmentation_weights_done(), also after a failure */
CHIP_MUST_CHECK
enum chip_status chip_segmentation_weights_load(struct chip_segmentation_weights *out,
                                                const struct chip_safetensors *st,
                                                struct chip_err *err);
void chip_segmentation_weights_done(struct chip_segmentation_weights *weights);
