#include "../test.h"

#include <locale.h>
#include <math.h>

#include "cli/progress.h"
#include "cli/term.h"

/* What has a place on the screen; all names in these tests but one are ASCII. */
static char *bar(const char *name, int index, int n_files, int64_t done, int64_t total,
                 double speed, double remaining, size_t columns)
{
    const struct chip_progress p = {
        .done_ms = done, .total_ms = total, .speed = speed, .remaining_s = remaining};
    struct chip_str out = {0};
    chip_str_add(&out, "");
    chip_progress_add_bar(&out, name, index, n_files, &p, columns);
    assert_false(out.failed);
    return out.data;
}

static void check_bar(const char *want, char *got)
{
    assert_string_equal(got, want);
    free(got);
}

static void bar_shows_percent_speed_and_time_left(void **state)
{
    (void)state;
    check_bar("a.mp3  42% [=======>          ]  81x  0:09 left",
              bar("a.mp3", 1, 1, 42000, 100000, 81.2, 9, 47));
    check_bar("a.mp3   0% [>                 ]  8.1x  1:02:03 left",
              bar("a.mp3", 1, 1, 0, 100000, 8.13, 3722.5, 51));
    check_bar("a.mp3 100% [==================]  81x  0:00 left",
              bar("a.mp3", 1, 1, 100000, 100000, 81, 0, 47));
}

static void bar_counts_files(void **state)
{
    (void)state;
    check_bar("[2/3] a.mp3  50% [========>        ]  81x  0:01 left",
              bar("a.mp3", 2, 3, 50, 100, 81, 1, 52));
}

static void unknown_length_shows_time_done(void **state)
{
    (void)state;
    check_bar("standard input 12:30 done  81x",
              bar("standard input", 1, 1, 750000, -1, 81, -1, 79));
}

static void narrow_terminals_drop_the_bar_first_and_the_percent_last(void **state)
{
    (void)state;
    check_bar("a.mp3  42%  81x  0:09 left", bar("a.mp3", 1, 1, 42, 100, 81, 9, 33));
    check_bar(" 42%  81x  0:09 left", bar("meeting.mp3", 1, 1, 42, 100, 81, 9, 22));
    check_bar(" 42%  0:09 left", bar("meeting.mp3", 1, 1, 42, 100, 81, 9, 16));
    check_bar(" 42%", bar("meeting.mp3", 1, 1, 42, 100, 81, 9, 5));
    check_bar("", bar("meeting.mp3", 1, 1, 42, 100, 81, 9, 3));
    check_bar("", bar("meeting.mp3", 1, 1, 42, 100, 81, 9, 0));
}

static void bar_never_exceeds_the_columns(void **state)
{
    (void)state;
    static const char *const names[] = {
        "a", "meeting.mp4", "a very long name of a recording that was made in the large room.mp4"};
    static const double speeds[] = {-1, 0, 0.01, 9.94, 9.96, 1234, 1e300, NAN, INFINITY};
    static const double lefts[] = {-1, 0, 59.9, 86400, 1e300, NAN, INFINITY};
    for (size_t columns = 0; columns < 140; columns++)
        for (size_t n = 0; n < 3; n++)
            for (size_t s = 0; s < 9; s++)
                for (size_t l = 0; l < 7; l++)
                    for (int64_t total = -1; total <= 1; total++) {
                        char *text = bar(names[n], 1000, 1 + 1000 * (int)n, 12345, total * 99999,
                                         speeds[s], lefts[l], columns);
                        if (strlen(text) > columns || strchr(text, '\n'))
                            fail_msg("%zu columns: '%s'", columns, text);
                        free(text);
                    }
}

static void percent_reaches_100_only_at_the_end(void **state)
{
    (void)state;
    struct chip_progress p = {.done_ms = 99999, .total_ms = 100000};
    assert_true(chip_progress_percent(&p) < 100);
    char *text = bar("a", 1, 1, 99999, 100000, 1, 0, 30);
    assert_non_null(strstr(text, " 99%"));
    free(text);
    p.done_ms = 100001;
    assert_true(chip_progress_percent(&p) == 100);
    p.done_ms = -5;
    assert_true(chip_progress_percent(&p) == 0);
    p.total_ms = -1;
    assert_true(chip_progress_percent(&p) == -1);
    p = (struct chip_progress){0};
    assert_true(chip_progress_percent(&p) == 100); /* nothing to do is done */
}

static void check_shown(const char *want, size_t want_columns, const char *text, size_t columns)
{
    struct chip_str out = {0};
    chip_str_add(&out, "");
    assert_int_equal(chip_term_add(&out, text, columns), want_columns);
    assert_string_equal(out.data, want);
    chip_str_done(&out);
}

static void names_cannot_steer_the_terminal(void **state)
{
    (void)state;
    check_shown("a?[31mb?c?", 10, "a\033[31mb\nc\r", SIZE_MAX);
    check_shown("??tab", 5, "\x7f\ttab", SIZE_MAX);
    check_shown("a??b", 4,
                "a\xff\xfe"
                "b",
                SIZE_MAX);
}

static void long_names_are_cut_with_dots(void **state)
{
    (void)state;
    check_shown("meeting.mp4", 11, "meeting.mp4", 11);
    check_shown("meetin...", 9, "meeting.mp4 and more", 9);
    check_shown("...", 3, "meeting.mp4", 3);
    check_shown("..", 2, "meeting.mp4", 2);
    check_shown("", 0, "meeting.mp4", 0);
}

static void wide_characters_take_two_columns(void **state)
{
    (void)state;
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_message("no locale C.UTF-8 here\n");
        skip();
    }
    check_shown("caf\xc3\xa9.mp3", 8, "caf\xc3\xa9.mp3", SIZE_MAX);
    check_shown("\xe4\xbc\x9a\xe8\xad\xb0", 4, "\xe4\xbc\x9a\xe8\xad\xb0", 4);
    /* Five columns: one wide character and the dots, and no half of the next. */
    check_shown("\xe4\xbc\x9a...", 5, "\xe4\xbc\x9a\xe8\xad\xb0\xe4\xbc\x9a", 5);
    check_shown("e\xcc\x81", 1, "e\xcc\x81", SIZE_MAX);
    setlocale(LC_CTYPE, "C");
    check_shown("caf??.mp3", 9, "caf\xc3\xa9.mp3", SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bar_shows_percent_speed_and_time_left),
        cmocka_unit_test(bar_counts_files),
        cmocka_unit_test(unknown_length_shows_time_done),
        cmocka_unit_test(narrow_terminals_drop_the_bar_first_and_the_percent_last),
        cmocka_unit_test(bar_never_exceeds_the_columns),
        cmocka_unit_test(percent_reaches_100_only_at_the_end),
        cmocka_unit_test(names_cannot_steer_the_terminal),
        cmocka_unit_test(long_names_are_cut_with_dots),
        cmocka_unit_test(wide_characters_take_two_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
