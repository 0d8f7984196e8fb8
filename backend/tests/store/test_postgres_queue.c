/* Many workers on one queue: nothing is lost, nothing is done twice, nobody waits for another. */
#include "call.h"

#include <libpq-fe.h>
#include <pthread.h>

#include "base/clock.h"
#include "database.h"

enum { N_JOBS = 10000, N_WORKERS = 8 };

static struct test_database *database;
static char url[512];

static struct chip_store *open_store(int connections)
{
    struct chip_err err;
    struct chip_store *store = NULL;
    struct chip_store_settings settings = {.database_url = url, .connections = connections};
    if (chip_store_open(&store, &settings, &err) != CHIP_OK ||
        chip_store_migrate(store, NULL, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return store;
}

/* @return the first value of what the owner of the database selects */
static int64_t select_number(const char *sql)
{
    PGconn *conn = PQconnectdb(url);
    PGresult *result = PQexec(conn, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s", PQerrorMessage(conn));
    int64_t number = PQntuples(result) ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    PQfinish(conn);
    return number;
}

/* As enqueue_job would, one after another; 30 users and nobody, three priorities. */
static void fill(void)
{
    select_number("INSERT INTO processing_jobs (id, user_id, source, priority, seq)"
                  " SELECT gen_random_uuid(),"
                  "  CASE WHEN i % 31 > 0 THEN lpad(to_hex(i % 31), 32, '0')::uuid END,"
                  "  '{\"url\": \"https://x/\"}', i % 3, 1"
                  " FROM generate_series(1, 10000) i");
}

struct worker {
    struct chip_store *store;
    int n_done;
    int64_t claim_ns;
    const char *problem;
};

static void *work(void *user)
{
    struct worker *worker = user;
    struct chip_err err;
    for (;;) {
        json_t *job = NULL;
        int64_t start_ns = chip_clock_ns();
        enum chip_status status = chip_store_call(
            worker->store, NULL, "claim_job",
            json_pack("{s:s, s:s, s:i}", "worker", "w", "node", "n", "lease_seconds", 600), &job,
            &err);
        worker->claim_ns += chip_clock_ns() - start_ns;
        if (status == CHIP_OK && json_is_null(job))
            return NULL;
        if (status == CHIP_OK)
            status = chip_store_call(
                worker->store, NULL, "complete_job",
                json_pack("{s:O, s:O, s:{s:s}}", "id", json_object_get(job, "id"), "lease_token",
                          json_object_get(job, "lease_token"), "analysis", "title", "Done"),
                NULL, &err);
        json_decref(job);
        if (status != CHIP_OK) {
            worker->problem = strdup(err.message);
            return NULL;
        }
        worker->n_done++;
    }
}

static void ten_thousand_jobs_are_done_once_each(void **state)
{
    (void)state;
    if (!database)
        skip();
    struct chip_store *store = open_store(N_WORKERS);
    fill();
    struct worker workers[N_WORKERS];
    pthread_t threads[N_WORKERS];
    int64_t start_ns = chip_clock_ns(), claim_ns = 0;
    for (int i = 0; i < N_WORKERS; i++) {
        workers[i] = (struct worker){.store = store};
        pthread_create(&threads[i], NULL, work, &workers[i]);
    }
    int n_done = 0;
    for (int i = 0; i < N_WORKERS; i++) {
        pthread_join(threads[i], NULL);
        if (workers[i].problem)
            fail_msg("%s", workers[i].problem);
        n_done += workers[i].n_done;
        claim_ns += workers[i].claim_ns;
    }
    double seconds = (double)(chip_clock_ns() - start_ns) / 1e9;
    print_message("%d jobs by %d workers in %.2f s: %.0f claims and completions per second, "
                  "%.2f ms per claim\n",
                  n_done, N_WORKERS, seconds, n_done / seconds, (double)claim_ns / 1e6 / n_done);
    assert_int_equal(n_done, N_JOBS);
    assert_int_equal(select_number("SELECT count(*) FROM processing_jobs WHERE status = 'completed'"
                                   " AND attempts = 1 AND seq = 3"),
                     N_JOBS);
    assert_int_equal(select_number("SELECT count(*) FROM meeting_analysis WHERE version = 1"),
                     N_JOBS);
    assert_int_equal(select_number("SELECT count(*) FROM job_events WHERE kind = 'completed'"),
                     N_JOBS);
    chip_store_close(store);
}

/* The n-th claim's user, by the letters of their ids. */
static char next_user(struct chip_store *store)
{
    json_t *job =
        call(store, NULL, "claim_job",
             json_pack("{s:s, s:s, s:i}", "worker", "w", "node", "n", "lease_seconds", 60));
    char letter = json_is_null(job) ? '-' : text_of(job, "user_id")[0];
    json_decref(job);
    return letter;
}

static void a_user_with_many_jobs_does_not_hold_up_the_others(void **state)
{
    (void)state;
    if (!database)
        skip();
    struct chip_store *store = open_store(1);
    select_number("DELETE FROM processing_jobs");
    for (const char *at = "aaaaabbc"; *at; at++) {
        char sql[300], user[33];
        memset(user, *at, 32);
        user[32] = '\0';
        snprintf(sql, sizeof sql,
                 "INSERT INTO processing_jobs (id, user_id, source, seq, created_at) VALUES"
                 " (gen_random_uuid(), '%s', '{}', 1, clock_timestamp())",
                 user);
        select_number(sql);
    }
    char order[9] = {0};
    for (int i = 0; i < 8; i++)
        order[i] = next_user(store);
    assert_string_equal(order, "abcabaaa");
    assert_int_equal(next_user(store), '-');
    chip_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_jobs_are_done_once_each),
        cmocka_unit_test(a_user_with_many_jobs_does_not_hold_up_the_others),
    };
    database = test_database_start();
    if (database)
        snprintf(url, sizeof url, "%s", test_database_ask(database, "create"));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_database_stop(database);
    return failed;
}
