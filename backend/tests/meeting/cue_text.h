/** Subtitles as text, for expectations: lines joined by '/', cues by '|'. */
#pragma once

#include "make.h"

#include "meeting/cues.h"

static inline void cue_text_add(struct chip_str *out, const struct chip_flow_word *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        chip_str_add(out, words[i].line_start ? (i ? "/" : "") : words[i].blank_before ? " " : "");
        chip_str_add_n(out, words[i].text, words[i].n_bytes);
    }
}

/* Lays out what is spoken in one segment from 0 and compares. */
static inline void expect_cues(const char *spoken, size_t max_chars, size_t max_lines,
                               const char *expected)
{
    struct chip_transcript *t = make_spoken(spoken);
    const struct chip_cue_rules rules = {.max_line_chars = max_chars, .max_lines = max_lines};
    struct chip_cues cues;
    assert_int_equal(chip_cues_make(t, &rules, &cues, NULL), CHIP_OK);
    struct chip_str s = {0};
    for (size_t i = 0; i < cues.n_cues; i++) {
        chip_str_add(&s, i ? "|" : "");
        cue_text_add(&s, &cues.flow.words[cues.cues[i].first_word], cues.cues[i].n_words);
    }
    assert_string_equal(s.data, expected);
    chip_str_done(&s);
    chip_cues_done(&cues);
    chip_transcript_free(t);
}
