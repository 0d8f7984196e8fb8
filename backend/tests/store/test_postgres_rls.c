/*
 * Row level security: whatever tables, views and functions there are, user B neither sees nor
 * changes what is A's, and anon gets nothing. They are found in PostgreSQL's catalogue, so new ones
 * are tried too. All of it on a plain PostgreSQL and on one with Supabase's own grants.
 */
#include "call.h"

#include <libpq-fe.h>

#include "database.h"
#include "store/functions.h"
#include "store/postgres_link.h"

#define USER_A "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define USER_B "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
#define JOB_A "aaaaaaaa-0000-4000-8000-000000000001"  /* completed */
#define JOB_A2 "aaaaaaaa-0000-4000-8000-000000000002" /* pending */
#define JOB_B "bbbbbbbb-0000-4000-8000-000000000001"
#define MARK "%aaaaaaaa-%" /* all ids of A have it */

/* Every relation that can be selected from, and every function, of our schemas. */
#define RELATIONS                                                            \
    "SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relkind" \
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"         \
    " WHERE n.nspname IN ('public', 'chip') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
#define FUNCTIONS                                                             \
    "SELECT p.oid, p.oid::regprocedure::text AS name, p.proname, p.prosecdef" \
    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"           \
    " WHERE n.nspname IN ('public', 'chip')"

static struct test_database *database;
static PGconn *conn; /* as the database's owner, who may become anyone */

/* ---- SQL ------------------------------------------------------------------------------------- */

static PGresult *query(const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    if (!chip_pg_is_good(result))
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    return result;
}

static void run(const char *sql)
{
    PQclear(query(sql));
}

static int number(const char *sql)
{
    PGresult *result = query(sql);
    int value = atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

/* Begins a transaction as somebody; `run("ROLLBACK")` or `run("COMMIT")` ends it. */
static void become(const char *role, const char *user_id)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "BEGIN; SELECT set_config('role', '%s', true), set_config('request.jwt.claims', "
             "'{\"role\": \"%s\", \"sub\": \"%s\"}', true)",
             role, role, user_id);
    run(sql);
}

/* @return the SQLSTATE, "" when it went well; inside a transaction, which goes on */
static const char *attempt(const char *sql)
{
    static char code[6];
    run("SAVEPOINT attempt");
    PGresult *result = PQexec(conn, sql);
    const char *failed = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(code, sizeof code, "%s", failed ? failed : "");
    PQclear(result);
    run(failed ? "ROLLBACK TO attempt" : "RELEASE attempt");
    return code;
}

/* ---- the rows -------------------------------------------------------------------------------- */

static void fill(struct chip_store *store)
{
    static const char *const jobs[][2] = {{JOB_A, USER_A}, {JOB_B, USER_B}, {JOB_A2, USER_A}};
    for (size_t i = 0; i < 3; i++)
        call_only(store, NULL, "enqueue_job",
                  json_pack("{s:s, s:s, s:{s:s}, s:s, s:s}", "id", jobs[i][0], "user_id",
                            jobs[i][1], "source", "url", jobs[i][0], "callback_url", jobs[i][0],
                            "title", jobs[i][0]));
    for (size_t i = 0; i < 2; i++) {
        json_t *job =
            call(store, NULL, "claim_job",
                 json_pack("{s:s, s:s, s:i}", "worker", "w", "node", "n", "lease_seconds", 60));
        json_t *token = json_object_get(job, "lease_token"), *id = json_object_get(job, "id");
        call_only(store, NULL, "complete_job",
                  json_pack("{s:O, s:O, s:{s:O}}", "id", id, "lease_token", token, "analysis",
                            "title", id));
        json_decref(job);
    }
    /* Checkpoints of a finished job are gone; this one has some. */
    run("INSERT INTO job_checkpoints (job_id, stage, slice, data) VALUES"
        " ('" JOB_A2 "', 's', 0, '{}'), ('" JOB_B "', 's', 0, '{}')");
    call_only(store, NULL, "add_audit",
              json_pack("{s:[{s:s, s:s, s:s, s:s}]}", "entries", "user_id", USER_A, "actor", "user",
                        "action", "read", "job_id", JOB_A));
}

static int set_up_as(void **state, const char *kind)
{
    (void)state;
    if (!database)
        return 0;
    struct chip_err err;
    struct chip_store *store = NULL;
    const char *url = test_database_ask(database, kind);
    struct chip_store_settings settings = {.database_url = url};
    conn = PQconnectdb(url);
    if (chip_store_open(&store, &settings, &err) != CHIP_OK ||
        chip_store_migrate(store, NULL, &err) != CHIP_OK) {
        fprintf(stderr, "%s\n", err.message);
        return -1;
    }
    fill(store);
    chip_store_close(store);
    return 0;
}

static int set_up_plain(void **state)
{
    return set_up_as(state, "create");
}

static int set_up_supabase(void **state)
{
    return set_up_as(state, "create-supabase");
}

static int tear_down(void **state)
{
    (void)state;
    PQfinish(conn);
    conn = NULL;
    return 0;
}

#define NEED_DATABASE() \
    do {                \
        if (!database)  \
            skip();     \
    } while (0)

/* ---- seeing ---------------------------------------------------------------------------------- */

/* Rows in which an id of A stands, of the columns that the present role may read; -1: none of them.
 */
static int rows_of_a(const char *oid, const char *name)
{
    char sql[600];
    snprintf(sql, sizeof sql,
             "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = %s "
             "AND attnum > 0 AND NOT attisdropped AND has_column_privilege(%s, attnum, 'SELECT')",
             oid, oid);
    PGresult *columns = query(sql);
    int n = -1;
    if (!PQgetisnull(columns, 0, 0)) {
        char count[2000];
        snprintf(count, sizeof count,
                 "SELECT count(*) FROM (SELECT %s FROM %s) r WHERE r::text LIKE '%s'",
                 PQgetvalue(columns, 0, 0), name, MARK);
        n = number(count);
    }
    PQclear(columns);
    return n;
}

static void a_user_sees_no_row_of_another_anywhere(void **state)
{
    (void)state;
    NEED_DATABASE();
    PGresult *relations = query(RELATIONS);
    int n_full = 0, n_own = 0;
    for (int i = 0; i < PQntuples(relations); i++) {
        const char *oid = PQgetvalue(relations, i, 0), *name = PQgetvalue(relations, i, 1);
        n_full += rows_of_a(oid, name) > 0;
        become("authenticated", USER_A);
        n_own += rows_of_a(oid, name) > 0;
        run("ROLLBACK");
        become("authenticated", USER_B);
        if (rows_of_a(oid, name) > 0)
            fail_msg("B reads rows of A in %s", name);
        run("ROLLBACK");
        become("anon", "");
        if (rows_of_a(oid, name) != -1)
            fail_msg("anon reads %s", name);
        run("ROLLBACK");
    }
    PQclear(relations);
    assert_int_equal(n_full, 12); /* there is something to see in all but schema_migrations */
    assert_int_equal(n_own,
                     8); /* A is shown all but checkpoints, audit log, what search is made of */
}

static void a_token_without_a_user_sees_and_changes_nothing(void **state)
{
    (void)state;
    NEED_DATABASE();
    run("BEGIN");
    run("SELECT set_config('role', 'authenticated', true), set_config('request.jwt.claims', "
        "'{\"role\": \"service_role\"}', true)");
    assert_int_equal(number("SELECT count(id) FROM processing_jobs"), 0);
    assert_int_equal(number("SELECT jsonb_array_length(list_jobs() -> 'jobs')"), 0);
    assert_string_equal(attempt("SELECT cancel_job('" JOB_A2 "')"), "PT403");
    assert_string_equal(attempt("SELECT enqueue_job(gen_random_uuid(), '{}')"), "PT403");
    run("ROLLBACK");
}

static void tokens_of_leases_are_not_shown_to_users(void **state)
{
    (void)state;
    NEED_DATABASE();
    become("authenticated", USER_A);
    assert_string_equal(attempt("SELECT lease_token FROM processing_jobs"), "42501");
    assert_string_equal(attempt("SELECT request_hash FROM processing_jobs"), "42501");
    assert_int_equal(number("SELECT count(*) FROM chip.job_rows r WHERE to_jsonb(r) ?| "
                            "ARRAY['lease_token', 'request_hash']"),
                     0);
    assert_int_equal(number("SELECT count(*) FROM chip.job_rows"), 2);
    run("ROLLBACK");
}

/* ---- changing -------------------------------------------------------------------------------- */

static void nobody_but_the_service_writes_to_a_table(void **state)
{
    (void)state;
    NEED_DATABASE();
    PGresult *granted = query(
        "SELECT r.name, who, what FROM (" RELATIONS ") r,"
        " unnest(ARRAY['anon', 'authenticated']) who,"
        " unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) what"
        " WHERE has_table_privilege(who, r.oid, what) OR CASE WHEN what IN ('INSERT', 'UPDATE',"
        " 'REFERENCES') THEN has_any_column_privilege(who, r.oid, what) END");
    for (int i = 0; i < PQntuples(granted); i++)
        fail_msg("%s may %s %s", PQgetvalue(granted, i, 1), PQgetvalue(granted, i, 2),
                 PQgetvalue(granted, i, 0));
    PQclear(granted);

    become("authenticated", USER_A);
    assert_string_equal(attempt("UPDATE processing_jobs SET status = 'completed'"), "42501");
    assert_string_equal(attempt("UPDATE processing_jobs SET source = '{\"node\": \"n\"}'"),
                        "42501");
    assert_string_equal(attempt("UPDATE chip.job_rows SET status = 'completed'"), "42501");
    assert_string_equal(attempt("DELETE FROM meeting_analysis"), "42501");
    assert_string_equal(attempt("TRUNCATE audit_log"), "42501");
    assert_string_equal(attempt("CREATE FUNCTION chip.mine() RETURNS int LANGUAGE sql RETURN 1"),
                        "42501");
    run("ROLLBACK");
}

static void every_table_has_row_level_security(void **state)
{
    (void)state;
    NEED_DATABASE();
    assert_int_equal(number("SELECT count(*) FROM pg_class WHERE relnamespace = "
                            "'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity"),
                     0);
    assert_int_equal(number("SELECT count(*) FROM pg_class WHERE relnamespace = "
                            "'chip'::regnamespace AND relkind = 'v' AND NOT "
                            "'security_invoker=true' = ANY (reloptions)"),
                     0);
}

/* ---- functions ------------------------------------------------------------------------------- */

static void functions_are_granted_as_the_contract_says(void **state)
{
    (void)state;
    NEED_DATABASE();
    PGresult *functions =
        query("SELECT f.proname, has_function_privilege('anon', f.oid, 'EXECUTE'),"
              " has_function_privilege('authenticated', f.oid, 'EXECUTE'),"
              " has_function_privilege('service_role', f.oid, 'EXECUTE')"
              " FROM (" FUNCTIONS " AND n.nspname = 'public') f");
    int n_known = 0;
    for (int i = 0; i < PQntuples(functions); i++) {
        const char *name = PQgetvalue(functions, i, 0);
        const struct chip_function *known = chip_function_find(name);
        n_known += known != NULL;
        if (!known && strcmp(name, "schema_version") != 0)
            fail_msg("%s is in no contract", name);
        bool for_users = known && known->for_users;
        if (PQgetvalue(functions, i, 1)[0] != 'f' ||
            (PQgetvalue(functions, i, 2)[0] == 't') != for_users ||
            PQgetvalue(functions, i, 3)[0] != 't')
            fail_msg("%s is granted wrongly", name);
    }
    PQclear(functions);
    assert_int_equal(n_known, CHIP_N_FUNCTIONS);
    assert_int_equal(number("SELECT count(*) FROM (" FUNCTIONS
                            ") f WHERE has_function_privilege('anon', f.oid, 'EXECUTE')"),
                     0);
}

static void functions_that_run_as_their_owner_pin_what_they_find(void **state)
{
    (void)state;
    NEED_DATABASE();
    assert_int_equal(number("SELECT count(*) FROM pg_proc p WHERE prosecdef AND pronamespace IN "
                            "('public'::regnamespace, 'chip'::regnamespace) AND NOT "
                            "'search_path=\"\"' = ANY (coalesce(proconfig, '{}'))"),
                     0);
    assert_true(number("SELECT count(*) FROM pg_proc WHERE prosecdef AND pronamespace = "
                       "'public'::regnamespace") > 0);
}

/* A fingerprint of all that is A's. */
static void fingerprint(char text[33])
{
    PGresult *result = query(
        "SELECT md5(string_agg(t, '|' ORDER BY t)) FROM ("
        " SELECT j::text FROM processing_jobs j UNION ALL SELECT c::text FROM job_checkpoints c"
        " UNION ALL SELECT e::text FROM job_events e UNION ALL SELECT a::text FROM audit_log a"
        " UNION ALL SELECT m::text FROM meeting_analysis m"
        " UNION ALL SELECT p::text FROM search_passages p"
        " UNION ALL SELECT d::text FROM webhook_deliveries d) r(t) WHERE t LIKE '" MARK "'");
    snprintf(text, 33, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
}

/* Calls with A's ids wherever an id is taken, by the types of the arguments. */
#define CALLS                                                                             \
    "SELECT format('SELECT %%s.%%I(%%s)::text', p.pronamespace::regnamespace, p.proname," \
    " (SELECT string_agg("                                                                \
    "  CASE format_type(t, NULL) WHEN 'uuid' THEN quote_literal('%s') || '::uuid'"        \
    "   WHEN 'uuid[]' THEN 'ARRAY[' || quote_literal('%s') || '::uuid]'"                  \
    "   WHEN 'jsonb' THEN quote_literal('{}') WHEN 'text' THEN '''pending'''"             \
    "   WHEN 'boolean' THEN 'true' WHEN 'timestamp with time zone' THEN 'now()'"          \
    "   WHEN 'public.processing_jobs' THEN 'NULL' WHEN 'processing_jobs' THEN 'NULL'"     \
    "   WHEN 'meeting_analysis' THEN 'NULL' ELSE '1' END, ', ' ORDER BY o)"               \
    "  FROM unnest(p.proargtypes) WITH ORDINALITY a(t, o)))"                              \
    " FROM pg_proc p WHERE p.pronamespace IN ('public'::regnamespace, 'chip'::regnamespace)"

/* Calls everything as B with A's id. @return how many calls B may make at all */
static int call_all(const char *role, const char *user_id, const char *id)
{
    char sql[2000];
    snprintf(sql, sizeof sql, CALLS, id, id);
    PGresult *calls = query(sql);
    int n_allowed = 0;
    for (int i = 0; i < PQntuples(calls); i++) {
        become(role, user_id);
        PGresult *result = PQexec(conn, PQgetvalue(calls, i, 0));
        const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        if (strcmp(role, "anon") == 0 && (!code || strcmp(code, "42501")))
            fprintf(stderr, "%s %s\n", code ? code : "-", PQgetvalue(calls, i, 0));
        n_allowed += !code || strcmp(code, "42501") != 0;
        /* An error may name what was asked for; a result may not hold it. */
        for (int row = 0; !code && row < PQntuples(result); row++)
            if (strstr(PQgetvalue(result, row, 0), "aaaaaaaa-") && strcmp(user_id, USER_B) == 0)
                fail_msg("B gets rows of A by %s", PQgetvalue(calls, i, 0));
        PQclear(result);
        run(code ? "ROLLBACK" : "COMMIT");
    }
    PQclear(calls);
    return n_allowed;
}

static void no_function_lets_a_user_touch_what_is_anothers(void **state)
{
    (void)state;
    NEED_DATABASE();
    char before[33], after[33];
    static const char *const ids[] = {JOB_A, JOB_A2, USER_A};
    fingerprint(before);
    for (size_t i = 0; i < 3; i++) {
        assert_true(call_all("authenticated", USER_B, ids[i]) >= 10);
        assert_int_equal(call_all("anon", "", ids[i]), 0);
    }
    fingerprint(after);
    assert_string_equal(after, before);
    assert_int_equal(number("SELECT count(*) FROM processing_jobs WHERE user_id = '" USER_B "'"),
                     1);
    /* The same calls by their owner do change things, so the fingerprint is one. */
    call_all("authenticated", USER_A, JOB_A);
    fingerprint(after);
    assert_string_not_equal(after, before);
}

static void a_user_adds_jobs_of_their_own_only(void **state)
{
    (void)state;
    NEED_DATABASE();
    become("authenticated", USER_B);
    assert_string_equal(
        attempt("SELECT enqueue_job(id => gen_random_uuid(), source => '{}', user_id => '" USER_A
                "')"),
        "PT403");
    assert_string_equal(attempt("SELECT enqueue_job(id => '" JOB_A "', source => '{}')"), "PT409");
    assert_string_equal(attempt("SELECT enqueue_job(id => gen_random_uuid(), source => '{}')"), "");
    assert_int_equal(number("SELECT count(id) FROM processing_jobs WHERE user_id = '" USER_B "'"),
                     2);
    run("ROLLBACK");
}

static void users_who_call_it_themselves_are_held_to_the_defaults(void **state)
{
    (void)state;
    NEED_DATABASE();
    become("authenticated", USER_B);
    run("SELECT enqueue_job(id => 'bbbbbbbb-0000-4000-8000-000000000009', source => '{}', "
        "priority => 10, max_attempts => 100)");
    assert_int_equal(number("SELECT count(id) FROM processing_jobs WHERE id = "
                            "'bbbbbbbb-0000-4000-8000-000000000009' AND priority = 0 AND "
                            "max_attempts = 3"),
                     1);
    run("ROLLBACK");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_sees_no_row_of_another_anywhere),
        cmocka_unit_test(a_token_without_a_user_sees_and_changes_nothing),
        cmocka_unit_test(tokens_of_leases_are_not_shown_to_users),
        cmocka_unit_test(nobody_but_the_service_writes_to_a_table),
        cmocka_unit_test(every_table_has_row_level_security),
        cmocka_unit_test(functions_are_granted_as_the_contract_says),
        cmocka_unit_test(functions_that_run_as_their_owner_pin_what_they_find),
        cmocka_unit_test(a_user_adds_jobs_of_their_own_only),
        cmocka_unit_test(users_who_call_it_themselves_are_held_to_the_defaults),
        cmocka_unit_test(no_function_lets_a_user_touch_what_is_anothers),
    };
    database = test_database_start();
    int failed = cmocka_run_group_tests_name("plain", tests, set_up_plain, tear_down);
    failed += cmocka_run_group_tests_name("supabase", tests, set_up_supabase, tear_down);
    test_database_stop(database);
    return failed;
}
