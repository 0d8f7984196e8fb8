/**
 * Fetching a file: resumed where it stopped, checked before it gets its name.
 *
 * Bytes go to PATH.part; PATH appears only when all of them are there and their SHA-256 is right.
 * A download that is cut off is resumed by itself a few times, and later by the next call, if the
 * file on the server is still the same (ETag or date, or because a hash will tell). Two calls for
 * the same PATH exclude each other.
 *
 * Any thread; one call downloads one file and returns when it is there.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct chip_download {
    const char *url;    /* see net/url.h for what is accepted */
    const char *path;   /* the folder must exist; a file there is replaced */
    const char *sha256; /* 64 lower-case digits; NULL: not known */
    uint64_t size;      /* expected bytes; 0: not known */
    uint64_t max_bytes; /* refuse more; 0: `size`, or 8 GiB */

    int connect_timeout_s; /* 0: 20 */
    int stall_timeout_s;   /* without a byte; 0: 30 */
    int attempts;          /* in a row without progress; 0: 5 */
    int retry_wait_ms;     /* before the second attempt, doubled for each further one */

    /** Called now and then with the bytes that are there; total is 0 while it is not known. */
    void (*on_progress)(void *user, uint64_t done, uint64_t total);
    void *user;
    const volatile bool *cancel; /* polled; may be NULL */
};

/**
 * Downloads a file.
 *
 * @return CHIP_OK; CHIP_E_NOT_FOUND for 404 and 410; CHIP_E_NETWORK; CHIP_E_CHECKSUM (the bytes are
 *         thrown away); CHIP_E_LIMIT; CHIP_E_CANCELLED (what is there is kept); CHIP_E_IO;
 *         CHIP_E_INVAL for a URL that is not accepted
 */
CHIP_MUST_CHECK
enum chip_status chip_download(const struct chip_download *download, struct chip_err *err);
