#include "../test.h"

#include <jansson.h>
#include <math.h>

#include "models/import_moonshine.h"
#include "nn/safetensors.h"
#include "temp.h"
#include "toy.h"

static enum chip_status import(bool is_quantised, const struct toy_fault *encoder_fault,
                               const struct toy_fault *decoder_fault, struct chip_err *err)
{
    toy_encoder(temp_path("encoder.onnx"), is_quantised, encoder_fault);
    toy_decoder(temp_path("decoder.onnx"), is_quantised, decoder_fault);
    return chip_import_moonshine(temp_path("encoder.onnx"), temp_path("decoder.onnx"), temp, err);
}

static struct chip_safetensors *imported(bool is_quantised)
{
    struct chip_safetensors *st = NULL;
    struct chip_err err = {0};
    if (import(is_quantised, NULL, NULL, &err) != CHIP_OK ||
        chip_safetensors_open(&st, temp_path("model.safetensors"), &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return st;
}

static float scalar(const struct chip_safetensors *st, const char *name, const char *suffix)
{
    char full[256];
    const struct chip_tensor *t;
    snprintf(full, sizeof full, "%s%s", name, suffix);
    assert_int_equal(chip_safetensors_require(st, full, CHIP_F32, 1, (const size_t[]){1}, &t, NULL),
                     CHIP_OK);
    return *(const float *)t->data;
}

/* Element i of a tensor as the float that it means. */
static float element(const struct chip_safetensors *st, const struct chip_tensor *t, size_t i)
{
    if (t->dtype == CHIP_F32)
        return ((const float *)t->data)[i];
    assert_int_equal(t->dtype, CHIP_I8);
    return scalar(st, t->name, "_scale") *
           ((float)((const int8_t *)t->data)[i] - scalar(st, t->name, "_zero_point"));
}

/* A linear layer must be the transposed matrix of the node that uses it. */
static void assert_linear(const struct chip_safetensors *st, bool is_quantised, const char *name,
                          const char *node, size_t n_out, size_t n_in)
{
    const struct chip_tensor *t;
    struct chip_err err = {0};
    if (chip_safetensors_require(st, name, is_quantised ? CHIP_I8 : CHIP_F32, 2,
                                 (const size_t[]){n_out, n_in}, &t, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    for (size_t o = 0; o < n_out; o++)
        for (size_t i = 0; i < n_in; i++) {
            float got = element(st, t, o * n_in + i), want = toy_weight(node, i * n_out + o);
            if (fabsf(got - want) > 1e-5f)
                fail_msg("%s[%zu,%zu] is %g instead of %g", name, o, i, (double)got, (double)want);
        }
}

static void assert_plain(const struct chip_safetensors *st, const char *name, const char *place,
                         int rank, const size_t *shape, float offset)
{
    const struct chip_tensor *t = chip_safetensors_find(st, name);
    if (!t || t->rank != rank)
        fail_msg("no %s of rank %d", name, rank);
    size_t n = 1;
    for (int i = 0; i < rank; i++) {
        assert_int_equal(t->shape[i], shape[i]);
        n *= shape[i];
    }
    for (size_t i = 0; i < n; i++)
        if (fabsf(element(st, t, i) - (toy_weight(place, i) + offset)) > 1e-5f)
            fail_msg("%s[%zu] is %g instead of %g", name, i, (double)element(st, t, i),
                     (double)(toy_weight(place, i) + offset));
}

static void check_all(bool is_quantised)
{
    enum { D = TOY_D, F = TOY_F };
    struct chip_safetensors *st = imported(is_quantised);
    bool q = is_quantised;
    assert_linear(st, q, "model.encoder.layers.1.self_attn.k_proj.weight",
                  "/layers.1/self_attn/k_proj/MatMul", D, D);
    assert_linear(st, q, "model.encoder.layers.0.self_attn.o_proj.weight",
                  "/layers.0/self_attn/dense/MatMul", D, D);
    assert_linear(st, q, "model.encoder.layers.1.mlp.fc1.weight", "/layers.1/mlp/fc1/MatMul", F, D);
    assert_linear(st, q, "model.encoder.layers.1.mlp.fc2.weight", "/layers.1/mlp/fc2/MatMul", D, F);
    assert_linear(st, q, "model.decoder.layers.0.encoder_attn.v_proj.weight",
                  "/model/decoder/layers.0/encoder_attn/v_proj/MatMul", D, D);
    assert_linear(st, q, "model.decoder.layers.0.self_attn.q_proj.weight",
                  "/model/decoder/layers.0/self_attn/q_proj/MatMul", D, D);
    assert_linear(st, q, "model.decoder.layers.0.mlp.fc1.weight",
                  "/model/decoder/layers.0/mlp/up_proj/MatMul", 2 * F, D);
    assert_linear(st, q, "model.decoder.layers.0.mlp.fc2.weight",
                  "/model/decoder/layers.0/mlp/down_proj/MatMul", D, F);

    const size_t d[] = {D}, ff[] = {2 * F};
    assert_plain(st, "model.encoder.groupnorm.bias", "/groupnorm/Add", 1, d, 0);
    assert_plain(st, "model.encoder.layer_norm.weight", "/layer_norm/Mul", 1, d, 0);
    assert_plain(st, "model.encoder.layers.1.post_attention_layernorm.weight",
                 "/layers.1/post_attention_layernorm/Mul", 1, d, 0);
    assert_plain(st, "model.decoder.layers.0.final_layernorm.weight",
                 "/model/decoder/layers.0/final_layernorm/Mul", 1, d, 0);
    assert_plain(st, "model.decoder.norm.weight", "/model/decoder/norm/Mul", 1, d, 0);
    assert_plain(st, "model.decoder.layers.0.mlp.fc1.bias",
                 "/model/decoder/layers.0/mlp/up_proj/Add", 1, ff, 0);
    assert_plain(st, "model.encoder.conv2.bias", "conv2.bias", 1, (const size_t[]){2 * D}, 0);
    assert_plain(st, "model.decoder.embed_tokens.weight", "/model/decoder/embed_tokens/Gather", 2,
                 (const size_t[]){TOY_VOCAB, D}, 0);
    /* int8 kernels: q * scale + offset with q = quantum - 128, floats: (quantum - zero) * scale */
    float offset = q ? TOY_CONV_OFFSET - TOY_SCALE * (128 - TOY_ZERO) : 0;
    assert_plain(st, "model.encoder.conv1.weight", "conv1.weight", 3, (const size_t[]){D, 1, 127},
                 offset);
    assert_plain(st, "model.encoder.conv3.weight", "conv3.weight", 3, (const size_t[]){D, 2 * D, 3},
                 offset);

    /* convs and norms: 8, an encoder layer: 10, decoder: 2 and 15 a layer */
    size_t n_quantised = 3 + TOY_ENC * 6 + 1 + TOY_DEC * 10;
    assert_int_equal(chip_safetensors_count(st),
                     8 + TOY_ENC * 10 + 2 + TOY_DEC * 15 + (q ? 2 * n_quantised : 0));
    chip_safetensors_close(st);
}

static void float_weights_arrive_where_they_belong(void **state)
{
    (void)state;
    check_all(false);
}

static void quantised_weights_mean_the_same_as_in_the_file(void **state)
{
    (void)state;
    check_all(true);
}

static void the_config_describes_the_network(void **state)
{
    (void)state;
    chip_safetensors_close(imported(true));
    json_t *config = json_load_file(temp_path("config.json"), 0, NULL);
    assert_non_null(config);
    const char *type, *quantization;
    int hidden, f, enc, dec, heads, rotary, vocab, bos, eos;
    double theta, ln_eps, gn_eps;
    assert_int_equal(
        json_unpack(
            config, "{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:f, s:f, s:f}",
            "model_type", &type, "quantization", &quantization, "hidden_size", &hidden,
            "intermediate_size", &f, "encoder_num_hidden_layers", &enc, "decoder_num_hidden_layers",
            &dec, "encoder_num_attention_heads", &heads, "rotary_dim", &rotary, "vocab_size",
            &vocab, "bos_token_id", &bos, "eos_token_id", &eos, "rope_theta", &theta,
            "layer_norm_eps", &ln_eps, "group_norm_eps", &gn_eps),
        0);
    assert_string_equal(type, "moonshine");
    assert_string_equal(quantization, "int8");
    assert_int_equal(hidden, TOY_D);
    assert_int_equal(f, TOY_F);
    assert_int_equal(enc, TOY_ENC);
    assert_int_equal(dec, TOY_DEC);
    assert_int_equal(heads, TOY_HEADS);
    assert_int_equal(rotary, 4);
    assert_int_equal(vocab, TOY_VOCAB);
    assert_int_equal(bos, 1);
    assert_int_equal(eos, 2);
    assert_true(theta == 10000 && ln_eps == 1e-5 && gn_eps == 1e-5);
    json_decref(config);
}

static void assert_import_refused(const struct toy_fault *encoder, const struct toy_fault *decoder,
                                  const char *word)
{
    struct chip_err err = {0};
    if (import(true, encoder, decoder, &err) == CHIP_OK)
        fail_msg("accepted, for '%s'", word);
    if ((err.code != CHIP_E_FORMAT && err.code != CHIP_E_UNSUPPORTED) || !strstr(err.message, word))
        fail_msg("%s: '%s' for '%s'", chip_status_name(err.code), err.message, word);
    assert_false(exists(temp_path("model.safetensors")));
}

static void anything_missing_is_named(void **state)
{
    (void)state;
    static const char *const encoder[] = {
        "/conv1/Conv",
        "/conv2/Conv",
        "/groupnorm/Mul",
        "/groupnorm/InstanceNormalization",
        "/layers.1/self_attn/v_proj/MatMul_quant",
        "/layers.0/self_attn/dense/MatMul_quant_scales_mul",
        "/layers.1/input_layernorm/Add",
        "/layers.1/mlp/fc2/Add",
        "/layer_norm/Mul",
        "/rotary_emb/MatMul",
        "conv3.bias",
        "conv3.weight_quantized",
        "vector:/layers.0/mlp/fc1/Add",
    };
    static const char *const decoder[] = {
        "/model/decoder/embed_tokens/Gather",
        "embed_q",
        "/model/decoder/layers.0/encoder_attn/q_proj/MatMul_quant",
        "/model/decoder/layers.0/mlp/up_proj/Add",
        "/model/decoder/norm/Mul",
        "/proj_out/MatMul",
    };
    for (size_t i = 0; i < sizeof encoder / sizeof encoder[0]; i++)
        assert_import_refused(&(struct toy_fault){.leave_out = encoder[i]}, NULL, "encoder.onnx");
    for (size_t i = 0; i < sizeof decoder / sizeof decoder[0]; i++)
        assert_import_refused(NULL, &(struct toy_fault){.leave_out = decoder[i]}, "decoder.onnx");
}

static void a_network_that_is_another_one_is_refused(void **state)
{
    (void)state;
    assert_import_refused(&(struct toy_fault){.has_surplus = true}, NULL, "'surplus' has no place");
    assert_import_refused(NULL, &(struct toy_fault){.has_surplus = true}, "'surplus' has no place");
    assert_import_refused(NULL, &(struct toy_fault){.is_untied = true}, "output projection");
    assert_import_refused(NULL, &(struct toy_fault){.width = 2 * TOY_D}, "width");
    assert_import_refused(
        NULL, &(struct toy_fault){.swap_in = "/model/decoder/layers.0/self_attn/k_proj/MatMul"},
        "two branches");
}

static void float_and_int8_do_not_mix(void **state)
{
    (void)state;
    struct chip_err err = {0};
    toy_encoder(temp_path("encoder.onnx"), true, NULL);
    toy_decoder(temp_path("decoder.onnx"), false, NULL);
    assert_int_equal(
        chip_import_moonshine(temp_path("encoder.onnx"), temp_path("decoder.onnx"), temp, &err),
        CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "quantised"));
    /* and the two files in the wrong order are no model either */
    assert_int_equal(
        chip_import_moonshine(temp_path("decoder.onnx"), temp_path("encoder.onnx"), temp, &err),
        CHIP_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(float_weights_arrive_where_they_belong),
        IN_TEMP(quantised_weights_mean_the_same_as_in_the_file),
        IN_TEMP(the_config_describes_the_network),
        IN_TEMP(anything_missing_is_named),
        IN_TEMP(a_network_that_is_another_one_is_refused),
        IN_TEMP(float_and_int8_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
