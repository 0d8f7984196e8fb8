#include "../test.h"

#include "meeting/text.h"

static void expect_clean(const char *text, const char *expected)
{
    struct chip_str s = {0};
    chip_text_clean(&s, text);
    assert_string_equal(s.data ? s.data : "", expected);

    struct chip_str again = {0};
    chip_text_clean(&again, expected);
    assert_string_equal(again.data ? again.data : "", expected);
    assert_int_equal(chip_text_is_blank(text), *expected == '\0');
    chip_str_done(&s);
    chip_str_done(&again);
}

static void valid_text_is_kept(void **state)
{
    (void)state;
    expect_clean("plain", "plain");
    expect_clean("na\xC3\xAFve \xE2\x82\xAC \xF0\x9F\x99\x82",
                 "na\xC3\xAFve \xE2\x82\xAC \xF0\x9F\x99\x82");
    expect_clean("\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF");
    expect_clean("a\xC2\xA0"
                 "b",
                 "a\xC2\xA0"
                 "b"); /* no-break space */
}

static void broken_bytes_become_one_replacement_each(void **state)
{
    (void)state;
    expect_clean("\xFF", "\xEF\xBF\xBD");
    expect_clean("a\x80z", "a\xEF\xBF\xBDz");
    expect_clean("\xC3", "\xEF\xBF\xBD");
    expect_clean("\xC3(", "\xEF\xBF\xBD(");
    expect_clean("\xE2\x82", "\xEF\xBF\xBD");
    expect_clean("\xF0\x9F\x99x", "\xEF\xBF\xBDx");
    expect_clean("\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD");                 /* overlong */
    expect_clean("\xE0\x80\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* overlong */
    expect_clean("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* surrogate */
    expect_clean("\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void gaps_become_one_blank_and_none_at_the_ends(void **state)
{
    (void)state;
    expect_clean("", "");
    expect_clean(" \t\r\n\x01\x7F", "");
    expect_clean("  a \n\n b\tc\x1B"
                 "d ",
                 "a b c d");
    expect_clean("a\xC2\x85"
                 "b\xE2\x80\xA8"
                 "c\xE2\x80\xA9",
                 "a b c"); /* U+0085 2028 2029 */
}

static void characters_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(chip_text_chars("caf\xC3\xA9", 5), 4);
    assert_int_equal(chip_text_chars("\xF0\x9F\x99\x82!", 5), 2);
    assert_int_equal(chip_text_chars("", 0), 0);
}

static void decoding_stops_at_the_end_it_is_given(void **state)
{
    (void)state;
    const char *euro = "\xE2\x82\xAC";
    uint32_t cp;
    assert_int_equal(chip_text_decode(euro, euro + 3, &cp), 3);
    assert_int_equal(cp, 0x20AC);
    assert_int_equal(chip_text_decode(euro, euro + 2, &cp), 2);
    assert_int_equal(cp, 0xFFFD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_text_is_kept),
        cmocka_unit_test(broken_bytes_become_one_replacement_each),
        cmocka_unit_test(gaps_become_one_blank_and_none_at_the_ends),
        cmocka_unit_test(characters_are_counted_not_bytes),
        cmocka_unit_test(decoding_stops_at_the_end_it_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
