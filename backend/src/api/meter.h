/** How far a transcription has come, and telling the caller so. One thread at a time. */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct chip_meter {
    const struct chip_options *options; /* borrowed */
    int64_t total_ms;                   /* of the recording; -1 unknown */
    int64_t done_ms, started_ns, told_ns;
    int64_t base_ms, base_ns; /* where, and when, the work began that the speed is taken of */
};

struct chip_meter chip_meter_start(const struct chip_options *options, int64_t total_ms);

/** Everything up to here is done; tells, unless it told less than a tenth of a second ago. */
void chip_meter_move(struct chip_meter *meter, int64_t done_ms);

/** Everything up to here was known before, and does not count for the speed; then as move. */
void chip_meter_skip(struct chip_meter *meter, int64_t done_ms);

/** All is done; tells in any case. */
void chip_meter_finish(struct chip_meter *meter, int64_t duration_ms);
