/**
 * What a server tidies up by itself, in a thread: expired leases, jobs and uploads that are too
 * old, recordings whose jobs are gone.
 */
#pragma once

#include "store/store.h"
#include "store/uploads.h"

struct chip_housekeeping;

struct chip_housekeeping_settings {
    struct chip_store *store; /* all are borrowed until chip_housekeeping_stop() */
    struct chip_uploads *uploads;
    const char *data_dir;
    int retain_days; /* 0: finished jobs are kept */
    int every_ms;    /* between two rounds; 0: a minute */
};

/** Begins with a round at once. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_housekeeping_start(struct chip_housekeeping **out,
                                         const struct chip_housekeeping_settings *settings,
                                         struct chip_err *err);
/** NULL is accepted. */
void chip_housekeeping_stop(struct chip_housekeeping *housekeeping);
