/* The suite of all drivers, on PostgreSQL and on what stands for Supabase before the same one. */
#include "../test.h"

#include <libpq-fe.h>

#include "database.h"
#include "hs256.h"
#include "suite.h"

struct server {
    char url[512];
    struct chip_store_settings settings;
    char token[1024];
};

static void run(const char *url, const char *sql)
{
    PGconn *conn = PQconnectdb(url);
    PQclear(PQexec(conn, "SET client_min_messages = warning"));
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s", PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
}

/* Emptied, not made anew: that would take longer than the test. */
static struct chip_store *fresh(void *user)
{
    struct server *server = user;
    struct chip_err err;
    struct chip_store *store = NULL;
    run(server->url, "TRUNCATE processing_jobs, audit_log RESTART IDENTITY CASCADE");
    if (chip_store_open(&store, &server->settings, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return store;
}

static void done(void *user, struct chip_store *store)
{
    (void)user;
    chip_store_close(store);
}

static const char *token(void *user, const char *user_id)
{
    struct server *server = user;
    char *made = test_jwt_make(TEST_JWT_SECRET,
                               json_pack("{s:s, s:s}", "sub", user_id, "role", "authenticated"));
    snprintf(server->token, sizeof server->token, "%s", made);
    free(made);
    return server->token;
}

static int migrate(const struct chip_store_settings *settings)
{
    struct chip_err err;
    struct chip_store *store = NULL;
    enum chip_status status = chip_store_open(&store, settings, &err);
    if (status == CHIP_OK)
        status = chip_store_migrate(store, NULL, &err);
    if (status != CHIP_OK)
        fprintf(stderr, "%s\n", err.message);
    chip_store_close(store);
    return status == CHIP_OK;
}

int main(void)
{
    struct test_database *database = test_database_start();
    if (!database)
        return 77; /* meson: skipped */
    struct server postgres = {0}, supabase = {0};
    snprintf(postgres.url, sizeof postgres.url, "%s", test_database_ask(database, "create"));
    postgres.settings.database_url = postgres.url;
    if (!migrate(&postgres.settings))
        return 1;
    const struct chip_suite on_postgres = {
        .name = "postgres", .open = fresh, .close = done, .user = &postgres};
    int failed = chip_suite_run(&on_postgres);

    struct test_supabase *rest = test_supabase_start(postgres.url);
    supabase = postgres;
    supabase.settings = (struct chip_store_settings){.supabase_url = test_supabase_url(rest),
                                                     .supabase_key = TEST_SECRET_KEY};
    const struct chip_suite on_supabase = {
        .name = "supabase", .open = fresh, .close = done, .token = token, .user = &supabase};
    failed += chip_suite_run(&on_supabase);
    test_supabase_stop(rest);
    test_database_stop(database);
    return failed;
}
