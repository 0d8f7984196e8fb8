#include "call.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/uuid.h"
#include "database.h"
#include "store/postgres_link.h"
#include "store/postgres_migrations.h"

static struct test_database *database;

struct fixture {
    char url[512], admin[512];
    struct chip_store *store; /* migrated */
};

static struct chip_store *open_store(const char *url, int connections)
{
    struct chip_err err;
    struct chip_store *store = NULL;
    struct chip_store_settings settings = {.database_url = url, .connections = connections};
    if (chip_store_open(&store, &settings, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return store;
}

static json_t *migrate(struct chip_store *store)
{
    struct chip_err err;
    json_t *report = NULL;
    if (chip_store_migrate(store, &report, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return report;
}

static int set_up_empty(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!database)
        return 0;
    char ask[600];
    snprintf(f->url, sizeof f->url, "%s", test_database_ask(database, "create"));
    snprintf(ask, sizeof ask, "admin %s", f->url);
    snprintf(f->admin, sizeof f->admin, "%s", test_database_ask(database, ask));
    f->store = open_store(f->url, 0);
    return 0;
}

static int set_up(void **state)
{
    set_up_empty(state);
    struct fixture *f = *state;
    if (database)
        json_decref(migrate(f->store));
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    chip_store_close(f->store);
    free(f);
    return 0;
}

#define NEED_DATABASE() \
    do {                \
        if (!database)  \
            skip();     \
    } while (0)

/* Runs SQL as superuser. @return the first value, until the next call; "" for none */
static const char *as_admin(struct fixture *f, const char *sql)
{
    static char value[256];
    PGconn *conn = PQconnectdb(f->admin);
    PGresult *result = PQexec(conn, sql);
    if (!chip_pg_is_good(result))
        fail_msg("%s", PQerrorMessage(conn));
    snprintf(value, sizeof value, "%s", PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(conn);
    return value;
}

static json_t *job_args(void)
{
    char id[CHIP_UUID_TEXT];
    chip_uuid_make(id);
    return json_pack("{s:s, s:{s:s}}", "id", id, "source", "url", "https://x/");
}

/* ---- migrating ------------------------------------------------------------------------------- */

static void an_empty_database_is_migrated_once(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    json_t *first = migrate(f->store), *second = migrate(f->store);
    assert_int_equal(json_integer_value(json_object_get(first, "version")), chip_n_migrations);
    assert_int_equal(json_array_size(json_object_get(first, "applied")), chip_n_migrations);
    assert_int_equal(json_integer_value(json_object_get(second, "version")), chip_n_migrations);
    assert_int_equal(json_array_size(json_object_get(second, "applied")), 0);
    assert_int_equal(
        atoi(as_admin(f, "SELECT count(*) FROM schema_migrations WHERE applied_at <= now()")),
        chip_n_migrations);
    json_decref(first);
    json_decref(second);
}

static void *migrate_own(void *url)
{
    struct chip_store *store = open_store(url, 1);
    json_t *report = migrate(store);
    chip_store_close(store);
    return report;
}

static void programs_that_migrate_at_once_apply_each_step_once(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    enum { N = 6 };
    pthread_t threads[N];
    size_t applied = 0;
    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, migrate_own, f->url);
    for (int i = 0; i < N; i++) {
        void *report;
        pthread_join(threads[i], &report);
        applied += json_array_size(json_object_get(report, "applied"));
        json_decref(report);
    }
    assert_int_equal(applied, chip_n_migrations);
}

static void an_old_database_is_brought_up_to_date_with_its_rows(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    PGconn *conn = PQconnectdb(f->url);
    PGresult *result = PQexec(conn, chip_plain_postgres);
    assert_true(chip_pg_is_good(result));
    PQclear(result);
    result = PQexec(conn, chip_migrations[0].sql);
    assert_true(chip_pg_is_good(result));
    PQclear(result);
    result = PQexec(conn, "INSERT INTO processing_jobs (id, title, source, seq, status) VALUES "
                          "('11111111-2222-4333-8444-555555555555', 'Kept', '{\"url\": \"u\"}', 7, "
                          "'completed');"
                          "INSERT INTO meeting_analysis (job_id, version, transcript) VALUES "
                          "('11111111-2222-4333-8444-555555555555', 5, '{\"words\": [1, 2], "
                          "\"segments\": [{\"text\": \"found\"}]}')");
    assert_true(chip_pg_is_good(result));
    PQclear(result);
    PQfinish(conn);

    json_t *report = migrate(f->store);
    assert_int_equal(json_array_size(json_object_get(report, "applied")), chip_n_migrations - 1);
    json_decref(report);
    json_t *args = json_pack("{s:s}", "id", "11111111-2222-4333-8444-555555555555");
    json_t *job = call(f->store, NULL, "get_job", args);
    assert_string_equal(text_of(job, "title"), "Kept");
    assert_int_equal(json_integer_value(json_object_get(job, "seq")), 7);
    args = json_pack("{s:s}", "job_id", "11111111-2222-4333-8444-555555555555");
    json_t *analysis = call(f->store, NULL, "get_analysis", args);
    assert_int_equal(json_integer_value(json_object_get(analysis, "version")), 5);
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(analysis, "transcript"), "words")), 2);
    json_decref(job);
    json_decref(analysis);
    args = json_pack("{s:[{s:s}]}", "terms", "text", "found");
    json_t *search = call(f->store, NULL, "search_meetings", args);
    assert_int_equal(json_array_size(json_object_get(search, "meetings")), 1);
    json_decref(search);
}

static void a_step_that_fails_leaves_nothing_of_itself(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    /* In the way of the second step; the first one goes through. */
    as_admin(f, "CREATE FUNCTION public.release_job(id uuid, lease_token uuid) RETURNS int "
                "LANGUAGE sql RETURN 1");
    struct chip_err err;
    assert_int_not_equal(chip_store_migrate(f->store, NULL, &err), CHIP_OK);
    assert_non_null(strstr(err.message, "release_job"));
    assert_string_equal(as_admin(f, "SELECT max(version) FROM schema_migrations"), "1");
    assert_string_equal(as_admin(f, "SELECT count(*) FROM pg_proc WHERE proname = 'claim_job'"),
                        "0");
    as_admin(f, "DROP FUNCTION public.release_job(uuid, uuid)");
    json_decref(migrate(f->store));
    call_only(f->store, NULL, "enqueue_job", job_args());
}

static void a_newer_schema_is_refused(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    as_admin(f, "INSERT INTO schema_migrations (version, name) VALUES (99, 'later')");
    struct chip_err err;
    assert_int_equal(chip_store_migrate(f->store, NULL, &err), CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "update chip"));
}

static void a_call_before_the_migration_says_what_to_run(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    const char *why = refusal(f->store, NULL, "queue_stats", json_object(), CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(why, "chip migrate"));
}

/* ---- getting in ------------------------------------------------------------------------------ */

static void open_fails(const char *url, enum chip_status expected, const char *says)
{
    struct chip_err err;
    struct chip_store *store = NULL;
    struct chip_store_settings settings = {.database_url = url};
    assert_int_equal(chip_store_open(&store, &settings, &err), expected);
    assert_null(store);
    if (!strstr(err.message, says))
        fail_msg("not '%s': %s", says, err.message);
    assert_null(strstr(err.message, "pass-word"));
}

static void a_wrong_password_is_denied_and_not_repeated(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    char url[512];
    snprintf(url, sizeof url, "postgres://chip:pass-word@%s", strchr(f->url, '@') + 1);
    open_fails(url, CHIP_E_DENIED, "user 'chip'");
}

static void a_missing_database_is_named(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    char url[600];
    snprintf(url, sizeof url, "%.*snobody", (int)(strrchr(f->url, '/') + 1 - f->url), f->url);
    open_fails(url, CHIP_E_INVAL, "'nobody'");
}

static void a_url_that_is_none_is_not_repeated(void **state)
{
    (void)state;
    open_fails("postgres://chip:pass-word@[host/x", CHIP_E_INVAL, "cannot be read");
    open_fails("postgres://u@h/d?password=pass-word&colour=red", CHIP_E_INVAL, "cannot be read");
}

static void nobody_there_is_unavailable(void **state)
{
    (void)state;
    open_fails("postgres://chip:pass-word@127.0.0.1:1/x", CHIP_E_UNAVAILABLE, "127.0.0.1:1");
}

/* ---- what goes wrong on the way -------------------------------------------------------------- */

static void a_connection_that_the_server_ended_is_replaced(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    call_only(f->store, NULL, "queue_stats", json_object());
    assert_string_not_equal(as_admin(f, "SELECT count(pg_terminate_backend(pid, 5000)) FROM "
                                        "pg_stat_activity WHERE usename = 'chip' AND datname = "
                                        "current_database()"),
                            "0");
    call_only(f->store, NULL, "queue_stats", json_object());
}

static void a_restarted_server_is_found_again(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    call_only(f->store, NULL, "enqueue_job", job_args());
    assert_string_equal(test_database_ask(database, "stop"), "ok");
    for (int i = 0; i < 6; i++) /* more than there are connections */
        refusal(f->store, NULL, "queue_stats", json_object(), CHIP_E_UNAVAILABLE);
    assert_string_equal(test_database_ask(database, "start"), "ok");
    json_t *stats = call(f->store, NULL, "queue_stats", json_object());
    assert_int_equal(json_integer_value(json_object_get(stats, "pending")), 1);
    json_decref(stats);
}

struct writer {
    struct chip_store *store;
    atomic_bool *stop;
    atomic_int *n_written; /* by all */
    int n_refused;
};

/* Adds jobs, each again until the answer is yes. */
static void *write_jobs(void *user)
{
    struct writer *writer = user;
    while (!atomic_load(writer->stop)) {
        json_t *args = job_args();
        struct chip_err err;
        enum chip_status status;
        while ((status = chip_store_call(writer->store, NULL, "enqueue_job", json_incref(args),
                                         NULL, &err)) == CHIP_E_UNAVAILABLE)
            writer->n_refused++;
        json_decref(args);
        if (status != CHIP_OK)
            return (void *)"not unavailable";
        atomic_fetch_add(writer->n_written, 1);
    }
    return NULL;
}

static void wait_until(atomic_int *n, int at_least)
{
    int64_t deadline_ms = chip_clock_ms() + 30000;
    while (atomic_load(n) < at_least) {
        assert_true(chip_clock_ms() < deadline_ms);
        sched_yield();
    }
}

static void a_restart_amid_calls_loses_and_doubles_nothing(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    enum { N = 4, ROUNDS = 3 };
    atomic_bool stop = false;
    atomic_int n_written = 0;
    struct writer writers[N];
    pthread_t threads[N];
    for (int i = 0; i < N; i++) {
        writers[i] = (struct writer){f->store, &stop, &n_written, 0};
        pthread_create(&threads[i], NULL, write_jobs, &writers[i]);
    }
    for (int round = 0; round < ROUNDS; round++) {
        wait_until(&n_written, atomic_load(&n_written) + 50);
        assert_string_equal(test_database_ask(database, "stop"), "ok");
        assert_string_equal(test_database_ask(database, "start"), "ok");
    }
    wait_until(&n_written, atomic_load(&n_written) + 50);
    atomic_store(&stop, true);
    int n_refused = 0;
    for (int i = 0; i < N; i++) {
        void *problem;
        pthread_join(threads[i], &problem);
        assert_null(problem);
        n_refused += writers[i].n_refused;
    }
    assert_true(n_refused > 0);
    json_t *stats = call(f->store, NULL, "queue_stats", json_object());
    assert_int_equal(json_integer_value(json_object_get(stats, "pending")),
                     atomic_load(&n_written));
    json_decref(stats);
}

static void calls_that_collide_are_made_again(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    as_admin(f,
             "CREATE SEQUENCE public.tries; GRANT ALL ON public.tries TO service_role;"
             "CREATE OR REPLACE FUNCTION public.queue_stats() RETURNS jsonb LANGUAGE plpgsql AS $$"
             "BEGIN IF nextval('public.tries') < 4 THEN RAISE SQLSTATE '40P01'; END IF;"
             "RETURN '{\"fine\": true}'; END $$");
    json_t *result = call(f->store, NULL, "queue_stats", json_object());
    assert_true(json_is_true(json_object_get(result, "fine")));
    json_decref(result);
    as_admin(f,
             "CREATE OR REPLACE FUNCTION public.queue_stats() RETURNS jsonb LANGUAGE plpgsql AS $$"
             "BEGIN RAISE SQLSTATE '40001'; END $$");
    refusal(f->store, NULL, "queue_stats", json_object(), CHIP_E_UNAVAILABLE);
}

static void what_postgres_means_is_kept(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    static const struct {
        const char *code;
        enum chip_status status;
    } cases[] = {
        {"53100", CHIP_E_IO},          {"53200", CHIP_E_NOMEM},       {"57014", CHIP_E_UNAVAILABLE},
        {"53300", CHIP_E_UNAVAILABLE}, {"55P03", CHIP_E_UNAVAILABLE}, {"25006", CHIP_E_UNAVAILABLE},
        {"58030", CHIP_E_IO},          {"42501", CHIP_E_DENIED},      {"23514", CHIP_E_INVAL},
        {"23505", CHIP_E_CONFLICT},    {"22P02", CHIP_E_INVAL},       {"XX000", CHIP_E_INTERNAL},
        {"PT404", CHIP_E_NOT_FOUND},   {"PT409", CHIP_E_CONFLICT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sql[300];
        snprintf(sql, sizeof sql,
                 "CREATE OR REPLACE FUNCTION public.queue_stats() RETURNS jsonb LANGUAGE plpgsql "
                 "AS $$ BEGIN RAISE EXCEPTION SQLSTATE '%s' USING MESSAGE = 'so it is'; END $$",
                 cases[i].code);
        as_admin(f, sql);
        const char *why = refusal(f->store, NULL, "queue_stats", json_object(), cases[i].status);
        assert_non_null(strstr(why, "so it is"));
    }
}

static void a_server_that_does_not_answer_is_given_up(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    struct chip_pg_target target;
    struct chip_err err;
    PGconn *conn;
    PGresult *results[2];
    assert_int_equal(chip_pg_target_parse(&target, f->url, &err), CHIP_OK);
    assert_int_equal(chip_pg_connect(&conn, &target, &err), CHIP_OK);
    const struct chip_pg_query queries[] = {{"SELECT 1", 0, NULL},
                                            {"SELECT pg_sleep(60)", 0, NULL}};
    int64_t start_ms = chip_clock_ms();
    assert_int_equal(chip_pg_run(conn, queries, 2, results, 1, &err), CHIP_E_UNAVAILABLE);
    assert_in_range(chip_clock_ms() - start_ms, 900, 20000);
    for (size_t i = 0; i < 2; i++)
        PQclear(results[i]);
    PQfinish(conn);
    chip_pg_target_done(&target);
}

/* ---- size and number ------------------------------------------------------------------------- */

static void a_large_result_comes_back_as_it_was(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    json_t *words = json_array();
    for (int i = 0; i < 60000; i++)
        json_array_append_new(words, json_pack("{s:s, s:i}", "text", "gr\u00fc\u00dfe", "at", i));
    json_t *args = job_args(), *id = json_incref(json_object_get(args, "id"));
    call_only(f->store, NULL, "enqueue_job", args);
    json_t *job =
        call(f->store, NULL, "claim_job",
             json_pack("{s:s, s:s, s:i}", "worker", "w", "node", "n", "lease_seconds", 60));
    call_only(f->store, NULL, "complete_job",
              json_pack("{s:O, s:O, s:{s:O}}", "id", id, "lease_token",
                        json_object_get(job, "lease_token"), "analysis", "transcript", words));
    json_t *analysis = call(f->store, NULL, "get_analysis", json_pack("{s:O}", "job_id", id));
    assert_true(json_equal(json_object_get(analysis, "transcript"), words));
    json_decref(analysis);
    json_decref(job);
    json_decref(words);
    json_decref(id);
}

static void *call_often(void *store)
{
    struct chip_err err;
    for (int i = 0; i < 20; i++)
        if (chip_store_call(store, NULL, "enqueue_job", job_args(), NULL, &err) != CHIP_OK)
            return (void *)"failed";
    return NULL;
}

static void threads_share_fewer_connections(void **state)
{
    NEED_DATABASE();
    struct fixture *f = *state;
    enum { N = 16 };
    pthread_t threads[N];
    struct chip_store *store = open_store(f->url, 2);
    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, call_often, store);
    for (int i = 0; i < N; i++) {
        void *problem;
        pthread_join(threads[i], &problem);
        assert_null(problem);
    }
    assert_string_equal(as_admin(f, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'chip' "
                                    "AND datname = current_database()"),
                        "3"); /* those two, and the fixture's one */
    chip_store_close(store);
    assert_string_equal(as_admin(f, "SELECT count(*) FROM processing_jobs"), "320");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_EMPTY(name) cmocka_unit_test_setup_teardown(name, set_up_empty, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_EMPTY(an_empty_database_is_migrated_once),
        TEST_EMPTY(programs_that_migrate_at_once_apply_each_step_once),
        TEST_EMPTY(an_old_database_is_brought_up_to_date_with_its_rows),
        TEST_EMPTY(a_step_that_fails_leaves_nothing_of_itself),
        TEST(a_newer_schema_is_refused),
        TEST_EMPTY(a_call_before_the_migration_says_what_to_run),
        TEST(a_wrong_password_is_denied_and_not_repeated),
        TEST_EMPTY(a_missing_database_is_named),
        cmocka_unit_test(a_url_that_is_none_is_not_repeated),
        cmocka_unit_test(nobody_there_is_unavailable),
        TEST(a_connection_that_the_server_ended_is_replaced),
        TEST(a_restarted_server_is_found_again),
        TEST(a_restart_amid_calls_loses_and_doubles_nothing),
        TEST(calls_that_collide_are_made_again),
        TEST(what_postgres_means_is_kept),
        TEST(a_server_that_does_not_answer_is_given_up),
        TEST(a_large_result_comes_back_as_it_was),
        TEST(threads_share_fewer_connections),
    };
    database = test_database_start();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_database_stop(database);
    return failed;
}
