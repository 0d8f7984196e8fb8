/**
 * Where decoded frames belong in time.
 *
 * Frames carry time stamps, and samples have a length; the two disagree when a track starts late,
 * when a recorder paused or lost packets, when clocks drift, and when a file is damaged. This
 * decides who is right. All positions are output samples (16 kHz). Pure arithmetic, no FFmpeg.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CHIP_TIMELINE_NO_STAMP INT64_MIN

struct chip_timeline {
    int64_t shift;   /* added to stamps, since the clock was last disbelieved */
    int64_t padded;  /* silence put in so far */
    int64_t end;     /* where the container says that the track ends; -1 unknown */
    bool is_started; /* the first frame has been placed */
};

enum chip_timeline_verdict {
    CHIP_TIMELINE_FOLLOWS, /* it comes right after what was there: most frames */
    CHIP_TIMELINE_GAP,     /* *samples of silence belong before it */
    CHIP_TIMELINE_OVERLAP, /* *samples too many were there before: squeeze */
    CHIP_TIMELINE_JUMPED,  /* the clock made a jump that is not believed; the frame follows */
};

/**
 * Judges one frame.
 *
 * A stamp that differs by more than 100 ms (the first: 1 ms) is believed only if the frame after it
 * agrees, as a damaged file may have single wrong stamps.
 *
 * @param at      where it would go without stamps
 * @param stamp   its time, CHIP_TIMELINE_NO_STAMP when it has none
 * @param len     its length
 * @param next    the stamp of the frame after it, CHIP_TIMELINE_NO_STAMP when unknown
 * @param samples written for GAP and OVERLAP
 */
enum chip_timeline_verdict chip_timeline_place(struct chip_timeline *line, int64_t at,
                                               int64_t stamp, int64_t len, int64_t next,
                                               int64_t *samples);

/** Whether placing this frame may need to know the next one's stamp. */
bool chip_timeline_is_off(const struct chip_timeline *line, int64_t at, int64_t stamp);
