/** The SQL of supabase/, which the build puts into the program (embed_sql.py). Read only. */
#pragma once

#include <stddef.h>

struct chip_migration {
    const char *name; /* "init" */
    const char *sql;  /* ends by writing its version, 1 for the first, into schema_migrations */
};

extern const struct chip_migration chip_migrations[];
extern const size_t chip_n_migrations;

/** What Supabase has before the first migration, for a PostgreSQL without it. */
extern const char chip_plain_postgres[];
