#include "api/meter.h"

#include "base/clock.h"

enum { TELL_MS = 100 };

struct chip_meter chip_meter_start(const struct chip_options *options, int64_t total_ms)
{
    const int64_t now = chip_clock_ns();
    return (struct chip_meter){
        .options = options, .total_ms = total_ms, .started_ns = now, .base_ns = now};
}

static double remaining(const struct chip_meter *m, double speed)
{
    if (m->total_ms < 0)
        return -1.0;
    if (m->done_ms == m->total_ms)
        return 0.0;
    return speed > 0.0 ? (double)(m->total_ms - m->done_ms) / 1e3 / speed : -1.0;
}

static void tell(struct chip_meter *m, int64_t now)
{
    const double worked = (double)(now - m->base_ns) / 1e9;
    const double done = (double)(m->done_ms - m->base_ms) / 1e3;
    const double speed = worked > 0.0 && done > 0.0 ? done / worked : 0.0;
    const struct chip_progress progress = {
        .done_ms = m->done_ms,
        .total_ms = m->total_ms,
        .elapsed_s = (double)(now - m->started_ns) / 1e9,
        .speed = speed,
        .remaining_s = remaining(m, speed),
    };
    m->told_ns = now;
    m->options->on_progress(m->options->user, &progress);
}

void chip_meter_move(struct chip_meter *m, int64_t done_ms)
{
    if (m->total_ms >= 0 && done_ms > m->total_ms)
        done_ms = m->total_ms;
    if (done_ms > m->done_ms)
        m->done_ms = done_ms;
    const int64_t now = chip_clock_ns();
    if (m->options->on_progress && now - m->told_ns >= TELL_MS * INT64_C(1000000))
        tell(m, now);
}

void chip_meter_skip(struct chip_meter *m, int64_t done_ms)
{
    m->base_ms = done_ms;
    m->base_ns = chip_clock_ns();
    chip_meter_move(m, done_ms);
}

void chip_meter_finish(struct chip_meter *m, int64_t duration_ms)
{
    m->done_ms = m->total_ms = duration_ms;
    if (m->options->on_progress)
        tell(m, chip_clock_ns());
}
