/**
 * Getting all bytes behind one URL into a part, whatever breaks on the way: redirects are followed
 * one by one, cut connections resumed where they broke if the file is still the same.
 *
 * Any thread; one call is one file.
 */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/label.h"
#include "net/part.h"

/** What differs between files of ours and files of users. */
struct chip_transfer_rules {
    /** May it be asked? `redirected_from` is NULL for the first. */
    enum chip_status (*check)(void *user, const char *url, const char *redirected_from,
                              struct chip_err *err);
    /** Further options for one request. */
    void (*prepare)(void *user, CURL *curl, const char *url);
    /** How messages name the URL. */
    void (*label)(const char *url, char label[CHIP_LABEL]);
    /** An answer that is neither a file nor a redirect. @return never CHIP_OK */
    enum chip_status (*refused)(void *user, const char *label, long http, struct chip_err *err);
    /** Connecting has failed: was it us? @return CHIP_OK: no; NULL here: never */
    enum chip_status (*unreachable)(void *user, const char *label, struct chip_err *err);
    /** May the part grow by `more` bytes? Asked before the first byte and every 32 MiB. NULL: yes
     */
    enum chip_status (*room)(void *user, const struct chip_part *part, uint64_t more,
                             struct chip_err *err);
};

struct chip_transfer {
    const char *url;
    const char *identity; /* by which a later call knows what the part is of */
    const struct chip_transfer_rules *rules;
    void *rules_user;
    uint64_t size;      /* expected bytes; 0: not known */
    uint64_t max_bytes; /* more is CHIP_E_LIMIT */
    bool resume_any;    /* also without a validator, as a hash will tell */

    int connect_timeout_s; /* 0: 20 */
    int stall_timeout_s;   /* without a byte; 0: 30 */
    int64_t deadline_ms;   /* of chip_clock_ms(); 0: none */
    int attempts;          /* in a row without progress; 0: 5 */
    int retry_wait_ms;     /* before the second attempt, doubled for each further one */

    void (*on_progress)(void *user, uint64_t done, uint64_t total); /* total 0: not known */
    void *user;
    const volatile bool *cancel; /* polled; may be NULL */
};

/**
 * @return CHIP_OK: all is there; CHIP_E_CANCELLED, CHIP_E_NETWORK, CHIP_E_LIMIT (also for the
 *         deadline), CHIP_E_CHECKSUM (another size than expected), CHIP_E_IO, CHIP_E_NOMEM, and
 * what the rules return
 */
CHIP_MUST_CHECK
enum chip_status chip_transfer_run(const struct chip_transfer *transfer, struct chip_part *part,
                                   struct chip_err *err);
