#include "models/import_silero.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "models/json_file.h"
#include "models/onnx.h"
#include "nn/safetensors_write.h"

/*
 * The only node of note in the main graph is an If on the sample rate; its then-branch is the
 * network for 16 kHz. Branch and weight names come together in names like these.
 */
#define BRANCH "If_0_then_branch__Inline_0__"

/*
 * The LSTM's weights are stored as PyTorch has them, gates in the order i, f, g, o; the graph
 * slices them into ONNX's order i, o, f, c before its LSTM node. So they are copied as they are.
 */
static const struct {
    const char *name;
    int rank;
    size_t shape[3];
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

/* How far each convolution steps; what the graph says must be what the engine does. */
static const struct {
    const char *node;
    int64_t kernel, stride;
} CONVS[] = {
    {BRANCH "/stft/Conv", 256, 128},
    {BRANCH "/encoder/0/reparam_conv/Conv", 3, 1},
    {BRANCH "/encoder/1/reparam_conv/Conv", 3, 2},
    {BRANCH "/encoder/2/reparam_conv/Conv", 3, 2},
    {BRANCH "/encoder/3/reparam_conv/Conv", 3, 1},
};

static enum chip_status take_weights(const struct chip_onnx *onnx, struct chip_tensor *out,
                                     struct chip_err *err)
{
    for (size_t i = 0; i < N_WEIGHTS; i++) {
        char name[128];
        snprintf(name, sizeof name, BRANCH "%s", WEIGHTS[i].name);
        const struct chip_tensor *t = chip_onnx_tensor(onnx, name);
        bool same = t && t->dtype == CHIP_F32 && t->rank == WEIGHTS[i].rank;
        for (int d = 0; same && d < t->rank; d++)
            same = t->shape[d] == WEIGHTS[i].shape[d];
        if (!same)
            return chip_fail(
                err, CHIP_E_FORMAT,
                "'%s' is not Silero VAD v5: tensor '%s' is missing or has another shape",
                chip_onnx_path(onnx), name);
        out[i] = *t;
        out[i].name = WEIGHTS[i].name;
    }
    return CHIP_OK;
}

static enum chip_status check_convs(const struct chip_onnx *onnx, struct chip_err *err)
{
    for (size_t i = 0; i < sizeof CONVS / sizeof CONVS[0]; i++) {
        size_t n;
        const struct chip_onnx_node *node = chip_onnx_nodes(onnx, CONVS[i].node, &n);
        const int64_t *kernel, *stride;
        if (n != 1 || chip_onnx_attr_ints(node, "kernel_shape", &kernel) != 1 ||
            chip_onnx_attr_ints(node, "strides", &stride) != 1 || *kernel != CONVS[i].kernel ||
            *stride != CONVS[i].stride)
            return chip_fail(err, CHIP_E_UNSUPPORTED,
                             "'%s': node '%s' is not the convolution that Silero VAD v5 has there",
                             chip_onnx_path(onnx), CONVS[i].node);
    }
    return CHIP_OK;
}

static json_t *config(void)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:[i,i,i,i], s:[i,i,i,i], s:i}",
                     "model_type", "silero-vad", "version", 5, "sampling_rate", 16000, "chunk_size",
                     512, "context_size", 64, "right_reflect_pad", 64, "stft_size", 256,
                     "stft_stride", 128, "encoder_channels", 128, 64, 64, 128, "encoder_strides", 1,
                     2, 2, 1, "hidden_size", 128);
}

enum chip_status chip_import_silero(const char *onnx_path, const char *folder, struct chip_err *err)
{
    CHIP_AUTO(chip_onnx) onnx = NULL;
    struct chip_tensor weights[N_WEIGHTS];
    enum chip_status status = chip_onnx_open(&onnx, onnx_path, err);
    if (status == CHIP_OK)
        status = take_weights(onnx, weights, err);
    if (status == CHIP_OK)
        status = check_convs(onnx, err);
    if (status != CHIP_OK)
        return status;

    char path[4096];
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    const struct chip_metadata metadata[] = {{"format", "pt"}};
    status = chip_safetensors_write(path, weights, N_WEIGHTS, metadata, 1, err);
    if (status != CHIP_OK)
        return status;
    snprintf(path, sizeof path, "%s/config.json", folder);
    json_t *json = config();
    status = chip_file_write_json(path, json, err);
    json_decref(json);
    return status;
}
