/**
 * What a driver of the store is: sqlite.c, postgres.c and supabase.c each have one.
 *
 * Private to store/. store.c checks function, arguments and caller before a driver sees them, so
 * a driver does only what its database needs.
 */
#pragma once

#include "store/functions.h"
#include "store/store.h"

struct chip_store_driver {
    const char *kind; /* "sqlite" */

    /**
     * One call, one transaction.
     *
     * @param caller NULL: the service; else a user whose `user_id` is a UUID in lower case, and
     *               `function` is one that users may call
     * @param args   borrowed; has every argument of `function`, null where none was given, and
     *               nothing else; kinds and ranges are right, UUIDs in lower case
     * @param result never NULL; set to a new reference on success only
     */
    enum chip_status (*call)(struct chip_store *store, const struct chip_caller *caller,
                             const struct chip_function *function, const json_t *args,
                             json_t **result, struct chip_err *err);

    /** As chip_store_version(); NULL: it can never be told. */
    bool (*version)(struct chip_store *store, int64_t *version);

    /** As chip_store_migrate(); `out` is never NULL. */
    enum chip_status (*migrate)(struct chip_store *store, json_t **out, struct chip_err *err);

    /** Frees everything, `store` too. No call is under way. */
    void (*close)(struct chip_store *store);
};

/** A driver's own struct begins with this one. */
struct chip_store {
    const struct chip_store_driver *driver;
};

/**
 * Opens `data_dir`/chip.db. As chip_store_open().
 *
 * After a power cut: calls that callers act on (enqueue_job, complete_job, fail_job, cancel_job,
 * ...) are on the disk before they return. The last heartbeats, checkpoints, claims and audit
 * entries may be gone, each of them as a whole; the work they stood for is done again.
 */
CHIP_MUST_CHECK
enum chip_status chip_sqlite_open(struct chip_store **out,
                                  const struct chip_store_settings *settings, struct chip_err *err);
