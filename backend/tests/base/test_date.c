#include "../test.h"

#include "base/date.h"

static void every_day_of_a_long_time_comes_back(void **state)
{
    (void)state;
    char before[CHIP_DATE_TEXT] = "";
    for (int32_t day = 0; day < 366 * 500; day++) {
        char text[CHIP_DATE_TEXT];
        int32_t back;
        chip_date_format(day, text);
        assert_true(strcmp(before, text) < 0);
        assert_true(chip_date_parse(text, &back));
        assert_int_equal(back, day);
        strcpy(before, text);
    }
}

static void known_days_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t day;
    } known[] = {{"1970-01-01", 0},     {"1972-02-29", 789},   {"2000-03-01", 11017},
                 {"2024-12-31", 20088}, {"2026-11-24", 20781}, {"9999-12-31", 2932896}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        int32_t day;
        char text[CHIP_DATE_TEXT];
        assert_true(chip_date_parse(known[i].text, &day));
        assert_int_equal(day, known[i].day);
        chip_date_format(day, text);
        assert_string_equal(text, known[i].text);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "2026",       "2026-1-2",    "2026-13-01",
                                        "2026-02-29", "2026-04-31", "2026-11-24x", "1969-12-31",
                                        "26-11-2024", "2026/11/24", " 2026-11-24", "2026-11-00"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int32_t day = 7;
        if (chip_date_parse(wrong[i], &day))
            fail_msg("'%s' was taken for a date", wrong[i]);
        assert_int_equal(day, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_a_long_time_comes_back),
        cmocka_unit_test(known_days_are_known),
        cmocka_unit_test(what_is_no_date_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
