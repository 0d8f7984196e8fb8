/**
 * Taking weights out of an ONNX file by the nodes that use them.
 *
 * Each function finds the weight of a named node, checks it, and adds it to a set under the name
 * that the engine knows. What was taken is remembered: a weight that two places claim, or that
 * nobody claims, shows that the file is not the network that the importer believes it to be.
 *
 * Quantised weights are written as I8 (q of the file less 128) with `NAME_scale` and
 * `NAME_zero_point`, both F32 [1]: weight = scale * (q - zero_point).
 */
#pragma once

#include <stdbool.h>

#include "models/onnx.h"
#include "models/tensors.h"

struct chip_onnx_weights {
    const struct chip_onnx *onnx; /* borrowed */
    struct chip_tensors *out;     /* borrowed; several files may fill one set */
    bool *taken;                  /* [tensors of the file], owned */
};

CHIP_MUST_CHECK
enum chip_status chip_onnx_weights_init(struct chip_onnx_weights *w, const struct chip_onnx *onnx,
                                        struct chip_tensors *out, struct chip_err *err);
void chip_onnx_weights_done(struct chip_onnx_weights *w);

/**
 * The one stored tensor among a node's inputs; nothing is taken.
 *
 * @param node exact name; if both branches of an If have it, they must agree
 * @return NULL, with CHIP_E_FORMAT in err, if there is not exactly one
 */
CHIP_MUST_CHECK
const struct chip_tensor *chip_onnx_weights_peek(const struct chip_onnx_weights *w,
                                                 const char *node, struct chip_err *err);

/** A single float that a node uses (an epsilon, a scale). */
CHIP_MUST_CHECK
enum chip_status chip_onnx_weights_scalar(const struct chip_onnx_weights *w, const char *node,
                                          float *out, struct chip_err *err);

/** n floats, stored as [n], [n,1] or [1,n], become NAME [n]. */
CHIP_MUST_CHECK
enum chip_status chip_onnx_weights_vector(struct chip_onnx_weights *w, const char *node,
                                          const char *name, size_t n, struct chip_err *err);

/**
 * The matrix of a MatMul, [n_in, n_out] in ONNX, becomes NAME [n_out, n_in].
 *
 * @param node name of the float MatMul; if there is a `node`_quant (MatMulInteger), that is used
 */
CHIP_MUST_CHECK
enum chip_status chip_onnx_weights_linear(struct chip_onnx_weights *w, const char *node,
                                          const char *name, size_t n_out, size_t n_in,
                                          struct chip_err *err);

/** An embedding: the table [rows, cols] of a Gather, in float or as DequantizeLinear wants it. */
CHIP_MUST_CHECK
enum chip_status chip_onnx_weights_table(struct chip_onnx_weights *w, const char *node,
                                         const char *name, const struct chip_tensor **table,
                                         struct chip_err *err);

/**
 * The kernel of a Conv, [n_out, n_in, width], and `BIAS` [n_out] if a name is given.
 *
 * Int8 kernels (weight = q * scale + offset) are written in the form above, with the
 * zero point 128 - offset / scale, which need not be a whole number.
 *
 * @param stride what the node must have
 * @param bias   NULL: the node must have none
 */
CHIP_MUST_CHECK
enum chip_status chip_onnx_weights_conv(struct chip_onnx_weights *w, const char *node,
                                        const char *name, const char *bias, const size_t shape[3],
                                        int64_t stride, struct chip_err *err);

/** Fails if a tensor of 64 numbers or more was not taken. */
CHIP_MUST_CHECK
enum chip_status chip_onnx_weights_finish(const struct chip_onnx_weights *w, struct chip_err *err);
