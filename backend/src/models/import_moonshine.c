#include "models/import_moonshine.h"

#include <stdbool.h>
#include <stdio.h>

#include "models/json_file.h"
#include "models/moonshine_network.h"
#include "nn/safetensors_write.h"

#define NAME_BYTES 256

struct import {
    struct chip_onnx *encoder_onnx, *decoder_onnx;
    struct chip_onnx_weights encoder, decoder;
    struct chip_tensors out;
    struct chip_moonshine_network net;
};

/* Names of nodes (in ONNX) and of tensors (in the model file) share their last part or do not. */
struct place {
    struct chip_onnx_weights *from;
    char node[NAME_BYTES], name[NAME_BYTES]; /* prefixes */
};

static const char *join(char *buf, const char *prefix, const char *rest)
{
    snprintf(buf, NAME_BYTES, "%.180s%s", prefix, rest);
    return buf;
}

static enum chip_status linear(const struct place *p, const char *node, const char *name,
                               size_t n_out, size_t n_in, struct chip_err *err)
{
    char node_name[NAME_BYTES], name_name[NAME_BYTES];
    return chip_onnx_weights_linear(p->from, join(node_name, p->node, node),
                                    join(name_name, p->name, name), n_out, n_in, err);
}

static enum chip_status vector(const struct place *p, const char *node, const char *name, size_t n,
                               struct chip_err *err)
{
    char node_name[NAME_BYTES], name_name[NAME_BYTES];
    return chip_onnx_weights_vector(p->from, join(node_name, p->node, node),
                                    join(name_name, p->name, name), n, err);
}

/* A LayerNorm without bias: Mul has the weight, Add the epsilon, which must be the same everywhere.
 */
static enum chip_status norm(struct chip_moonshine_network *net, const struct place *p,
                             const char *node, const char *name, struct chip_err *err)
{
    char mul[NAME_BYTES], add[NAME_BYTES], full[NAME_BYTES];
    float eps;
    join(full, p->node, node);
    snprintf(mul, sizeof mul, "%.240s/Mul", full);
    snprintf(add, sizeof add, "%.240s/Add", full);
    join(full, p->name, name);
    enum chip_status status = chip_onnx_weights_vector(p->from, mul, full, net->hidden, err);
    if (status == CHIP_OK)
        status = chip_onnx_weights_scalar(p->from, add, &eps, err);
    if (status != CHIP_OK)
        return status;
    if (net->layer_norm_eps == 0)
        net->layer_norm_eps = eps;
    if (!(eps > 0) || eps != net->layer_norm_eps)
        return chip_fail(err, CHIP_E_UNSUPPORTED, "node '%s' has an epsilon of its own", add);
    return CHIP_OK;
}

static enum chip_status attention(const struct chip_moonshine_network *net, const struct place *p,
                                  const char *block, struct chip_err *err)
{
    static const char *const PARTS[][2] = {
        {"q_proj", "q_proj"}, {"k_proj", "k_proj"}, {"v_proj", "v_proj"}, {"dense", "o_proj"}};
    enum chip_status status = CHIP_OK;
    for (size_t i = 0; i < 4 && status == CHIP_OK; i++) {
        char node[64], name[64];
        snprintf(node, sizeof node, "/%s/%s/MatMul", block, PARTS[i][0]);
        snprintf(name, sizeof name, ".%s.%s.weight", block, PARTS[i][1]);
        status = linear(p, node, name, net->hidden, net->hidden, err);
    }
    return status;
}

/* ---- the encoder ----------------------------------------------------------------------------- */

static enum chip_status encoder_layer(struct chip_moonshine_network *net, const struct place *p,
                                      struct chip_err *err)
{
    size_t d = net->hidden, f = net->intermediate;
    enum chip_status status = norm(net, p, "/input_layernorm", ".input_layernorm.weight", err);
    if (status == CHIP_OK)
        status = attention(net, p, "self_attn", err);
    if (status == CHIP_OK)
        status = norm(net, p, "/post_attention_layernorm", ".post_attention_layernorm.weight", err);
    if (status == CHIP_OK)
        status = linear(p, "/mlp/fc1/MatMul", ".mlp.fc1.weight", f, d, err);
    if (status == CHIP_OK)
        status = vector(p, "/mlp/fc1/Add", ".mlp.fc1.bias", f, err);
    if (status == CHIP_OK)
        status = linear(p, "/mlp/fc2/MatMul", ".mlp.fc2.weight", d, f, err);
    if (status == CHIP_OK)
        status = vector(p, "/mlp/fc2/Add", ".mlp.fc2.bias", d, err);
    return status;
}

static enum chip_status encoder_convs(struct import *im, struct chip_err *err)
{
    size_t d = im->net.hidden;
    struct chip_onnx_weights *w = &im->encoder;
    enum chip_status status = chip_onnx_weights_conv(w, "/conv1/Conv", "model.encoder.conv1.weight",
                                                     NULL, (const size_t[]){d, 1, 127}, 64, err);
    if (status == CHIP_OK)
        status =
            chip_onnx_weights_vector(w, "/groupnorm/Mul", "model.encoder.groupnorm.weight", d, err);
    if (status == CHIP_OK)
        status =
            chip_onnx_weights_vector(w, "/groupnorm/Add", "model.encoder.groupnorm.bias", d, err);
    if (status == CHIP_OK)
        status = chip_onnx_weights_conv(w, "/conv2/Conv", "model.encoder.conv2.weight",
                                        "model.encoder.conv2.bias", (const size_t[]){2 * d, d, 7},
                                        3, err);
    if (status == CHIP_OK)
        status = chip_onnx_weights_conv(w, "/conv3/Conv", "model.encoder.conv3.weight",
                                        "model.encoder.conv3.bias", (const size_t[]){d, 2 * d, 3},
                                        2, err);
    return status;
}

static enum chip_status import_encoder(struct import *im, struct chip_err *err)
{
    enum chip_status status = encoder_convs(im, err);
    for (size_t i = 0; i < im->net.encoder_layers && status == CHIP_OK; i++) {
        struct place p = {.from = &im->encoder};
        snprintf(p.node, sizeof p.node, "/layers.%zu", i);
        snprintf(p.name, sizeof p.name, "model.encoder.layers.%zu", i);
        status = encoder_layer(&im->net, &p, err);
    }
    struct place top = {.from = &im->encoder, .name = "model.encoder"};
    if (status == CHIP_OK)
        status = norm(&im->net, &top, "/layer_norm", ".layer_norm.weight", err);
    return status == CHIP_OK ? chip_onnx_weights_finish(&im->encoder, err) : status;
}

/* ---- the decoder ----------------------------------------------------------------------------- */

static enum chip_status decoder_layer(struct chip_moonshine_network *net, const struct place *p,
                                      struct chip_err *err)
{
    /* The export calls the two halves of fc1 and fc2 by the names of a gated MLP. */
    size_t d = net->hidden, f = net->intermediate;
    enum chip_status status = norm(net, p, "/input_layernorm", ".input_layernorm.weight", err);
    if (status == CHIP_OK)
        status = attention(net, p, "self_attn", err);
    if (status == CHIP_OK)
        status = norm(net, p, "/post_attention_layernorm", ".post_attention_layernorm.weight", err);
    if (status == CHIP_OK)
        status = attention(net, p, "encoder_attn", err);
    if (status == CHIP_OK)
        status = norm(net, p, "/final_layernorm", ".final_layernorm.weight", err);
    if (status == CHIP_OK)
        status = linear(p, "/mlp/up_proj/MatMul", ".mlp.fc1.weight", 2 * f, d, err);
    if (status == CHIP_OK)
        status = vector(p, "/mlp/up_proj/Add", ".mlp.fc1.bias", 2 * f, err);
    if (status == CHIP_OK)
        status = linear(p, "/mlp/down_proj/MatMul", ".mlp.fc2.weight", d, f, err);
    if (status == CHIP_OK)
        status = vector(p, "/mlp/down_proj/Add", ".mlp.fc2.bias", d, err);
    return status;
}

/* The output projection must be the embedding transposed: the engine has no other. */
static enum chip_status check_tied(const struct import *im, const struct chip_tensor *table,
                                   struct chip_err *err)
{
    size_t n;
    const struct chip_onnx_node *nodes = chip_onnx_nodes(im->decoder_onnx, "/proj_out/MatMul", &n);
    for (size_t i = 0; i < n; i++) {
        const char *value = nodes[i].n_inputs == 2 ? nodes[i].inputs[1] : "";
        for (int hops = 0; hops < 4 && !chip_onnx_tensor(im->decoder_onnx, value); hops++) {
            const struct chip_onnx_node *made_by = chip_onnx_producer(im->decoder_onnx, value);
            value = made_by && made_by->n_inputs > 0 ? made_by->inputs[0] : "";
        }
        if (chip_onnx_tensor(im->decoder_onnx, value) != table)
            n = 0;
    }
    if (n == 0)
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "'%s': the output projection is not the embedding of the tokens",
                         chip_onnx_path(im->decoder_onnx));
    return CHIP_OK;
}

static enum chip_status import_embedding(struct import *im, struct chip_err *err)
{
    const struct chip_tensor *table = NULL;
    enum chip_status status =
        chip_onnx_weights_table(&im->decoder, "/model/decoder/embed_tokens/Gather",
                                "model.decoder.embed_tokens.weight", &table, err);
    if (status != CHIP_OK)
        return status;
    if (table->shape[1] != im->net.hidden)
        return chip_fail(err, CHIP_E_FORMAT,
                         "encoder and decoder are of different models: %zu and %zu wide",
                         im->net.hidden, table->shape[1]);
    im->net.vocab = table->shape[0];
    return check_tied(im, table, err);
}

static enum chip_status import_decoder(struct import *im, struct chip_err *err)
{
    enum chip_status status = import_embedding(im, err);
    for (size_t i = 0; i < im->net.decoder_layers && status == CHIP_OK; i++) {
        struct place p = {.from = &im->decoder};
        snprintf(p.node, sizeof p.node, "/model/decoder/layers.%zu", i);
        snprintf(p.name, sizeof p.name, "model.decoder.layers.%zu", i);
        status = decoder_layer(&im->net, &p, err);
    }
    struct place top = {.from = &im->decoder, .node = "/model/decoder", .name = "model.decoder"};
    if (status == CHIP_OK)
        status = norm(&im->net, &top, "/norm", ".norm.weight", err);
    return status == CHIP_OK ? chip_onnx_weights_finish(&im->decoder, err) : status;
}

/* ---- writing --------------------------------------------------------------------------------- */

static enum chip_status write_folder(const struct import *im, const char *folder,
                                     struct chip_err *err)
{
    char path[4096];
    const struct chip_metadata metadata[] = {{"format", "pt"}};
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    enum chip_status status =
        chip_safetensors_write(path, im->out.items, im->out.n, metadata, 1, err);
    if (status != CHIP_OK)
        return status;
    snprintf(path, sizeof path, "%s/config.json", folder);
    json_t *json = chip_moonshine_config(&im->net);
    status = chip_file_write_json(path, json, err);
    json_decref(json);
    return status;
}

enum chip_status chip_import_moonshine(const char *encoder_path, const char *decoder_path,
                                       const char *folder, struct chip_err *err)
{
    struct import im = {0};
    enum chip_status status = chip_onnx_open(&im.encoder_onnx, encoder_path, err);
    if (status == CHIP_OK)
        status = chip_onnx_open(&im.decoder_onnx, decoder_path, err);
    if (status == CHIP_OK)
        status = chip_onnx_weights_init(&im.encoder, im.encoder_onnx, &im.out, err);
    if (status == CHIP_OK)
        status = chip_onnx_weights_init(&im.decoder, im.decoder_onnx, &im.out, err);
    if (status == CHIP_OK)
        status = chip_moonshine_recognise(&im.net, &im.encoder, &im.decoder, err);
    if (status == CHIP_OK)
        status = import_encoder(&im, err);
    if (status == CHIP_OK)
        status = import_decoder(&im, err);
    if (status == CHIP_OK)
        status = write_folder(&im, folder, err);
    chip_onnx_weights_done(&im.encoder);
    chip_onnx_weights_done(&im.decoder);
    chip_tensors_done(&im.out);
    chip_onnx_close(im.encoder_onnx);
    chip_onnx_close(im.decoder_onnx);
    return status;
}
