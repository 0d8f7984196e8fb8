/** What is kept of a recording's voices (meeting/voices.h), and turns from it again. Any thread. */
#pragma once

#include "meeting/voices.h"
#include "speech/diarize/diarizer.h"

enum { CHIP_TRACKLETS_PER_HOUR = 540 }; /* 100 KB an hour, as base64 */

/**
 * Stretches of one speaker of at most six seconds. Where these are too many, which is where the
 * speaker changes often, they are longer and may have others in between; at most
 * CHIP_TRACKLETS_PER_HOUR an hour and CHIP_RELABEL_MAX_N in all are kept. Voices are rotated by a
 * secret that only this recording's own voices give.
 *
 * @param out NULL when nobody speaks; else free it with chip_voices_free()
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_tracklets_make(const struct chip_diarization *diarization,
                                     struct chip_voices **out, struct chip_err *err);

/**
 * The turns of a transcript with other labels: a turn goes where its stretches go, and is cut
 * half way between two that part.
 *
 * @param turns  [n_turns] of the transcript
 * @param voices of the transcript
 * @param label  [voices->n] new speakers
 * @param out    malloc'ed [*n]; NULL for none
 */
CHIP_MUST_CHECK
enum chip_status chip_tracklets_turns(const struct chip_turn *turns, size_t n_turns,
                                      const struct chip_voices *voices, const int *label,
                                      struct chip_turn **out, size_t *n, struct chip_err *err);
