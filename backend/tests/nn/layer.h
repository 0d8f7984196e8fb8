/** A linear layer with random weights in a model file of its own, and the same in plain C. */
#pragma once

#include "nn/linear.h"

enum layer_kind { LAYER_FLOAT, LAYER_INT8, LAYER_CONV_FLOAT, LAYER_CONV_INT8 };

struct layer {
    char path[64];
    enum layer_kind kind;
    size_t n_out, n_in; /* of a convolution: n_in = n_channels * kernel */
    size_t n_channels, kernel;
    int8_t *stored; /* int8 kinds: as in the file */
    float *w;       /* [n_out][n_in], dequantised, a convolution's channels last */
    float *bias;    /* [n_out] or NULL */
    float *in_file; /* float kinds: as in the file */
    struct chip_safetensors *file;
};

/** Makes "layer" with random weights and writes it; kernel is 1 for what is no convolution. */
void layer_make(struct layer *layer, enum layer_kind kind, size_t n_out, size_t n_channels,
                size_t kernel, bool bias);
void layer_unmake(struct layer *layer);

/** Opens it; chip_linear_done() as always. */
struct chip_linear layer_open(const struct layer *layer, bool wide);

/** out[j] = W x + b in double precision. */
void layer_plain(const struct layer *layer, const float *x, double *out);

/** Sum of |w| of output j: how far an error of one in every input can move it. */
double layer_reach(const struct layer *layer, size_t j);

/** Runs m rows through an opened layer with an arena of just the documented size. */
void layer_run(const struct chip_linear *lin, const float *x, size_t ldx, size_t m, bool add,
               float *out, size_t ldo);
