/**
 * Dates as people say them, resolved against the day of a meeting.
 *
 * What has one plain meaning gets a date: "by Friday", "on Monday, April sixth", "tomorrow", "in
 * two weeks", "the twenty fifth", 2026-03-06. A stretch of time stands for its last day: "this
 * week" is its Friday, "the end of March" the 31st. What people understand differently gets none:
 * "next Friday" said on a Tuesday, "the middle of June", "soon". Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHIP_WHEN_UNKNOWN = -1 };

struct chip_when {
    size_t from, n; /* words, with what leads in: "by next Tuesday, March tenth" */
    int32_t day;    /* days since 1970-01-01; CHIP_WHEN_UNKNOWN: ambiguous */
    bool deadline;  /* led in by "by", "until", "before" */
    bool past;      /* "last Tuesday", "three days ago" */
    bool exact;     /* names a day of a month: "March tenth" */
};

/**
 * Finds the first date at or after a word.
 *
 * @param words [n] plain words (minutes/plain.h)
 * @param from  where to begin
 * @param today day of the meeting; 0 or less: not known, then only full dates have a day
 * @return false: there is none
 */
bool chip_when_find(const char *const *words, size_t n, size_t from, int32_t today,
                    struct chip_when *out);
