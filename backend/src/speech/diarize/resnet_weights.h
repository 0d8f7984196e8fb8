/** The voice network's weights, laid out for resnet.c. Private to it. */
#pragma once

#include "nn/conv.h"
#include "nn/safetensors.h"

enum { CHIP_RESNET_LAYERS = 4, CHIP_RESNET_BLOCKS = 16 };

/** Two convolutions beside a shortcut; batch norms are folded into all of them. */
struct chip_resnet_block {
    struct chip_conv conv[2];
    struct chip_conv shortcut; /* n_out 0: the input itself */
};

struct chip_resnet_weights {
    struct chip_conv conv;
    struct chip_resnet_block block[CHIP_RESNET_BLOCKS];
    const float *linear, *bias; /* [256][2 * 2560], as resnet.c lays frames out; [256] */
    struct chip_arena memory;
};

/** @param out free with chip_resnet_weights_done(), also after a failure */
CHIP_MUST_CHECK
enum chip_status chip_resnet_weights_load(struct chip_resnet_weights *out,
                                          const struct chip_safetensors *st, struct chip_err *err);
void chip_resnet_weights_done(struct chip_resnet_weights *weights);
