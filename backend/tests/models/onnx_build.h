/**
 * Writing ONNX files byte by byte, so that tests need no model and can write broken ones.
 *
 * A struct pb is a protobuf message that grows; fields are appended in any order. Failed
 * allocations abort.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct pb {
    unsigned char *data;
    size_t len, cap;
};

void pb_done(struct pb *pb);
void pb_int(struct pb *pb, unsigned field, uint64_t value);
void pb_float(struct pb *pb, unsigned field, float value);
void pb_bytes(struct pb *pb, unsigned field, const void *data, size_t n);
void pb_text(struct pb *pb, unsigned field, const char *text);
/** Appends a message as a field and frees it. */
void pb_message(struct pb *pb, unsigned field, struct pb *message);
/** Appends the fields of another message to this one, and frees it. */
void pb_join(struct pb *pb, struct pb *fields);

/* ONNX's numbers for dtypes. */
enum { ONNX_F32 = 1, ONNX_U8 = 2, ONNX_I8 = 3, ONNX_I64 = 7 };

/** How a tensor's numbers are stored. */
enum onnx_storage { ONNX_RAW, ONNX_LISTS };

/**
 * Appends a TensorProto as a field of a graph (5, initializer) or an attribute (5, t).
 *
 * @param dims   [rank]
 * @param values [product of dims] of the C type of the dtype
 */
void onnx_tensor(struct pb *pb, unsigned field, const char *name, int dtype, int rank,
                 const int64_t *dims, const void *values, enum onnx_storage storage);

/** An initializer of a graph, raw. */
void onnx_init(struct pb *graph, const char *name, int dtype, int rank, const int64_t *dims,
               const void *values);

/** A single float initializer, in float_data and without dimensions, as quantisers write it. */
void onnx_scalar(struct pb *graph, const char *name, float value);

/**
 * Begins a node; append attributes with onnx_attr_*() and finish with pb_message(graph, 1, &node).
 *
 * @param inputs, outputs names separated by blanks; "-" is an input that is left out
 */
struct pb onnx_node(const char *op, const char *name, const char *inputs, const char *outputs);
void onnx_attr_ints(struct pb *node, const char *name, size_t n, const int64_t *values);
void onnx_attr_float(struct pb *node, const char *name, float value);
/** Frees the graph. */
void onnx_attr_graph(struct pb *node, const char *name, struct pb *graph);

/** A node without attributes. */
void onnx_add(struct pb *graph, const char *op, const char *name, const char *inputs,
              const char *outputs);

/** A graph's input with a shape; 0 is a dimension that varies. */
void onnx_input(struct pb *graph, const char *name, int rank, const int64_t *dims);

/** Writes a model file with this graph, and frees it. */
void onnx_write(const char *path, struct pb *graph);
