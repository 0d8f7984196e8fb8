/** What days are called. Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct chip_date {
    int32_t year, month, day; /* 1..12, 1..31 */
};

struct chip_date chip_calendar_date(int32_t days);

/** @return days since 1970-01-01; -1: there is no such date, or it is before 1970 */
int32_t chip_calendar_days(int32_t year, int32_t month, int32_t day);

/** 28..31. */
int32_t chip_calendar_month_length(int32_t year, int32_t month);

/** 0: Monday .. 6: Sunday. */
int32_t chip_calendar_weekday(int32_t days);

/** Number of a weekday by its name or short name, 0..6; -1: none. */
int32_t chip_calendar_weekday_named(const char *plain);

/** Number of a month by its name or short name, 1..12; 0: none. */
int32_t chip_calendar_month_named(const char *plain);

/** The same day so many months later, or the last day of that month. */
int32_t chip_calendar_add_months(int32_t days, int32_t months);
