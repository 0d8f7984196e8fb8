/** Time: a monotonic clock for measuring, from any thread. */
#pragma once

#include <stdint.h>

/** Nanoseconds of a clock that never goes back; only differences mean something. */
int64_t chip_clock_ns(void);

/** The same in milliseconds. */
int64_t chip_clock_ms(void);
