/** The day on which a recording was made, as it says itself. Pure; any thread. */
#pragma once

#include "media/media.h"

/**
 * Reads `creation_time` (mp4, mov, webm), else `date` (wav, mp3, flac); the first is in UTC.
 *
 * @return days since 1970-01-01; -1: it does not say, or no full date, or one before 1990, which is
 *         what clocks show that were never set
 */
int32_t chip_media_day(const struct chip_media_info *info);
