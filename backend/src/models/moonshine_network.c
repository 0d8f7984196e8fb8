#include "models/moonshine_network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LAYERS 64
#define NAME_BYTES 256

static size_t count_layers(const struct chip_onnx *onnx, const char *prefix)
{
    size_t layers = 0, n;
    for (; layers < MAX_LAYERS; layers++) {
        char node[NAME_BYTES];
        snprintf(node, sizeof node, "%s/layers.%zu/input_layernorm/Mul", prefix, layers);
        if (!chip_onnx_nodes(onnx, node, &n))
            break;
    }
    return layers;
}

static bool is_quantised(const struct chip_onnx *onnx, const char *prefix)
{
    size_t n;
    char node[NAME_BYTES];
    snprintf(node, sizeof node, "%s/layers.0/self_attn/q_proj/MatMul_quant", prefix);
    return chip_onnx_nodes(onnx, node, &n) != NULL;
}

/* inv_freq[i] = theta^(-2i / rotary_dim); the graph stores the frequencies only. */
static enum chip_status read_rotary(const struct chip_onnx_weights *w, const char *node,
                                    struct chip_moonshine_network *net, struct chip_err *err)
{
    const struct chip_tensor *t = chip_onnx_weights_peek(w, node, err);
    if (!t)
        return CHIP_E_FORMAT;
    size_t n = t->bytes / sizeof(float);
    float freq[64];
    bool ok = t->dtype == CHIP_F32 && n >= 2 && n <= 64;
    if (ok) {
        memcpy(freq, t->data, t->bytes);
        net->rotary_dim = 2 * n;
        net->rope_theta = round(pow((double)freq[1], -(double)n));
    }
    for (size_t i = 0; ok && i < n; i++) {
        double want = pow(net->rope_theta, -(double)i / (double)n);
        ok = fabs(freq[i] - want) <= 1e-5 * want;
    }
    return ok ? CHIP_OK
              : chip_fail(err, CHIP_E_UNSUPPORTED, "'%s': node '%s' has unknown rotary frequencies",
                          chip_onnx_path(w->onnx), node);
}

enum chip_status chip_moonshine_recognise(struct chip_moonshine_network *net,
                                          const struct chip_onnx_weights *encoder,
                                          const struct chip_onnx_weights *decoder,
                                          struct chip_err *err)
{
    const struct chip_tensor *groupnorm = chip_onnx_weights_peek(encoder, "/groupnorm/Mul", err);
    const struct chip_tensor *fc1_bias =
        groupnorm ? chip_onnx_weights_peek(encoder, "/layers.0/mlp/fc1/Add", err) : NULL;
    if (!fc1_bias)
        return CHIP_E_FORMAT;
    enum chip_status status = read_rotary(decoder, "/model/decoder/rotary_emb/MatMul", net, err);
    if (status == CHIP_OK)
        status = read_rotary(encoder, "/rotary_emb/MatMul", net, err);
    if (status != CHIP_OK)
        return status;
    net->hidden = groupnorm->bytes / sizeof(float);
    net->intermediate = fc1_bias->bytes / sizeof(float);
    net->encoder_layers = count_layers(encoder->onnx, "");
    net->decoder_layers = count_layers(decoder->onnx, "/model/decoder");
    net->quantised = is_quantised(encoder->onnx, "");
    if (net->quantised != is_quantised(decoder->onnx, "/model/decoder"))
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "one of encoder and decoder is quantised and the other is not");

    size_t n, shape[CHIP_TENSOR_MAX_RANK];
    const struct chip_onnx_node *group =
        chip_onnx_nodes(encoder->onnx, "/groupnorm/InstanceNormalization", &n);
    if (n != 1 || !chip_onnx_attr_float(group, "epsilon", &net->group_norm_eps))
        return chip_fail(err, CHIP_E_FORMAT, "'%s': no group norm", chip_onnx_path(encoder->onnx));
    if (chip_onnx_input_shape(decoder->onnx, "past_key_values.0.decoder.key", shape) != 4 ||
        net->hidden == 0 || net->hidden > 65536 || shape[1] == 0 || shape[1] > net->hidden ||
        net->hidden % shape[1] != 0 || net->hidden / shape[1] != shape[3] ||
        net->rotary_dim > shape[3])
        return chip_fail(err, CHIP_E_FORMAT,
                         "'%s': the attention heads do not fit the encoder's width of %zu",
                         chip_onnx_path(decoder->onnx), net->hidden);
    net->heads = shape[1];
    return CHIP_OK;
}

/* 1e-05 rather than the 9.99999975e-06 that the float is. */
static json_t *short_real(float value)
{
    char text[32];
    snprintf(text, sizeof text, "%.7g", (double)value);
    return json_real(strtod(text, NULL));
}

/*
 * Decoder heads whose cross-attention follows what is being said, layer and head: those whose word
 * starts came closest to the truth on a synthesised meeting (samples/), alone and together.
 */
static json_t *alignment_heads(const struct chip_moonshine_network *net)
{
    if (net->hidden == 416 && net->decoder_layers == 8)
        return json_pack("[[ii][ii][ii][ii][ii]]", 4, 2, 5, 5, 6, 1, 6, 4, 7, 2);
    if (net->hidden == 288 && net->decoder_layers == 6)
        return json_pack("[[ii][ii][ii]]", 3, 5, 4, 7, 5, 1);
    return NULL;
}

json_t *chip_moonshine_config(const struct chip_moonshine_network *net)
{
    json_int_t heads = (json_int_t)net->heads;
    json_t *json = json_pack(
        "{s:s, s:[s], s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "model_type", "moonshine",
        "architectures", "MoonshineForConditionalGeneration", "hidden_size",
        (json_int_t)net->hidden, "intermediate_size", (json_int_t)net->intermediate,
        "encoder_num_hidden_layers", (json_int_t)net->encoder_layers, "decoder_num_hidden_layers",
        (json_int_t)net->decoder_layers, "encoder_num_attention_heads", heads,
        "decoder_num_attention_heads", heads, "rotary_dim", (json_int_t)net->rotary_dim,
        "vocab_size", (json_int_t)net->vocab, "sampling_rate", (json_int_t)16000);
    json_t *more =
        json_pack("{s:i, s:i, s:i, s:i, s:s, s:s, s:b, s:s, s:s, s:o, s:o, s:f}", "bos_token_id", 1,
                  "eos_token_id", 2, "decoder_start_token_id", 1, "max_position_embeddings", 194,
                  "encoder_hidden_act", "gelu", "decoder_hidden_act", "silu", "tie_word_embeddings",
                  1, "language", "en", "quantization", net->quantised ? "int8" : "none",
                  "layer_norm_eps", short_real(net->layer_norm_eps), "group_norm_eps",
                  short_real(net->group_norm_eps), "rope_theta", net->rope_theta);
    json_object_update(json, more);
    json_decref(more);
    json_t *aligning = alignment_heads(net);
    if (aligning)
        json_object_set_new(json, "alignment_heads", aligning);
    return json;
}
