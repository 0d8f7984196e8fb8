/**
 * Subtitles: the words of a transcript as cues that people can read.
 *
 * A cue has at most max_lines lines of at most max_line_chars characters and lasts at most 7 s.
 * Cues end at punctuation or silence where they can, otherwise so that they are of similar length,
 * never mix two speakers, and never leave one word of a sentence alone if there is another way. A
 * cue appears with its first word and stays for its words, at least 1 s and long enough to be read
 * if nothing follows sooner; it is gone 80 ms before the next one appears. Pure; any thread.
 */
#pragma once

#include "meeting/flow.h"

struct chip_cue_rules {
    size_t max_line_chars; /* 1..CHIP_CUE_MAX_LINE_CHARS, in UTF-8 characters */
    size_t max_lines;      /* 1..CHIP_CUE_MAX_LINES */
    bool titles;           /* a cue in which another person begins to speak says who */
};

#define CHIP_CUE_MAX_LINE_CHARS 1000
#define CHIP_CUE_MAX_LINES 10

/** Limits that hold for all cues; times in ms. */
#define CHIP_CUE_LONGEST_MS 7000  /* unless one word is longer */
#define CHIP_CUE_SHORTEST_MS 1000 /* unless the next word comes sooner */
#define CHIP_CUE_GAP_MS 80

struct chip_cue {
    int64_t start_ms, end_ms;   /* start < end */
    size_t first_word, n_words; /* flow.words[first_word ...]; n_words > 0 */
};

struct chip_cues {
    struct chip_flow flow; /* all words, each in one cue; line_start tells where lines begin */
    struct chip_cue *cues; /* owned; in order, CHIP_CUE_GAP_MS or more between them */
    size_t n_cues;
};

/**
 * Makes the subtitles of a transcript.
 *
 * @param t     borrowed, and must outlive the cues
 * @param rules within the limits above
 * @param out   free it with chip_cues_done()
 * @return CHIP_OK; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_cues_make(const struct chip_transcript *t, const struct chip_cue_rules *rules,
                                struct chip_cues *out, struct chip_err *err);

/** Frees what they own; zeroed cues are accepted. */
void chip_cues_done(struct chip_cues *cues);
