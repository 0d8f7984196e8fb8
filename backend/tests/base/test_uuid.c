#include "base/uuid.h"
#include "../test.h"

static void made_ones_are_valid_and_differ(void **state)
{
    (void)state;
    char a[CHIP_UUID_TEXT], b[CHIP_UUID_TEXT];
    chip_uuid_make(a);
    chip_uuid_make(b);
    assert_true(chip_uuid_valid(a));
    assert_int_equal(a[14], '4');
    assert_string_not_equal(a, b);
}

static void a_name_gives_the_uuid_of_the_rfc(void **state)
{
    (void)state;
    char text[CHIP_UUID_TEXT];
    chip_uuid_of_name("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com", text);
    assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2"); /* RFC 9562, A.4 */
}

static void what_is_no_uuid_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "2ed6657d-e927-568b-95e1-2665a8aea6a",
        "2ed6657d-e927-568b-95e1-2665a8aea6a22",
        "2ed6657de927-568b-95e1-2665a8aea6a2a",
        "2ed6657d-e927-568b-95e1-2665a8aea6ag",
        "../../../../../../../../etc/passwd..",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(chip_uuid_valid(wrong[i]));
    assert_true(chip_uuid_valid("2ED6657D-E927-568B-95E1-2665A8AEA6A2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_ones_are_valid_and_differ),
        cmocka_unit_test(a_name_gives_the_uuid_of_the_rfc),
        cmocka_unit_test(what_is_no_uuid_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
