/** Talks for tests, one line for each thing that somebody says. Failures are test failures. */
#pragma once

#include "../meeting/make.h"

#include <jansson.h>

#include "minutes/minutes.h"

enum { TALK_DAY = 20515 /* Tuesday, 2026-03-03 */ };

/* "Ann: I will send it." Each speaker gets its name; without one ("S2: ...") it has none. */
static inline struct chip_transcript *talk_of(const char *const *lines, size_t n)
{
    struct chip_transcript *t = make_empty();
    struct chip_speaker speakers[8] = {0};
    char names[8][32];
    size_t n_speakers = 0;
    int who[1024];
    assert_true(n <= 1024);
    for (size_t i = 0; i < n; i++) {
        size_t len = strcspn(lines[i], ":"), k = 0;
        while (k < n_speakers && (strlen(names[k]) != len || memcmp(names[k], lines[i], len) != 0))
            k++;
        if (k == n_speakers) {
            assert_true(n_speakers < 8 && len < 32);
            memcpy(names[k], lines[i], len);
            names[k][len] = '\0';
            if (!(len == 2 && names[k][0] == 'S'))
                speakers[k].name = names[k];
            n_speakers++;
        }
        who[i] = (int)k;
    }
    assert_int_equal(chip_transcript_set_speakers(t, speakers, n_speakers, NULL), CHIP_OK);
    int64_t at = 0;
    for (size_t i = 0; i < n; i++)
        at = make_said(t, who[i], at + 400, strchr(lines[i], ':') + 2);
    assert_int_equal(chip_transcript_set_durations(t, at, at, NULL), CHIP_OK);
    return t;
}
#define TALK(lines) talk_of(lines, sizeof lines / sizeof *lines)

static inline json_t *minutes_of(const struct chip_transcript *t)
{
    const struct chip_minutes_options options = {.meeting_day = TALK_DAY};
    json_t *minutes = NULL;
    struct chip_err err;
    assert_int_equal(chip_minutes_analyse(t, &options, &minutes, &err), CHIP_OK);
    assert_non_null(minutes);
    return minutes;
}

static inline const char *text_at(const json_t *minutes, const char *list, size_t i,
                                  const char *key)
{
    const char *text =
        json_string_value(json_object_get(json_array_get(json_object_get(minutes, list), i), key));
    return text ? text : "";
}

static inline size_t count_of(const json_t *minutes, const char *list)
{
    return json_array_size(json_object_get(minutes, list));
}
