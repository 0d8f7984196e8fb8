/**
 * The whole transcript as one run of words, ready to be laid out.
 *
 * Segments end where the voice detector or a length limit cut, which may be in the middle of a
 * sentence; what is laid out (subtitles, paragraphs) looks at the words and the silences between
 * them instead. A segment without words gets them from its text, at times in proportion.
 * Pure; any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"
#include "meeting/breaks.h"
#include "meeting/pool.h"

struct chip_flow_word {
    const char *text; /* [n_bytes] of the transcript or the flow, not NUL-terminated; borrowed */
    size_t n_bytes, n_chars;
    int64_t start_ms, end_ms; /* starts never go back */
    int64_t pause_ms;         /* silence until the next word; 0 after the last */
    enum chip_break sense;    /* of the place behind it, by the text alone */
    enum chip_break after;    /* the same, raised by the silence there */
    bool blank_before;        /* false: stands against the word before, as in Japanese */
    int speaker;              /* who says it, or -1 */
    bool title;               /* says who speaks from here on, instead of being said */
    bool piece;               /* goes on with a word too long for one line */
    bool line_start;          /* begins a line; set by chip_cues_make() */
};

struct chip_flow {
    struct chip_flow_word *words; /* owned */
    size_t n_words, cap;
    struct chip_pool titles; /* their texts */
};

/**
 * Lists the words of a transcript.
 *
 * @param t         borrowed, and must outlive the flow
 * @param max_chars words longer than this are cut into pieces of at most that; 0: none is
 * @param titles    true: "Ann:" stands before the first word of each speaker, and again whenever
 *                  the speaker changes
 * @param out       free it with chip_flow_done()
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_flow_make(const struct chip_transcript *t, size_t max_chars, bool titles,
                                struct chip_flow *out, struct chip_err *err);

/** Appends what people call a speaker: "Ann", or "Speaker 2" for one without a name. */
void chip_flow_add_speaker(const struct chip_transcript *t, int speaker, struct chip_str *out);

/** Frees the words; a zeroed flow is accepted. */
void chip_flow_done(struct chip_flow *flow);

/** Appends words [first, first + n) as text, with the blanks between them. */
void chip_flow_add_text(const struct chip_flow *flow, size_t first, size_t n, struct chip_str *out);
