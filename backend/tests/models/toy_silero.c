#include <stdio.h>
#include <stdlib.h>

#include "onnx_build.h"
#include "toy.h"

#define BRANCH "If_0_then_branch__Inline_0__"

static const struct {
    const char *name;
    int rank;
    int64_t dims[3];
} WEIGHTS[] = {
    {"stft.forward_basis_buffer", 3, {258, 1, 256}},
    {"encoder.0.reparam_conv.weight", 3, {128, 129, 3}},
    {"encoder.0.reparam_conv.bias", 1, {128}},
    {"encoder.1.reparam_conv.weight", 3, {64, 128, 3}},
    {"encoder.1.reparam_conv.bias", 1, {64}},
    {"encoder.2.reparam_conv.weight", 3, {64, 64, 3}},
    {"encoder.2.reparam_conv.bias", 1, {64}},
    {"encoder.3.reparam_conv.weight", 3, {128, 64, 3}},
    {"encoder.3.reparam_conv.bias", 1, {128}},
    {"decoder.rnn.weight_ih", 2, {512, 128}},
    {"decoder.rnn.weight_hh", 2, {512, 128}},
    {"decoder.rnn.bias_ih", 1, {512}},
    {"decoder.rnn.bias_hh", 1, {512}},
    {"decoder.decoder.2.weight", 3, {1, 128, 1}},
    {"decoder.decoder.2.bias", 1, {1}},
};

#define N_WEIGHTS (sizeof WEIGHTS / sizeof WEIGHTS[0])

static void add_constant(struct pb *branch, size_t i, const char *prefix)
{
    char name[128];
    size_t n = 1;
    for (int d = 0; d < WEIGHTS[i].rank; d++)
        n *= (size_t)WEIGHTS[i].dims[d];
    float *values = calloc(n, sizeof *values);
    if (!values)
        abort();
    for (size_t k = 0; k < n; k++)
        values[k] = toy_weight(WEIGHTS[i].name, k);
    snprintf(name, sizeof name, "%s%s", prefix, WEIGHTS[i].name);
    struct pb node = onnx_node("Constant", "", "", name), attribute = {0};
    pb_text(&attribute, 1, "value");
    onnx_tensor(&attribute, 5, "", ONNX_F32, WEIGHTS[i].rank, WEIGHTS[i].dims, values, ONNX_RAW);
    pb_message(&node, 5, &attribute);
    pb_message(branch, 1, &node);
    free(values);
}

static void add_conv(struct pb *branch, const char *name, int64_t kernel, int64_t stride)
{
    struct pb node = onnx_node("Conv", name, "x w", "y");
    onnx_attr_ints(&node, "kernel_shape", 1, &kernel);
    onnx_attr_ints(&node, "strides", 1, &stride);
    pb_message(branch, 1, &node);
}

void toy_silero(const char *path, const struct toy_silero_fault *fault)
{
    static const struct toy_silero_fault none;
    struct pb graph = {0}, branch = {0};
    fault = fault ? fault : &none;
    for (size_t i = fault->lacks_first ? 1 : 0; i < N_WEIGHTS; i++)
        add_constant(&branch, i, fault->is_8_khz ? "If_0_else_branch__Inline_0__" : BRANCH);
    add_conv(&branch, BRANCH "/stft/Conv", 256, fault->stft_stride ? fault->stft_stride : 128);
    add_conv(&branch, BRANCH "/encoder/0/reparam_conv/Conv", 3, 1);
    add_conv(&branch, BRANCH "/encoder/1/reparam_conv/Conv", 3, 2);
    add_conv(&branch, BRANCH "/encoder/2/reparam_conv/Conv", 3, 2);
    add_conv(&branch, BRANCH "/encoder/3/reparam_conv/Conv", 3, 1);
    struct pb choice = onnx_node("If", "If_0", "c", "y");
    onnx_attr_graph(&choice, "then_branch", &branch);
    pb_message(&graph, 1, &choice);
    onnx_write(path, &graph);
}
