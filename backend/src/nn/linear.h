enum { CHIP_LINEAR_CONV_TILE = 96 }; /* rows of a float32 product of a convolution, at a time */

/**
 * A linear layer, y = W x + b, on rows of activations.
 *
 * With int8 weights (as shipped) rows are quantised as they come (chip_rows_set) and multiplied
 * as integers (qgemm.h); everything else is float32. With float weights, or where CHIP_GEMM=f32
 * says so, the product is float32 by oneDNN, in tiles of a fixed number of rows, so that here too a
 * row's result does not depend on how many rows come with it.
 */
#pragma once

#include "base/arena.h"
#include "nn/kernels.h"
#include "nn/qgemm.h"
#include "nn/safetensors.h"

struct chip_linear {
    size_t n_in, n_out;
    size_t tile; /* rows of one float32 product */
    bool wide;   /* quantise rows in two parts */
    const struct chip_kernels *kernels;
    const struct chip_qgemm *gemm; /* NULL: float32 */
    const int8_t *w;               /* [n_out][n_in], borrowed (mapped) or in `owned` */
    const float *w_f32;            /* [n_out][n_in] when gemm is NULL */
    void *packed;                  /* gemm's form of w */
    float w_scale, zero_point;     /* weight = w_scale * (w - zero_point) */
    float *w_sum, *w_offset;       /* [n_out rounded up to 16], see kernels.h dequantize; owned */
    float *bias;                   /* the same, or NULL */
    void *owned;                   /* memory behind w or w_f32 */
};

/**
 * Opens `<name>.weight` [n_out, n_in] and, if there, `<name>.bias` [n_out].
 *
 * @param lin zeroed by the callee; chip_linear_done() frees it also after a failure
 * @param st  must outlive the layer
 * @return CHIP_OK, CHIP_E_FORMAT when tensors are missing or of another shape, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_linear_init(struct chip_linear *lin, const struct chip_safetensors *st,
                                  const char *name, size_t n_out, size_t n_in,
                                  struct chip_err *err);

/**
 * The same for a convolution's weight [n_out, n_channels, kernel], which becomes a layer on the
 * `kernel` neighbouring frames of `n_channels` values, n_in = kernel * n_channels.
 *
 * @param wide true: its inputs need more than 8 bits (samples; activations with outliers), so that
 *             rows are quantised to 14 or 16 and multiplied in two parts, which costs twice as much
 */
CHIP_MUST_CHECK
enum chip_status chip_linear_init_conv(struct chip_linear *lin, const struct chip_safetensors *st,
                                       const char *name, size_t n_out, size_t n_channels,
                                       size_t kernel, bool wide, struct chip_err *err);

/** Frees what init made; a zeroed layer is accepted. */
void chip_linear_done(struct chip_linear *lin);

/** Rows prepared for any layers that read the same input. */
struct chip_rows {
    size_t m, max_m, stride;
    const float *x; /* borrowed from the caller of chip_rows_set() */
    size_t ldx;
    uint8_t *q; /* [2][max_m][stride]; the second half is for wide layers: the low bits */
    struct chip_qrow *row; /* [2][max_m] */
};

/** Takes memory for up to max_m rows of n_in values from the arena. */
void chip_rows_init(struct chip_rows *rows, struct chip_arena *arena, size_t max_m, size_t n_in);
size_t chip_rows_cost(size_t max_m, size_t n_in);

/**
 * Prepares m rows for `lin` and for others with as many inputs.
 *
 * @param x [m] rows, `ldx` floats apart (rows may overlap: that is how convolutions are done);
 *          borrowed until the last use of `rows`
 */
void chip_rows_set(struct chip_rows *rows, const struct chip_linear *lin, const float *x,
                   size_t ldx, size_t m);

/**
 * out[i] = W x[i] + b, or out[i] += ... with `add`.
 *
 * @param arena scratch of chip_linear_cost() bytes, given back on return
 * @param out   [m] rows, `ldo` floats apart
 */
void chip_linear_run(const struct chip_linear *lin, const struct chip_rows *rows,
                     struct chip_arena *arena, bool add, float *out, size_t ldo);
size_t chip_linear_cost(size_t max_m, size_t n_out, size_t n_in);

/** Outputs that somebody wants to see beside the largest. */
struct chip_picks {
    const int32_t *outputs; /* [n] ascending */
    size_t n;
    float *below; /* [m][n] receives how far each lies below its row's largest output, >= 0 */
};

/**
 * The largest output of each row and its probability (softmax), without storing all outputs.
 *
 * @param picks the same outputs of each row are picked out; NULL: none
 */
void chip_linear_argmax(const struct chip_linear *lin, const struct chip_rows *rows,
                        struct chip_arena *arena, int32_t *best, float *probability,
                        const struct chip_picks *picks);
size_t chip_linear_argmax_cost(size_t max_m, size_t n_in);

/**
 * out[n_in] = row `index` of W in float: an embedding that is tied to the output layer. Not for a
 * convolution's layer.
 */
void chip_linear_row(const struct chip_linear *lin, size_t index, float *out);
