/** Transcripts as JSON and back, and documents that somebody has spoilt. */
#pragma once

#include "make.h"

#include "base/str.h"
#include "meeting/json.h"

static inline char *to_json(const struct chip_transcript *t)
{
    char *json = NULL;
    assert_int_equal(chip_transcript_to_json(t, &json, NULL), CHIP_OK);
    return json;
}

static inline struct chip_transcript *from_json(const char *json)
{
    struct chip_transcript *t = NULL;
    struct chip_err err = {0};
    if (chip_transcript_from_json(json, strlen(json), &t, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return t;
}

/* A copy of text with the first `from` in it replaced. */
static inline char *replaced(const char *text, const char *from, const char *to)
{
    size_t at = 0;
    while (text[at] && strncmp(text + at, from, strlen(from)) != 0)
        at++;
    if (!text[at])
        fail_msg("the sample has no '%s'", from);
    struct chip_str s = {0};
    chip_str_add_n(&s, text, at);
    chip_str_add(&s, to);
    chip_str_add(&s, text + at + strlen(from));
    char *out = NULL;
    assert_int_equal(chip_str_finish(&s, &out, NULL), CHIP_OK);
    return out;
}

/* Changes a transcript's JSON and expects a refusal that names the place. */
static inline void expect_changed_refused(const struct chip_transcript *t, const char *from,
                                          const char *to, enum chip_status status,
                                          const char *place)
{
    struct chip_transcript *back = NULL;
    char *json = to_json(t), *changed = replaced(json, from, to);
    struct chip_err err = {0};
    assert_int_equal(chip_transcript_from_json(changed, strlen(changed), &back, &err), status);
    assert_int_equal(err.code, status);
    assert_null(back);
    if (!strstr(err.message, place))
        fail_msg("'%s' does not name '%s'", err.message, place);
    assert_int_equal(chip_transcript_from_json(changed, strlen(changed), &back, NULL), status);
    free(changed);
    free(json);
}

/* One random change: a byte, a cut, a doubled or a missing stretch. */
static inline size_t mutate(char *json, size_t n, uint32_t *seed)
{
    static const char marks[] = "{}[]\",:0-9e\\\xFF";
    size_t at = make_random(seed) % n, len = make_random(seed) % 40;
    len = at + len > n ? n - at : len;
    switch (make_random(seed) % 5) {
    case 0:
        json[at] = (char)make_random(seed);
        return n;
    case 1:
        json[at] = marks[make_random(seed) % (sizeof marks - 1)];
        return n;
    case 2:
        return at;
    case 3:
        memmove(json + at, json + at + len, n - at - len);
        return n - len;
    default:
        memmove(json + at + len, json + at, n - at); /* the buffer has room */
        return n + len;
    }
}

/* Changes a document at random: each is refused with a reason, or what is read is sound. */
static inline void expect_sound_when_mutated(const char *json, int n_rounds)
{
    size_t n = strlen(json);
    uint32_t seed = 20240314;
    int n_read = 0, n_refused = 0;
    for (int i = 0; i < n_rounds; i++) {
        char *copy = malloc(n + 200);
        assert_non_null(copy);
        memcpy(copy, json, n + 1);
        size_t length = n;
        for (uint32_t k = 1 + make_random(&seed) % 3; k > 0 && length; k--)
            length = mutate(copy, length, &seed);
        char *exact = malloc(length + 1); /* so that reading beyond it is seen */
        assert_non_null(exact);
        memcpy(exact, copy, length);
        exact = realloc(exact, length ? length : 1);

        struct chip_transcript *back = NULL;
        struct chip_err err = {0};
        if (chip_transcript_from_json(exact, length, &back, &err) == CHIP_OK) {
            char *again = to_json(back);
            struct chip_transcript *third = from_json(again);
            chip_transcript_free(third);
            free(again);
            n_read++;
        } else {
            assert_true(*err.message);
            assert_null(back);
            n_refused++;
        }
        chip_transcript_free(back);
        free(exact);
        free(copy);
    }
    assert_true(n_read > n_rounds / 100); /* changed texts are still transcripts */
    assert_true(n_refused > n_rounds / 4);
}
