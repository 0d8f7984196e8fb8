/** Short silences inside spans of speech. Pure; any thread. */
#pragma once

#include "speech/segmenter.h"

/**
 * Finds runs of chunks that do not sound like speech. Such a run is too short to end a span, but it
 * may be where one speaker stops and the next one starts.
 *
 * @param probs  of chunks of CHIP_VAD_CHUNK samples, the first starting at sample `start`
 * @param span   to look at, in samples of the recording
 * @param below  the probability that speech reaches
 * @param base   what is subtracted from the samples of what is found
 * @param pauses receives them, in order; as many as (span's chunks) / 4 + 1 may come
 * @return how many
 */
size_t chip_pauses_find(const float *probs, int64_t start, struct chip_span span, float below,
                        int64_t base, struct chip_span *pauses);
