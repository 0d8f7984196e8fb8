/* Databases of older versions become those of this one, with everything that is in them. */
#include <sqlite3.h>

#include "../test.h"
#include "base/file.h"
#include "sqlite_folder.h"
#include "store/sqlite_schema.h"
#include "suite_case.h"

static char *read_text(const char *path)
{
    struct chip_file file;
    assert_int_equal(chip_file_map(&file, path, 1 << 20, NULL), CHIP_OK);
    char *text = strndup((const char *)file.data, file.size);
    chip_file_unmap(&file);
    assert_non_null(text);
    return text;
}

/* A folder with a database of version 1. */
static int make(void **state)
{
    struct sqlite_folder *folder = calloc(1, sizeof *folder);
    assert_non_null(folder);
    sqlite_folder_make(folder);
    char *sql = read_text(CHIP_SOURCE_ROOT "/backend/tests/store/sqlite_1.sql"), *problem = NULL;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(folder->file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &problem) != SQLITE_OK)
        fail_msg("%s", problem);
    sqlite3_close(db);
    free(sql);
    *state = folder;
    return 0;
}

static int delete (void **state)
{
    sqlite_folder_delete(*state);
    free(*state);
    return 0;
}

/* All that a store tells of its jobs, by functions. */
static json_t *all_of(struct sqlite_folder *folder)
{
    struct suite_case c = {.store = folder->store};
    json_t *all = json_array();
    for (int i = 1; i <= 3; i++) {
        char id[SUITE_ID];
        suite_id(i, id);
        json_array_append_new(all, suite_job(&c, i));
        json_array_append_new(all, suite_call(&c, "list_events", json_pack("{s:s}", "job_id", id)));
        json_array_append_new(all,
                              suite_call(&c, "list_deliveries", json_pack("{s:s}", "job_id", id)));
        json_array_append_new(all,
                              suite_call(&c, "list_checkpoints", json_pack("{s:s}", "id", id)));
        json_array_append_new(all, suite_call(&c, "list_audit", json_pack("{s:s}", "job_id", id)));
    }
    json_array_append_new(
        all, suite_call(&c, "get_analysis",
                        json_pack("{s:s}", "job_id", suite_id(1, (char[SUITE_ID]){0}))));
    return all;
}

static void a_database_of_version_1_is_read_and_worked_on(void **state)
{
    struct sqlite_folder *folder = *state;
    sqlite_folder_open(folder);
    struct suite_case c = {.store = folder->store};
    json_t *all = all_of(folder), *job = json_array_get(all, 0), *row = json_array_get(all, 15);
    suite_is(job, "status", "completed");
    suite_is(job, "title", "Montag \303\244");
    suite_is_number(job, "speed", 31.25);
    suite_is_json(job, "warnings", json_pack("[s]", "quiet"));
    suite_is_json(job, "source",
                  json_pack("{s:s, s:s}", "kind", "url", "url", "https://example.org/a"));
    assert_int_equal(json_array_size(json_array_get(all, 1)), 2);
    assert_int_equal(json_array_size(json_array_get(all, 2)), 1);
    suite_is_number(json_array_get(json_array_get(all, 4), 0), "id", 7);
    suite_is_json(json_array_get(json_array_get(all, 8), 0), "data",
                  json_pack("{s:i}", "done_ms", 60000));
    suite_is_number(row, "version", 4);
    suite_is(row, "summary", "Kurz.");
    suite_is_null(row, "metrics");
    json_decref(all);

    json_t *search =
        suite_call(&c, "search_meetings", json_pack("{s:[{s:s}]}", "terms", "text", "ja"));
    assert_int_equal(json_array_size(json_object_get(search, "meetings")), 1);
    json_decref(search);

    suite_complete(&c, 2, "b0000000-0000-4000-8000-000000000002");
    json_t *hooks = suite_call(&c, "claim_deliveries",
                               json_pack("{s:i, s:i}", "limit", 9, "lease_seconds", 60));
    assert_int_equal(json_array_size(hooks), 1);
    json_decref(hooks);
    char token[SUITE_ID];
    suite_claim_job(&c, 3, 60, token);
    suite_complete(&c, 3, token);
}

static json_t *schema_of(struct chip_conn *conn)
{
    struct chip_query q = chip_query_begin(
        conn,
        "SELECT name, sql FROM sqlite_schema WHERE name <> 'schema_migrations' ORDER BY name");
    json_t *rows = NULL;
    assert_int_equal(chip_query_all(&q, &rows, NULL), CHIP_OK);
    assert_true(json_array_size(rows) > 10);
    return rows;
}

static void the_first_step_is_what_it_was_when_released(void **state)
{
    struct sqlite_folder *folder = *state, fresh;
    struct chip_conn old = {0}, new = {0};
    struct chip_err err;
    json_t *report = NULL;
    sqlite_folder_make(&fresh);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(fresh.file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 0", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(chip_conn_open(&new, fresh.file, true, &err), CHIP_OK);
    assert_int_equal(chip_sqlite_migrate(&new, chip_sqlite_steps, 1, &report, &err), CHIP_OK);
    assert_int_equal(chip_conn_open(&old, folder->file, true, &err), CHIP_OK);
    json_t *a = schema_of(&old), *b = schema_of(&new);
    assert_true(json_equal(a, b));
    json_decref(a);
    json_decref(b);
    json_decref(report);
    chip_conn_close(&old);
    chip_conn_close(&new);
    sqlite_folder_delete(&fresh);
}

static void migrating_twice_does_nothing_the_second_time(void **state)
{
    struct sqlite_folder fresh;
    (void)state;
    sqlite_folder_make(&fresh);
    struct chip_store_settings settings = {.data_dir = fresh.path};
    struct chip_err err;
    assert_int_equal(chip_store_open(&fresh.store, &settings, &err), CHIP_OK);
    json_t *report = NULL;
    assert_int_equal(chip_store_migrate(fresh.store, &report, &err), CHIP_OK);
    suite_is_number(report, "version", chip_sqlite_n_steps);
    assert_int_equal(json_array_size(json_object_get(report, "applied")), chip_sqlite_n_steps);
    assert_string_equal(json_string_value(json_array_get(json_object_get(report, "applied"), 0)),
                        "1_init");
    json_decref(report);
    assert_int_equal(chip_store_migrate(fresh.store, &report, &err), CHIP_OK);
    suite_is_number(report, "version", chip_sqlite_n_steps);
    assert_int_equal(json_array_size(json_object_get(report, "applied")), 0);
    json_decref(report);
    sqlite_folder_delete(&fresh);
}

/* Applies the real steps and one more. */
static enum chip_status migrate_with(struct sqlite_folder *folder, const char *sql,
                                     struct chip_err *err)
{
    struct chip_step steps[16];
    assert_true(chip_sqlite_n_steps < 16);
    memcpy(steps, chip_sqlite_steps, (size_t)chip_sqlite_n_steps * sizeof *steps);
    steps[chip_sqlite_n_steps] = (struct chip_step){"next", sql};
    struct chip_conn conn = {0};
    json_t *report = NULL;
    enum chip_status status = chip_conn_open(&conn, folder->file, true, err);
    if (status == CHIP_OK)
        status = chip_sqlite_migrate(&conn, steps, chip_sqlite_n_steps + 1, &report, err);
    json_decref(report);
    chip_conn_close(&conn);
    return status;
}

static void a_step_that_makes_a_table_anew_loses_nothing_that_refers_to_it(void **state)
{
    struct sqlite_folder *folder = *state;
    struct chip_err err = {0};
    sqlite_folder_open(folder);
    json_t *before = all_of(folder);
    enum chip_status status = migrate_with(
        folder,

        "CREATE TEMP TABLE kept AS SELECT * FROM processing_jobs;"
        "DELETE FROM processing_jobs;"
        "INSERT INTO processing_jobs (id, seq, status, user_id, stage, progress, speed, "
        "eta_seconds, duration_ms, priority, attempts, max_attempts, title, source, options, "
        "callback_url, request_hash, error, warnings, redo, lease_token, lease_expires_at, worker, "
        "run_after, created_at, updated_at, started_at, finished_at) SELECT id, seq, status, "
        "user_id, stage, progress, speed, eta_seconds, duration_ms, priority, attempts, "
        "max_attempts, title, source, options, callback_url, request_hash, error, warnings, redo, "
        "lease_token, lease_expires_at, worker, run_after, created_at, updated_at, started_at, "
        "finished_at FROM kept; DROP TABLE kept",
        &err);
    if (status != CHIP_OK)
        fail_msg("%s", err.message);
    json_t *after = all_of(folder);
    assert_true(json_equal(before, after));
    json_decref(before);
    json_decref(after);
}

static void a_step_that_fails_leaves_the_database_as_it_was(void **state)
{
    struct sqlite_folder *folder = *state;
    struct chip_err err = {0};
    sqlite_folder_open(folder);
    json_t *before = all_of(folder);
    assert_int_not_equal(
        migrate_with(folder, "DELETE FROM processing_jobs; INSERT INTO nowhere VALUES (1)", &err),
        CHIP_OK);
    assert_non_null(strstr(err.message, "step next"));
    json_t *after = all_of(folder);
    assert_true(json_equal(before, after));
    json_decref(before);
    json_decref(after);
    assert_int_equal(chip_store_migrate(folder->store, NULL, &err), CHIP_OK);
}

static void a_database_of_a_newer_program_is_refused_and_left_alone(void **state)
{
    struct sqlite_folder *folder = *state;
    struct chip_err err = {0};
    assert_int_equal(migrate_with(folder, "ALTER TABLE processing_jobs DROP COLUMN redo", &err),
                     CHIP_OK);
    struct chip_store_settings settings = {.data_dir = folder->path};
    assert_int_equal(chip_store_open(&folder->store, &settings, &err), CHIP_OK);
    assert_int_equal(chip_store_migrate(folder->store, NULL, &err), CHIP_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "newer"));
    assert_int_equal(
        chip_store_call(folder->store, NULL, "get_job",
                        json_pack("{s:s}", "id", "a0000000-0000-4000-8000-000000000001"), NULL,
                        &err),
        CHIP_E_UNAVAILABLE);
    assert_non_null(strstr(err.message, "newer"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, delete)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_database_of_version_1_is_read_and_worked_on),
        TEST(the_first_step_is_what_it_was_when_released),
        TEST(migrating_twice_does_nothing_the_second_time),
        TEST(a_step_that_makes_a_table_anew_loses_nothing_that_refers_to_it),
        TEST(a_step_that_fails_leaves_the_database_as_it_was),
        TEST(a_database_of_a_newer_program_is_refused_and_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
