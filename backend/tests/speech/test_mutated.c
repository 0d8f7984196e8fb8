/*
 * 200 damaged copies of a small model's files: each is refused with a message, or opened, and then
 * it transcribes without harm, whatever it says. Under the sanitizers nothing may be read outside
 * of the file. $CHIP_FUZZ is another number of copies, for a longer search.
 */
#include "../test.h"

#include <math.h>

#include "../models/mutate.h"
#include "../models/temp.h"
#include "recognized.h"
#include "toy_moonshine.h"

enum { SECOND = 16000, N_PCM = 3 * SECOND };

static float pcm[N_PCM];

static size_t n_mutations(void)
{
    const char *wish = getenv("CHIP_FUZZ");
    return wish && atoi(wish) > 0 ? (size_t)atoi(wish) : 200;
}

/* Opens the model in TEMP and transcribes three pieces with it. */
static enum chip_status transcribe(struct chip_err *err)
{
    static const size_t lengths[] = {SECOND, 100, SECOND};
    struct chip_moonshine *model = NULL;
    struct chip_tokenizer *tokenizer = NULL;
    enum chip_status s = chip_moonshine_open(&model, temp, err);
    if (s != CHIP_OK)
        return s;
    s = chip_tokenizer_open(&tokenizer, temp, err);
    if (s == CHIP_OK) {
        struct recognized got = {.n_pieces = 0};
        assert_int_equal(recognize(model, tokenizer, pcm, lengths, 3, 1, 2, &got), CHIP_OK);
        assert_int_equal(got.n_pieces, 3);
        recognized_done(&got);
    }
    chip_tokenizer_close(tokenizer);
    chip_moonshine_close(model);
    return s;
}

static void mutate(const char *name, size_t n_head)
{
    struct mutator m = {.state = 20241124};
    char path[256];
    size_t n, accepted = 0;
    struct chip_err err;
    toy_moonshine_write(temp, true, NULL);
    toy_speech(pcm, N_PCM, 1);
    assert_int_equal(transcribe(&err), CHIP_OK); /* it is good before */
    snprintf(path, sizeof path, "%s/%s", temp, name);
    char *whole = read_bytes(path, &n);
    for (size_t i = 0; i < n_mutations(); i++) {
        size_t n_copy;
        unsigned char *copy = mutator_copy(&m, whole, n, n_head ? n_head : n, &n_copy);
        write_bytes(path, copy, n_copy);
        free(copy);
        err = (struct chip_err){.code = CHIP_OK};
        enum chip_status s = transcribe(&err);
        accepted += s == CHIP_OK;
        if (s != CHIP_OK && (err.code != s || strlen(err.message) < 10))
            fail_msg("mutation %zu of %s: %s without a message", i, name, chip_status_name(s));
    }
    free(whole);
    print_message("%s: %zu of %zu were accepted\n", name, accepted, n_mutations());
    assert_true(accepted < n_mutations()); /* the damage reaches something that is checked, */
    assert_true(accepted > 0 || n_mutations() < 200); /* and some of it what runs */
}

static void damaged_headers_do_no_harm(void **state)
{
    (void)state;
    mutate("model.safetensors", 9000);
}

static void damaged_weights_do_no_harm(void **state)
{
    (void)state;
    mutate("model.safetensors", 0);
}

static void a_damaged_configuration_does_no_harm(void **state)
{
    (void)state;
    mutate("config.json", 0);
}

/* ---- damage that chance would not find ---- */

static enum chip_status transcribe_with(const struct toy_oddity *oddity)
{
    struct chip_err err = {.code = CHIP_OK};
    toy_moonshine_write(temp, true, oddity);
    toy_speech(pcm, N_PCM, 1);
    enum chip_status s = transcribe(&err);
    if (s != CHIP_OK)
        assert_true(err.code == s && strlen(err.message) > 10);
    return s;
}

static void norms_that_are_no_numbers_do_no_harm(void **state)
{
    (void)state;
    static const char *const norms[] = {
        "model.encoder.groupnorm",
        "model.encoder.layers.0.input_layernorm",
        "model.encoder.layers.1.post_attention_layernorm",
        "model.encoder.layer_norm",
        "model.decoder.layers.0.input_layernorm",
        "model.decoder.layers.1.final_layernorm",
        "model.decoder.norm",
    };
    for (size_t i = 0; i < sizeof norms / sizeof norms[0]; i++)
        assert_int_equal(transcribe_with(&(struct toy_oddity){.nan = norms[i]}), CHIP_OK);
}

static void layers_of_both_kinds_may_follow_each_other(void **state)
{
    (void)state;
    static const char *const layers[] = {
        "model.encoder.conv2",
        "model.encoder.layers.0.self_attn.o_proj",
        "model.encoder.layers.1.mlp.fc2",
        "model.decoder.layers.1.encoder_attn.q_proj",
        "model.decoder.layers.0.mlp.fc1",
        "model.decoder.embed_tokens",
    };
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
        assert_int_equal(transcribe_with(&(struct toy_oddity){.float32 = layers[i]}), CHIP_OK);
}

static void layers_of_both_kinds_that_read_the_same_rows_are_refused(void **state)
{
    (void)state;
    static const char *const layers[] = {
        "model.encoder.layers.0.self_attn.q_proj",    "model.encoder.layers.0.self_attn.k_proj",
        "model.encoder.layers.1.self_attn.v_proj",    "model.decoder.layers.0.self_attn.q_proj",
        "model.decoder.layers.1.self_attn.k_proj",    "model.decoder.layers.0.encoder_attn.k_proj",
        "model.decoder.layers.1.encoder_attn.v_proj",
    };
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
        assert_int_equal(transcribe_with(&(struct toy_oddity){.float32 = layers[i]}),
                         CHIP_E_UNSUPPORTED);
}

/* Whatever failed before must not decide what kind of failure this is. */
static void a_configuration_that_is_no_json_is_told_from_none(void **state)
{
    (void)state;
    struct chip_moonshine *model;
    struct chip_err err;
    toy_moonshine_write(temp, true, NULL);
    write_text(temp_path("config.json"), "{\"model_type\": ");
    assert_false(exists(temp_path("nothing"))); /* leaves errno behind */
    assert_int_equal(chip_moonshine_open(&model, temp, &err), CHIP_E_FORMAT);
    unlink(temp_path("config.json"));
    assert_int_equal(chip_moonshine_open(&model, temp, &err), CHIP_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(damaged_headers_do_no_harm),
        IN_TEMP(damaged_weights_do_no_harm),
        IN_TEMP(a_damaged_configuration_does_no_harm),
        IN_TEMP(norms_that_are_no_numbers_do_no_harm),
        IN_TEMP(layers_of_both_kinds_may_follow_each_other),
        IN_TEMP(layers_of_both_kinds_that_read_the_same_rows_are_refused),
        IN_TEMP(a_configuration_that_is_no_json_is_told_from_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
