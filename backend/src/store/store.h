/**
 * Where jobs and results are kept: SQLite, PostgreSQL, or Supabase over HTTPS.
 *
 *     json_t *job;
 *     s = chip_store_call(store, NULL, "claim_job",
 *                         json_pack("{s:s, s:s, s:i}", "worker", w, "node", n, "lease_seconds",
 * 60), &job, &err);
 *
 * docs/STORE.md lists the functions with their arguments and results; all drivers have the same.
 * In PostgreSQL each is an SQL function (supabase/migrations), reached through libpq or, over
 * HTTPS, through PostgREST's rpc calls; in SQLite each is C.
 *
 * Threads: any number may call at once; each call is one transaction.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct chip_store;

struct chip_store_settings {
    const char *data_dir;     /* SQLite: holds chip.db; made if missing */
    const char *database_url; /* "postgres://...": PostgreSQL; NULL: not */
    const char *supabase_url; /* "https://ref.supabase.co": Supabase, unless database_url is set */
    const char *supabase_key; /* service role key or sb_secret_...; never logged */
    int connections;          /* most at once; 0: 4 */
};

/** On whose behalf a call is made. NULL in its place: the service itself, which may do all. */
struct chip_caller {
    const char *user_id; /* UUID; sees and changes only what is theirs */
    const char *jwt;     /* the token that says so, for Supabase; NULL elsewhere */
};

/**
 * Opens the store that the settings name: database_url, else supabase_url, else SQLite.
 *
 * @param out close it with chip_store_close(); needs its schema, see chip_store_migrate()
 * @return CHIP_OK; CHIP_E_UNAVAILABLE if the server does not answer; CHIP_E_DENIED if it does not
 *         let us in; CHIP_E_INVAL for a URL that is none; CHIP_E_IO; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_store_open(struct chip_store **out,
                                 const struct chip_store_settings *settings, struct chip_err *err);
void chip_store_close(struct chip_store *store);
static inline void chip_store_freep(struct chip_store **store)
{
    chip_store_close(*store);
    *store = NULL;
}

/** "sqlite", "postgres" or "supabase" */
const char *chip_store_kind(const struct chip_store *store);

/**
 * Brings the schema to this program's version, each step in a transaction of its own; does nothing
 * when it is there. Several programs may do so at once.
 *
 * @param out {"version": N, "applied": [names]}; may be NULL
 * @return CHIP_OK; CHIP_E_UNSUPPORTED if the schema is newer than this program, or for Supabase
 *         over HTTPS when steps are missing (the message says how to apply them)
 */
CHIP_MUST_CHECK
enum chip_status chip_store_migrate(struct chip_store *store, json_t **out, struct chip_err *err);

/**
 * Whether anything has changed: the number stays the same for as long as nobody writes to the
 * store, in this process or another. It may become another for no reason. Reads no rows.
 *
 * @return false: it cannot be told. Only SQLite can tell
 */
bool chip_store_version(struct chip_store *store, int64_t *version);

/**
 * Calls a function.
 *
 * @param caller   NULL: the service itself
 * @param args     an object; this call takes its reference, also on failure. NULL (a failed
 *                 json_pack) is CHIP_E_NOMEM
 * @param result   a new reference; json_null() where there is nothing; may be NULL
 * @return CHIP_OK, or
 *         CHIP_E_NOT_FOUND   no such job, or not the caller's
 *         CHIP_E_CONFLICT    the state rules it out: a lost lease, a newer version
 *         CHIP_E_INVAL       an argument is missing, unknown or of the wrong kind
 *         CHIP_E_DENIED      functions of the service, called by a user
 *         CHIP_E_UNAVAILABLE the database does not answer or is busy; nothing was changed, or (a
 *                            connection lost while committing) it is not known: functions may be
 *                            called again with the same arguments, docs/STORE.md says why
 *         CHIP_E_IO (disk full), CHIP_E_NOMEM, CHIP_E_INTERNAL
 */
CHIP_MUST_CHECK
enum chip_status chip_store_call(struct chip_store *store, const struct chip_caller *caller,
                                 const char *function, json_t *args, json_t **result,
                                 struct chip_err *err);
