/** SQLite's schema and its versions. Private to the SQLite driver. */
#pragma once

#include "store/sqlite_query.h"

struct chip_step {
    const char *name, *sql;
};

/** The steps so far, oldest first; a released one never changes. */
extern const struct chip_step chip_sqlite_steps[];
extern const int chip_sqlite_n_steps;

/** chip_store_migrate() with steps of one's own choice, for tests. */
CHIP_MUST_CHECK
enum chip_status chip_sqlite_migrate(struct chip_conn *conn, const struct chip_step *steps,
                                     int n_steps, json_t **out, struct chip_err *err);

/** @return CHIP_OK if the schema is this program's, else CHIP_E_UNAVAILABLE and what to do */
CHIP_MUST_CHECK
enum chip_status chip_sqlite_check_schema(struct chip_conn *conn, struct chip_err *err);
