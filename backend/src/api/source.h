/** A recording, or samples in memory, as a source of samples: what chip_transcribe_*() read from.
 */
#pragma once

#include "media/media.h"

/**
 * The samples of an opened recording.
 *
 * @param by_channels channels each by itself, where there are 2..CHIP_CHANNELS_MAX of them; false,
 *                    or with more: media's own mix of them
 * @return borrows media
 */
struct chip_sound_source chip_source_of_media(struct chip_media *media, bool by_channels);

/** Samples in the caller's memory. Starts with `at` 0. */
struct chip_pcm {
    const float *samples; /* [n]; borrowed */
    size_t n, at;
};

/** @return borrows pcm, which moves as it is read */
struct chip_sound_source chip_source_of_pcm(struct chip_pcm *pcm);
