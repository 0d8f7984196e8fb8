#include "job/work.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void chip_work_tell(struct chip_work *work, double share, double speed, double eta_seconds)
{
    const struct chip_stage *stage = work->stage;
    share = share > 1.0 ? 1.0 : share > 0.0 ? share : 0.0;
    int percent = stage->from + (int)(share * (stage->to - stage->from));
    work->percent = percent > work->percent ? percent : work->percent;
    const struct chip_lease_progress progress = {
        .stage = stage->name,
        .percent = work->percent,
        .speed = speed,
        .eta_seconds = eta_seconds,
        .duration_ms = work->recording_ms > 0 ? work->recording_ms : -1,
    };
    chip_lease_tell(work->lease, &progress);
}

void chip_work_warn(struct chip_work *work, const char *code, const char *fmt, ...)
{
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    json_array_append_new(work->warnings,
                          json_pack("{s:s, s:s}", "code", code, "message", message));
    chip_lease_event(work->lease, "warning", json_pack("{s:s}", "message", message));
}

const char *chip_work_text(const struct chip_work *work, const char *column)
{
    return json_string_value(json_object_get(work->job, column));
}

bool chip_work_redoes(const struct chip_work *work, const char *stage)
{
    const char *redo = chip_work_text(work, "redo");
    return redo && strcmp(redo, stage) == 0;
}

void chip_work_time(int64_t ms, char text[CHIP_WORK_TIME])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t n = strftime(text, CHIP_WORK_TIME, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + n, CHIP_WORK_TIME - n, ".%03dZ", (int)(ms % 1000));
}

int64_t chip_work_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
