#include "store/sqlite_query.h"
#include "store/sqlite_schema.h"

enum { BUSY_MS = 5000, WAL_KEPT_BYTES = 64 << 20 };

/* Writing fails for want of room, in one way or another; the system's reason is not kept. */
static enum chip_status fail_room(struct chip_conn *conn, struct chip_err *err)
{
    return chip_fail(
        err, CHIP_E_IO,
        "cannot write '%s', most likely there is no room: free some space and try again",
        conn->path);
}

static enum chip_status fail_io(struct chip_conn *conn, int rc, struct chip_err *err)
{
    switch (rc) {
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMMAP:
        return fail_room(conn, err);
    }
    return chip_fail(err, CHIP_E_IO, "cannot read '%s' (%s): check its disk", conn->path,
                     sqlite3_errstr(rc));
}

/* SQL that does not fit the tables: most likely these are not the ones that we know. */
static enum chip_status fail_sql(struct chip_conn *conn, struct chip_err *err)
{
    char message[256];
    snprintf(message, sizeof message, "%s", sqlite3_errmsg(conn->db));
    if (chip_sqlite_check_schema(conn, err) != CHIP_OK)
        return CHIP_E_UNAVAILABLE;
    return chip_fail(err, CHIP_E_INTERNAL, "SQLite on '%s': %s", conn->path, message);
}

enum chip_status chip_conn_fail(struct chip_conn *conn, int rc, struct chip_err *err)
{
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the database");
    case SQLITE_FULL:
        return fail_room(conn, err);
    case SQLITE_IOERR:
        return fail_io(conn, rc, err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return chip_fail(err, CHIP_E_UNAVAILABLE,
                         "'%s' is in use by somebody who does not let go: try again", conn->path);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return chip_fail(err, CHIP_E_IO,
                         "'%s' cannot be written: give this user the right to write it and its "
                         "folder",
                         conn->path);
    case SQLITE_CANTOPEN:
        return chip_fail(err, CHIP_E_IO,
                         "cannot open '%s': is its folder there and may be written?", conn->path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return chip_fail(err, CHIP_E_IO,
                         "'%s' is damaged or no database: put a backup in its place, or move it "
                         "away to start with an empty one",
                         conn->path);
    case SQLITE_TOOBIG:
        return chip_fail(err, CHIP_E_LIMIT, "too large a value for '%s'", conn->path);
    case SQLITE_ERROR:
        return fail_sql(conn, err);
    }
    return chip_fail(err, CHIP_E_INTERNAL, "SQLite on '%s': %s", conn->path,
                     sqlite3_errmsg(conn->db));
}

enum chip_status chip_conn_exec(struct chip_conn *conn, const char *sql, struct chip_err *err)
{
    int rc = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? CHIP_OK : chip_conn_fail(conn, rc, err);
}

/* Two that open a new file at once cannot both change its mode: SQLite says busy without waiting.
 */
static enum chip_status set_wal(struct chip_conn *conn, struct chip_err *err)
{
    int rc = SQLITE_BUSY;
    for (int waited = 0; rc == SQLITE_BUSY && waited < BUSY_MS; waited += 10) {
        rc = sqlite3_exec(conn->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if (rc == SQLITE_BUSY)
            sqlite3_sleep(10);
    }
    return rc == SQLITE_OK ? CHIP_OK : chip_conn_fail(conn, rc, err);
}

enum chip_status chip_conn_open(struct chip_conn *conn, const char *path, bool writing,
                                struct chip_err *err)
{
    conn->path = path;
    int rc = sqlite3_open_v2(path, &conn->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return chip_conn_fail(conn, rc, err);
    sqlite3_extended_result_codes(conn->db, 1);
    sqlite3_busy_timeout(conn->db, BUSY_MS);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (!writing)
        return chip_conn_exec(conn, "PRAGMA query_only = ON", err);

    enum chip_status status = set_wal(conn, err);
    if (status != CHIP_OK)
        return status;
    char settings[160];
    snprintf(
        settings, sizeof settings,
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = %d",
        WAL_KEPT_BYTES);
    return chip_conn_exec(conn, settings, err);
}

void chip_conn_close(struct chip_conn *conn)
{
    for (int i = 0; i < conn->n_statements; i++)
        chip_statement_done(&conn->statements[i]);
    sqlite3_close(conn->db);
    *conn = (struct chip_conn){0};
}
