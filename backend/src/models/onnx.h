/**
 * Reading ONNX files: their weights and enough of the graph to know what each weight is.
 *
 * ONNX names weights by number ("onnx::MatMul_1947"); which layer one belongs to is told by the
 * node that uses it ("/layers.3/self_attn/q_proj/MatMul"). So this gives nodes by name and by
 * output, and tensors by name, over the main graph and the graphs in its branches (`If`) taken
 * together. Nothing is executed. One open file belongs to one thread.
 */
#pragma once

#include "base/err.h"
#include "nn/safetensors.h"

struct chip_onnx;

/** A node; everything belongs to the open file. */
struct chip_onnx_node {
    const char *name, *op;
    char **inputs, **outputs; /* names of tensors; "" for an input that is left out */
    size_t n_inputs, n_outputs;
    const void *attributes; /* private */
};

/**
 * Reads a whole file.
 *
 * @param out close with chip_onnx_close()
 * @return CHIP_OK; CHIP_E_NOT_FOUND or CHIP_E_IO; CHIP_E_FORMAT for what is not ONNX or whose sizes
 *         contradict each other; CHIP_E_LIMIT beyond 1 GiB, 2^20 nodes or a nesting of 8
 */
CHIP_MUST_CHECK
enum chip_status chip_onnx_open(struct chip_onnx **out, const char *path, struct chip_err *err);
void chip_onnx_close(struct chip_onnx *onnx);

static inline void chip_onnx_freep(struct chip_onnx **onnx)
{
    chip_onnx_close(*onnx);
    *onnx = NULL;
}

/** The path that it was opened with, for messages. */
const char *chip_onnx_path(const struct chip_onnx *onnx);

/** Stored tensors (initializers and Constant nodes) in order of name; not all dtypes are kept. */
size_t chip_onnx_n_tensors(const struct chip_onnx *onnx);
const struct chip_tensor *chip_onnx_tensor_at(const struct chip_onnx *onnx, size_t i);

/** @return NULL if no tensor, or more than one, has this name */
const struct chip_tensor *chip_onnx_tensor(const struct chip_onnx *onnx, const char *name);

/**
 * The nodes of one name: as an `If` has two branches, both may hold it.
 *
 * @param n_nodes receives how many there are; 0 when none
 * @return the first of them; the others follow
 */
const struct chip_onnx_node *chip_onnx_nodes(const struct chip_onnx *onnx, const char *name,
                                             size_t *n_nodes);

/** The node that makes a value; of several, any. @return NULL if none does */
const struct chip_onnx_node *chip_onnx_producer(const struct chip_onnx *onnx, const char *output);

/** An attribute that is a list of integers. @return its length; 0 when absent */
size_t chip_onnx_attr_ints(const struct chip_onnx_node *node, const char *name,
                           const int64_t **values);

/** An attribute that is a float. @return false when absent */
bool chip_onnx_attr_float(const struct chip_onnx_node *node, const char *name, float *value);

/**
 * The declared shape of an input of the main graph, 0 for dimensions that vary.
 *
 * @param shape [CHIP_TENSOR_MAX_RANK]
 * @return its rank, -1 if there is no such input
 */
int chip_onnx_input_shape(const struct chip_onnx *onnx, const char *name, size_t *shape);
