/**
 * A convolution in one or two dimensions, y = W x + b, as products of gathered patches (im2col).
 *
 * An image is rows of columns of n_in channels; signals are images of one row. Nothing is padded
 * here: whoever wants zeros around an image keeps them in memory around it. Float32, by oneDNN, in
 * tiles small enough for the L2 cache. A convolution is read-only once made: any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct chip_conv {
    size_t n_in, n_out;   /* channels */
    size_t rows, columns; /* of the kernel */
    size_t stride;        /* in both directions */
    const float *weight;  /* [n_out][rows][columns][n_in], borrowed */
    const float *bias;    /* [n_out], borrowed; NULL: none */
};

/** An image in memory: element (row, column) starts at data[row * ld + column * channels]. */
struct chip_image {
    float *data;
    size_t ld;
};

/**
 * @param arena scratch of chip_conv_cost() bytes, given back on return
 * @param in    [(n_rows - 1) * stride + rows][(n_columns - 1) * stride + columns][n_in]
 * @param add   added before the ReLU, same size as out (may be out); NULL: nothing
 * @param relu  negative values become 0
 * @param out   [n_rows][n_columns][n_out]; must not overlap in
 */
void chip_conv_run(const struct chip_conv *conv, struct chip_arena *arena, struct chip_image in,
                   size_t n_rows, size_t n_columns, const struct chip_image *add, bool relu,
                   struct chip_image out);
size_t chip_conv_cost(const struct chip_conv *conv);
