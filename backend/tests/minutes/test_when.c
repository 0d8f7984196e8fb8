/* Dates as people say them, for meetings on a Tuesday (2026-03-03) and on other days. */
#include "../test.h"

#include "base/date.h"
#include "minutes/analyst/when.h"
#include "minutes/plain.h"

enum { MAX_WORDS = 64, ROOM = 2048 };

struct plain_text {
    const char *words[MAX_WORDS];
    size_t n;
    char room[ROOM];
};

static void read_words(const char *text, struct plain_text *out)
{
    size_t at = 0;
    out->n = 0;
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t len = strcspn(text, " "), used;
        assert_true(at + CHIP_PLAIN_BYTES(len) < ROOM && out->n + CHIP_PLAIN_WORDS < MAX_WORDS);
        out->n += chip_plain_word(text, len, out->room + at, out->words + out->n, &used);
        at += used;
        text += len;
    }
}

static int32_t day_of(const char *date)
{
    int32_t days = 0;
    assert_true(!*date || chip_date_parse(date, &days));
    return days;
}

struct said {
    const char *text, *date; /* NULL: ambiguous; "": no date at all */
};

static void check(const char *today, const struct said *said, size_t n)
{
    int wrong = 0;
    for (size_t i = 0; i < n; i++) {
        struct plain_text text;
        struct chip_when when;
        char got[CHIP_DATE_TEXT] = "none";
        read_words(said[i].text, &text);
        if (chip_when_find(text.words, text.n, 0, day_of(today), &when)) {
            strcpy(got, "null");
            if (when.day >= 0)
                chip_date_format(when.day, got);
        }
        const char *want = !said[i].date ? "null" : *said[i].date ? said[i].date : "none";
        if (strcmp(got, want) == 0)
            continue;
        print_error("%s, \"%s\": %s instead of %s\n", today, said[i].text, got, want);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}
#define CHECK(today, said) check(today, said, sizeof said / sizeof *said)

static void expressions_said_on_a_tuesday_are_resolved(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"I will send it today", "2026-03-03"},
        {"tonight", "2026-03-03"},
        {"this afternoon.", "2026-03-03"},
        {"I'll do it right after the meeting", "2026-03-03"},
        {"within the hour, in two hours at most", "2026-03-03"},
        {"I will call them tomorrow.", "2026-03-04"},
        {"by tomorrow morning", "2026-03-04"},
        {"the day after tomorrow", "2026-03-05"},
        {"by Friday", "2026-03-06"},
        {"until Friday noon", "2026-03-06"},
        {"till Friday", "2026-03-06"},
        {"no later than Thursday", "2026-03-05"},
        {"this Friday", "2026-03-06"},
        {"Wednesday at the latest", "2026-03-04"},
        {"on Monday", "2026-03-09"},
        {"on Tuesday", "2026-03-10"},
        {"this coming Sunday", "2026-03-08"},
        {"next Tuesday", "2026-03-10"},
        {"next Monday", "2026-03-09"},
        {"Friday of next week", "2026-03-13"},
        {"Monday next week", "2026-03-09"},
        {"Thursday in two weeks", "2026-03-19"},
        {"a week from Friday", "2026-03-13"},
        {"on Monday, April sixth", "2026-04-06"},
        {"by Wednesday, March eleventh.", "2026-03-11"},
        {"next Tuesday, March tenth", "2026-03-10"},
        {"on Monday, April twenty seventh", "2026-04-27"},
        {"by March twenty", "2026-03-20"},
        {"March 20th", "2026-03-20"},
        {"by April 6", "2026-04-06"},
        {"on the 6th of April", "2026-04-06"},
        {"the twentieth of April", "2026-04-20"},
        {"twenty fifth of May", "2026-05-25"},
        {"June thirty-first", NULL},
        {"May third", "2026-05-03"},
        {"January fifteenth", "2026-01-15"},
        {"by November first", "2026-11-01"},
        {"March fourth 2027", "2027-03-04"},
        {"March fourth, twenty twenty seven", "2027-03-04"},
        {"by the twenty fifth", "2026-03-25"},
        {"on the second", "2026-04-02"},
        {"before the 3rd", "2026-03-03"},
        {"by 2026-04-15, please", "2026-04-15"},
        {"by 3/25", "2026-03-25"},
        {"in two weeks", "2026-03-17"},
        {"in 10 days", "2026-03-13"},
        {"in a week", "2026-03-10"},
        {"in a fortnight", "2026-03-17"},
        {"within three days", "2026-03-06"},
        {"in five working days", "2026-03-10"},
        {"in a month", "2026-04-03"},
        {"two weeks from now", "2026-03-17"},
        {"ten days from tomorrow", "2026-03-14"},
        {"over the next two weeks", "2026-03-17"},
        {"by the end of the week", "2026-03-06"},
        {"by the end of this week", "2026-03-06"},
        {"before the end of next week", "2026-03-13"},
        {"by the end of March", "2026-03-31"},
        {"end of February", "2027-02-28"},
        {"End of the month?", "2026-03-31"},
        {"the end of next month", "2026-04-30"},
        {"until the end of the year", "2026-12-31"},
        {"by the end of the quarter", "2026-03-31"},
        {"by the end of the day", "2026-03-03"},
        {"by end of day Thursday", "2026-03-05"},
        {"by close of business", "2026-03-03"},
        {"this week", "2026-03-06"},
        {"next week", "2026-03-13"},
        {"late next week", "2026-03-13"},
        {"next month", "2026-04-30"},
        {"in June", "2026-06-30"},
        {"over the weekend", "2026-03-08"},
        {"after the weekend", "2026-03-09"},
        {"by Christmas", "2026-12-25"},
        {"by New Year's Eve", "2026-12-31"},
    };
    CHECK("2026-03-03", said);
}

static void what_people_understand_differently_is_null(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"next Friday", NULL},
        {"the Monday after", NULL},
        {"the following Thursday", NULL},
        {"the middle of June", NULL},
        {"at the beginning of April", NULL},
        {"early next week", NULL},
        {"mid June", NULL},
        {"by November", NULL},
        {"3/4", NULL},
        {"on Monday, March eleventh", NULL},
        {"in a day or two", NULL},
        {"next weekend", NULL},
        {"around Friday", NULL},
    };
    CHECK("2026-03-03", said);
}

static void what_is_no_date_is_not_found(void **state)
{
    (void)state;
    static const struct said said[] = {
        {"we may march on", ""},
        {"the third point is the price", ""},
        {"on the third floor", ""},
        {"every Friday", ""},
        {"soon", ""},
        {"for eight weeks", ""},
        {"two hundred members", ""},
        {"at half past nine", ""},
        {"until the city has answered", ""},
        {"the first thing", ""},
        {"in two cities", ""},
        {"", ""},
    };
    CHECK("2026-03-03", said);
}

static void other_days_have_other_weeks(void **state)
{
    (void)state;
    static const struct said thursday[] = {
        {"by next Thursday", "2026-05-14"},
        {"by next Wednesday", "2026-05-13"},
        {"next Friday", NULL},
        {"by Tuesday", "2026-05-12"},
        {"this Monday", NULL},
        {"end of the week", "2026-05-08"},
    };
    CHECK("2026-05-07", thursday);
    static const struct said saturday[] = {
        {"next Monday", "2026-05-11"},
        {"the end of the week", NULL},
        {"by the end of next week", "2026-05-15"},
        {"in three working days", "2026-05-13"},
    };
    CHECK("2026-05-09", saturday);
    static const struct said silvester[] = {
        {"tomorrow", "2027-01-01"},
        {"by January fifteenth", "2027-01-15"},
        {"in two months", "2027-02-28"},
        {"by the thirtieth", "2027-01-30"},
        {"end of January", "2027-01-31"},
        {"next month", "2027-01-31"},
        {"the end of the next quarter", "2027-03-31"},
        {"December thirtieth", "2026-12-30"},
    };
    CHECK("2026-12-31", silvester);
    static const struct said unknown[] = {
        {"tomorrow", NULL},
        {"by Friday", NULL},
        {"in two weeks", NULL},
        {"March tenth", NULL},
        {"this week", NULL},
        {"2026-04-15", "2026-04-15"},
        {"March tenth 2026", "2026-03-10"},
    };
    CHECK("", unknown);
}

static void past_days_and_deadlines_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int past, deadline, from, n;
    } said[] = {
        {"last Tuesday we had forty", 1, 0, 0, 2},
        {"three days ago", 1, 0, 0, 3},
        {"yesterday", 1, 0, 0, 1},
        {"send it by Friday please", 0, 1, 2, 2},
        {"send it on Friday", 0, 0, 2, 2},
        {"you have it until Monday, April sixth", 0, 1, 3, 4},
        {"last week", 1, 0, 0, 2},
        {"before the end of next week", 0, 1, 0, 6},
        {"January fifteenth", 1, 0, 0, 2},
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct plain_text text;
        struct chip_when when;
        read_words(said[i].text, &text);
        assert_true(chip_when_find(text.words, text.n, 0, day_of("2026-03-03"), &when));
        assert_int_equal(when.past, said[i].past);
        assert_int_equal(when.deadline, said[i].deadline);
        assert_int_equal(when.from, said[i].from);
        assert_int_equal(when.n, said[i].n);
    }
}

static void every_day_of_four_years_is_understood_by_its_name(void **state)
{
    (void)state;
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    for (int32_t day = day_of("2025-01-01"); day < day_of("2029-01-01"); day++) {
        char date[CHIP_DATE_TEXT], text[64];
        chip_date_format(day, date);
        snprintf(text, sizeof text, "by %s %d, %.4s", months[atoi(date + 5) - 1], atoi(date + 8),
                 date);
        struct plain_text plain;
        struct chip_when when;
        read_words(text, &plain);
        assert_true(chip_when_find(plain.words, plain.n, 0, day_of("2026-03-03"), &when));
        assert_int_equal(when.day, day);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_said_on_a_tuesday_are_resolved),
        cmocka_unit_test(what_people_understand_differently_is_null),
        cmocka_unit_test(what_is_no_date_is_not_found),
        cmocka_unit_test(other_days_have_other_weeks),
        cmocka_unit_test(past_days_and_deadlines_are_told),
        cmocka_unit_test(every_day_of_four_years_is_understood_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
