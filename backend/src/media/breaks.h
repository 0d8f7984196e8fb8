/** The list of places where a recording is damaged: bounded, with close neighbours merged. */
#pragma once

#include "media/media.h"

struct chip_breaks {
    struct chip_media_break list[CHIP_MEDIA_MAX_BREAKS];
    size_t n;
};

/**
 * Notes a break. One that starts within a second of the last one's end, or that finds the list
 * full, extends the last, which keeps its message.
 *
 * @param message text as it came from FFmpeg or from us; cleaned and cut
 */
void chip_breaks_add(struct chip_breaks *breaks, int64_t at_ms, int64_t end_ms,
                     const char *message);
