/**
 * What is finished of a transcription, and its checkpoints: slices of a minute of recording, or of
 * 20 seconds of work, from which the next worker goes on.
 *
 * A checkpoint is {"key", "from_ms", "done_ms", "transcript"}: the piece of transcript between the
 * two times, made in the way that `key` says. One thread.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "meeting/transcript.h"

struct chip_slices {
    char key[160];                 /* model, language, track, version */
    struct chip_transcript *all;   /* all that is finished, up to done_ms */
    struct chip_transcript *fresh; /* of it, what no slice has yet, from from_ms on */
    int64_t done_ms, from_ms;
    int64_t since_ms; /* when the last slice was made, by the clock */
    int n;            /* of slices */
};

/**
 * Begins with what checkpoints hold: those of stage "transcribe" that have the same key and follow
 * on one another.
 *
 * @param slices      end it with chip_slices_done(), also after a failure
 * @param key         cut when too long
 * @param checkpoints as list_checkpoints gives them
 * @return CHIP_OK, also when a checkpoint cannot be read, where it then begins again; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_slices_begin(struct chip_slices *slices, const char *key,
                                   const json_t *checkpoints, struct chip_err *err);
void chip_slices_done(struct chip_slices *slices);

/** Adds a piece, as on_piece() of chip_options tells it. */
CHIP_MUST_CHECK
enum chip_status chip_slices_add(struct chip_slices *slices, const struct chip_transcript *piece,
                                 int64_t done_ms, struct chip_err *err);

/** Is it time for a slice? @param now_ms of chip_clock_ms() */
bool chip_slices_due(const struct chip_slices *slices, int64_t now_ms);

/**
 * Makes a slice of what none has yet.
 *
 * @param slice its number
 * @return a new reference; NULL when there is nothing to keep, or not enough memory to do so
 */
json_t *chip_slices_take(struct chip_slices *slices, int64_t now_ms, int *slice);
