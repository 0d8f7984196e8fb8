#include "store/postgres_migrate.h"

#include <stdlib.h>
#include <string.h>

#include "store/postgres_migrations.h"
#include "store/rpc_status.h"

enum { STEP_S = 600 }; /* a step may rewrite a large table, or wait for another program's */

/* Waits for others that migrate; the lock ends with the transaction. */
static const char lock[] = "SELECT pg_advisory_xact_lock(7235419306821)";

/* Who may read schema_migrations is the owner and the service. */
static const char read_version[] =
    "DO $$ BEGIN"
    "    PERFORM set_config('chip.version', '0', true);"
    "    IF to_regclass('public.schema_migrations') IS NOT NULL THEN"
    "        PERFORM set_config('role', 'service_role', true);"
    "        PERFORM set_config('chip.version', (SELECT coalesce(max(version), 0)::text"
    "                                            FROM public.schema_migrations), true);"
    "        PERFORM set_config('role', 'none', true);"
    "    END IF;"
    "END $$;"
    "SELECT current_setting('chip.version')";

static const char needs_plain[] =
    "SELECT (SELECT count(*) FROM pg_roles"
    "        WHERE rolname IN ('anon', 'authenticated', 'service_role')) < 3"
    "    OR (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    "        WHERE n.nspname = 'auth' AND p.proname IN ('uid', 'role')) < 2"
    "    OR (SELECT bool_or(NOT pg_has_role(current_user, oid, 'MEMBER')) FROM pg_roles"
    "        WHERE rolname IN ('anon', 'authenticated', 'service_role'))";

/* Runs a script in the transaction. @param answer its last command's first value; may be NULL */
static enum chip_status run(PGconn *conn, const char *what, const char *sql, char answer[32],
                            struct chip_err *err)
{
    PGresult *result;
    enum chip_status status = chip_pg_script(conn, sql, &result, STEP_S, err);
    if (status == CHIP_OK && !chip_pg_is_good(result)) {
        const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        status = chip_rpc_status(code);
        if (status == CHIP_E_DENIED)
            status =
                chip_fail(err, status,
                          "%s: PostgreSQL says '%s': let the database's owner, with CREATEROLE, "
                          "run chip migrate once",
                          what, text);
        else
            status = chip_fail(err, status, "%s: PostgreSQL says '%s' (%s)", what,
                               text ? text : "nothing", code ? code : "no code");
    }
    if (status == CHIP_OK && answer)
        snprintf(answer, 32, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return status;
}

static enum chip_status apply(PGconn *conn, size_t step, struct chip_err *err)
{
    char plain[32];
    enum chip_status status = CHIP_OK;
    if (step == 0)
        status = run(conn, "migrate", needs_plain, plain, err);
    if (status == CHIP_OK && step == 0 && plain[0] == 't')
        status = run(conn, "plain-postgres", chip_plain_postgres, NULL, err);
    if (status == CHIP_OK)
        status = run(conn, chip_migrations[step].name, chip_migrations[step].sql, NULL, err);
    return status;
}

/* What one transaction does: the next step, if one is missing. */
static enum chip_status one_step(PGconn *conn, size_t *version, bool *applied, struct chip_err *err)
{
    char text[32];
    enum chip_status status = run(conn, "migrate", "SET LOCAL statement_timeout = 0", NULL, err);
    if (status == CHIP_OK)
        status = run(conn, "migrate", lock, NULL, err);
    if (status == CHIP_OK)
        status = run(conn, "migrate", read_version, text, err);
    if (status != CHIP_OK)
        return status;
    *version = strtoul(text, NULL, 10);
    if (*version > chip_n_migrations)
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "the database is at version %zu and this chip knows %zu: update chip",
                         *version, chip_n_migrations);
    *applied = *version < chip_n_migrations;
    return *applied ? apply(conn, *version, err) : CHIP_OK;
}

static enum chip_status step(PGconn *conn, size_t *version, bool *applied, struct chip_err *err)
{
    enum chip_status status =
        run(conn, "migrate", "BEGIN ISOLATION LEVEL READ COMMITTED", NULL, err);
    if (status == CHIP_OK)
        status = one_step(conn, version, applied, err);
    if (status == CHIP_OK)
        return run(conn, "migrate", "COMMIT", NULL, err);
    struct chip_err ignored;
    if (run(conn, "migrate", "ROLLBACK", NULL, &ignored) != CHIP_OK)
        return status; /* the connection is closed when it is given back */
    return status;
}

enum chip_status chip_pg_migrate(struct chip_pg_pool *pool, json_t **out, struct chip_err *err)
{
    PGconn *conn;
    enum chip_status status = chip_pg_pool_take(pool, &conn, err);
    if (status != CHIP_OK)
        return status;
    json_t *names = json_array();
    size_t version = 0;
    bool applied = true;
    while (status == CHIP_OK && applied) {
        status = step(conn, &version, &applied, err);
        if (status == CHIP_OK && applied)
            json_array_append_new(names, json_string(chip_migrations[version].name));
    }
    chip_pg_pool_give(pool, conn);
    if (status == CHIP_OK) {
        *out = json_pack("{s:i, s:O}", "version", (int)version, "applied", names);
        if (!*out)
            status = chip_fail(err, CHIP_E_NOMEM, "not enough memory to report the migration");
    }
    json_decref(names);
    return status;
}
