#include "store/sqlite_schema.h"

#include "store/sqlite_embedded.h"

const struct chip_step chip_sqlite_steps[] = {
    {"1_init", (const char *)chip_embedded_sqlite_1_init},
    {"2_search", (const char *)chip_embedded_sqlite_2_search},
    {"3_waveform", (const char *)chip_embedded_sqlite_3_waveform},
    {"4_search_names", (const char *)chip_embedded_sqlite_4_search_names},
};
const int chip_sqlite_n_steps = sizeof chip_sqlite_steps / sizeof *chip_sqlite_steps;

/* Every step sets it to its own number, in its transaction. */
static enum chip_status read_version(struct chip_conn *conn, int *version, struct chip_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(conn->db, "PRAGMA user_version", -1, &stmt, NULL);
    if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        *version = sqlite3_column_int(stmt, 0);
        rc = SQLITE_OK;
    }
    enum chip_status status = rc == SQLITE_OK ? CHIP_OK : chip_conn_fail(conn, rc, err);
    sqlite3_finalize(stmt);
    return status;
}

enum chip_status chip_sqlite_check_schema(struct chip_conn *conn, struct chip_err *err)
{
    int version = 0;
    enum chip_status status = read_version(conn, &version, err);
    if (status != CHIP_OK || version == chip_sqlite_n_steps)
        return status;
    if (version > chip_sqlite_n_steps)
        return chip_fail(err, CHIP_E_UNAVAILABLE, "'%s' was made by a newer chip: update this one",
                         conn->path);
    return chip_fail(err, CHIP_E_UNAVAILABLE,
                     "the tables of '%s' are missing or old: run 'chip migrate'", conn->path);
}

static enum chip_status record(struct chip_conn *conn, const struct chip_step *step, int version,
                               struct chip_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(conn->db,
                                "INSERT INTO schema_migrations (version, name, applied_at) "
                                "VALUES ($1, $2, strftime('%Y-%m-%dT%H:%M:%fZ'))",
                                -1, &stmt, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_bind_int(stmt, 1, version);
        sqlite3_bind_text(stmt, 2, step->name, -1, SQLITE_STATIC);
        rc = sqlite3_step(stmt);
    }
    enum chip_status status = rc == SQLITE_DONE ? CHIP_OK : chip_conn_fail(conn, rc, err);
    sqlite3_finalize(stmt);
    return status;
}

/* The step's SQL and the record of it, inside a transaction. */
static enum chip_status apply(struct chip_conn *conn, const struct chip_step *step, int version,
                              struct chip_err *err)
{
    char numbered[200];
    snprintf(numbered, sizeof numbered,
             "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, "
             "name TEXT NOT NULL, applied_at TEXT NOT NULL);"
             "PRAGMA user_version = %d",
             version);
    enum chip_status status = chip_conn_exec(conn, step->sql, err);
    if (status == CHIP_OK)
        status = chip_conn_exec(conn, numbered, err);
    if (status == CHIP_OK)
        status = record(conn, step, version, err);
    return status == CHIP_OK ? CHIP_OK : chip_fail_in(err, "step %s of the tables: ", step->name);
}

/* The next step, if there is one left once nobody else can write. @param version now */
static enum chip_status next_step(struct chip_conn *conn, const struct chip_step *steps,
                                  int n_steps, int *version, json_t *applied, struct chip_err *err)
{
    enum chip_status status = chip_conn_exec(conn, "BEGIN IMMEDIATE", err);
    if (status != CHIP_OK)
        return status;
    int found = 0;
    status = read_version(conn, &found, err);
    bool wanted = status == CHIP_OK && found < n_steps;
    if (wanted)
        status = apply(conn, &steps[found], found + 1, err);
    if (status == CHIP_OK)
        status = chip_conn_exec(conn, "COMMIT", err);
    if (status != CHIP_OK) {
        if (!sqlite3_get_autocommit(conn->db))
            sqlite3_exec(conn->db, "ROLLBACK", NULL, NULL, NULL);
        return status;
    }
    *version = found + wanted;
    if (wanted && json_array_append_new(applied, json_string(steps[found].name)) != 0)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the database");
    return CHIP_OK;
}

enum chip_status chip_sqlite_migrate(struct chip_conn *conn, const struct chip_step *steps,
                                     int n_steps, json_t **out, struct chip_err *err)
{
    int version = 0;
    enum chip_status status = read_version(conn, &version, err);
    json_t *applied = json_array();
    if (status == CHIP_OK && !applied)
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for the database");
    /* A step that makes a table anew would otherwise delete what refers to the old one. */
    if (status == CHIP_OK)
        status = chip_conn_exec(conn, "PRAGMA foreign_keys = OFF", err);
    while (status == CHIP_OK && version < n_steps)
        status = next_step(conn, steps, n_steps, &version, applied, err);
    if (sqlite3_exec(conn->db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL) != SQLITE_OK &&
        status == CHIP_OK)
        status = chip_conn_fail(conn, sqlite3_errcode(conn->db), err);
    if (status == CHIP_OK && version > n_steps)
        status = chip_fail(err, CHIP_E_UNSUPPORTED,
                           "'%s' was made by a newer chip (its tables are version %d, this program "
                           "knows %d): update this one",
                           conn->path, version, n_steps);
    if (status == CHIP_OK &&
        !(*out = json_pack("{s:i, s:O}", "version", version, "applied", applied)))
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for the database");
    json_decref(applied);
    return status;
}
