/**
 * What a decoder process says on its pipe: frames, each a kind, a length, and that many bytes. Both
 * ends are the same program on one machine, so numbers are as they lie in memory. Private to the
 * decoder.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "speech/diarize/channels.h"

enum chip_frame_kind {
    CHIP_FRAME_HEADER = 1, /* struct chip_frame_header, first */
    CHIP_FRAME_SAMPLES,    /* [n_channels][n] floats, n in 1..CHIP_FRAME_SAMPLES_MAX */
    CHIP_FRAME_BREAK,      /* struct chip_frame_break; after the last samples */
    CHIP_FRAME_END,        /* nothing: the recording ends well */
    CHIP_FRAME_ERROR,      /* struct chip_frame_error: it does not */
};

enum {
    CHIP_FRAME_SAMPLES_MAX = 16000,
    CHIP_FRAME_BREAKS_MAX = 64,
    CHIP_FRAME_VERSION = 0x63640003, /* what the header starts with */
};

struct chip_frame {
    uint32_t kind, n_bytes;
};

/* Texts below end with a NUL, or else the receiver puts one at their end. */

struct chip_frame_header {
    uint32_t version;
    uint32_t n_channels; /* 1..CHIP_CHANNELS_MAX */
    int64_t duration_ms; /* -1: not known */
    uint32_t duration_is_estimate, has_video;
    int32_t track, source_channels, source_rate_hz;
    uint32_t n_tracks, could_be_people; /* of the recording; whether each track could be a person */
    uint32_t sandbox;                   /* parts in force */
    int32_t recorded_day;               /* days since 1970; -1: not known */
    char container[32], codec[32];
};

struct chip_frame_break {
    int64_t at_ms, end_ms;
    char message[160];
};

struct chip_frame_error {
    int32_t status;
    char message[512];
};

/** Writes one frame, waiting for room. @return false when nobody reads any more */
bool chip_frame_write(int fd, enum chip_frame_kind kind, const void *data, size_t n_bytes);

/** Writes n bytes, without anything around them. @return false as above */
bool chip_frame_write_bytes(int fd, const void *data, size_t n);
