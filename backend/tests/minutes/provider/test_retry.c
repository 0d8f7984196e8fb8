#include "minutes/retry.h"

#include "../../test.h"

static const time_t now = 1790000000;

static struct chip_llm_wish wish_of(const char *name, const char *value)
{
    struct chip_llm_wish wish = {.wait_ms = -1};
    chip_retry_header(&wish, name, value, now);
    return wish;
}

static void headers_say_how_long_to_wait(void **state)
{
    (void)state;
    assert_int_equal(wish_of("Retry-After", "7").wait_ms, 7000);
    assert_int_equal(wish_of("retry-after", "0.25").wait_ms, 250);
    assert_int_equal(wish_of("Retry-After-Ms", "1500").wait_ms, 1500);
    assert_int_equal(wish_of("Retry-After", "Mon, 21 Sep 2026 14:13:30 GMT").wait_ms, 10000);
    assert_int_equal(wish_of("Retry-After", "Mon, 21 Sep 2020 14:13:30 GMT").wait_ms, 0);
}

static void headers_that_make_no_sense_say_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "-3", "soon", "nan", "7 s"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(wish_of("retry-after-ms", bad[i]).wait_ms, -1);
    assert_int_equal(wish_of("Retry-After", "soon").wait_ms, -1);
    assert_int_equal(wish_of("Retry", "7").wait_ms, -1);
    assert_false(wish_of("x-should-retry", "maybe").has_retry);
}

static void own_pauses_double_up_to_a_minute_less_a_quarter_at_most(void **state)
{
    (void)state;
    const struct chip_llm_wish none = {.wait_ms = -1};
    assert_int_equal(chip_retry_wait_ms(&none, 1, 500, 0), 500);
    assert_int_equal(chip_retry_wait_ms(&none, 3, 500, 0), 2000);
    assert_int_equal(chip_retry_wait_ms(&none, 3, 500, 1), 1500);
    assert_int_equal(chip_retry_wait_ms(&none, 1000, 500, 0), 60000);
}

static void a_spent_quota_is_never_asked_again(void **state)
{
    (void)state;
    const struct chip_llm_wish again = {.wait_ms = 0, .has_retry = true, .retry = true};
    const struct chip_llm_wish none = {.wait_ms = -1};
    assert_false(chip_llm_fault_passes(CHIP_LLM_QUOTA, &again));
    assert_true(chip_llm_fault_passes(CHIP_LLM_BAD_REQUEST, &again));
    assert_true(chip_llm_fault_passes(CHIP_LLM_OVERLOADED, &none));
    assert_false(chip_llm_fault_passes(CHIP_LLM_AUTH, &none));
}

static void who_cancels_does_not_wait(void **state)
{
    (void)state;
    const volatile bool cancel = true;
    assert_false(chip_retry_sleep(60000, &cancel));
    assert_true(chip_retry_sleep(0, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_say_how_long_to_wait),
        cmocka_unit_test(headers_that_make_no_sense_say_nothing),
        cmocka_unit_test(own_pauses_double_up_to_a_minute_less_a_quarter_at_most),
        cmocka_unit_test(a_spent_quota_is_never_asked_again),
        cmocka_unit_test(who_cancels_does_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
