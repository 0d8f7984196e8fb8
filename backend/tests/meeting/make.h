/** Transcripts for tests, made in one line each. Failures are test failures. */
#pragma once

#include "../test.h"

#include "meeting/transcript.h"

static inline struct chip_transcript *make_empty(void)
{
    struct chip_transcript *t;
    assert_int_equal(chip_transcript_new(&t, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_set_model(t, "moonshine-base", NULL), CHIP_OK);
    assert_int_equal(chip_transcript_set_language(t, "en", NULL), CHIP_OK);
    return t;
}

/*
 * Appends a segment that begins at start_ms. Words are separated by blanks; each takes 100 ms for
 * each of its bytes, and a number in braces in front of one is a pause in ms: "{500}word". A
 * segment ends with its last word. @return where it ends
 */
static inline int64_t make_said(struct chip_transcript *t, int speaker, int64_t start_ms,
                                const char *spoken)
{
    size_t size = strlen(spoken) + 1, n_words = 0;
    char *copy = malloc(size), *joined = calloc(1, size), *save = NULL;
    struct chip_word *words = calloc(size, sizeof *words);
    assert_true(copy && joined && words);
    memcpy(copy, spoken, size);

    int64_t at = start_ms;
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        if (*word == '{') {
            at += strtoll(word + 1, &word, 10);
            word++;
        }
        int64_t end = at + 100 * (int64_t)strlen(word);
        words[n_words++] = (struct chip_word){at, end, 0.75f, -1, word};
        if (*joined)
            strcat(joined, " ");
        strcat(joined, word);
        at = end;
    }
    struct chip_segment seg = {
        .start_ms = start_ms, .end_ms = at, .confidence = 0.5f, .speaker = speaker, .text = joined};
    assert_int_equal(chip_transcript_add_segment(t, &seg, words, n_words, NULL), CHIP_OK);
    free(copy);
    free(joined);
    free(words);
    return at;
}

/* The same, by nobody in particular. */
static inline int64_t make_segment(struct chip_transcript *t, int64_t start_ms, const char *spoken)
{
    return make_said(t, -1, start_ms, spoken);
}

/* One segment from 0 with these words. */
static inline struct chip_transcript *make_spoken(const char *spoken)
{
    struct chip_transcript *t = make_empty();
    make_segment(t, 0, spoken);
    return t;
}

/* A small generator of numbers that is the same everywhere (xorshift32). */
static inline uint32_t make_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}
