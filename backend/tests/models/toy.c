#include "toy.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onnx_build.h"

#define TEXT 256

struct toy {
    struct pb stored; /* initializers and inputs, of the main graph */
    struct pb nodes;  /* of the graph, or of both branches */
    struct pb other;  /* a node that only the second branch has */
    bool is_quantised;
    struct toy_fault fault;
};

static unsigned hash(const char *text)
{
    unsigned h = 2166136261u;
    while (*text)
        h = (h ^ (unsigned char)*text++) * 16777619u;
    return h;
}

static uint8_t quantum(const char *place, size_t i)
{
    return (uint8_t)((hash(place) ^ ((unsigned)i * 2654435761u)) >> 13);
}

float toy_weight(const char *place, size_t i)
{
    return TOY_SCALE * (float)(quantum(place, i) - TOY_ZERO);
}

static void *room(size_t n, size_t size)
{
    void *block = calloc(n, size);
    if (!block)
        abort();
    return block;
}

static bool is_named(const char *fault, const char *name)
{
    return fault && !strcmp(fault, name);
}

static void store(struct toy *toy, const char *name, int dtype, int rank, const int64_t *dims,
                  const void *values)
{
    if (!is_named(toy->fault.leave_out, name))
        onnx_init(&toy->stored, name, dtype, rank, dims, values);
}

static void add(struct toy *toy, struct pb *node, const char *name)
{
    if (is_named(toy->fault.leave_out, name))
        pb_done(node);
    else
        pb_message(&toy->nodes, 1, node);
}

__attribute__((format(printf, 4, 5))) static void plain(struct toy *toy, const char *op,
                                                        const char *name, const char *inputs, ...)
{
    char text[4 * TEXT];
    va_list args;
    va_start(args, inputs);
    vsnprintf(text, sizeof text, inputs, args);
    va_end(args);
    char out[TEXT];
    snprintf(out, sizeof out, "%s_output_0", name);
    struct pb node = onnx_node(op, name, text, out);
    add(toy, &node, name);
}

static const char *text(char *buf, const char *a, const char *b)
{
    snprintf(buf, TEXT, "%s%s", a, b);
    return buf;
}

static void store_floats(struct toy *toy, const char *name, const char *place, int rank,
                         const int64_t *dims)
{
    size_t n = 1;
    for (int i = 0; i < rank; i++)
        n *= (size_t)dims[i];
    float *values = room(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = toy_weight(place, i);
    store(toy, name, ONNX_F32, rank, dims, values);
    free(values);
}

/* ---- the kinds of node ------------------------------------------------------------------------
 */

/* Mul or Add with a stored vector. */
static void vector(struct toy *toy, const char *op, const char *node, int64_t n)
{
    char weight[TEXT];
    const int64_t dims[] = {n};
    store_floats(toy, text(weight, "vector:", node), node, 1, dims);
    plain(toy, op, node, "x %s", weight);
}

static void norm(struct toy *toy, const char *prefix, int64_t d)
{
    char node[TEXT];
    vector(toy, "Mul", text(node, prefix, "/Mul"), d);
    plain(toy, "Add", text(node, prefix, "/Add"), "x eps");
}

static void quantised_matmul(struct toy *toy, const char *node, const char *weight,
                             const int64_t dims[2])
{
    char name[TEXT];
    const uint8_t zero = TOY_ZERO;
    size_t n = (size_t)(dims[0] * dims[1]);
    uint8_t *q = room(n, 1);
    for (size_t i = 0; i < n; i++)
        q[i] = quantum(node, i);
    store(toy, text(name, weight, "_quantized"), ONNX_U8, 2, dims, q);
    free(q);
    onnx_scalar(&toy->stored, text(name, weight, "_scale"), TOY_SCALE);
    onnx_tensor(&toy->stored, 5, text(name, weight, "_zero_point"), ONNX_U8, 0, NULL, &zero,
                ONNX_LISTS);
    plain(toy, "MatMulInteger", text(name, node, "_quant"), "xq %s_quantized xz %s_zero_point",
          weight, weight);
    plain(toy, "Mul", text(name, node, "_quant_scales_mul"), "xs %s_scale", weight);
    if (is_named(toy->fault.swap_in, node)) {
        char inputs[2 * TEXT];
        snprintf(inputs, sizeof inputs, "xs other_scale");
        onnx_scalar(&toy->stored, "other_scale", 1);
        onnx_add(&toy->other, "Mul", name, inputs, "y");
    }
}

static void matmul(struct toy *toy, const char *node, int64_t n_in, int64_t n_out)
{
    char weight[TEXT];
    const int64_t dims[] = {n_in, n_out};
    snprintf(weight, sizeof weight, "onnx::MatMul_%u", hash(node)); /* numbers, as real ones have */
    if (toy->is_quantised) {
        quantised_matmul(toy, node, weight, dims);
    } else {
        store_floats(toy, weight, node, 2, dims);
        plain(toy, "MatMul", node, "x %s", weight);
    }
}

static void attention(struct toy *toy, const char *layer, const char *block, int64_t d)
{
    static const char *const parts[] = {"q_proj", "k_proj", "v_proj", "dense"};
    for (int i = 0; i < 4; i++) {
        char node[TEXT];
        snprintf(node, sizeof node, "%s/%s/%s/MatMul", layer, block, parts[i]);
        matmul(toy, node, d, d);
    }
}

/* Two linear layers with biases. */
static void mlp(struct toy *toy, const char *layer, const char *up, const char *down, int64_t d,
                int64_t f_up, int64_t f)
{
    char prefix[TEXT], node[TEXT];
    snprintf(prefix, sizeof prefix, "%s/mlp/%s", layer, up);
    matmul(toy, text(node, prefix, "/MatMul"), d, f_up);
    vector(toy, "Add", text(node, prefix, "/Add"), f_up);
    snprintf(prefix, sizeof prefix, "%s/mlp/%s", layer, down);
    matmul(toy, text(node, prefix, "/MatMul"), f, d);
    vector(toy, "Add", text(node, prefix, "/Add"), d);
}

/* weight = Add(Mul(Cast(q), scale), offset), all stored. */
static void int8_kernel(struct toy *toy, const char *weight, const int64_t dims[3])
{
    char name[TEXT];
    const int64_t one[] = {1};
    const float scale = TOY_SCALE, offset = TOY_CONV_OFFSET;
    size_t n = (size_t)(dims[0] * dims[1] * dims[2]);
    int8_t *q = room(n, 1);
    for (size_t i = 0; i < n; i++)
        q[i] = (int8_t)(quantum(weight, i) - 128);
    store(toy, text(name, weight, "_quantized"), ONNX_I8, 3, dims, q);
    free(q);
    store(toy, text(name, weight, "_scale"), ONNX_F32, 1, one, &scale);
    store(toy, text(name, weight, "_zero_point"), ONNX_F32, 1, one, &offset);
    plain(toy, "Cast", text(name, weight, "_cast"), "%s_quantized", weight);
    plain(toy, "Mul", text(name, weight, "_mul"), "%s_cast_output_0 %s_scale", weight, weight);
    plain(toy, "Add", text(name, weight, "_add"), "%s_mul_output_0 %s_zero_point", weight, weight);
}

static void conv(struct toy *toy, const char *name, const int64_t dims[3], int64_t stride,
                 bool has_bias)
{
    char weight[TEXT], bias[TEXT], node[TEXT], inputs[3 * TEXT];
    snprintf(node, sizeof node, "/%s/Conv", name);
    text(weight, name, ".weight");
    text(bias, name, ".bias");
    if (toy->is_quantised)
        int8_kernel(toy, weight, dims);
    else
        store_floats(toy, weight, weight, 3, dims);
    if (has_bias)
        store_floats(toy, bias, bias, 1, dims);
    snprintf(inputs, sizeof inputs, "x %s%s%s%s", weight, toy->is_quantised ? "_add_output_0" : "",
             has_bias ? " " : "", has_bias ? bias : "");
    struct pb n = onnx_node("Conv", node, inputs, "y");
    onnx_attr_ints(&n, "strides", 1, &stride);
    add(toy, &n, node);
}

static void rotary(struct toy *toy, const char *node)
{
    char weight[TEXT];
    const int64_t dims[] = {1, 2, 1};
    const float frequencies[] = {1, 0.01f}; /* 10000^(-2i/4) */
    store(toy, text(weight, "frequencies:", node), ONNX_F32, 3, dims, frequencies);
    plain(toy, "MatMul", node, "%s positions", weight);
}

/* ---- the two files ----------------------------------------------------------------------------
 */

static struct toy toy_begin(bool is_quantised, const struct toy_fault *fault)
{
    struct toy toy = {.is_quantised = is_quantised};
    if (fault)
        toy.fault = *fault;
    onnx_scalar(&toy.stored, "eps", 1e-5f);
    if (toy.fault.has_surplus) {
        const int64_t dims[] = {100};
        const float values[100] = {0};
        onnx_init(&toy.stored, "surplus", ONNX_F32, 1, dims, values);
    }
    return toy;
}

void toy_encoder(const char *path, bool is_quantised, const struct toy_fault *fault)
{
    struct toy toy = toy_begin(is_quantised, fault);
    const int64_t d = toy.fault.width ? toy.fault.width : TOY_D;
    conv(&toy, "conv1", (const int64_t[]){d, 1, 127}, 64, false);
    if (!is_named(toy.fault.leave_out, "/groupnorm/InstanceNormalization")) {
        struct pb group = onnx_node("InstanceNormalization", "/groupnorm/InstanceNormalization",
                                    "x one zero", "y");
        onnx_attr_float(&group, "epsilon", 1e-5f);
        pb_message(&toy.nodes, 1, &group);
    }
    vector(&toy, "Mul", "/groupnorm/Mul", d);
    vector(&toy, "Add", "/groupnorm/Add", d);
    conv(&toy, "conv2", (const int64_t[]){2 * d, d, 7}, 3, true);
    conv(&toy, "conv3", (const int64_t[]){d, 2 * d, 3}, 2, true);
    rotary(&toy, "/rotary_emb/MatMul");
    for (int i = 0; i < TOY_ENC; i++) {
        char layer[TEXT], prefix[TEXT + 64];
        snprintf(layer, sizeof layer, "/layers.%d", i);
        snprintf(prefix, sizeof prefix, "%s/input_layernorm", layer);
        norm(&toy, prefix, d);
        attention(&toy, layer, "self_attn", d);
        snprintf(prefix, sizeof prefix, "%s/post_attention_layernorm", layer);
        norm(&toy, prefix, d);
        mlp(&toy, layer, "fc1", "fc2", d, TOY_F, TOY_F);
    }
    norm(&toy, "/layer_norm", d);
    pb_join(&toy.stored, &toy.nodes);
    onnx_write(path, &toy.stored);
}

/* Token embedding, which is the output projection too. */
static void embedding(struct toy *toy, int64_t d)
{
    static const char gather[] = "/model/decoder/embed_tokens/Gather";
    const int64_t dims[] = {TOY_VOCAB, d};
    const uint8_t zero = TOY_ZERO;
    if (toy->is_quantised) {
        uint8_t *q = room((size_t)(TOY_VOCAB * d), 1);
        for (size_t i = 0; i < (size_t)(TOY_VOCAB * d); i++)
            q[i] = quantum(gather, i);
        store(toy, "embed_q", ONNX_U8, 2, dims, q);
        free(q);
        onnx_scalar(&toy->stored, "embed_scale", TOY_SCALE);
        onnx_tensor(&toy->stored, 5, "embed_zero", ONNX_U8, 0, NULL, &zero, ONNX_LISTS);
        plain(toy, "Gather", gather, "embed_q input_ids");
        plain(toy, "DequantizeLinear",
              "/model/decoder/embed_tokens/Gather_output_0_DequantizeLinear",
              "rows embed_scale embed_zero");
        plain(toy, "Transpose", "turn", "embed_q");
        plain(toy, "DequantizeLinear", "turned", "turn_output_0 embed_scale embed_zero");
    } else {
        store_floats(toy, "embed", gather, 2, dims);
        plain(toy, "Gather", gather, "embed input_ids");
        plain(toy, "Transpose", "turned", "embed");
    }
    plain(toy, "MatMul", "/proj_out/MatMul", "x %s",
          toy->fault.is_untied ? "somewhere_else" : "turned_output_0");
}

void toy_decoder(const char *path, bool is_quantised, const struct toy_fault *fault)
{
    struct toy toy = toy_begin(is_quantised, fault);
    const int64_t d = toy.fault.width ? toy.fault.width : TOY_D;
    onnx_input(&toy.stored, "past_key_values.0.decoder.key", 4,
               (const int64_t[]){0, TOY_HEADS, 0, d / TOY_HEADS});
    embedding(&toy, d);
    rotary(&toy, "/model/decoder/rotary_emb/MatMul");
    for (int i = 0; i < TOY_DEC; i++) {
        char layer[TEXT], prefix[TEXT + 64];
        snprintf(layer, sizeof layer, "/model/decoder/layers.%d", i);
        snprintf(prefix, sizeof prefix, "%s/input_layernorm", layer);
        norm(&toy, prefix, d);
        attention(&toy, layer, "self_attn", d);
        snprintf(prefix, sizeof prefix, "%s/post_attention_layernorm", layer);
        norm(&toy, prefix, d);
        attention(&toy, layer, "encoder_attn", d);
        snprintf(prefix, sizeof prefix, "%s/final_layernorm", layer);
        norm(&toy, prefix, d);
        mlp(&toy, layer, "up_proj", "down_proj", d, 2 * TOY_F, TOY_F);
    }
    norm(&toy, "/model/decoder/norm", d);

    /* As in the real file, weights are in the main graph and both branches use them. */
    struct pb choice = onnx_node("If", "optimum::if", "use_cache_branch", "logits");
    struct pb first = {0};
    pb_bytes(&first, 1, "", 0); /* an empty node: every field of one is optional */
    struct pb second = toy.nodes;
    struct pb copy = {0};
    if (second.len) {
        copy.data = room(second.len, 1);
        memcpy(copy.data, second.data, second.len);
        copy.len = copy.cap = second.len;
    }
    pb_join(&first, &copy);
    pb_join(&second, &toy.other);
    onnx_attr_graph(&choice, "else_branch", &first);
    onnx_attr_graph(&choice, "then_branch", &second);
    pb_message(&toy.stored, 1, &choice);
    onnx_write(path, &toy.stored);
}
