#include "../test.h"

#include "base/str.h"

static void appends_grow_and_finish_hands_over(void **state)
{
    (void)state;
    struct chip_str s = {0};
    for (int i = 0; i < 100; i++)
        chip_str_addf(&s, "%d,", i);
    chip_str_add_n(&s, "abc", 2);
    char *text;
    assert_int_equal(chip_str_finish(&s, &text, NULL), CHIP_OK);
    assert_int_equal(strlen(text), 10 * 2 + 90 * 3 + 2);
    assert_null(s.data);
    free(text);
}

static void an_empty_string_finishes_as_empty_text(void **state)
{
    (void)state;
    struct chip_str s = {0};
    char *text;
    assert_int_equal(chip_str_finish(&s, &text, NULL), CHIP_OK);
    assert_string_equal(text, "");
    free(text);
}

static void utf8_lengths_survive_broken_text(void **state)
{
    (void)state;
    assert_int_equal(chip_utf8_count("caf\xC3\xA9"), 4);
    assert_int_equal(chip_utf8_count("\xF0\x9F\x99\x82"), 1);
    assert_int_equal(chip_utf8_len("\xE2\x82"), 1);
    assert_int_equal(chip_utf8_count("\xFF\xFE"), 2);
    assert_int_equal(chip_utf8_count(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_grow_and_finish_hands_over),
        cmocka_unit_test(an_empty_string_finishes_as_empty_text),
        cmocka_unit_test(utf8_lengths_survive_broken_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
