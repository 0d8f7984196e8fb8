/** The network's weights, laid out for embedder.c. Private to the embedder. */
#pragma once

#include "base/err.h"
#include "nn/safetensors.h"
#include "speech/diarize/window.h"

enum {
    CHIP_TDNN_CHANNELS = 192,
    CHIP_TDNN_BLOCKS = 3, /* block i looks i + 1 frames to both sides */
    CHIP_TDNN_HIDDEN = 320,
    CHIP_TDNN_ATTENTION = 64,
};

/** y = x * scale + shift, for each channel: batch norm with stored statistics (eps 1e-5). */
struct chip_scale_shift {
    float *scale, *shift;
};

struct chip_embedder_weights {
    struct chip_scale_shift input; /* 64: both normalisations of the features */
    float *c1, *c1_bias;           /* [192][5 * 64], taps in order of time */
    struct chip_scale_shift b1;    /* 192 */
    struct {
        float *taps[3], *bias;        /* each [192][192] */
        struct chip_scale_shift norm; /* 192 */
    } block[CHIP_TDNN_BLOCKS];
    float *c2, *c2_bias; /* [320][3 * 192] */
    struct chip_scale_shift b2;
    float *a1, *a1_bias;        /* [64][320] */
    float *a2, *a2_bias;        /* [320][64] */
    struct chip_scale_shift b3; /* 640 */
    float *fc, *fc_bias;        /* [128][640], the last batch norm folded in */
    float *memory;              /* all of the above */
};

/** @param out free with chip_embedder_weights_done(), also after a failure */
CHIP_MUST_CHECK
enum chip_status chip_embedder_weights_load(struct chip_embedder_weights *out,
                                            const struct chip_safetensors *st,
                                            struct chip_err *err);
void chip_embedder_weights_done(struct chip_embedder_weights *weights);
