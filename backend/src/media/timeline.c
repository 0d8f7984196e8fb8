#include "media/timeline.h"

#include "media/media.h"

#define MS(ms) ((int64_t)(ms) * (CHIP_MEDIA_RATE_HZ / 1000))

static const int64_t tolerance = MS(100);
static const int64_t start_tolerance = MS(1);
static const int64_t largest_squeeze = MS(2000); /* beyond: another clock, not a drift */
static const int64_t end_slack = MS(2000);       /* headers round, and tracks overhang */

bool chip_timeline_is_off(const struct chip_timeline *line, int64_t at, int64_t stamp)
{
    if (stamp == CHIP_TIMELINE_NO_STAMP)
        return false;
    int64_t off = stamp + line->shift - at;
    int64_t limit = line->is_started ? tolerance : start_tolerance;
    return off > limit || off < -limit;
}

/* The frame after this one shows which clock goes on: the stamps', or the samples'. */
static bool next_disagrees(int64_t at, int64_t pos, int64_t len, int64_t next)
{
    if (next == CHIP_TIMELINE_NO_STAMP)
        return false;
    if (pos > at)
        return next < pos + len - tolerance;
    return next > at + len - tolerance;
}

static bool is_absurd_gap(const struct chip_timeline *line, int64_t pos, int64_t gap)
{
    return gap > MS(CHIP_MEDIA_MAX_GAP_MS) || gap > MS(CHIP_MEDIA_MAX_GAPS_MS) - line->padded ||
           (line->end >= 0 && pos > line->end + end_slack);
}

enum chip_timeline_verdict chip_timeline_place(struct chip_timeline *line, int64_t at,
                                               int64_t stamp, int64_t len, int64_t next,
                                               int64_t *samples)
{
    bool is_off = chip_timeline_is_off(line, at, stamp);
    bool is_first = !line->is_started;
    line->is_started = true;
    if (!is_off)
        return CHIP_TIMELINE_FOLLOWS;

    int64_t pos = stamp + line->shift;
    if (next != CHIP_TIMELINE_NO_STAMP)
        next += line->shift;
    if (!is_first && next_disagrees(at, pos, len, next))
        return CHIP_TIMELINE_FOLLOWS;

    int64_t off = pos - at;
    if (off > 0 && !is_absurd_gap(line, pos, off)) {
        line->padded += off;
        *samples = off;
        return CHIP_TIMELINE_GAP;
    }
    if (off < 0 && -off <= largest_squeeze) {
        *samples = -off;
        return CHIP_TIMELINE_OVERLAP;
    }
    line->shift -= off;
    return CHIP_TIMELINE_JUMPED;
}
