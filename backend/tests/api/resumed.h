/** Runs that are interrupted at a piece, keep what they were told as JSON, and are gone on with. */
#pragma once

#include <chip/chip.h>

#include "meeting/transcript.h"

/** What a caller of chip_transcribe_*() keeps between runs. Starts zeroed. */
struct kept {
    struct chip_transcript *known; /* owned; NULL: nothing yet */
    int64_t known_ms;
    size_t n_pieces, n_segments; /* told since the start of all */
    size_t stop_after;           /* pieces of this run; 0: never */
    volatile bool cancel;
};

/** Options that keep everything in `kept`, and go on with what is there. */
struct chip_options kept_options(struct kept *kept);
void kept_done(struct kept *kept);

/** Two channels (or one) as a source that serves a few samples at a time. */
struct served {
    const float *planes[2]; /* [n] */
    size_t n, at, most;
    size_t fail_at; /* samples after which reading fails; 0: never */
    size_t n_breaks;
};
struct chip_sound_source served_source(struct served *served, size_t n_channels);

/** The transcript as JSON; the caller frees it. */
char *json_of(const struct chip_transcript *transcript);
