/**
 * Failures of jobs: what people and programs are told, and whether trying again makes sense. Pure;
 * any thread.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

/** Of a store's call: it may work a little later. */
bool chip_failure_may_pass(enum chip_status status);

/** Of a leased call: the job is not ours any more, or gone. */
bool chip_failure_is_lost(enum chip_status status);

/** Can the same job work a little later? Not for a recording that is bad. */
bool chip_failure_retryable(enum chip_status status);

/**
 * A job's error: {"code", "message", "stage", "retryable"}.
 *
 * @param stage "transcribe"
 * @param err   its message is passed on as it is
 */
json_t *chip_failure_json(const char *stage, const struct chip_err *err);

/**
 * Seconds to wait before the next try: 1, 4, 16, 64, then 300, up to a quarter more or less.
 *
 * @param attempts so far, from 1
 * @param random   any number: where in that range
 */
double chip_failure_wait(int attempts, unsigned random);
