#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "speech/asr/moonshine.h"

/* ---- config.json ---- */

static enum chip_status config_int(const json_t *config, const char *key, size_t min, size_t max,
                                   size_t *out, struct chip_err *err)
{
    const json_t *value = json_object_get(config, key);
    json_int_t n = json_is_integer(value) ? json_integer_value(value) : -1;
    if (n < (json_int_t)min || n > (json_int_t)max)
        return chip_fail(err, CHIP_E_FORMAT, "config.json: '%s' is not a number from %zu to %zu",
                         key, min, max);
    *out = (size_t)n;
    return CHIP_OK;
}

static float config_float(const json_t *config, const char *key, double otherwise)
{
    const json_t *value = json_object_get(config, key);
    return (float)(json_is_number(value) ? json_number_value(value) : otherwise);
}

/* "alignment_heads": [[layer, head], ...], as Whisper's configurations have it; all when missing.
 */
static enum chip_status read_alignment(struct chip_moonshine *m, const json_t *config,
                                       struct chip_err *err)
{
    const json_t *list = json_object_get(config, "alignment_heads"), *pair;
    if (list && json_array_size(list) == 0)
        return chip_fail(err, CHIP_E_FORMAT, "config.json: alignment_heads is no list of heads");
    uint64_t all = m->heads.n_heads == 64 ? UINT64_MAX : (UINT64_C(1) << m->heads.n_heads) - 1;
    size_t i;
    for (i = 0; !list && i < m->n_decoder_layers; i++)
        m->aligns[i] = all;
    json_array_foreach(list, i, pair)
    {
        json_int_t layer = json_integer_value(json_array_get(pair, 0));
        json_int_t head = json_integer_value(json_array_get(pair, 1));
        if (layer < 0 || layer >= (json_int_t)m->n_decoder_layers || head < 0 ||
            head >= (json_int_t)m->heads.n_heads)
            return chip_fail(err, CHIP_E_FORMAT,
                             "config.json: alignment_heads names a head that is not there");
        m->aligns[layer] |= UINT64_C(1) << head;
    }
    return CHIP_OK;
}

static enum chip_status read_config(struct chip_moonshine *m, const json_t *config,
                                    struct chip_err *err)
{
    const char *type = json_string_value(json_object_get(config, "model_type"));
    if (!type || strcmp(type, "moonshine") != 0)
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "config.json: model_type is '%s', this program runs 'moonshine'",
                         type ? type : "missing");

    size_t heads = 0, rotary_dims = 0, bos = 0, eos = 0;
    const struct {
        const char *key;
        size_t min, max, *out;
    } fields[] = {
        {"hidden_size", 16, 4096, &m->width},
        {"intermediate_size", 16, 16384, &m->ff},
        {"vocab_size", 16, 1 << 20, &m->vocab},
        {"encoder_num_hidden_layers", 1, CHIP_MOONSHINE_MAX_LAYERS, &m->n_encoder_layers},
        {"decoder_num_hidden_layers", 1, CHIP_MOONSHINE_MAX_LAYERS, &m->n_decoder_layers},
        {"encoder_num_attention_heads", 1, 64, &heads},
        {"rotary_dim", 2, 256, &rotary_dims},
        {"bos_token_id", 0, 1 << 20, &bos},
        {"eos_token_id", 0, 1 << 20, &eos},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        enum chip_status s =
            config_int(config, fields[i].key, fields[i].min, fields[i].max, fields[i].out, err);
        if (s != CHIP_OK)
            return s;
    }
    size_t head_dim = m->width / heads;
    if (m->width % heads || head_dim % 2 || head_dim > 256 || rotary_dims > head_dim ||
        rotary_dims % 2 || bos >= m->vocab || eos >= m->vocab)
        return chip_fail(err, CHIP_E_FORMAT, "config.json: sizes contradict each other");

    m->heads = (struct chip_heads){.n_heads = heads, .head_dim = head_dim};
    m->attention_scale = 1.0f / sqrtf((float)head_dim);
    m->bos = (int32_t)bos;
    m->eos = (int32_t)eos;
    m->norm_eps = config_float(config, "layer_norm_eps", 1e-5);
    m->group_norm_eps = config_float(config, "group_norm_eps", 1e-5);

    enum chip_status s = read_alignment(m, config, err);
    if (s != CHIP_OK)
        return s;
    size_t positions = chip_moonshine_frames(CHIP_MOONSHINE_MAX_SAMPLES);
    return chip_rotary_init(&m->rotary, positions, rotary_dims,
                            (double)config_float(config, "rope_theta", 10000.0), err);
}

/* ---- weights ---- */

/* Formats names into a buffer and remembers the first failure, so that opening reads as a list. */
struct opening {
    const struct chip_safetensors *weights;
    enum chip_status status;
    struct chip_err *err;
    char name[160];
};

static const char *name_of(struct opening *o, const char *prefix, const char *name)
{
    snprintf(o->name, sizeof o->name, "%s.%s", prefix, name);
    return o->name;
}

static const float *vector(struct opening *o, const char *prefix, const char *name, size_t n)
{
    const struct chip_tensor *t = NULL;
    if (o->status == CHIP_OK)
        o->status = chip_safetensors_require(o->weights, name_of(o, prefix, name), CHIP_F32, 1, &n,
                                             &t, o->err);
    return t ? t->data : NULL;
}

static void linear(struct opening *o, struct chip_linear *lin, const char *prefix, const char *name,
                   size_t n_out, size_t n_in)
{
    if (o->status == CHIP_OK)
        o->status =
            chip_linear_init(lin, o->weights, name_of(o, prefix, name), n_out, n_in, o->err);
}

static void attention(struct opening *o, struct chip_moonshine_attention *a, const char *layer,
                      const char *name, size_t width)
{
    char prefix[128];
    snprintf(prefix, sizeof prefix, "%s.%s", layer, name);
    linear(o, &a->q, prefix, "q_proj", width, width);
    linear(o, &a->k, prefix, "k_proj", width, width);
    linear(o, &a->v, prefix, "v_proj", width, width);
    linear(o, &a->o, prefix, "o_proj", width, width);
}

static void conv(struct opening *o, struct chip_linear *lin, const char *name, size_t n_out,
                 size_t channels, size_t kernel, bool wide)
{
    if (o->status == CHIP_OK)
        o->status = chip_linear_init_conv(lin, o->weights, name_of(o, "model.encoder", name), n_out,
                                          channels, kernel, wide, o->err);
}

static void open_encoder(struct chip_moonshine *m, struct opening *o)
{
    size_t d = m->width;
    conv(o, &m->conv1, "conv1", d, 1, 127, true); /* reads samples */
    m->group_norm_weight = vector(o, "model.encoder", "groupnorm.weight", d);
    m->group_norm_bias = vector(o, "model.encoder", "groupnorm.bias", d);
    conv(o, &m->conv2, "conv2", 2 * d, d, 7, false);
    conv(o, &m->conv3, "conv3", d, 2 * d, 3, true); /* reads activations with outliers */
    for (size_t i = 0; i < m->n_encoder_layers; i++) {
        struct chip_moonshine_layer *l = &m->encoder[i];
        char prefix[64];
        snprintf(prefix, sizeof prefix, "model.encoder.layers.%zu", i);
        l->input_norm = vector(o, prefix, "input_layernorm.weight", d);
        attention(o, &l->self, prefix, "self_attn", d);
        l->post_norm = vector(o, prefix, "post_attention_layernorm.weight", d);
        linear(o, &l->fc1, prefix, "mlp.fc1", m->ff, d);
        linear(o, &l->fc2, prefix, "mlp.fc2", d, m->ff);
    }
    m->encoder_norm = vector(o, "model.encoder", "layer_norm.weight", d);
}

static void open_decoder(struct chip_moonshine *m, struct opening *o)
{
    size_t d = m->width;
    linear(o, &m->embed, "model.decoder", "embed_tokens", m->vocab, d);
    for (size_t i = 0; i < m->n_decoder_layers; i++) {
        struct chip_moonshine_layer *l = &m->decoder[i];
        char prefix[64];
        snprintf(prefix, sizeof prefix, "model.decoder.layers.%zu", i);
        l->input_norm = vector(o, prefix, "input_layernorm.weight", d);
        attention(o, &l->self, prefix, "self_attn", d);
        l->post_norm = vector(o, prefix, "post_attention_layernorm.weight", d);
        attention(o, &l->cross, prefix, "encoder_attn", d);
        l->final_norm = vector(o, prefix, "final_layernorm.weight", d);
        linear(o, &l->fc1, prefix, "mlp.fc1", 2 * m->ff, d); /* values and gates */
        linear(o, &l->fc2, prefix, "mlp.fc2", d, m->ff);
    }
    m->decoder_norm = vector(o, "model.decoder", "norm.weight", d);
}

/* Layers that read the same rows take them as they were prepared for the first (chip_rows_set). */
static bool same_form(const struct chip_linear *a, const struct chip_linear *b)
{
    return (a->gemm == NULL) == (b->gemm == NULL);
}

static enum chip_status check_forms(const struct chip_moonshine *m, struct chip_err *err)
{
    bool same = true;
    for (size_t i = 0; i < m->n_encoder_layers; i++) {
        const struct chip_moonshine_attention *a = &m->encoder[i].self;
        same = same && same_form(&a->q, &a->k) && same_form(&a->q, &a->v);
    }
    for (size_t i = 0; i < m->n_decoder_layers; i++) {
        const struct chip_moonshine_attention *a = &m->decoder[i].self, *c = &m->decoder[i].cross;
        const struct chip_linear *first = &m->decoder[0].cross.k;
        same = same && same_form(&a->q, &a->k) && same_form(&a->q, &a->v) &&
               same_form(&c->k, first) && same_form(&c->v, first);
    }
    return same ? CHIP_OK
                : chip_fail(err, CHIP_E_UNSUPPORTED,
                            "projections that belong together are partly int8 and partly float32");
}

/* ---- opening and closing ---- */

static enum chip_status open_in(struct chip_moonshine *m, const char *dir, struct chip_err *err)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/config.json", dir) >= (int)sizeof path)
        return chip_fail(err, CHIP_E_INVAL, "the model's path is too long");
    json_error_t at;
    errno = 0;
    json_t *config = json_load_file(path, 0, &at);
    if (!config)
        return chip_fail(err, errno == ENOENT ? CHIP_E_NOT_FOUND : CHIP_E_FORMAT, "'%s': %s", path,
                         at.text);
    enum chip_status s = read_config(m, config, err);
    json_decref(config);
    if (s != CHIP_OK)
        return s;

    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    s = chip_safetensors_open(&m->weights, path, err);
    if (s != CHIP_OK)
        return s;
    struct opening o = {.weights = m->weights, .status = CHIP_OK, .err = err};
    open_encoder(m, &o);
    open_decoder(m, &o);
    return o.status == CHIP_OK ? check_forms(m, err) : o.status;
}

enum chip_status chip_moonshine_open(struct chip_moonshine **out, const char *dir,
                                     struct chip_err *err)
{
    struct chip_moonshine *m = calloc(1, sizeof *m);
    if (!m)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a model");
    m->kernels = chip_kernels();
    enum chip_status s = open_in(m, dir, err);
    if (s != CHIP_OK) {
        chip_moonshine_close(m);
        return s;
    }
    *out = m;
    return CHIP_OK;
}

static void attention_done(struct chip_moonshine_attention *a)
{
    chip_linear_done(&a->q);
    chip_linear_done(&a->k);
    chip_linear_done(&a->v);
    chip_linear_done(&a->o);
}

static void layer_done(struct chip_moonshine_layer *l)
{
    attention_done(&l->self);
    attention_done(&l->cross);
    chip_linear_done(&l->fc1);
    chip_linear_done(&l->fc2);
}

void chip_moonshine_close(struct chip_moonshine *m)
{
    if (!m)
        return;
    chip_linear_done(&m->conv1);
    chip_linear_done(&m->conv2);
    chip_linear_done(&m->conv3);
    chip_linear_done(&m->embed);
    for (size_t i = 0; i < CHIP_MOONSHINE_MAX_LAYERS; i++) {
        layer_done(&m->encoder[i]);
        layer_done(&m->decoder[i]);
    }
    chip_rotary_done(&m->rotary);
    chip_safetensors_close(m->weights);
    free(m);
}
