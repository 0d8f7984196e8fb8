/**
 * Fetching a recording that a user has named, into a file.
 *
 * Bytes go to PATH.part, which is resumed when the connection breaks, and by a later call for the
 * same URL, if the server says that the file is still the same (If-Range with its ETag or date).
 * Links to one file that differ only in their signature and its end (X-Amz-*, X-Goog-*, Azure's,
 * token, expires, ...) count as the same URL, so a job goes on with a new link where the old one
 * ended. Neither messages nor files that are left hold more of the URL than its host, the last part
 * of its path, and a hash.
 *
 * Any thread; one call fetches one file.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/guard.h"

struct chip_fetch {
    const char *url;
    const char *path;               /* the folder must exist; the file is for its owner only */
    const struct chip_guard *guard; /* required */
    uint64_t max_bytes;             /* 0: 8 GiB */
    uint64_t keep_free_bytes;       /* of the disk, never used up; 0: 256 MiB */

    int connect_timeout_s; /* 0: 20 */
    int stall_timeout_s;   /* without a byte; 0: 30 */
    int timeout_s;         /* for all of it; 0: 4 hours */
    int attempts;          /* in a row without progress; 0: 5 */
    int retry_wait_ms;     /* before the second attempt, doubled for each further; 0: 1000 */

    /** Called about once a second with the bytes that are there; total is 0 while not known. */
    void (*on_progress)(void *user, uint64_t done, uint64_t total);
    void *user;
    const volatile bool *cancel; /* polled about once a second; may be NULL */
};

/**
 * @return CHIP_OK, and what will not change by asking again:
 *         CHIP_E_INVAL      not a URL that can be fetched
 *         CHIP_E_DENIED     leads where the guard lets nobody, or the server refuses (400, 401,
 * 403) CHIP_E_NOT_FOUND  404, 410 CHIP_E_LIMIT      too large, or not there in time
 *         CHIP_E_CANCELLED  what is there is kept
 *         and what may: CHIP_E_NETWORK; CHIP_E_IO (no room on the disk, ...); CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_fetch(const struct chip_fetch *fetch, struct chip_err *err);

/** Deletes what an unfinished fetch has left beside `path`. */
void chip_fetch_forget(const char *path);
