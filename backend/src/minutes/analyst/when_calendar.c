/* Dates that name a day of a month, or a day of the week. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "minutes/analyst/calendar.h"
#include "minutes/analyst/numbers.h"
#include "minutes/analyst/when_read.h"

enum { LONG_PAST = 92 }; /* days; before that, a date without a year is of next year */

static const struct chip_when_found nothing = {0, CHIP_WHEN_UNKNOWN, false, false};

bool chip_when_says(const struct chip_when_words *w, size_t at, const char *words)
{
    while (*words) {
        size_t n = strcspn(words, " ");
        if (at >= w->n || strlen(w->words[at]) != n || memcmp(w->words[at], words, n) != 0)
            return false;
        words += n + (words[n] == ' ');
        at++;
    }
    return true;
}

/* ---- the day of a month -----------------------------------------------------------------------
 */

/* "tenth", "ten", "10th" in 1..31. @return words it takes */
static size_t read_day(const struct chip_when_words *w, size_t at, bool ordinal, int32_t *day)
{
    struct chip_number number;
    if (at >= w->n || !chip_number_read(w->words + at, w->n - at, &number) ||
        (number.kind != CHIP_NUMBER_ORDINAL && number.kind != CHIP_NUMBER_CARDINAL) ||
        (ordinal && number.kind != CHIP_NUMBER_ORDINAL) || number.value < 1 || number.value > 31 ||
        number.value != (int32_t)number.value)
        return 0;
    *day = (int32_t)number.value;
    return number.n;
}

static size_t read_year(const struct chip_when_words *w, size_t at, int32_t *year)
{
    struct chip_number number, rest;
    if (at >= w->n || !chip_number_read(w->words + at, w->n - at, &number) ||
        number.kind != CHIP_NUMBER_CARDINAL)
        return 0;
    if (number.value >= 1970 && number.value <= 2999) {
        *year = (int32_t)number.value;
        return number.n;
    }
    size_t next = at + number.n;
    if (number.value != 20 || next >= w->n ||
        !chip_number_read(w->words + next, w->n - next, &rest) || rest.value < 10 ||
        rest.value > 99 || rest.kind != CHIP_NUMBER_CARDINAL)
        return 0;
    *year = 2000 + (int32_t)rest.value;
    return number.n + rest.n;
}

/* Without a year: the one ahead, unless it has just been. */
static int32_t resolve(const struct chip_when_words *w, int32_t year, int32_t month, int32_t day)
{
    if (year)
        return chip_calendar_days(year, month, day);
    if (w->today <= 0)
        return CHIP_WHEN_UNKNOWN;
    year = chip_calendar_date(w->today).year;
    int32_t found = chip_calendar_days(year, month, day);
    return found >= 0 && found + LONG_PAST < w->today ? chip_calendar_days(year + 1, month, day)
                                                      : found;
}

static struct chip_when_found dated(const struct chip_when_words *w, size_t end, int32_t month,
                                    int32_t day)
{
    int32_t year = 0;
    end += read_year(w, end, &year);
    int32_t found = resolve(w, year, month, day);
    return (struct chip_when_found){end, found, found >= 0 && w->today > 0 && found < w->today,
                                    true};
}

/* "3/25" and "25/3"; where either could be the month, nobody knows. */
static struct chip_when_found read_slashes(const struct chip_when_words *w, size_t at)
{
    int a, b, year = 0, used = 0;
    const char *word = w->words[at];
    if (sscanf(word, "%2d/%2d%n", &a, &b, &used) != 2)
        return nothing;
    if (word[used] && sscanf(word + used, "/%4d", &year) != 1)
        return nothing;
    if (a < 1 || b < 1 || a > 31 || b > 31 || (a > 12 && b > 12))
        return nothing;
    year += year && year < 100 ? 2000 : 0;
    int32_t day = a > 12   ? resolve(w, year, b, a)
                  : b > 12 ? resolve(w, year, a, b)
                           : CHIP_WHEN_UNKNOWN;
    return (struct chip_when_found){at + 1, day, false, true};
}

struct chip_when_found chip_when_calendar(const struct chip_when_words *w, size_t at)
{
    int32_t day = 0;
    if (chip_date_parse(w->words[at], &day))
        return (struct chip_when_found){at + 1, day, w->today > 0 && day < w->today, true};
    if (isdigit((unsigned char)w->words[at][0]) && strchr(w->words[at], '/'))
        return read_slashes(w, at);
    int32_t month = chip_calendar_month_named(w->words[at]);
    if (month) {
        size_t next = at + 1 + chip_when_says(w, at + 1, "the");
        size_t n = read_day(w, next, false, &day);
        return n ? dated(w, next + n, month, day) : nothing;
    }
    at += chip_when_says(w, at, "the");
    size_t n = read_day(w, at, false, &day);
    if (n == 0)
        return nothing;
    at += n;
    at += chip_when_says(w, at, "of");
    month = at < w->n ? chip_calendar_month_named(w->words[at]) : 0;
    return month ? dated(w, at + 1, month, day) : nothing;
}

struct chip_when_found chip_when_day_of_month(const struct chip_when_words *w, size_t at, bool led)
{
    int32_t day = 0;
    if (!led || !chip_when_says(w, at, "the"))
        return nothing;
    size_t n = read_day(w, at + 1, true, &day), end = at + 1 + n;
    /* "on the third floor" is no date. */
    static const char *const goes_on[] = {"and",     "or",  "at",     "then",  "so",
                                          "because", "if",  "please", "that",  "we",
                                          "i",       "you", "is",     "works", "in"};
    bool ends = end >= w->n;
    for (size_t i = 0; i < sizeof goes_on / sizeof *goes_on && !ends; i++)
        ends = strcmp(w->words[end], goes_on[i]) == 0;
    if (n == 0 || !ends)
        return nothing;
    struct chip_when_found found = {end, CHIP_WHEN_UNKNOWN, false, true};
    if (w->today <= 0)
        return found;
    struct chip_date now = chip_calendar_date(w->today);
    /* The next month that has such a day. */
    for (int i = 0; i < 3 && found.day < w->today; i++) {
        found.day = chip_calendar_days(now.year, now.month, day);
        now.year += now.month / 12;
        now.month = now.month % 12 + 1;
    }
    return found;
}

/* ---- the day of a week ------------------------------------------------------------------------
 */

enum which { BARE, THIS, NEXT, LAST, UNCLEAR };

static enum which read_which(const struct chip_when_words *w, size_t *at)
{
    static const struct {
        const char *words;
        enum which which;
    } known[] = {{"this coming", BARE}, {"the coming", BARE},       {"coming", BARE},
                 {"this", THIS},        {"the next", NEXT},         {"next", NEXT},
                 {"last", LAST},        {"the following", UNCLEAR}, {"following", UNCLEAR},
                 {"the", BARE}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (chip_when_says(w, *at, known[i].words)) {
            *at += strchr(known[i].words, ' ') ? 2 : 1;
            return known[i].which;
        }
    return BARE;
}

static int32_t day_of(int32_t today, int32_t weekday, enum which which)
{
    int32_t now = chip_calendar_weekday(today), monday = today - now;
    switch (which) {
    case BARE:
        return today + (weekday - now + 6) % 7 + 1;
    case THIS:
        return weekday >= now ? monday + weekday : CHIP_WHEN_UNKNOWN;
    case NEXT:
        /* Said on a Tuesday, "next Friday" is this week's to some and the next one's to others. */
        return weekday > now ? CHIP_WHEN_UNKNOWN : monday + 7 + weekday;
    case LAST:
        return today - ((now - weekday + 6) % 7 + 1);
    case UNCLEAR:
        break;
    }
    return CHIP_WHEN_UNKNOWN;
}

/* "Monday of next week", "Monday in two weeks". @return one past it, and the day of that week */
static size_t read_week(const struct chip_when_words *w, size_t at, int32_t weekday, int32_t *day)
{
    int32_t monday = w->today - chip_calendar_weekday(w->today), count;
    at += chip_when_says(w, at, "of");
    if (chip_when_says(w, at, "next week") || chip_when_says(w, at, "this week")) {
        *day = monday + weekday + (chip_when_says(w, at, "next") ? 7 : 0);
        return at + 2;
    }
    size_t n = chip_when_says(w, at, "in") ? chip_when_count(w, at + 1, &count) : 0;
    if (n == 0 ||
        !(chip_when_says(w, at + 1 + n, "weeks") || chip_when_says(w, at + 1 + n, "week")))
        return 0;
    *day = monday + weekday + 7 * count;
    return at + 2 + n;
}

struct chip_when_found chip_when_weekday(const struct chip_when_words *w, size_t at)
{
    size_t begin = at;
    enum which which = read_which(w, &at);
    int32_t weekday = at < w->n ? chip_calendar_weekday_named(w->words[at]) : -1;
    if (weekday < 0 ||
        (begin && (chip_when_says(w, begin - 1, "every") || chip_when_says(w, begin - 1, "each"))))
        return nothing;
    at++;
    struct chip_when_found found = {at, CHIP_WHEN_UNKNOWN, which == LAST, false};
    if (w->today > 0)
        found.day = day_of(w->today, weekday, which);
    int32_t day = 0;
    size_t end = w->today > 0 ? read_week(w, at, weekday, &day) : 0;
    if (end) {
        found.end = end;
        found.day = day;
        return found;
    }
    if (chip_when_says(w, at, "after")) { /* after what? */
        found.day = CHIP_WHEN_UNKNOWN;
        return found;
    }
    struct chip_when_found date = at < w->n ? chip_when_calendar(w, at) : nothing;
    if (!date.end && at < w->n)
        date = chip_when_day_of_month(w, at, true);
    if (!date.end)
        return found;
    /* A weekday that is not that of its date: one of them was misheard. */
    if (date.day >= 0 && chip_calendar_weekday(date.day) != weekday)
        date.day = CHIP_WHEN_UNKNOWN;
    return date;
}
