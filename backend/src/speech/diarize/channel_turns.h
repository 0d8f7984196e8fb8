/** Turns where each channel is a person: they are heard, overlaps included. Pure; any thread. */
#pragma once

#include "speech/diarize/channels.h"
#include "speech/diarize/turns.h"

/** The channel that is heard most of the time between two samples; -1: none. */
int chip_channel_of(const struct chip_channel_map *map, int64_t start, int64_t end);

/**
 * @param input labels are -1 for windows of no channel; speakers of different channels differ
 * @param turns as chip_turns_make() gives them
 */
CHIP_MUST_CHECK
enum chip_status chip_channel_turns_make(const struct chip_turns_input *input,
                                         const struct chip_channel_map *map,
                                         struct chip_turn **turns, size_t *n, struct chip_err *err);
