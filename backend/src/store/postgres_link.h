/**
 * One connection to PostgreSQL that never waits longer than it is told.
 *
 * A transaction goes out in one piece and its answers come back in one piece, so that it costs one
 * round trip. One thread at a time.
 */
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/err.h"

/** Where to connect to; made from a URL once, then read only. */
struct chip_pg_target {
    char **names, **values; /* libpq's parameters, ended by NULL */
    char *label;            /* "db.example.org:5432", for messages; never has a password */
};

/**
 * @param url "postgres://user:password@host:port/database?option=value", or libpq's "host=... ..."
 * @return CHIP_OK; CHIP_E_INVAL, without repeating the URL, which may hold a password; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_pg_target_parse(struct chip_pg_target *target, const char *url,
                                      struct chip_err *err);
void chip_pg_target_done(struct chip_pg_target *target);

/**
 * @param out close it with PQfinish()
 * @return CHIP_OK; CHIP_E_UNAVAILABLE; CHIP_E_DENIED for a wrong name or password; CHIP_E_INVAL for
 *         a database that is not there
 */
CHIP_MUST_CHECK
enum chip_status chip_pg_connect(PGconn **out, const struct chip_pg_target *target,
                                 struct chip_err *err);

/** Has the other side hung up since the connection was last used? */
bool chip_pg_is_alive(PGconn *conn);

struct chip_pg_query {
    const char *sql;
    int n;                     /* parameters, $1 to $n */
    const char *const *values; /* [n] as text; NULL: null */
};

/**
 * Sends queries all at once; the server runs them in turn and none behind one that fails.
 *
 * @param results   [n] each query's result, NULL for those behind a failed one; the caller clears
 *                  them all, also on failure. A failed query is a result: see PQresultStatus()
 * @param timeout_s for the whole
 * @return CHIP_OK if the server answered; CHIP_E_UNAVAILABLE when the connection is lost: close it
 */
CHIP_MUST_CHECK
enum chip_status chip_pg_run(PGconn *conn, const struct chip_pg_query *queries, size_t n,
                             PGresult **results, int timeout_s, struct chip_err *err);

/**
 * Runs a text of several commands.
 *
 * @param out as above, of the last command or the one that failed
 */
CHIP_MUST_CHECK
enum chip_status chip_pg_script(PGconn *conn, const char *sql, PGresult **out, int timeout_s,
                                struct chip_err *err);

/** Did the query do what it should? */
bool chip_pg_is_good(const PGresult *result);
