/* The suite of all drivers, on PostgreSQL and on what stands for Supabase before the same one. */
#include "../test.h"

#include <libpq-fe.h>

#include "database.h"
#include "hs256.h"
#include "suite.h"

struct server {
    PGconn *owner;            /* of the tables */
    struct chip_store *store; /* kept for all tests: connecting takes longer than most of them */
    char token[1024];
};

/* Emptied, not made anew nor truncated, for the same reason. */
static struct chip_store *fresh(void *user)
{
    struct server *server = user;
    PGresult *result = PQexec(server->owner, "DELETE FROM processing_jobs; DELETE FROM audit_log");
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s", PQerrorMessage(server->owner));
    PQclear(result);
    return server->store;
}

static void keep(void *user, struct chip_store *store)
{
    (void)user;
    (void)store;
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

/* @return the number of tests that failed */
static int run_on(const struct chip_store_settings *settings, PGconn *owner)
{
    struct chip_err err;
    struct server server = {.owner = owner};
    if (chip_store_open(&server.store, settings, &err) != CHIP_OK ||
        chip_store_migrate(server.store, NULL, &err) != CHIP_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    const struct chip_suite suite = {.name = chip_store_kind(server.store),
                                     .open = fresh,
                                     .close = keep,
                                     .token = settings->supabase_url ? token : NULL,
                                     .user = &server};
    int failed = chip_suite_run(&suite);
    chip_store_close(server.store);
    return failed;
}

int main(void)
{
    struct test_database *database = test_database_start();
    if (!database)
        return 77; /* meson: skipped */
    char url[512];
    snprintf(url, sizeof url, "%s", test_database_ask(database, "create"));
    PGconn *owner = PQconnectdb(url);
    const struct chip_store_settings postgres = {.database_url = url};
    int failed = run_on(&postgres, owner); /* migrates for both */

    struct test_supabase *rest = test_supabase_start(url);
    const struct chip_store_settings supabase = {.supabase_url = test_supabase_url(rest),
                                                 .supabase_key = TEST_SECRET_KEY};
    failed += run_on(&supabase, owner);
    test_supabase_stop(rest);
    PQfinish(owner);
    test_database_stop(database);
    return failed;
}
