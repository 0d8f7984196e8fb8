#include "../test.h"

#include "base/err.h"

static void fail_records_code_and_message(void **state)
{
    (void)state;
    struct chip_err err = {0};
    assert_int_equal(chip_fail(&err, CHIP_E_IO, "read '%s'", "a.wav"), CHIP_E_IO);
    assert_int_equal(err.code, CHIP_E_IO);
    assert_string_equal(err.message, "read 'a.wav'");
    assert_int_equal(chip_fail(NULL, CHIP_E_IO, "nobody listens"), CHIP_E_IO);
}

static void fail_in_puts_context_before_the_cause(void **state)
{
    (void)state;
    struct chip_err err = {0};
    (void)chip_fail(&err, CHIP_E_FORMAT, "not a model");
    assert_int_equal(chip_fail_in(&err, "open '%s': ", "m"), CHIP_E_FORMAT);
    assert_string_equal(err.message, "open 'm': not a model");
}

static void a_long_message_is_cut_not_overrun(void **state)
{
    (void)state;
    struct chip_err err = {0};
    (void)chip_fail(&err, CHIP_E_IO, "%0700d", 1);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    (void)chip_fail_in(&err, "%0700d", 1);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
}

static void every_status_has_a_name(void **state)
{
    (void)state;
    for (int s = CHIP_OK; s <= CHIP_E_UNAVAILABLE; s++)
        assert_string_not_equal(chip_status_name((enum chip_status)s), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_records_code_and_message),
        cmocka_unit_test(fail_in_puts_context_before_the_cause),
        cmocka_unit_test(a_long_message_is_cut_not_overrun),
        cmocka_unit_test(every_status_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
