/**
 * A claimed job, from its recording to its result.
 *
 * Whatever happens, the job ends in one of four ways: completed; failed, or to be tried again later
 * where that may help; released, when the worker is to stop; or left, when it is not ours any more
 * or the store is away for longer than patience lasts (its lease then ends by itself).
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "job/worker.h"

enum chip_job_end {
    CHIP_JOB_COMPLETED,
    CHIP_JOB_FAILED,
    CHIP_JOB_RELEASED,
    CHIP_JOB_LEFT,
};

/** What the process of a worker exits with when its engine hangs and cannot be stopped. */
enum { CHIP_WORKER_HUNG = 70 };

/**
 * Does a job; says what became of it in the log, and in what is left on disk.
 *
 * @param settings with its defaults filled in
 * @param job      as claim_job gave it; borrowed
 * @param stop     the worker is to stop
 */
enum chip_job_end chip_pipeline_run(const struct chip_worker_settings *settings, const json_t *job,
                                    const volatile bool *stop);
