#include "../test.h"

#include <unistd.h>

#include "../models/temp.h"
#include "../models/toy_vocabulary.h"
#include "base/clock.h"
#include "given.h"
#include "models/vocabulary.h"
#include "speech/tokenizer.h"

static struct chip_tokenizer *toy(void)
{
    struct chip_tokenizer *tokenizer = NULL;
    struct chip_err err = {0};
    write_text(temp_path("tokenizer.json"), TOY_VOCAB_JSON);
    if (chip_tokenizer_open(&tokenizer, temp, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return tokenizer;
}

static void assert_decodes(const struct chip_tokenizer *tokenizer, const int32_t *ids, size_t n,
                           const char *want)
{
    char *text = NULL;
    assert_int_equal(chip_tokenizer_decode(tokenizer, ids, n, &text, NULL), CHIP_OK);
    assert_string_equal(text, want);
    free(text);
}

#define DECODES(tokenizer, want, ...)                         \
    assert_decodes(tokenizer, (const int32_t[]){__VA_ARGS__}, \
                   sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t), want)

static void pieces_become_text(void **state)
{
    (void)state;
    struct chip_tokenizer *t = toy();
    assert_int_equal(chip_tokenizer_n_ids(t), TOY_VOCAB_IDS);
    DECODES(t, "a ar", 7, 13);
    DECODES(t, "aer", 10, 8);
    DECODES(t, " a", 9, 7); /* only one blank is the first word's */
    DECODES(t, "\xC3\xA9[name]", 14, 17);
    DECODES(t, "a", 1, 7, 2); /* <s> and </s> are not text */
    DECODES(t, "", 1, 2, 16);
    assert_decodes(t, NULL, 0, "");
    chip_tokenizer_close(t);
}

static void ids_that_do_not_exist_are_skipped(void **state)
{
    (void)state;
    struct chip_tokenizer *t = toy();
    DECODES(t, "aa", 7, -1, INT32_MIN, 18, INT32_MAX, 10);
    size_t n;
    (void)chip_tokenizer_bytes(t, -1, &n);
    assert_int_equal(n, 0);
    assert_true(chip_tokenizer_is_special(t, 18));
    assert_true(chip_tokenizer_is_special(t, 2));
    assert_false(chip_tokenizer_is_special(t, 5));
    assert_false(chip_tokenizer_starts_word(t, 18));
    chip_tokenizer_close(t);
}

static void words_start_with_a_blank(void **state)
{
    (void)state;
    struct chip_tokenizer *t = toy();
    assert_true(chip_tokenizer_starts_word(t, 7));
    assert_true(chip_tokenizer_starts_word(t, 9));
    assert_false(chip_tokenizer_starts_word(t, 10));
    assert_false(chip_tokenizer_starts_word(t, 1));
    size_t n;
    assert_memory_equal(chip_tokenizer_bytes(t, 7, &n), " a", 2);
    assert_int_equal(n, 2);
    chip_tokenizer_close(t);
}

static void broken_characters_are_replaced(void **state)
{
    (void)state;
    struct chip_tokenizer *t = toy();
    DECODES(t, "\xEF\xBF\xBD", 3); /* F0: a start without the rest */
    DECODES(t,
            "a\xEF\xBF\xBD\xEF\xBF\xBD"
            "e",
            10, 3, 4, 11);   /* F0 9F e */
    DECODES(t, "A\n", 6, 5); /* bytes that are characters */
    chip_tokenizer_close(t);
}

static void assert_encodes(const struct chip_tokenizer *tokenizer, const char *text,
                           const int32_t *want, size_t n_want)
{
    int32_t *ids = NULL;
    size_t n = 0;
    struct chip_err err = {0};
    if (chip_tokenizer_encode(tokenizer, text, &ids, &n, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    if (n != n_want || (n && memcmp(ids, want, n * sizeof *ids) != 0))
        fail_msg("'%s' became %zu tokens, the first %d", text, n, n ? ids[0] : -1);
    free(ids);
}

#define ENCODES(tokenizer, text, ...)                               \
    assert_encodes(tokenizer, text, (const int32_t[]){__VA_ARGS__}, \
                   sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t))

static void text_becomes_the_pieces_with_the_lowest_ids(void **state)
{
    (void)state;
    struct chip_tokenizer *t = toy();
    ENCODES(t, "a", 7);
    ENCODES(t, "aer", 7, 8); /* " a" and "er" come before " ar" and "aer" */
    ENCODES(t, "  a\t\n a ", 7, 7);
    ENCODES(t, "er\xC3\xA9", 9, 8, 14);
    ENCODES(t, "A", 9, 6);                   /* no piece, but a byte */
    ENCODES(t, "\xF0\x9F\xA6\x99", 9, 3, 4); /* bytes without a token are left out */
    assert_encodes(t, "", NULL, 0);
    assert_encodes(t, " \n", NULL, 0);
    chip_tokenizer_close(t);
}

static void what_cannot_be_encoded_is_refused(void **state)
{
    (void)state;
    struct chip_tokenizer *t = toy();
    static const char *const bad[] = {
        "\xFF", "a\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80"};
    int32_t *ids = NULL;
    size_t n = 99;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(chip_tokenizer_encode(t, bad[i], &ids, &n, NULL), CHIP_E_INVAL);
    char *longer = malloc(1026);
    memset(longer, 'a', 1025);
    longer[1025] = '\0';
    assert_int_equal(chip_tokenizer_encode(t, longer, &ids, &n, NULL), CHIP_E_LIMIT);
    longer[1024] = '\0';
    assert_int_equal(chip_tokenizer_encode(t, longer, &ids, &n, NULL), CHIP_OK);
    assert_int_equal(n, 1024);
    free(ids);
    free(longer);
    chip_tokenizer_close(t);
}

static void a_folder_without_tokenizer_is_not_found(void **state)
{
    (void)state;
    struct chip_tokenizer *t = NULL;
    struct chip_err err = {0};
    assert_int_equal(chip_tokenizer_open(&t, temp, &err), CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "tokenizer.json"));
    assert_null(t);
}

/* ---- with the real vocabulary -----------------------------------------------------------------
 */

static struct chip_tokenizer *real(void)
{
    struct chip_tokenizer *tokenizer = NULL;
    struct chip_err err = {0};
    if (chip_tokenizer_open(&tokenizer, given_model("moonshine-tiny"), &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return tokenizer;
}

/* Token ids that the package's own tests give for Llama's tokenizer. */
static void known_texts_have_their_known_ids(void **state)
{
    (void)state;
    struct chip_tokenizer *t = real();
    assert_int_equal(chip_tokenizer_n_ids(t), 32768);
    ENCODES(t, "grabbed", 2646, 1327, 287);
    ENCODES(t, "\xE9\x95\x87", 29871, 30411);
    ENCODES(t, "\xF0\x9F\xA6\x99", 29871, 243, 162, 169, 156);
    ENCODES(t, "The llama", 450, 11148, 3304);
    DECODES(t, "grabbed", 1, 2646, 1327, 287, 2);
    DECODES(t, "\xF0\x9F\xA6\x99", 29871, 243, 162, 169, 156);
    DECODES(t, "", 32000, 32767);
    assert_true(chip_tokenizer_starts_word(t, 450));
    assert_false(chip_tokenizer_starts_word(t, 287));
    chip_tokenizer_close(t);
}

static void what_is_encoded_is_decoded(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "And so, my fellow Americans, ask not what your country can do for you.",
        "It's 8:45; we've got $1,250.50 left \xE2\x80\x94 that's 12.5%!",
        "Kubernetes, Grafana, Z\xC3\xBCrich, \xE6\x9D\xB1\xE4\xBA\xAC, \xF0\x9F\x8E\x89",
        "x",
    };
    struct chip_tokenizer *t = real();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int32_t *ids = NULL;
        size_t n;
        assert_int_equal(chip_tokenizer_encode(t, texts[i], &ids, &n, NULL), CHIP_OK);
        assert_decodes(t, ids, n, texts[i]);
        free(ids);
    }
    chip_tokenizer_close(t);
}

static void opening_takes_less_than_15_ms(void **state)
{
    (void)state;
    const char *folder = given_model("moonshine-tiny");
    int64_t best_ns = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        struct chip_tokenizer *t;
        int64_t start_ns = chip_clock_ns();
        assert_int_equal(chip_tokenizer_open(&t, folder, NULL), CHIP_OK);
        int64_t ns = chip_clock_ns() - start_ns;
        best_ns = ns < best_ns ? ns : best_ns;
        chip_tokenizer_close(t);
    }
    print_message("opened in %.2f ms\n", (double)best_ns / 1e6);
    assert_true(best_ns < 15 * 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(pieces_become_text),
        IN_TEMP(ids_that_do_not_exist_are_skipped),
        IN_TEMP(words_start_with_a_blank),
        IN_TEMP(broken_characters_are_replaced),
        IN_TEMP(text_becomes_the_pieces_with_the_lowest_ids),
        IN_TEMP(what_cannot_be_encoded_is_refused),
        IN_TEMP(a_folder_without_tokenizer_is_not_found),
        cmocka_unit_test(known_texts_have_their_known_ids),
        cmocka_unit_test(what_is_encoded_is_decoded),
        cmocka_unit_test(opening_takes_less_than_15_ms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
