/**
 * Several sources of one channel read together, each as a channel: the tracks of a recording. One
 * thread at a time.
 */
#pragma once

#include <stdbool.h>

#include "speech/diarize/channels.h"

struct chip_side_by_side {
    size_t n;
    struct chip_sound_source of[CHIP_CHANNELS_MAX]; /* [n], of one channel each; what they borrow
                                                       must live as long */
};

/** @return borrows `all`. Sources that end before the longest are silent from there on */
struct chip_sound_source chip_source_side_by_side(const struct chip_side_by_side *all);

/**
 * Reads all to their end: do they hold voices of their own (speech/diarize/channels.h)?
 *
 * @return CHIP_OK; CHIP_E_NOMEM; what a source returns
 */
CHIP_MUST_CHECK
enum chip_status chip_side_by_side_hear(const struct chip_side_by_side *all,
                                        const struct chip_vad_model *vad, bool *people,
                                        struct chip_err *err);
