/**
 * From people in overlapping chunks to turns of speakers, as in pyannote.audio: how many speak at a
 * time is the chunks' mean, rounded; who they are is what most chunks say. Pure; any thread.
 *
 * Frames are 270 samples apart. Frame i of the recording is centred on sample 270 i + 495.5 and
 * chunk c begins at frame round(16000 c / 270).
 */
#pragma once

#include "base/err.h"
#include "chip/chip.h"
#include "speech/diarize/community.h"

enum { CHIP_COMMUNITY_MAX_SPEAKERS = 255 };

/** Frames of a recording of n chunks. */
size_t chip_community_total(size_t n_chunks);

/**
 * How many people speak in each frame.
 *
 * @param count [chip_community_total(n)]
 */
void chip_community_count(const struct chip_community_chunk *chunks, size_t n, uint8_t *count);

/**
 * Who speaks in each frame: those `count[i]` that most chunks hear there, the first of equals.
 *
 * @param label  [n][3] speakers of the chunks' people, -1: nobody's
 * @param count  [total] of chip_community_count(), or less
 * @param active [total][n_speakers] receives how many chunks say so, 0: silent
 * @return CHIP_OK, or CHIP_E_LIMIT for more than CHIP_COMMUNITY_MAX_SPEAKERS
 */
CHIP_MUST_CHECK
enum chip_status chip_community_reconstruct(const struct chip_community_chunk *chunks, size_t n,
                                            int (*label)[CHIP_COMMUNITY_PEOPLE], size_t n_speakers,
                                            const uint8_t *count, uint8_t *active,
                                            struct chip_err *err);

/**
 * Runs of frames, from the center of the first to that of the one after the last; turns of
 * different speakers may overlap. A turn's confidence is how many of the chunks agree.
 *
 * @param turns malloc'ed [*n_turns] in order of start; NULL for none
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_community_turns(const uint8_t *active, size_t n_chunks, size_t n_speakers,
                                      struct chip_turn **turns, size_t *n_turns,
                                      struct chip_err *err);
