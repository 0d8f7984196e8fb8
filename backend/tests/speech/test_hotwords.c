#include "../test.h"

#include "../models/temp.h"
#include "speech/hotwords.h"
#include "toy_letters.h"

static struct chip_tokenizer *tokenizer;

static int open_tokenizer(void **state)
{
    if (temp_make(state) != 0)
        return -1;
    write_text(temp_path("tokenizer.json"), TOY_LETTERS_JSON);
    return chip_tokenizer_open(&tokenizer, temp, NULL) == CHIP_OK ? 0 : -1;
}

static int close_tokenizer(void **state)
{
    chip_tokenizer_close(tokenizer);
    return temp_delete(state);
}

static struct chip_hotwords *make(const char *const *words)
{
    struct chip_hotwords *h;
    struct chip_err err;
    if (chip_hotwords_new(&h, tokenizer, words, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return h;
}

#define MAKE(...) make((const char *const[]){__VA_ARGS__, NULL})

/* What a path can go on with, "5 17". */
static const char *next_of(const struct chip_hotwords *h, const struct chip_hotword_path *path)
{
    static char text[256];
    size_t place, n, used = 0;
    const int32_t *tokens = chip_hotwords_tokens(h, &n);
    text[0] = '\0';
    for (size_t at = 0; chip_hotwords_next(h, path, &at, &place);) {
        assert_true(place < n);
        used += (size_t)snprintf(text + used, sizeof text - used, used ? " %d" : "%d",
                                 (int)tokens[place]);
    }
    return text;
}

static struct chip_hotword_path walk(const struct chip_hotwords *h, const int32_t *tokens, size_t n)
{
    struct chip_hotword_path path = chip_hotwords_root(h, false);
    for (size_t i = 0; i < n; i++)
        assert_true(chip_hotwords_follow(h, &path, tokens[i]));
    return path;
}

static void words_that_begin_alike_share_a_path(void **state)
{
    (void)state;
    struct chip_hotwords *h = MAKE("ABC", "AD", "C D", "A", "ABBA", "C", "B");
    struct chip_hotword_path path = chip_hotwords_root(h, false);
    assert_string_equal(next_of(h, &path), "4 5 6");
    assert_false(chip_hotwords_is_whole(h, &path));
    path = walk(h, (const int32_t[]){T__A}, 1);
    assert_true(chip_hotwords_is_whole(h, &path));
    assert_string_equal(next_of(h, &path), "10 12");
    path = walk(h, (const int32_t[]){T__A, T_B}, 2);
    assert_false(chip_hotwords_is_whole(h, &path));
    assert_string_equal(next_of(h, &path), "10 11");
    path = walk(h, (const int32_t[]){T__C, T__D}, 2);
    assert_true(chip_hotwords_is_whole(h, &path));
    assert_string_equal(next_of(h, &path), "");
    assert_int_equal(chip_hotwords_longest(h), 4);
    chip_hotwords_free(h);
}

static void a_small_letter_becomes_a_capital_in_a_list_of_its_own(void **state)
{
    (void)state;
    struct chip_hotwords *h = MAKE("aB", "D", "aC");
    struct chip_hotword_path path = chip_hotwords_root(h, false);
    assert_string_equal(next_of(h, &path), "7 8");
    assert_false(chip_hotwords_follow(h, &path, T__A));
    path = chip_hotwords_root(h, true);
    assert_string_equal(next_of(h, &path), "4");
    assert_true(chip_hotwords_follow(h, &path, T__A));
    assert_string_equal(next_of(h, &path), "10 11");
    assert_true(chip_hotwords_follow(h, &path, T_B));
    assert_true(chip_hotwords_is_whole(h, &path));
    chip_hotwords_free(h);
}

static void a_path_that_no_word_takes_is_left_as_it_was(void **state)
{
    (void)state;
    struct chip_hotwords *h = MAKE("AD", "B");
    struct chip_hotword_path path = walk(h, (const int32_t[]){T__A}, 1), before = path;
    static const int32_t others[] = {T__B, T__A, T_9, 0, T_EOS, -1, 1000};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(chip_hotwords_follow(h, &path, others[i]));
    assert_memory_equal(&path, &before, sizeof path);
    chip_hotwords_free(h);
}

static void tokens_are_listed_once_and_ascending(void **state)
{
    (void)state;
    struct chip_hotwords *h = MAKE("AD", "A9", "AD", " B ", "C\tC");
    size_t n;
    const int32_t *tokens = chip_hotwords_tokens(h, &n);
    assert_int_equal(n, 5);
    assert_memory_equal(tokens, ((const int32_t[]){T__A, T__B, T__C, T_D, T_9}),
                        n * sizeof *tokens);
    chip_hotwords_free(h);
}

static void no_words_give_no_tokens(void **state)
{
    (void)state;
    struct chip_hotwords *h = make(NULL);
    size_t n;
    chip_hotwords_tokens(h, &n);
    assert_int_equal(n, 0);
    struct chip_hotword_path path = chip_hotwords_root(h, false);
    assert_string_equal(next_of(h, &path), "");
    assert_false(chip_hotwords_follow(h, &path, T__A));
    chip_hotwords_free(h);
}

static void letters_and_digits_carry_on_a_word(void **state)
{
    (void)state;
    struct chip_hotwords *h = MAKE("A");
    assert_true(chip_hotwords_carries_on(h, T_D) && chip_hotwords_carries_on(h, T_9));
    assert_true(chip_hotwords_carries_on(h, T_C3));
    static const int32_t others[] = {T__A, T_DOT, T_QUOTE, T_EOS, T_BLANK, -1};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(chip_hotwords_carries_on(h, others[i]));
    assert_true(chip_hotwords_starts_word(h, T__A) && !chip_hotwords_starts_word(h, T_D));
    assert_true(chip_hotwords_ends_sentence(h, T_DOT) && !chip_hotwords_ends_sentence(h, T_D));
    chip_hotwords_free(h);
}

static void check_refused(const char *word, enum chip_status status)
{
    const char *const words[] = {"fine", word, NULL};
    struct chip_hotwords *h = NULL;
    struct chip_err err;
    assert_int_equal(chip_hotwords_check(words, &err), status);
    assert_int_equal(chip_hotwords_new(&h, tokenizer, words, &err), status);
    assert_null(h);
}

static void what_is_no_word_is_refused(void **state)
{
    (void)state;
    check_refused("", CHIP_E_INVAL);
    check_refused(" \t", CHIP_E_INVAL);
    check_refused("caf\xC3", CHIP_E_INVAL);
    check_refused("\xFF", CHIP_E_INVAL);
}

static void the_limits_are_those_that_are_documented(void **state)
{
    (void)state;
    char longest[2 * CHIP_HOTWORD_MAX_CHARS + 1] = "";
    for (int i = 0; i < CHIP_HOTWORD_MAX_CHARS; i++)
        strcat(longest, "\xC3\xA9");
    struct chip_hotwords *h = MAKE(longest);
    assert_int_equal(chip_hotwords_longest(h), 1 + 2 * CHIP_HOTWORD_MAX_CHARS); /* blank, bytes */
    chip_hotwords_free(h);
    char longer[2 * CHIP_HOTWORD_MAX_CHARS + 2];
    snprintf(longer, sizeof longer, "%sx", longest);
    check_refused(longer, CHIP_E_LIMIT);

    const char *words[CHIP_HOTWORDS_MAX + 2] = {0};
    for (size_t i = 0; i < CHIP_HOTWORDS_MAX; i++)
        words[i] = i % 2 ? "AB" : "B";
    h = make(words);
    size_t n;
    chip_hotwords_tokens(h, &n);
    assert_int_equal(n, 3);
    chip_hotwords_free(h);
    words[CHIP_HOTWORDS_MAX] = "C";
    assert_int_equal(chip_hotwords_check(words, NULL), CHIP_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_begin_alike_share_a_path),
        cmocka_unit_test(a_small_letter_becomes_a_capital_in_a_list_of_its_own),
        cmocka_unit_test(a_path_that_no_word_takes_is_left_as_it_was),
        cmocka_unit_test(tokens_are_listed_once_and_ascending),
        cmocka_unit_test(no_words_give_no_tokens),
        cmocka_unit_test(letters_and_digits_carry_on_a_word),
        cmocka_unit_test(what_is_no_word_is_refused),
        cmocka_unit_test(the_limits_are_those_that_are_documented),
    };
    return cmocka_run_group_tests(tests, open_tokenizer, close_tokenizer);
}
