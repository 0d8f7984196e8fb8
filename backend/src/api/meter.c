#include "api/meter.h"

#include "base/clock.h"

enum { TELL_MS = 100 };

struct chip_meter chip_meter_start(const struct chip_options *options, int64_t total_ms)
{
    const int64_t now = chip_clock_ns();
    return (struct chip_meter){
        .options = options, .total_ms = total_ms, .started_ns = now, .base_ns = now};
}

static void reckon(struct chip_meter *m)
{
    int64_t worked = m->settled_ms - m->pieces_ms + (int64_t)m->recognized_ms;
    worked = worked > m->done_ms ? worked : m->done_ms;
    if (m->total_ms >= 0 && worked > m->total_ms)
        worked = m->total_ms;
    if (worked > m->worked_ms)
        m->worked_ms = worked;
}

static double remaining(const struct chip_meter *m, double speed)
{
    if (m->total_ms < 0)
        return -1.0;
    if (m->done_ms == m->total_ms)
        return 0.0;
    return speed > 0.0 ? (double)(m->total_ms - m->worked_ms) / 1e3 / speed : -1.0;
}

static void tell(struct chip_meter *m, int64_t now)
{
    const double took = (double)(now - m->base_ns) / 1e9;
    const double worked = (double)(m->worked_ms - m->base_ms) / 1e3;
    const double speed = took > 0.0 && worked > 0.0 ? worked / took : 0.0;
    const struct chip_progress progress = {
        .done_ms = m->done_ms,
        .worked_ms = m->worked_ms,
        .total_ms = m->total_ms,
        .elapsed_s = (double)(now - m->started_ns) / 1e9,
        .speed = speed,
        .remaining_s = remaining(m, speed),
    };
    m->told_ns = now;
    m->options->on_progress(m->options->user, &progress);
}

static void tell_now_and_then(struct chip_meter *m)
{
    const int64_t now = chip_clock_ns();
    reckon(m);
    if (m->options->on_progress && now - m->told_ns >= TELL_MS * INT64_C(1000000))
        tell(m, now);
}

void chip_meter_move(struct chip_meter *m, int64_t done_ms)
{
    if (m->total_ms >= 0 && done_ms > m->total_ms)
        done_ms = m->total_ms;
    if (done_ms > m->done_ms)
        m->done_ms = done_ms;
    tell_now_and_then(m);
}

static void start_from_here(struct chip_meter *m)
{
    reckon(m);
    m->base_ms = m->worked_ms;
    m->base_ns = chip_clock_ns();
}

void chip_meter_skip(struct chip_meter *m, int64_t done_ms)
{
    m->skips = true;
    m->done_ms = done_ms > m->done_ms ? done_ms : m->done_ms;
    start_from_here(m);
    chip_meter_move(m, done_ms);
}

void chip_meter_hear(struct chip_meter *m, int64_t settled_ms, int64_t pieces_ms)
{
    m->settled_ms = settled_ms;
    m->pieces_ms = pieces_ms;
    reckon(m);
}

void chip_meter_work(struct chip_meter *m, double ms)
{
    m->recognized_ms += ms;
    if (m->skips) { /* the piece that was skipped is in it */
        m->skips = false;
        start_from_here(m);
    }
    tell_now_and_then(m);
}

void chip_meter_finish(struct chip_meter *m, int64_t duration_ms)
{
    m->done_ms = m->worked_ms = m->total_ms = duration_ms;
    if (m->options->on_progress)
        tell(m, chip_clock_ns());
}
