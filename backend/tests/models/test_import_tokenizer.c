#include "../test.h"

#include <jansson.h>

#include "models/import_tokenizer.h"
#include "models/vocabulary.h"
#include "temp.h"
#include "toy.h"

static void pieces_merges_and_added_tokens_are_written(void **state)
{
    (void)state;
    struct chip_err err = {0};
    toy_tokenizer(temp_path("llama.js"));
    if (chip_import_tokenizer(temp_path("llama.js"), 32005, temp, &err) != CHIP_OK)
        fail_msg("%s", err.message);

    json_t *json = json_load_file(temp_path("tokenizer.json"), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    const json_t *model = json_object_get(json, "model");
    const json_t *vocab = json_object_get(model, "vocab"),
                 *merges = json_object_get(model, "merges");
    const json_t *added = json_object_get(json, "added_tokens");
    assert_int_equal(json_object_size(vocab), 32000);
    assert_int_equal(json_integer_value(json_object_get(vocab, "\xE2\x96\x81p31999")), 31999);
    assert_int_equal(json_array_size(merges), 2);
    assert_string_equal(json_string_value(json_array_get(merges, 0)),
                        "\xE2\x96\x81p259 p260"); /* ids 0x103 and 0x104 */
    assert_int_equal(json_array_size(added), 3 + 5);
    assert_string_equal(json_string_value(json_object_get(json_array_get(added, 7), "content")),
                        "<<ST_4>>");
    json_decref(json);

    struct chip_vocabulary v = {0};
    assert_int_equal(chip_vocabulary_open(&v, temp, NULL), CHIP_OK);
    assert_int_equal(v.n_ids, 32005);
    assert_int_equal(v.kind[32004], CHIP_PIECE_SPECIAL);
    assert_int_equal(chip_vocabulary_find(&v, " p31999", 7), 31999);
    chip_vocabulary_close(&v);
}

static void assert_refused(const char *js, enum chip_status want, const char *word)
{
    struct chip_err err = {0};
    write_text(temp_path("llama.js"), js);
    enum chip_status got = chip_import_tokenizer(temp_path("llama.js"), 32000, temp, &err);
    if (got != want || !strstr(err.message, word))
        fail_msg("%s: '%s' for %.80s", chip_status_name(got), err.message, js);
    assert_false(exists(temp_path("tokenizer.json")));
}

#define MERGES "const llama_merges_binary = \"BAEFAQ==\";"
#define VOCAB(base64) "const llama_vocab_base64 = \"" base64 "\";" MERGES

static void what_is_not_the_vocabulary_is_refused(void **state)
{
    (void)state;
    assert_refused("", CHIP_E_FORMAT, "llama_vocab_base64");
    assert_refused("console.log(1)", CHIP_E_FORMAT, "llama_vocab_base64");
    assert_refused("const llama_vocab_base64 = \"YWJj", CHIP_E_FORMAT, "not base64");
    assert_refused(VOCAB(""), CHIP_E_FORMAT, "not base64");
    assert_refused(VOCAB("!!!!"), CHIP_E_FORMAT, "not base64");
    assert_refused(VOCAB("YWJ"), CHIP_E_FORMAT, "not base64");
    assert_refused(VOCAB("YWJj"), CHIP_E_FORMAT, "1 pieces");
    assert_refused(VOCAB("YQBj"), CHIP_E_FORMAT, "NUL");
    assert_refused("const llama_vocab_base64 = \"YWJj\";", CHIP_E_FORMAT, "llama_merges_binary");
    unlink(temp_path("llama.js"));
    assert_int_equal(chip_import_tokenizer(temp_path("llama.js"), 32000, temp, NULL),
                     CHIP_E_NOT_FOUND);
    toy_tokenizer(temp_path("llama.js"));
    assert_int_equal(chip_import_tokenizer(temp_path("llama.js"), 31999, temp, NULL),
                     CHIP_E_UNSUPPORTED);
    assert_int_equal(chip_import_tokenizer(temp_path("llama.js"), SIZE_MAX, temp, NULL),
                     CHIP_E_UNSUPPORTED);
}

/* Exchanges two letters of base64 inside the literal: another vocabulary, still base64. */
static void a_vocabulary_with_other_pieces_is_refused(void **state)
{
    (void)state;
    size_t n;
    toy_tokenizer(temp_path("good.js"));
    char *js = read_bytes(temp_path("good.js"), &n);
    char *literal = strstr(js, "base64 = \"") + 10;
    char first = literal[0];
    literal[0] = first == 'P' ? 'Q' : 'P';
    assert_refused(js, CHIP_E_FORMAT, "piece 0 is not <unk>");
    literal[0] = first;
    /* the merges name a piece that there is not */
    char *merges = strstr(js, "binary = \"") + 10;
    memcpy(merges, "////", 4);
    assert_refused(js, CHIP_E_FORMAT, "names piece 65535");
    free(js);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(pieces_merges_and_added_tokens_are_written),
        IN_TEMP(what_is_not_the_vocabulary_is_refused),
        IN_TEMP(a_vocabulary_with_other_pieces_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
