#include "media/day.h"

#include "../test.h"

#include "base/date.h"

static int32_t day_of(const char *text)
{
    int32_t days = -2;
    assert_true(chip_date_parse(text, &days));
    return days;
}

static int32_t said(const char *key, const char *value, const char *key2, const char *value2)
{
    const struct chip_media_tag tags[] = {{key, value}, {key2, value2}};
    const struct chip_media_info info = {.tags = tags, .n_tags = key2 ? 2 : 1};
    return chip_media_day(&info);
}

static void the_time_of_creation_comes_before_other_dates(void **state)
{
    (void)state;
    assert_int_equal(said("date", "2020-01-01", "creation_time", "2026-03-03T23:10:00.000000Z"),
                     day_of("2026-03-03"));
    assert_int_equal(said("DATE", "2026-03-03", NULL, NULL), day_of("2026-03-03"));
    assert_int_equal(said("date", "2026-03-03 10:00", NULL, NULL), day_of("2026-03-03"));
}

static void what_is_no_day_is_not_guessed(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "2026",       "2026-03",
                                      "2026-02-30", "1970-01-01", "1904-01-01T00:00:00Z",
                                      "03.03.2026", "2026-03-03x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(said("creation_time", bad[i], NULL, NULL), -1);
    assert_int_equal(said("title", "2026-03-03", NULL, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_of_creation_comes_before_other_dates),
        cmocka_unit_test(what_is_no_day_is_not_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
