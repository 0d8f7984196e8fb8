/** The containers that are opened, and how their clocks behave. */
#pragma once

#include <libavformat/avformat.h>
#include <stdbool.h>

#include "media/source.h"

/** What the time stamps of a container mean. */
enum chip_clock {
    CHIP_CLOCK_FROM_START, /* relative to the earliest track: broadcast and packet formats */
    CHIP_CLOCK_FROM_ZERO,  /* absolute: a track may start late */
    CHIP_CLOCK_NONE,       /* none stored, what FFmpeg says is counted: samples just follow */
};

struct chip_container {
    const char *demuxer; /* FFmpeg's name, up to the first comma */
    const char *label;   /* ours */
    enum chip_clock clock;
    bool needs_seek; /* the index may stand behind the samples */
};

/**
 * Finds out what a source is, by its first bytes.
 *
 * @param file_name helps where the bytes leave doubt; "" none
 * @return CHIP_OK; CHIP_E_FORMAT for empty or unknown input; CHIP_E_UNSUPPORTED for playlists and
 *         formats that are not opened; what chip_source_peek() returns
 */
CHIP_MUST_CHECK
enum chip_status chip_container_find(struct chip_source *source, const char *file_name,
                                     const struct chip_container **container,
                                     const AVInputFormat **format, struct chip_err *err);
