#include "../test.h"

#include <math.h>

#include "../nn/rows.h"
#include "nn/safetensors_write.h"
#include "toy_moonshine.h"

enum { MAX_TENSORS = 200, NAME = 96 };

/* The tensors of a model file under construction. */
struct making {
    struct chip_tensor tensors[MAX_TENSORS];
    char names[MAX_TENSORS][NAME];
    size_t n;
    bool int8;
    uint32_t seed;
    const struct toy_oddity *oddity;
};

static bool is(const char *name, const char *wanted)
{
    return wanted && strcmp(name, wanted) == 0;
}

/* The place for the next tensor, its values zeroed. */
static void *add(struct making *m, const char *name, const char *suffix, enum chip_dtype dtype,
                 const size_t *shape, int rank)
{
    assert_true(m->n < MAX_TENSORS);
    struct chip_tensor *t = &m->tensors[m->n];
    snprintf(m->names[m->n], NAME, "%s%s", name, suffix);
    t->name = m->names[m->n++];
    t->dtype = dtype;
    t->rank = rank;
    memcpy(t->shape, shape, (size_t)rank * sizeof *shape);
    assert_true(chip_tensor_bytes(dtype, rank, shape, &t->bytes));
    void *data = calloc(1, t->bytes);
    assert_non_null(data);
    t->data = data;
    return data;
}

static float noise(struct making *m)
{
    return (float)(rows_next(&m->seed) >> 8) / 8388608.0f - 1.0f;
}

/* values around `middle` */
static void vector(struct making *m, const char *name, const char *suffix, size_t n, float middle,
                   float range)
{
    float *x = add(m, name, suffix, CHIP_F32, &n, 1);
    for (size_t i = 0; i < n; i++)
        x[i] = middle + range * noise(m);
    if (m->oddity && is(name, m->oddity->nan))
        x[0] = NAN;
}

/* Weights whose outputs are about `gain` times as large as their inputs. */
static void weights(struct making *m, const char *name, const size_t *shape, int rank, float gain)
{
    size_t n = 1;
    for (int i = 0; i < rank; i++)
        n *= shape[i];
    const float range = gain * sqrtf(3.0f * (float)shape[0] / (float)n); /* n / shape[0] inputs */
    if (!m->int8 || (m->oddity && is(name, m->oddity->float32))) {
        float *x = add(m, name, ".weight", CHIP_F32, shape, rank);
        for (size_t i = 0; i < n; i++)
            x[i] = range * noise(m);
        return;
    }
    int8_t *q = add(m, name, ".weight", CHIP_I8, shape, rank);
    for (size_t i = 0; i < n; i++)
        q[i] = (int8_t)lrintf(100.0f * noise(m));
    vector(m, name, ".weight_scale", 1, range / 100.0f, 0.0f);
    vector(m, name, ".weight_zero_point", 1, 3.0f, 0.0f);
}

static void matrix(struct making *m, const char *prefix, const char *name, size_t n_out,
                   size_t n_in, float gain)
{
    char full[NAME];
    snprintf(full, sizeof full, "%s.%s", prefix, name);
    weights(m, full, (const size_t[]){n_out, n_in}, 2, gain);
}

static void norm(struct making *m, const char *prefix, const char *name)
{
    char full[NAME];
    snprintf(full, sizeof full, "%s.%s", prefix, name);
    vector(m, full, ".weight", TOY_WIDTH, 1.0f, 0.2f);
}

static void attention(struct making *m, const char *prefix, const char *name)
{
    static const char *const parts[] = {"q_proj", "k_proj", "v_proj", "o_proj"};
    char full[NAME];
    snprintf(full, sizeof full, "%s.%s", prefix, name);
    for (size_t i = 0; i < 4; i++)
        matrix(m, full, parts[i], TOY_WIDTH, TOY_WIDTH, i < 2 ? 2.0f : 1.5f);
}

static void feed_forward(struct making *m, const char *prefix, size_t inner)
{
    char full[NAME];
    snprintf(full, sizeof full, "%s.mlp", prefix);
    matrix(m, full, "fc1", inner, TOY_WIDTH, 1.0f);
    matrix(m, full, "fc2", TOY_WIDTH, TOY_FF, 1.0f);
    snprintf(full, sizeof full, "%s.mlp.fc1", prefix);
    vector(m, full, ".bias", inner, 0.0f, 0.1f);
    snprintf(full, sizeof full, "%s.mlp.fc2", prefix);
    vector(m, full, ".bias", TOY_WIDTH, 0.0f, 0.1f);
}

static void encoder(struct making *m)
{
    enum { D = TOY_WIDTH };
    weights(m, "model.encoder.conv1", (const size_t[]){D, 1, 127}, 3, 3.0f);
    vector(m, "model.encoder.groupnorm", ".weight", D, 1.0f, 0.2f);
    vector(m, "model.encoder.groupnorm", ".bias", D, 0.0f, 0.2f);
    weights(m, "model.encoder.conv2", (const size_t[]){(size_t)2 * D, D, 7}, 3, 1.5f);
    vector(m, "model.encoder.conv2", ".bias", (size_t)2 * D, 0.0f, 0.2f);
    weights(m, "model.encoder.conv3", (const size_t[]){D, (size_t)2 * D, 3}, 3, 1.5f);
    vector(m, "model.encoder.conv3", ".bias", D, 0.0f, 0.2f);
    for (int i = 0; i < TOY_LAYERS; i++) {
        char prefix[NAME];
        snprintf(prefix, sizeof prefix, "model.encoder.layers.%d", i);
        norm(m, prefix, "input_layernorm");
        attention(m, prefix, "self_attn");
        norm(m, prefix, "post_attention_layernorm");
        feed_forward(m, prefix, TOY_FF);
    }
    norm(m, "model.encoder", "layer_norm");
}

static void decoder(struct making *m)
{
    /* Small, or else each token, fed back, would choose itself again. */
    weights(m, "model.decoder.embed_tokens", (const size_t[]){TOY_TOKENS, TOY_WIDTH}, 2, 0.1f);
    for (int i = 0; i < TOY_LAYERS; i++) {
        char prefix[NAME];
        snprintf(prefix, sizeof prefix, "model.decoder.layers.%d", i);
        norm(m, prefix, "input_layernorm");
        attention(m, prefix, "self_attn");
        norm(m, prefix, "post_attention_layernorm");
        attention(m, prefix, "encoder_attn");
        norm(m, prefix, "final_layernorm");
        feed_forward(m, prefix, (size_t)2 * TOY_FF);
    }
    norm(m, "model.decoder", "norm");
}

static FILE *create(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    return f;
}

static void write_config(const char *folder, int eos)
{
    FILE *f = create(folder, "config.json");
    fprintf(f,
            "{\"model_type\": \"moonshine\", \"hidden_size\": %d, \"intermediate_size\": %d,\n"
            " \"vocab_size\": %d, \"encoder_num_hidden_layers\": %d,\n"
            " \"decoder_num_hidden_layers\": %d, \"encoder_num_attention_heads\": %d,\n"
            " \"decoder_num_attention_heads\": %d, \"rotary_dim\": %d, \"bos_token_id\": 1,\n"
            " \"eos_token_id\": %d, \"layer_norm_eps\": 1e-5, \"group_norm_eps\": 1e-5,\n"
            " \"rope_theta\": 10000.0, \"alignment_heads\": [[0, 1], [1, 2]]}\n",
            TOY_WIDTH, TOY_FF, TOY_TOKENS, TOY_LAYERS, TOY_LAYERS, TOY_HEADS, TOY_HEADS, TOY_ROTARY,
            eos);
    assert_int_equal(fclose(f), 0);
}

/* What follows a word's beginning is a letter by itself, so that words of those can be tokenised.
 */
static void write_piece(FILE *f, int i)
{
    const char *stop = i % 7 ? "" : ".";
    if (i % 3)
        fprintf(f, ", \"\\u2581t%d%s\": %d", i, stop, i);
    else
        fprintf(f, ", \"%c%s\": %d", 'A' + i / 3 - 1, stop, i);
}

/* Two of three tokens start a word; some words end a sentence. */
static void write_tokenizer(const char *folder, bool mute)
{
    FILE *f = create(folder, "tokenizer.json");
    fputs("{\"added_tokens\": [{\"id\": 0, \"content\": \"<unk>\", \"special\": true},\n"
          "  {\"id\": 1, \"content\": \"<s>\", \"special\": true},\n"
          "  {\"id\": 2, \"content\": \"</s>\", \"special\": true}],\n"
          " \"model\": {\"type\": \"BPE\", \"byte_fallback\": true, \"merges\": [],\n"
          "  \"vocab\": {\"<unk>\": 0",
          f);
    for (int i = 3; i < TOY_TOKENS && !mute; i++)
        write_piece(f, i);
    fputs("}}}\n", f);
    assert_int_equal(fclose(f), 0);
}

void toy_moonshine_write(const char *folder, bool int8, const struct toy_oddity *oddity)
{
    struct making *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->int8 = int8;
    m->seed = 20;
    m->oddity = oddity;
    encoder(m);
    decoder(m);
    char path[512];
    struct chip_err err;
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    if (chip_safetensors_write(path, m->tensors, m->n, NULL, 0, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < m->n; i++)
        free((void *)m->tensors[i].data);
    free(m);
    write_config(folder, oddity && oddity->eos ? oddity->eos : 2);
    write_tokenizer(folder, oddity && oddity->mute);
}

void toy_speech(float *pcm, size_t n, unsigned seed)
{
    float noise = 0.0f;
    for (size_t i = 0; i < n; i++) {
        if (i % 512 == 0)
            rows_random(&noise, 1, 1.0f, seed + (unsigned)i);
        float t = (float)i / 16000.0f, tone = 300.0f + 200.0f * noise + (float)(seed % 17) * 20.0f;
        pcm[i] = 0.3f * sinf(6.2831853f * tone * t) + 0.1f * sinf(50.0f * tone * t * t);
    }
}
