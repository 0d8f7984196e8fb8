#include "../test.h"

#include "models/vocabulary.h"
#include "nn/safetensors_write.h"
#include "temp.h"
#include "toy_vocabulary.h"

static void write_json(const char *text)
{
    write_text(temp_path("tokenizer.json"), text);
}

static void assert_piece(const struct chip_vocabulary *v, size_t id, enum chip_piece_kind kind,
                         const char *text)
{
    assert_int_equal(v->kind[id], kind);
    assert_int_equal(v->offset[id + 1] - v->offset[id], strlen(text));
    assert_memory_equal(v->text + v->offset[id], text, strlen(text));
}

static void check_toy(const struct chip_vocabulary *v)
{
    assert_int_equal(v->n_ids, TOY_VOCAB_IDS);
    assert_piece(v, 0, CHIP_PIECE_SPECIAL, "");
    assert_piece(v, 1, CHIP_PIECE_SPECIAL, "");
    assert_piece(v, 3, CHIP_PIECE_BYTE, "\xF0");
    assert_piece(v, 5, CHIP_PIECE_BYTE, "\n");
    assert_piece(v, 7, CHIP_PIECE_TEXT, " a");
    assert_piece(v, 9, CHIP_PIECE_TEXT, " ");
    assert_piece(v, 14, CHIP_PIECE_TEXT, "\xC3\xA9");
    assert_piece(v, 16, CHIP_PIECE_SPECIAL, "");
    assert_piece(v, 17, CHIP_PIECE_TEXT, "[name]");
    for (size_t id = 0; id < v->n_ids; id++) {
        int32_t want = v->kind[id] == CHIP_PIECE_TEXT ? (int32_t)id : -1;
        size_t n = v->offset[id + 1] - v->offset[id];
        if (want >= 0)
            assert_int_equal(chip_vocabulary_find(v, v->text + v->offset[id], n), want);
    }
    assert_int_equal(chip_vocabulary_find(v, "A", 1), -1); /* a byte is no piece of text */
    assert_int_equal(chip_vocabulary_find(v, "aerr", 4), -1);
    assert_int_equal(chip_vocabulary_find(v, "", 0), -1);
}

static void the_json_and_its_compiled_form_mean_the_same(void **state)
{
    (void)state;
    struct chip_vocabulary v = {0};
    struct chip_err err = {0};
    write_json(TOY_VOCAB_JSON);
    if (chip_vocabulary_open(&v, temp, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    check_toy(&v);
    chip_vocabulary_close(&v);

    assert_int_equal(chip_vocabulary_compile(temp, &err), CHIP_OK);
    assert_true(exists(temp_path("vocabulary.safetensors")));
    if (chip_vocabulary_open(&v, temp, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    check_toy(&v);
    chip_vocabulary_close(&v);
}

static void another_tokenizer_json_makes_the_compiled_form_stale(void **state)
{
    (void)state;
    struct chip_vocabulary v = {0};
    write_json(TOY_VOCAB_JSON);
    assert_int_equal(chip_vocabulary_compile(temp, NULL), CHIP_OK);
    write_json(TOY_VOCAB_HEAD TOY_VOCAB_PIECES ",\"new\":18" TOY_VOCAB_TAIL);
    assert_int_equal(chip_vocabulary_open(&v, temp, NULL), CHIP_OK);
    assert_int_equal(v.n_ids, TOY_VOCAB_IDS + 1);
    chip_vocabulary_close(&v);
    unlink(temp_path("tokenizer.json"));
    assert_int_equal(chip_vocabulary_open(&v, temp, NULL), CHIP_E_NOT_FOUND);
}

static void ids_without_a_piece_are_special(void **state)
{
    (void)state;
    struct chip_vocabulary v = {0};
    write_json(TOY_VOCAB_HEAD TOY_VOCAB_PIECES ",\"far\":30" TOY_VOCAB_TAIL);
    assert_int_equal(chip_vocabulary_open(&v, temp, NULL), CHIP_OK);
    assert_int_equal(v.n_ids, 31);
    assert_piece(&v, 20, CHIP_PIECE_SPECIAL, "");
    assert_piece(&v, 30, CHIP_PIECE_TEXT, "far");
    chip_vocabulary_close(&v);
}

static void assert_refused(const char *json, enum chip_status want)
{
    struct chip_vocabulary v = {0};
    struct chip_err err = {0};
    write_json(json);
    enum chip_status got = chip_vocabulary_open(&v, temp, &err);
    if (got != want || !strstr(err.message, "tokenizer.json"))
        fail_msg("%s: '%s' for %s", chip_status_name(got), err.message, json);
    assert_null(v.owner);
}

static void bad_tokenizers_are_refused(void **state)
{
    (void)state;
    assert_refused("", CHIP_E_FORMAT);
    assert_refused("[]", CHIP_E_FORMAT);
    assert_refused("{}", CHIP_E_FORMAT);
    assert_refused("{\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"vocab\":[]}}",
                   CHIP_E_FORMAT);
    assert_refused("{\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"vocab\":{}}}",
                   CHIP_E_FORMAT);
    assert_refused("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0}}}", CHIP_E_UNSUPPORTED);
    assert_refused(
        "{\"model\":{\"type\":\"WordPiece\",\"byte_fallback\":true,\"vocab\":{\"a\":0}}}",
        CHIP_E_UNSUPPORTED);
    assert_refused(TOY_VOCAB_HEAD "\"a\":-1" TOY_VOCAB_TAIL, CHIP_E_FORMAT);
    assert_refused(TOY_VOCAB_HEAD "\"a\":1.5" TOY_VOCAB_TAIL, CHIP_E_FORMAT);
    assert_refused(TOY_VOCAB_HEAD "\"a\":\"1\"" TOY_VOCAB_TAIL, CHIP_E_FORMAT);
    assert_refused(TOY_VOCAB_HEAD "\"a\":1048576" TOY_VOCAB_TAIL, CHIP_E_FORMAT);
    assert_refused(TOY_VOCAB_HEAD "\"a\":99999999999999999999" TOY_VOCAB_TAIL, CHIP_E_FORMAT);
    assert_refused(TOY_VOCAB_HEAD "\"a\":5,\"b\":5" TOY_VOCAB_TAIL, CHIP_E_FORMAT);
    assert_refused(TOY_VOCAB_HEAD "\"a\":5,\"a\":6" TOY_VOCAB_TAIL, CHIP_E_FORMAT);
    assert_refused(TOY_VOCAB_HEAD "\"a\":17" TOY_VOCAB_TAIL, CHIP_E_FORMAT); /* it is [name] */
    static char deep[100001];
    memset(deep, '[', sizeof deep - 1);
    assert_refused(deep, CHIP_E_FORMAT);
}

/* A compiled form with these tables; everything else about it is right. */
static void write_compiled(uint32_t third_offset, uint8_t kind, uint32_t sorted)
{
    const uint32_t offset[] = {0, 1, third_offset}, order[] = {sorted};
    const uint8_t kinds[] = {CHIP_PIECE_TEXT, kind};
    const struct chip_tensor tensors[] = {{"text", CHIP_U8, 1, {3}, "abc", 3},
                                          {"offset", CHIP_U32, 1, {3}, offset, sizeof offset},
                                          {"kind", CHIP_U8, 1, {2}, kinds, 2},
                                          {"sorted", CHIP_U32, 1, {1}, order, 4}};
    char stamp[32];
    struct stat info;
    assert_int_equal(stat(temp_path("tokenizer.json"), &info), 0);
    snprintf(stamp, sizeof stamp, "%lld", (long long)info.st_size);
    const struct chip_metadata metadata[] = {{"tokenizer_json_bytes", stamp}};
    assert_int_equal(
        chip_safetensors_write(temp_path("vocabulary.safetensors"), tensors, 4, metadata, 1, NULL),
        CHIP_OK);
}

static void a_compiled_form_that_points_outside_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t third_offset;
        uint8_t kind;
        uint32_t sorted;
        enum chip_status want;
    } cases[] = {
        {3, CHIP_PIECE_TEXT, 1, CHIP_OK},
        {4, CHIP_PIECE_TEXT, 1, CHIP_E_FORMAT}, /* past the text */
        {2, CHIP_PIECE_TEXT, 1, CHIP_E_FORMAT}, /* not to its end */
        {0, CHIP_PIECE_TEXT, 1, CHIP_E_FORMAT}, /* backwards */
        {3, 3, 1, CHIP_E_FORMAT},               /* no such kind */
        {3, CHIP_PIECE_BYTE, 1, CHIP_E_FORMAT}, /* a byte of two bytes */
        {3, CHIP_PIECE_TEXT, 2, CHIP_E_FORMAT}, /* no such id */
    };
    write_json(TOY_VOCAB_JSON);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct chip_vocabulary v = {0};
        write_compiled(cases[i].third_offset, cases[i].kind, cases[i].sorted);
        assert_int_equal(chip_vocabulary_open(&v, temp, NULL), cases[i].want);
        chip_vocabulary_close(&v);
    }
    write_text(temp_path("vocabulary.safetensors"), "garbage, not a model file");
    struct chip_vocabulary v = {0};
    assert_int_equal(chip_vocabulary_open(&v, temp, NULL), CHIP_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(the_json_and_its_compiled_form_mean_the_same),
        IN_TEMP(another_tokenizer_json_makes_the_compiled_form_stale),
        IN_TEMP(ids_without_a_piece_are_special),
        IN_TEMP(bad_tokenizers_are_refused),
        IN_TEMP(a_compiled_form_that_points_outside_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
