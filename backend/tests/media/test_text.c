#include "../test.h"

#include "media/text.h"

static void valid_text_is_kept_and_trimmed(void **state)
{
    (void)state;
    char out[64];
    chip_media_clean(out, sizeof out, "  caf\xC3\xA9 \xF0\x9F\x99\x82\n ");
    assert_string_equal(out, "caf\xC3\xA9 \xF0\x9F\x99\x82");
    chip_media_clean(out, sizeof out, NULL);
    assert_string_equal(out, "");
}

static void broken_bytes_and_terminal_controls_become_question_marks(void **state)
{
    (void)state;
    char out[64];
    chip_media_clean(out, sizeof out, "a\xFFz\x1B[31m\xC2\x9B\xE2\x82");
    assert_string_equal(out, "a?z?[31m???");
}

static void text_is_cut_between_characters(void **state)
{
    (void)state;
    char out[5];
    chip_media_clean(out, sizeof out, "abc\xC3\xA9");
    assert_string_equal(out, "abc");
    chip_media_clean(out, sizeof out, "abcd");
    assert_string_equal(out, "abcd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_text_is_kept_and_trimmed),
        cmocka_unit_test(broken_bytes_and_terminal_controls_become_question_marks),
        cmocka_unit_test(text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
