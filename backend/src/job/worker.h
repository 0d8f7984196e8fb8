/**
 * A worker: claims jobs from the store, one at a time, and does them with all cores.
 *
 * Nothing is lost when it dies at any moment: its lease ends, and the next worker goes on from what
 * was written. A worker of the same data directory notices the death at once (note.h) and does not
 * wait for that.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "job/engine.h"
#include "store/store.h"
#include "store/uploads.h"

struct chip_guard;
struct chip_minutes_provider;

/** Everything is borrowed for the call. */
struct chip_worker_settings {
    struct chip_store *store; /* migrated */
    const struct chip_engine *engine;
    const char *data_dir;           /* recordings/ and work/ lie in it; made if missing */
    const char *node;               /* whose data_dir it is; uploads lie on one node only */
    struct chip_uploads *uploads;   /* of data_dir; NULL: jobs with uploads fail */
    const struct chip_guard *guard; /* what may be fetched from where; NULL: jobs with URLs fail */

    const struct chip_minutes_provider *minutes; /* who writes them; NULL: the built-in analyst */
    const json_t *values; /* company values, see docs/MINUTES.md; NULL: none */

    int child_fd;            /* to the supervisor, see supervisor.h; -1: runs by itself */
    int threads;             /* 0: all CPUs */
    int lease_seconds;       /* 0: 60 */
    int patience_seconds;    /* how long finished work is kept for a store that does not answer;
                                0: 900 */
    int stall_seconds;       /* without any sign of life of the engine; 0: 600 */
    int upload_seconds;      /* without a byte of an upload that a job follows; 0: a day */
    int64_t max_bytes;       /* of a recording that is fetched; 0: 8 GiB */
    int64_t max_duration_ms; /* of a recording; 0: no limit */
};

/**
 * Works until *stop becomes true, which a signal handler may set: the job in work is then put down
 * where it is and released, which takes seconds. Between jobs it also ends when the supervisor has.
 *
 * @return CHIP_OK when it was stopped; what engine->prepare() or the data directory failed with. A
 *         store that does not answer is waited for
 */
CHIP_MUST_CHECK
enum chip_status chip_worker_run(const struct chip_worker_settings *settings,
                                 const volatile bool *stop, struct chip_err *err);
