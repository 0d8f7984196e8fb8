/*
 * 200 damaged copies of every kind of file that models consist of or are made from. Each is refused
 * with a message or accepted; under the sanitizers nothing may be read outside of it. $CHIP_FUZZ is
 * another number of copies, for a longer search.
 */
#include "../test.h"

#include "models/catalogue.h"
#include "models/import_moonshine.h"
#include "models/import_tokenizer.h"
#include "models/store.h"
#include "models/vocabulary.h"
#include "mutate.h"
#include "speech/asr/moonshine.h"
#include "speech/tokenizer.h"
#include "temp.h"
#include "toy.h"
#include "toy_vocabulary.h"

static size_t n_mutations(void)
{
    const char *wish = getenv("CHIP_FUZZ");
    return wish && atoi(wish) > 0 ? (size_t)atoi(wish) : 200;
}

/* Uses the damaged file in TEMP. */
typedef enum chip_status use_fn(struct chip_err *err);

/* Damages TEMP/name many times and puts it right again. */
static void mutate(const char *name, size_t n_head, use_fn *use)
{
    struct mutator m = {.state = 20240229};
    char path[256];
    size_t n, accepted = 0;
    snprintf(path, sizeof path, "%s/%s", temp, name);
    char *whole = read_bytes(path, &n);
    struct chip_err err = {0};
    assert_int_equal(use(&err), CHIP_OK); /* it is good before */
    for (size_t i = 0; i < n_mutations(); i++) {
        size_t n_copy;
        unsigned char *copy = mutator_copy(&m, whole, n, n_head ? n_head : n, &n_copy);
        write_bytes(path, copy, n_copy);
        free(copy);
        err = (struct chip_err){0};
        enum chip_status status = use(&err);
        accepted += status == CHIP_OK;
        if (status != CHIP_OK && (err.code != status || strlen(err.message) < 10))
            fail_msg("mutation %zu of %s: %s without a message", i, name, chip_status_name(status));
    }
    write_bytes(path, whole, n);
    free(whole);
    print_message("%s: %zu of %zu were accepted\n", name, accepted, n_mutations());
    assert_true(accepted < n_mutations()); /* the damage reaches something that is checked */
}

static void import_toy(void)
{
    struct chip_err err = {0};
    toy_encoder(temp_path("encoder.onnx"), true, NULL);
    toy_decoder(temp_path("decoder.onnx"), true, NULL);
    if (chip_import_moonshine(temp_path("encoder.onnx"), temp_path("decoder.onnx"), temp, &err) !=
        CHIP_OK)
        fail_msg("%s", err.message);
}

/* Every byte, so that the sanitizer sees a tensor that reaches too far. */
static unsigned sum(const struct chip_safetensors *st)
{
    unsigned total = 0;
    for (size_t i = 0; i < chip_safetensors_count(st); i++) {
        const struct chip_tensor *t = chip_safetensors_at(st, i);
        for (size_t k = 0; k < t->bytes; k++)
            total += ((const unsigned char *)t->data)[k];
    }
    return total;
}

static enum chip_status use_safetensors(struct chip_err *err)
{
    static volatile unsigned sink;
    struct chip_safetensors *st = NULL;
    enum chip_status status = chip_safetensors_open(&st, temp_path("model.safetensors"), err);
    if (status == CHIP_OK)
        sink = sum(st);
    (void)sink;
    chip_safetensors_close(st);
    return status;
}

static enum chip_status use_model(struct chip_err *err)
{
    struct chip_moonshine *model = NULL;
    enum chip_status status = chip_moonshine_open(&model, temp, err);
    chip_moonshine_close(model);
    return status;
}

static void mutated_safetensors(void **state)
{
    (void)state;
    import_toy();
    mutate("model.safetensors", 10000, use_safetensors);
}

static void mutated_safetensors_opened_as_a_model(void **state)
{
    (void)state;
    import_toy();
    mutate("model.safetensors", 10000, use_model);
}

static void mutated_config(void **state)
{
    (void)state;
    import_toy();
    mutate("config.json", 0, use_model);
}

/* ---- tokenizers -------------------------------------------------------------------------------
 */

static enum chip_status use_tokenizer(struct chip_err *err)
{
    struct chip_tokenizer *tokenizer = NULL;
    enum chip_status status = chip_tokenizer_open(&tokenizer, temp, err);
    if (status != CHIP_OK)
        return status;
    int32_t ids[64], *encoded = NULL;
    size_t n = 0;
    char *text = NULL;
    for (int i = 0; i < 64; i++)
        ids[i] = i;
    assert_int_equal(chip_tokenizer_decode(tokenizer, ids, 64, &text, NULL), CHIP_OK);
    free(text);
    assert_int_equal(chip_tokenizer_encode(tokenizer, "a aer ar eree", &encoded, &n, NULL),
                     CHIP_OK);
    free(encoded);
    chip_tokenizer_close(tokenizer);
    return CHIP_OK;
}

static void mutated_tokenizer_json(void **state)
{
    (void)state;
    write_text(temp_path("tokenizer.json"), TOY_VOCAB_JSON);
    mutate("tokenizer.json", 0, use_tokenizer);
}

static void mutated_vocabulary(void **state)
{
    (void)state;
    write_text(temp_path("tokenizer.json"), TOY_VOCAB_JSON);
    assert_int_equal(chip_vocabulary_compile(temp, NULL), CHIP_OK);
    mutate("vocabulary.safetensors", 0, use_tokenizer);
}

static enum chip_status use_tokenizer_js(struct chip_err *err)
{
    return chip_import_tokenizer(temp_path("llama.js"), 32000, temp, err);
}

static void mutated_tokenizer_js(void **state)
{
    (void)state;
    toy_tokenizer(temp_path("llama.js"));
    mutate("llama.js", 2000, use_tokenizer_js);
}

/* ---- ONNX -------------------------------------------------------------------------------------
 */

static enum chip_status use_onnx(struct chip_err *err)
{
    return chip_import_moonshine(temp_path("encoder.onnx"), temp_path("decoder.onnx"), temp, err);
}

static void mutated_onnx_encoder(void **state)
{
    (void)state;
    import_toy();
    mutate("encoder.onnx", 0, use_onnx);
}

static void mutated_onnx_decoder(void **state)
{
    (void)state;
    import_toy();
    mutate("decoder.onnx", 0, use_onnx);
}

/* The head of the file alone: names, dimensions and lengths of the first tensors. */
static void mutated_onnx_structure(void **state)
{
    (void)state;
    import_toy();
    mutate("decoder.onnx", 2000, use_onnx);
}

/* ---- lists ------------------------------------------------------------------------------------
 */

static enum chip_status use_catalogue(struct chip_err *err)
{
    struct chip_catalogue catalogue = {0};
    enum chip_status status = chip_catalogue_open(&catalogue, temp_path("catalogue.json"), err);
    if (status == CHIP_OK)
        chip_catalogue_close(&catalogue);
    return status;
}

static void mutated_catalogue(void **state)
{
    (void)state;
    size_t n;
    char *text = read_bytes(CHIP_SOURCE_ROOT "/backend/models/catalogue.json", &n);
    write_bytes(temp_path("catalogue.json"), text, n);
    free(text);
    mutate("catalogue.json", 0, use_catalogue);
}

static enum chip_status use_manifest(struct chip_err *err)
{
    return chip_store_verify(temp, err);
}

static void mutated_manifest(void **state)
{
    (void)state;
    write_text(temp_path("abc"), "abc");
    write_text(temp_path("manifest.json"),
               "{\"version\": 1, \"files\": [{\"name\": \"abc\", \"size\": 3, \"sha256\": "
               "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}]}\n");
    mutate("manifest.json", 0, use_manifest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(mutated_safetensors),    IN_TEMP(mutated_safetensors_opened_as_a_model),
        IN_TEMP(mutated_config),         IN_TEMP(mutated_tokenizer_json),
        IN_TEMP(mutated_vocabulary),     IN_TEMP(mutated_tokenizer_js),
        IN_TEMP(mutated_onnx_encoder),   IN_TEMP(mutated_onnx_decoder),
        IN_TEMP(mutated_onnx_structure), IN_TEMP(mutated_catalogue),
        IN_TEMP(mutated_manifest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
