/** The kinds of dates that when.c looks for; each reads one at a place. Pure; for when.c only. */
#pragma once

#include "minutes/analyst/when.h"

struct chip_when_words {
    const char *const *words;
    size_t n;
    int32_t today; /* 0: not known */
};

/** What was read. */
struct chip_when_found {
    size_t end; /* one past its last word; 0: it is none */
    int32_t day;
    bool past, exact;
};

/** @return whether the words from `at` on are these: "day after tomorrow" */
bool chip_when_says(const struct chip_when_words *w, size_t at, const char *words);

/** Reads a number of a unit: "two", "a", "12". @return words it takes; 0: none */
size_t chip_when_count(const struct chip_when_words *w, size_t at, int32_t *count);

/** 2026-03-06, "March tenth", "the tenth of March 2027", "3/25". */
struct chip_when_found chip_when_calendar(const struct chip_when_words *w, size_t at);

/** "Friday", "next Tuesday", "Monday of next week", "Wednesday, the twenty eighth". */
struct chip_when_found chip_when_weekday(const struct chip_when_words *w, size_t at);

/** "today", "the day after tomorrow", "in two weeks", "three days ago", "a week from Monday". */
struct chip_when_found chip_when_distance(const struct chip_when_words *w, size_t at);

/** "the end of next week", "this month", "next quarter", "the weekend", "in November". */
struct chip_when_found chip_when_stretch(const struct chip_when_words *w, size_t at);

/** "the twenty fifth" of this month or the next. @param led: "by", "on" or such is before it */
struct chip_when_found chip_when_day_of_month(const struct chip_when_words *w, size_t at, bool led);
