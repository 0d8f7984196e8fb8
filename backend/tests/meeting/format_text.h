/** Compares a transcript in a format with the text that it should be. */
#pragma once

#include "make.h"

static inline void expect_format(const struct chip_transcript *t, const char *format_name,
                                 const struct chip_format_options *options, const char *expected)
{
    enum chip_format format;
    assert_true(chip_format_by_name(format_name, &format));
    char *text = NULL;
    assert_int_equal(chip_format_transcript(t, format, options, &text, NULL), CHIP_OK);
    assert_string_equal(text, expected);
    free(text);
}

/* Two segments, a pause between them, one audit note. */
static inline struct chip_transcript *make_small(void)
{
    struct chip_transcript *t = make_empty();
    make_segment(t, 480, "Good morning, everyone.");
    make_segment(t, 3600000, "Caf\xC3\xA9 \"<b>\" {200}$5.");
    const struct chip_audit note = {CHIP_AUDIT_REPETITION, 3605000, 3609500, "la la *la*"};
    assert_int_equal(chip_transcript_add_audit(t, &note, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_set_durations(t, 3610000, 5000, NULL), CHIP_OK);
    return t;
}
