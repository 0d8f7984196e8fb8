#include "../test.h"

#include "speech/repetition.h"

enum { MAX = 256 };

/* Different tokens, then `rounds` of a loop of `period`. */
static size_t make(int32_t *tokens, size_t before, size_t period, size_t rounds)
{
    size_t n = 0;
    for (size_t i = 0; i < before; i++)
        tokens[n++] = (int32_t)(1000 + i);
    for (size_t r = 0; r < rounds; r++)
        for (size_t i = 0; i < period; i++)
            tokens[n++] = (int32_t)(10 + i);
    return n;
}

static void loops_of_each_period_are_found_and_cut_to_one_round(void **state)
{
    (void)state;
    int32_t tokens[MAX];
    for (size_t period = 1; period <= 8; period++) {
        for (size_t before = 0; before < 12; before++) {
            for (size_t rounds = period == 1 ? 6 : 4; rounds < 20; rounds++) {
                size_t kept = 777, n = make(tokens, before, period, rounds);
                assert_true(chip_repetition_tail(tokens, n, &kept));
                assert_int_equal(kept, before + period);
            }
        }
    }
}

static void fewer_rounds_are_speech(void **state)
{
    (void)state;
    int32_t tokens[MAX];
    for (size_t period = 1; period <= 8; period++) {
        size_t kept = 777, n = make(tokens, 5, period, period == 1 ? 5 : 3);
        assert_false(chip_repetition_tail(tokens, n, &kept));
        assert_int_equal(kept, 777);
    }
}

static void a_loop_within_a_loop_counts_as_the_inner_one(void **state)
{
    (void)state;
    const int32_t tokens[] = {1, 2, 7, 7, 7, 7, 7, 7, 7};
    size_t kept;
    assert_true(chip_repetition_tail(tokens, 9, &kept));
    assert_int_equal(kept, 3);
}

static void a_loop_that_has_ended_is_no_loop(void **state)
{
    (void)state;
    int32_t tokens[MAX];
    size_t kept, n = make(tokens, 3, 3, 6);
    tokens[n++] = 5000;
    assert_false(chip_repetition_tail(tokens, n, &kept));
}

static void a_loop_broken_in_the_middle_is_counted_from_there(void **state)
{
    (void)state;
    int32_t tokens[MAX];
    size_t kept, n = make(tokens, 0, 3, 6);
    tokens[4] = 5000; /* in the second round of six: four are left */
    assert_true(chip_repetition_tail(tokens, n, &kept));
    assert_int_equal(kept, 9);
    tokens[7] = 5000; /* three are left */
    assert_false(chip_repetition_tail(tokens, n, &kept));
}

static void real_speech_that_repeats_itself_is_kept(void **state)
{
    (void)state;
    size_t kept;
    const int32_t no_no_no[] = {50, 51, 20, 20, 20}; /* "... no no no" */
    assert_false(chip_repetition_tail(no_no_no, 5, &kept));
    const int32_t with_commas[] = {20, 9, 20, 9, 20, 7}; /* "no, no, no." */
    assert_false(chip_repetition_tail(with_commas, 6, &kept));
    const int32_t ha[] = {30, 30, 30, 30, 30}; /* "ha ha ha ha ha" */
    assert_false(chip_repetition_tail(ha, 5, &kept));
    /* "we shall fight on the beaches, we shall fight on the landing grounds, ..." */
    int32_t fight[40];
    for (int32_t i = 0; i < 40; i++)
        fight[i] = i % 8 < 5 ? i % 8 : 100 + i;
    for (size_t n = 0; n <= 40; n++)
        assert_false(chip_repetition_tail(fight, n, &kept));
    assert_true(chip_repetition_variety(fight, 40) > 0.5f);
}

static void short_and_empty_lists_have_no_loop(void **state)
{
    (void)state;
    const int32_t tokens[] = {7, 7, 7, 7, 7};
    size_t kept;
    for (size_t n = 0; n <= 5; n++)
        assert_false(chip_repetition_tail(tokens, n, &kept));
    assert_false(chip_repetition_tail(NULL, 0, &kept));
    assert_true(chip_repetition_variety(NULL, 0) == 1.0f);
}

static void variety_is_the_share_of_different_threes(void **state)
{
    (void)state;
    int32_t tokens[MAX];
    assert_true(chip_repetition_variety(tokens, make(tokens, 60, 0, 0)) == 1.0f);
    /* 20 x the same 3: 58 threes, 3 of them different */
    assert_true(chip_repetition_variety(tokens, make(tokens, 0, 3, 20)) == 3.0f / 58.0f);
    assert_true(chip_repetition_variety(tokens, make(tokens, 0, 3, 5)) == 1.0f); /* 15: too short */
    /* 32 that start with something new, 4 of the loop */
    assert_true(chip_repetition_variety(tokens, make(tokens, 32, 4, 8)) == 36.0f / 62.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_of_each_period_are_found_and_cut_to_one_round),
        cmocka_unit_test(fewer_rounds_are_speech),
        cmocka_unit_test(a_loop_within_a_loop_counts_as_the_inner_one),
        cmocka_unit_test(a_loop_that_has_ended_is_no_loop),
        cmocka_unit_test(a_loop_broken_in_the_middle_is_counted_from_there),
        cmocka_unit_test(real_speech_that_repeats_itself_is_kept),
        cmocka_unit_test(short_and_empty_lists_have_no_loop),
        cmocka_unit_test(variety_is_the_share_of_different_threes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
