#include "../test.h"

#include <math.h>

#include "../models/temp.h"
#include "speech/asr/moonshine_bias.h"
#include "toy_letters.h"

/*
 * Which token a slot gets, with a network that is played: at each step it finds one token the
 * likeliest, and one other by so much less likely; all others are out of the question.
 */

enum { MAX = 12 };

static struct chip_tokenizer *tokenizer;
static struct chip_hotwords *hotwords;

static struct {
    int32_t tokens[MAX];
    float probabilities[MAX], lost[MAX];
    struct chip_moonshine_slot slot;
} at;

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

static void expect(const char *const *words, size_t max_tokens)
{
    struct chip_err err;
    chip_hotwords_free(hotwords);
    if (chip_hotwords_new(&hotwords, tokenizer, words, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    at.slot = (struct chip_moonshine_slot){.max_tokens = max_tokens,
                                           .tokens = at.tokens,
                                           .probabilities = at.probabilities,
                                           .lost = at.lost};
}

#define EXPECT(...) expect((const char *const[]){__VA_ARGS__, NULL}, MAX)

static void hear(int32_t likeliest, int32_t other, float below)
{
    size_t n;
    const int32_t *tokens = chip_hotwords_tokens(hotwords, &n);
    float all[32];
    assert_true(n <= 32 && !at.slot.ended);
    for (size_t i = 0; i < n; i++)
        all[i] = tokens[i] == likeliest ? 0.0f : tokens[i] == other ? below : 50.0f;
    const struct chip_heard_token heard = {likeliest, 0.8f, all};
    chip_moonshine_add_biased(&at.slot, T_EOS, hotwords, &heard);
}

/* The slot's tokens. */
#define ASSERT_TOKENS(...)                                                \
    do {                                                                  \
        const int32_t want_[] = {__VA_ARGS__};                            \
        assert_int_equal(at.slot.n_tokens, sizeof want_ / sizeof *want_); \
        assert_memory_equal(at.tokens, want_, sizeof want_);              \
    } while (0)

static void a_hotword_that_is_nearly_as_likely_is_taken(void **state)
{
    (void)state;
    EXPECT("AD");
    hear(T__B, T__A, 20.0f);
    hear(T__B, T__A, 3.0f);
    hear(T_D, T_9, 1.0f);
    hear(T_DOT, 0, 0.0f);
    hear(T_EOS, 0, 0.0f);
    assert_true(at.slot.ended);
    ASSERT_TOKENS(T__B, T__A, T_D, T_DOT);
    assert_true(fabsf(at.probabilities[1] - 0.8f * expf(-3.0f)) < 1e-6f);
    assert_true(at.probabilities[2] == 0.8f);
}

static void without_hotwords_to_take_nothing_changes(void **state)
{
    (void)state;
    EXPECT("AD");
    hear(T__B, T__A, 4.1f);
    hear(T__A, 0, 0.0f); /* said, but not as a hotword */
    hear(T_9, T_D, 30.0f);
    hear(T_EOS, T__A, 0.1f); /* nothing is put behind the end */
    assert_true(at.slot.ended);
    ASSERT_TOKENS(T__B, T__A, T_9);
}

static void half_a_hotword_is_taken_back(void **state)
{
    (void)state;
    EXPECT("C AD9");
    hear(T__B, T__C, 2.0f);
    hear(T__A, 0, 0.0f);
    hear(T_A9, T_D, 1.0f);
    ASSERT_TOKENS(T__C, T__A, T_D);
    hear(T__a, T_9, 25.0f);
    ASSERT_TOKENS(T__B); /* from there it is decoded again */
    assert_true(at.probabilities[0] == 0.8f);
    assert_false(at.slot.ended);
    hear(T_DOT, T__C, 1.0f);
    hear(T_EOS, 0, 0.0f);
    ASSERT_TOKENS(T__B, T_DOT);
}

static void half_a_hotword_at_the_end_is_taken_back(void **state)
{
    (void)state;
    EXPECT("AD");
    hear(T__B, T__A, 2.0f);
    hear(T_EOS, T_D, 1.0f);
    assert_false(at.slot.ended);
    ASSERT_TOKENS(T__B);
    hear(T_EOS, 0, 0.0f);
    assert_true(at.slot.ended);

    expect((const char *const[]){"AD", NULL}, 2);
    hear(T__B, T__B, 0.0f);
    hear(T__D, T__A, 2.0f); /* no more tokens are allowed, */
    ASSERT_TOKENS(T__B, T__D);
    assert_true(at.slot.ended);

    expect((const char *const[]){"AD", NULL}, 2);
    hear(T__D, T__A, 2.0f);
    hear(T_9, T_D, 1.0f); /* but a whole one stays */
    ASSERT_TOKENS(T__A, T_D);
    assert_true(at.slot.ended);
}

static void a_hotword_in_a_longer_word_is_taken_back(void **state)
{
    (void)state;
    EXPECT("A");
    hear(T__B, T__A, 2.0f);
    hear(T_D, 0, 0.0f);
    ASSERT_TOKENS(T__B);
}

static void the_longer_of_two_hotwords_may_come_of_the_shorter(void **state)
{
    (void)state;
    EXPECT("C", "C D");
    hear(T__B, T__C, 2.0f);
    hear(T__a, T__D, 2.0f);
    hear(T_DOT, 0, 0.0f);
    ASSERT_TOKENS(T__C, T__D, T_DOT);

    EXPECT("C", "C D 9"); /* and where it does not, the shorter one stays */
    hear(T__B, T__C, 2.0f);
    hear(T__a, T__D, 2.0f);
    hear(T_DOT, 0, 0.0f);
    ASSERT_TOKENS(T__C, T__a);
}

static void a_word_that_began_by_itself_is_ended_as_a_hotword(void **state)
{
    (void)state;
    EXPECT("B A9");
    hear(T__B, 0, 0.0f);
    hear(T__A, 0, 0.0f);
    hear(T_D, T_9, 4.0f);
    hear(T_DOT, 0, 0.0f);
    ASSERT_TOKENS(T__B, T__A, T_9, T_DOT);
}

/* 4 for the first token, 3 for each further one, 12 in all. */
static void the_bonus_grows_along_the_word(void **state)
{
    (void)state;
    EXPECT("C C C C C C");
    hear(T__B, T__C, 3.9f);
    hear(T__B, T__C, 3.0f);
    hear(T__B, T__C, 3.0f);
    hear(T__B, T__C, 2.0f);
    hear(T__B, T__C, 0.0625f);
    hear(T__B, T__C, 0.03125f);
    ASSERT_TOKENS(T__C, T__C, T__C, T__C, T__C, T__C);

    EXPECT("C C C C C C");
    hear(T__B, T__C, 3.9f);
    hear(T__B, T__C, 3.0f);
    hear(T__B, T__C, 3.0f);
    hear(T__B, T__C, 2.2f); /* 12.1 */
    ASSERT_TOKENS(T__B);

    EXPECT("C C C");
    hear(T__B, T__C, 3.0f);
    hear(T__B, T__C, 4.1f); /* 7.1, where it may be 7 */
    ASSERT_TOKENS(T__B);
}

static void a_hotword_does_not_cut_a_word_short(void **state)
{
    (void)state;
    EXPECT("a");
    hear(T__A, 0, 0.0f);
    hear(T_D, T__a, 0.5f);
    ASSERT_TOKENS(T__A, T_D);
}

static void a_small_letter_becomes_a_capital_only_where_a_sentence_begins(void **state)
{
    (void)state;
    EXPECT("aD");
    hear(T__B, T__A, 1.0f); /* the first token of all */
    hear(T_D, 0, 0.0f);
    hear(T_DOT, 0, 0.0f);
    hear(T__B, T__A, 1.0f); /* behind a full stop */
    hear(T_D, 0, 0.0f);
    hear(T__B, T__A, 1.0f); /* no other place */
    hear(T__B, T__a, 1.0f);
    hear(T_D, 0, 0.0f);
    hear(T_EOS, 0, 0.0f);
    ASSERT_TOKENS(T__A, T_D, T_DOT, T__A, T_D, T__B, T__a, T_D);
}

static void the_likeliest_of_several_hotwords_is_taken(void **state)
{
    (void)state;
    EXPECT("AD", "a");
    hear(T__a, T__A, 0.5f); /* what is heard anyway */
    ASSERT_TOKENS(T__a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hotword_that_is_nearly_as_likely_is_taken),
        cmocka_unit_test(without_hotwords_to_take_nothing_changes),
        cmocka_unit_test(half_a_hotword_is_taken_back),
        cmocka_unit_test(half_a_hotword_at_the_end_is_taken_back),
        cmocka_unit_test(a_hotword_in_a_longer_word_is_taken_back),
        cmocka_unit_test(the_longer_of_two_hotwords_may_come_of_the_shorter),
        cmocka_unit_test(a_word_that_began_by_itself_is_ended_as_a_hotword),
        cmocka_unit_test(the_bonus_grows_along_the_word),
        cmocka_unit_test(a_hotword_does_not_cut_a_word_short),
        cmocka_unit_test(a_small_letter_becomes_a_capital_only_where_a_sentence_begins),
        cmocka_unit_test(the_likeliest_of_several_hotwords_is_taken),
    };
    int failed = cmocka_run_group_tests(tests, open_tokenizer, close_tokenizer);
    chip_hotwords_free(hotwords);
    return failed;
}
