#include "minutes/analyst/calendar.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

struct chip_date chip_calendar_date(int32_t days)
{
    char text[CHIP_DATE_TEXT];
    int year = 0, month = 0, day = 0;
    chip_date_format(days, text);
    sscanf(text, "%4d-%2d-%2d", &year, &month, &day);
    return (struct chip_date){year, month, day};
}

int32_t chip_calendar_days(int32_t year, int32_t month, int32_t day)
{
    char text[64];
    int32_t days;
    snprintf(text, sizeof text, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
    return chip_date_parse(text, &days) ? days : -1;
}

int32_t chip_calendar_month_length(int32_t year, int32_t month)
{
    int32_t n = 31;
    while (n > 28 && chip_calendar_days(year, month, n) < 0)
        n--;
    return n;
}

int32_t chip_calendar_weekday(int32_t days)
{
    return (days + 3) % 7; /* 1970-01-01 was a Thursday */
}

static int32_t find(const char *word, const char *const *names, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    return -1;
}

int32_t chip_calendar_weekday_named(const char *plain)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    static const char *const brief[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    int32_t found = find(plain, names, 7);
    /* "sun" and "sat" are words of their own; nobody says the short names. */
    return found >= 0 ? found : find(plain, brief, 5);
}

int32_t chip_calendar_month_named(const char *plain)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    static const char *const brief[] = {"jan", "feb", "mar", "apr", "",    "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
    int32_t found = find(plain, names, 12);
    return 1 + (found >= 0 ? found : find(plain, brief, 12));
}

int32_t chip_calendar_add_months(int32_t days, int32_t months)
{
    struct chip_date d = chip_calendar_date(days);
    int32_t month = d.month - 1 + months, year = d.year + month / 12;
    month = month % 12 + 1;
    int32_t length = chip_calendar_month_length(year, month);
    return chip_calendar_days(year, month, d.day < length ? d.day : length);
}
