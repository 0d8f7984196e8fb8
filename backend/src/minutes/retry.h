/** How long to wait before asking a server again. Pure but for chip_retry_sleep(); any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "minutes/provider/fault.h"

/**
 * Takes a header of an answer into account: x-should-retry, retry-after-ms, Retry-After (seconds,
 * fractions too, or an HTTP date).
 *
 * @param now for dates
 */
void chip_retry_header(struct chip_llm_wish *wish, const char *name, const char *value, time_t now);

/**
 * @param failures  so far, >= 1
 * @param first_ms  the pause after the first, doubled for each further one up to 60 s
 * @param random    0..1; takes up to a quarter of our own pause off, so that many do not come back
 *                  at once
 * @return what the server wishes, else our own
 */
int64_t chip_retry_wait_ms(const struct chip_llm_wish *wish, int failures, int first_ms,
                           double random);

/** Waits in short steps. @return false as soon as *cancel is true; cancel may be NULL */
bool chip_retry_sleep(int64_t ms, const volatile bool *cancel);
