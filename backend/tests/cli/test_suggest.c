#include "../test.h"

#include "cli/suggest.h"

static const char *nearest(const char *typed, const char *const *names)
{
    struct chip_suggest suggest = {.typed = typed};
    for (; *names; names++)
        chip_suggest_add(&suggest, *names);
    return suggest.best;
}

static void distance_counts_single_edits(void **state)
{
    (void)state;
    assert_int_equal(chip_word_distance("format", "format"), 0);
    assert_int_equal(chip_word_distance("format", "formt"), 1);
    assert_int_equal(chip_word_distance("format", "formaat"), 1);
    assert_int_equal(chip_word_distance("format", "farmat"), 1);
    assert_int_equal(chip_word_distance("format", "foramt"), 1);
    assert_int_equal(chip_word_distance("kitten", "sitting"), 3);
    assert_int_equal(chip_word_distance("", "abc"), 3);
}

static void distance_is_symmetric(void **state)
{
    (void)state;
    static const char *const words[] = {"", "a", "ab", "ba", "quiet", "quite", "progress", "pro"};
    for (size_t i = 0; i < 8; i++)
        for (size_t j = 0; j < 8; j++)
            assert_int_equal(chip_word_distance(words[i], words[j]),
                             chip_word_distance(words[j], words[i]));
}

static void a_very_long_word_is_far_from_everything(void **state)
{
    (void)state;
    char longest[300];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(chip_word_distance(longest, "format"), sizeof longest - 1);
    assert_null(nearest(longest, (const char *const[]){"format", NULL}));
}

static void suggests_what_was_probably_meant(void **state)
{
    (void)state;
    static const char *const names[] = {"format", "threads", "output-dir", "quiet", NULL};
    assert_string_equal(nearest("fromat", names), "format");
    assert_string_equal(nearest("thread", names), "threads");
    assert_string_equal(nearest("output", names), "output-dir");
    assert_string_equal(nearest("quite", names), "quiet");
}

static void suggests_nothing_when_nothing_is_near(void **state)
{
    (void)state;
    static const char *const names[] = {"format", "threads", NULL};
    assert_null(nearest("banana", names));
    assert_null(nearest("x", names));
    assert_null(nearest("", names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_counts_single_edits),
        cmocka_unit_test(distance_is_symmetric),
        cmocka_unit_test(a_very_long_word_is_far_from_everything),
        cmocka_unit_test(suggests_what_was_probably_meant),
        cmocka_unit_test(suggests_nothing_when_nothing_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
