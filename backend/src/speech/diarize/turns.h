/**
 * From windows that know their speaker to turns.
 *
 * Every 0.1 s of speech goes to the speaker whose centre is most like the windows around it, the
 * nearer ones counting more; runs of less than 0.3 s are taken for their neighbour's; pieces of one
 * speaker become one turn when less than a second lies between them and nobody else speaks in it.
 * Pure; any thread.
 */
#pragma once

#include "speech/diarize/window.h"
#include "speech/segmenter.h"

/** Where a second person speaks too, as a model of overlapping speech may say. */
struct chip_overlap {
    int64_t start, end; /* samples, start < end */
    int speaker;        /* the second one, 0..n_speakers-1 */
    float confidence;   /* 0..1 */
};

/** What is known of a recording. All borrowed. */
struct chip_turns_input {
    const struct chip_window *windows; /* [n_windows] in order of start */
    const int *label;                  /* [n_windows] 0..n_speakers-1 */
    const float *confidence;           /* [n_windows] 0..1 */
    size_t n_windows, n_speakers;
    const struct chip_span *spans; /* [n_spans] speech in samples, in order, not overlapping */
    size_t n_spans;
    const struct chip_overlap *overlaps; /* [n_overlaps] in any order; may be none */
    size_t n_overlaps;
};

/**
 * @param turns malloc'ed [*n] in order of start, as struct chip_turn promises; NULL for none
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_turns_make(const struct chip_turns_input *input, struct chip_turn **turns,
                                 size_t *n, struct chip_err *err);

/**
 * The last step alone: sorts pieces and joins those of one speaker.
 *
 * @param pieces [n] in any order; pieces of one speaker may touch or overlap; replaced
 * @return how many remain
 */
size_t chip_turns_join(struct chip_turn *pieces, size_t n);

/** Mean voice of each speaker, length 1. @param label -1: nobody's; @param centers [n_speakers] */
void chip_voice_centers(const struct chip_window *windows, const int *label, size_t n,
                        size_t n_speakers, float (*centers)[CHIP_VOICE_DIM]);
