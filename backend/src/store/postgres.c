#include "store/postgres.h"

#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"
#include "store/postgres_call.h"
#include "store/postgres_migrate.h"
#include "store/postgres_pool.h"
#include "store/rpc_status.h"

enum {
    CONNECTIONS = 4,
    STATEMENT_MS = 30000,
    ANSWER_S = 40, /* longer than a statement may take, so that the server has the first word */
};

struct postgres {
    struct chip_store store;
    struct chip_pg_pool *pool;
};

/* One transaction: who, what, done. */
enum { BEGIN, BECOME, CALL, COMMIT, N_QUERIES };

static const char become_sql[] =
    "SELECT set_config('role', $1, true), set_config('request.jwt.claims', $2, true),"
    " set_config('statement_timeout', $3, true)";

/* What PostgreSQL said, as ours. */
static enum chip_status refused(const struct chip_function *function, size_t query,
                                const PGresult *result, struct chip_err *err)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!text)
        text = "nothing";
    if (query == BECOME || chip_rpc_is_schema_missing(code))
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "%s: the database is not ready for chip (%s): run chip migrate",
                         function->name, text);
    enum chip_status status = chip_rpc_status(code);
    if (chip_rpc_is_ours(code))
        return chip_fail(err, status, "%s: %s", function->name, text);
    return chip_fail(err, status, "%s: PostgreSQL says '%s' (%s)", function->name, text,
                     code ? code : "no code");
}

static enum chip_status parse(const struct chip_function *function, const PGresult *result,
                              json_t **out, struct chip_err *err)
{
    json_error_t why;
    if (PQgetisnull(result, 0, 0))
        *out = json_null();
    else
        *out = json_loadb(PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0),
                          JSON_DECODE_ANY, &why);
    if (*out)
        return CHIP_OK;
    return chip_fail(
        err, json_error_code(&why) == json_error_out_of_memory ? CHIP_E_NOMEM : CHIP_E_INTERNAL,
        "%s: PostgreSQL's answer cannot be read: %s", function->name, why.text);
}

static void roll_back(PGconn *conn)
{
    PGresult *result;
    struct chip_err ignored; /* a connection that stays in its transaction is closed */
    if (chip_pg_script(conn, "ROLLBACK", &result, ANSWER_S, &ignored) == CHIP_OK)
        PQclear(result);
}

/* @param collided set when the transaction was rolled back for what others did meanwhile */
static enum chip_status transact(PGconn *conn, const struct chip_caller *caller,
                                 const struct chip_function *function,
                                 const struct chip_pg_call *sql, json_t **out, bool *collided,
                                 struct chip_err *err)
{
    char claims[CHIP_UUID_TEXT + 64], timeout[16];
    if (caller)
        snprintf(claims, sizeof claims, "{\"sub\":\"%s\",\"role\":\"authenticated\"}",
                 caller->user_id);
    else
        strcpy(claims, "{\"role\":\"service_role\"}");
    snprintf(timeout, sizeof timeout, "%d", STATEMENT_MS);
    const char *who[] = {caller ? "authenticated" : "service_role", claims, timeout};
    const struct chip_pg_query queries[N_QUERIES] = {
        [BEGIN] = {"BEGIN ISOLATION LEVEL READ COMMITTED", 0, NULL},
        [BECOME] = {become_sql, 3, who},
        [CALL] = {sql->sql.data, sql->n, (const char *const *)sql->values},
        [COMMIT] = {"COMMIT", 0, NULL},
    };
    PGresult *results[N_QUERIES];
    enum chip_status status = chip_pg_run(conn, queries, N_QUERIES, results, ANSWER_S, err);
    size_t at = 0;
    while (at < N_QUERIES && chip_pg_is_good(results[at]))
        at++;
    if (status == CHIP_OK && at < N_QUERIES) {
        *collided = chip_rpc_is_collision(PQresultErrorField(results[at], PG_DIAG_SQLSTATE));
        status = refused(function, at, results[at], err);
        roll_back(conn);
    }
    if (status == CHIP_OK)
        status = parse(function, results[CALL], out, err);
    for (size_t i = 0; i < N_QUERIES; i++)
        PQclear(results[i]);
    return status;
}

static enum chip_status postgres_call(struct chip_store *store, const struct chip_caller *caller,
                                      const struct chip_function *function, const json_t *args,
                                      json_t **result, struct chip_err *err)
{
    struct postgres *postgres = (struct postgres *)store;
    struct chip_pg_call call;
    PGconn *conn;
    enum chip_status status = chip_pg_call_make(&call, function, args, err);
    if (status != CHIP_OK)
        return status;
    status = chip_pg_pool_take(postgres->pool, &conn, err);
    if (status == CHIP_OK) {
        bool collided = true;
        for (int tries = 0; collided && tries < CHIP_RPC_TRIES; tries++) {
            if (tries > 0)
                chip_rpc_wait(tries);
            collided = false;
            status = transact(conn, caller, function, &call, result, &collided, err);
        }
        chip_pg_pool_give(postgres->pool, conn);
    }
    chip_pg_call_done(&call);
    return status;
}

static enum chip_status postgres_migrate(struct chip_store *store, json_t **out,
                                         struct chip_err *err)
{
    return chip_pg_migrate(((struct postgres *)store)->pool, out, err);
}

static void postgres_close(struct chip_store *store)
{
    chip_pg_pool_free(((struct postgres *)store)->pool);
    free(store);
}

static const struct chip_store_driver driver = {
    .kind = "postgres",
    .call = postgres_call,
    .migrate = postgres_migrate,
    .close = postgres_close,
};

enum chip_status chip_postgres_open(struct chip_store **out,
                                    const struct chip_store_settings *settings,
                                    struct chip_err *err)
{
    struct postgres *postgres = calloc(1, sizeof *postgres);
    if (!postgres)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the store");
    postgres->store.driver = &driver;
    enum chip_status status =
        chip_pg_pool_new(&postgres->pool, settings->database_url,
                         settings->connections > 0 ? settings->connections : CONNECTIONS, err);
    PGconn *conn;
    if (status == CHIP_OK) /* to say now what is wrong with the address or the password */
        status = chip_pg_pool_take(postgres->pool, &conn, err);
    if (status == CHIP_OK) {
        chip_pg_pool_give(postgres->pool, conn);
        *out = &postgres->store;
        return CHIP_OK;
    }
    postgres_close(&postgres->store);
    return status;
}
