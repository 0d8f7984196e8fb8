/* What a worker tells about the job that it holds, and how the job ends. */
#include "suite_case.h"

static void start(struct suite_case *c, char token[SUITE_ID], json_t *more)
{
    suite_enqueue(c, 1, more);
    suite_claim_job(c, 1, 3600, token);
}

static json_t *error_json(void)
{
    return json_pack("{s:s, s:s, s:s, s:b}", "code", "network", "message", "gone", "stage", "fetch",
                     "retryable", 1);
}

static int n_of(struct suite_case *c, const char *function, const char *by)
{
    char id[SUITE_ID];
    json_t *rows = suite_call(c, function, json_pack("{s:s}", by, suite_id(1, id)));
    int n = (int)json_array_size(rows);
    json_decref(rows);
    return n;
}

/* ---- heartbeats ---- */

static void a_heartbeat_renews_the_lease_and_tells_progress(void **state)
{
    char token[SUITE_ID];
    start(*state, token, NULL);
    json_t *before = suite_job(*state, 1);
    json_t *result = suite_call(
        *state, "heartbeat_job",
        suite_leased(1, token,
                     json_pack("{s:i, s:s, s:f, s:f, s:i, s:i, s:s}", "lease_seconds", 7200,
                               "stage", "transcribe", "progress", 12.5, "speed", 31.25,
                               "eta_seconds", 60, "duration_ms", 3600000, "title", "Plenum")));
    suite_is_number(result, "seq", 3);
    json_decref(result);
    json_t *job = suite_job(*state, 1);
    suite_is(job, "stage", "transcribe");
    suite_is(job, "title", "Plenum");
    suite_is_number(job, "progress", 12.5);
    suite_is_number(job, "speed", 31.25);
    suite_is_number(job, "eta_seconds", 60);
    suite_is_number(job, "duration_ms", 3600000);
    suite_is_number(job, "seq", 3);
    assert_true(
        strcmp(suite_text(job, "lease_expires_at"), suite_text(before, "lease_expires_at")) > 0);
    json_decref(before);
    json_decref(job);
    json_t *event = suite_event(*state, 1, 3);
    suite_is(event, "kind", "progress");
    suite_is_json(event, "data",
                  json_pack("{s:s, s:f, s:f, s:i, s:i}", "stage", "transcribe", "progress", 12.5,
                            "speed", 31.25, "eta_seconds", 60, "duration_ms", 3600000));
    json_decref(event);
}

static void a_heartbeat_that_changes_nothing_makes_no_event(void **state)
{
    char token[SUITE_ID];
    start(*state, token, NULL);
    for (int i = 0; i < 3; i++) {
        json_t *result =
            suite_call(*state, "heartbeat_job",
                       suite_leased(1, token,
                                    json_pack("{s:i, s:s, s:i, s:i}", "lease_seconds", 60, "stage",
                                              "fetch", "progress", 5, "speed", i)));
        suite_is_number(result, "seq", 3); /* the first one's */
        json_decref(result);
    }
    json_t *result = suite_call(*state, "heartbeat_job",
                                suite_leased(1, token, json_pack("{s:i}", "lease_seconds", 60)));
    suite_is_number(result, "seq", 3);
    json_decref(result);
    json_t *job = suite_job(*state, 1);
    suite_is(job, "stage", "fetch");
    suite_is_number(job, "progress", 5);
    suite_is_number(job, "speed", 2);
    json_decref(job);
}

static void events_of_a_heartbeat_come_in_order_before_its_progress(void **state)
{
    char token[SUITE_ID];
    start(*state, token, NULL);
    json_t *result = suite_call(
        *state, "heartbeat_job",
        suite_leased(1, token,
                     json_pack("{s:i, s:i, s:[{s:s, s:{s:[{s:i}]}}, {s:s, s:{s:s}}, {s:s}]}",
                               "lease_seconds", 60, "progress", 7, "events", "kind", "segments",
                               "data", "segments", "start_ms", 5, "kind", "warning", "data",
                               "message", "quiet \342\202\254", "kind", "note")));
    suite_is_number(result, "seq", 6);
    json_decref(result);
    static const char *const kinds[] = {"segments", "warning", "note", "progress"};
    for (int i = 0; i < 4; i++) {
        json_t *event = suite_event(*state, 1, 3 + i);
        suite_is(event, "kind", kinds[i]);
        if (i == 1)
            suite_is_json(event, "data", json_pack("{s:s}", "message", "quiet \342\202\254"));
        if (i == 2)
            suite_is_json(event, "data", json_object());
        json_decref(event);
    }
}

/* ---- checkpoints ---- */

static void checkpoint(struct suite_case *c, const char *token, const char *stage, int slice,
                       const char *data)
{
    suite_do(c, "checkpoint_job",
             suite_leased(1, token,
                          json_pack("{s:s, s:i, s:{s:s}}", "stage", stage, "slice", slice, "data",
                                    "v", data)));
    suite_tick();
}

static void checkpoints_are_listed_in_the_order_of_their_stages(void **state)
{
    char token[SUITE_ID], id[SUITE_ID];
    start(*state, token, NULL);
    checkpoint(*state, token, "transcribe", 1, "t1");
    checkpoint(*state, token, "align", 0, "a0");
    checkpoint(*state, token, "transcribe", 0, "t0");
    checkpoint(*state, token, "transcribe", 10, "t10");
    checkpoint(*state, token, "transcribe", 2, "t2");
    checkpoint(*state, token, "transcribe", 1, "t1 anew");
    json_t *rows =
               suite_call(*state, "list_checkpoints", json_pack("{s:s}", "id", suite_id(1, id))),
           *row;
    static const struct {
        const char *stage, *data;
        int slice;
    } expected[] = {{"transcribe", "t0", 0},
                    {"transcribe", "t1 anew", 1},
                    {"transcribe", "t2", 2},
                    {"transcribe", "t10", 10},
                    {"align", "a0", 0}};
    assert_int_equal(json_array_size(rows), 5);
    size_t i;
    json_array_foreach(rows, i, row)
    {
        suite_is(row, "stage", expected[i].stage);
        suite_is_number(row, "slice", expected[i].slice);
        suite_is_json(row, "data", json_pack("{s:s}", "v", expected[i].data));
    }
    json_decref(rows);
}

/* ---- the end ---- */

static void a_completed_job_has_its_analysis_and_nothing_left_over(void **state)
{
    char token[SUITE_ID], id[SUITE_ID];
    suite_id(1, id);
    start(*state, token,
          json_pack("{s:s, s:s}", "callback_url", "https://example.org/h", "user_id",
                    "a0000000-0000-4000-8000-000000000100"));
    checkpoint(*state, token, "transcribe", 0, "t0");
    json_t *job =
        suite_call(*state, "complete_job",
                   suite_leased(1, token,
                                json_pack("{s:{s:s, s:i, s:{s:[i]}, s:[]}, s:[s]}", "analysis",
                                          "language", "en", "duration_ms", 61000, "transcript",
                                          "words", 1, "topics", "warnings", "no speakers")));
    suite_is(job, "status", "completed");
    suite_is_number(job, "progress", 100);
    suite_is_null(job, "lease_expires_at");
    suite_is_null(job, "error");
    suite_text(job, "finished_at");
    suite_is_json(job, "warnings", json_pack("[s]", "no speakers"));
    json_t *event = suite_event(*state, 1, (int)suite_number(job, "seq"));
    suite_is(event, "kind", "completed");
    suite_is_json(event, "data",
                  json_pack("{s:s, s:[s]}", "status", "completed", "warnings", "no speakers"));
    json_decref(event);
    json_decref(job);
    assert_int_equal(n_of(*state, "list_checkpoints", "id"), 0);
    assert_int_equal(n_of(*state, "list_deliveries", "job_id"), 1);

    json_t *analysis = suite_call(*state, "get_analysis", json_pack("{s:s}", "job_id", id));
    suite_is(analysis, "job_id", id);
    suite_is(analysis, "user_id", "a0000000-0000-4000-8000-000000000100");
    suite_is_number(analysis, "version", 1);
    suite_is(analysis, "language", "en");
    suite_is_number(analysis, "duration_ms", 61000);
    suite_is_json(analysis, "transcript", json_pack("{s:[i]}", "words", 1));
    suite_is_json(analysis, "topics", json_array());
    suite_is_null(analysis, "summary");
    suite_is_null(analysis, "minutes");
    assert_int_equal(json_object_size(analysis), 19);
    json_decref(analysis);
}

static void completing_twice_gives_the_job_again_and_one_result(void **state)
{
    char token[SUITE_ID], id[SUITE_ID];
    start(*state, token, json_pack("{s:s}", "callback_url", "https://example.org/h"));
    suite_complete(*state, 1, token);
    json_t *before = suite_job(*state, 1);
    suite_tick();
    json_t *again =
        suite_call(*state, "complete_job",
                   suite_leased(1, token, json_pack("{s:{s:s}}", "analysis", "title", "Another")));
    assert_true(suite_same(before, again));
    json_decref(before);
    json_decref(again);
    assert_int_equal(n_of(*state, "list_deliveries", "job_id"), 1);
    json_t *analysis =
        suite_call(*state, "get_analysis", json_pack("{s:s}", "job_id", suite_id(1, id)));
    suite_is_number(analysis, "version", 1);
    suite_is(analysis, "title", "Done");
    json_decref(analysis);
    suite_refused(
        *state, CHIP_E_CONFLICT, "complete_job",
        suite_leased(1, "b0000000-0000-4000-8000-000000000000", json_pack("{s:{}}", "analysis")));
    suite_refused(*state, CHIP_E_CONFLICT, "heartbeat_job",
                  suite_leased(1, token, json_pack("{s:i}", "lease_seconds", 60)));
}

/* Completes job 1 again after redo_job, and gives the analysis. */
static json_t *redone(struct suite_case *c, const char *stage, json_t *analysis)
{
    char id[SUITE_ID], token[SUITE_ID];
    suite_do(c, "redo_job", json_pack("{s:s, s:s?}", "id", suite_id(1, id), "stage", stage));
    suite_claim_job(c, 1, 3600, token);
    json_t *job = suite_call(c, "complete_job",
                             suite_leased(1, token, json_pack("{s:o}", "analysis", analysis)));
    suite_is_null(job, "redo");
    json_decref(job);
    return suite_call(c, "get_analysis", json_pack("{s:s}", "job_id", id));
}

static void a_stage_redone_replaces_its_columns_and_the_whole_job_all(void **state)
{
    char token[SUITE_ID];
    start(*state, token, NULL);
    suite_do(*state, "complete_job",
             suite_leased(1, token,
                          json_pack("{s:{s:s, s:s, s:[i]}}", "analysis", "title", "One", "summary",
                                    "Two", "topics", 3)));
    json_t *row = redone(*state, "minutes", json_pack("{s:s, s:n}", "summary", "New", "topics"));
    suite_is_number(row, "version", 2);
    suite_is(row, "title", "One");
    suite_is(row, "summary", "New");
    suite_is_null(row, "topics");
    json_decref(row);
    row = redone(*state, NULL, json_pack("{s:s}", "language", "de"));
    suite_is_number(row, "version", 3);
    suite_is(row, "language", "de");
    suite_is_null(row, "title");
    suite_is_null(row, "summary");
    json_decref(row);
}

static void a_failure_is_retried_while_attempts_are_left(void **state)
{
    char token[SUITE_ID];
    start(*state, token,
          json_pack("{s:i, s:s}", "max_attempts", 2, "callback_url", "https://example.org/h"));
    checkpoint(*state, token, "transcribe", 0, "t0");
    json_t *fail = json_pack("{s:o, s:f}", "error", error_json(), "retry_seconds", 0.0);
    json_t *job = suite_call(*state, "fail_job", suite_leased(1, token, json_incref(fail)));
    suite_is(job, "status", "pending");
    suite_is_json(job, "error", error_json());
    suite_is_null(job, "finished_at");
    suite_is_null(job, "lease_expires_at");
    suite_is_number(job, "attempts", 1);
    json_t *event = suite_event(*state, 1, (int)suite_number(job, "seq"));
    suite_is(event, "kind", "retry");
    suite_is_json(event, "data",
                  json_pack("{s:s, s:o}", "status", "pending", "error", error_json()));
    json_decref(event);
    json_decref(job);
    suite_refused(*state, CHIP_E_CONFLICT, "fail_job", suite_leased(1, token, json_incref(fail)));
    assert_int_equal(n_of(*state, "list_deliveries", "job_id"), 0);

    suite_claim_job(*state, 1, 3600, token);
    job = suite_call(*state, "fail_job", suite_leased(1, token, fail));
    suite_is(job, "status", "failed"); /* no attempts are left */
    suite_text(job, "finished_at");
    suite_is_json(job, "error", error_json());
    event = suite_event(*state, 1, (int)suite_number(job, "seq"));
    suite_is(event, "kind", "failed");
    suite_is_json(event, "data",
                  json_pack("{s:s, s:o}", "status", "failed", "error", error_json()));
    json_decref(event);
    json_decref(job);
    assert_int_equal(n_of(*state, "list_deliveries", "job_id"), 1);
    assert_int_equal(n_of(*state, "list_checkpoints", "id"), 1);
}

static void a_failure_without_retry_is_final(void **state)
{
    char token[SUITE_ID];
    start(*state, token, json_pack("{s:i}", "max_attempts", 9));
    json_t *job = suite_call(*state, "fail_job",
                             suite_leased(1, token, json_pack("{s:o}", "error", error_json())));
    suite_is(job, "status", "failed");
    json_decref(job);
    assert_int_equal(n_of(*state, "list_deliveries", "job_id"), 0); /* nobody wants to know */
    job = suite_claim(*state);
    assert_true(json_is_null(job));
    json_decref(job);
}

static void a_worker_that_lost_its_lease_can_change_nothing(void **state)
{
    char lost[SUITE_ID], token[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 0, lost);
    suite_claim_job(*state, 1, 3600, token);
    json_t *before = suite_job(*state, 1);
    static const char *const calls[][2] = {
        {"heartbeat_job",
         "{\"lease_seconds\": 60, \"progress\": 5, \"events\": [{\"kind\": \"x\"}]}"},
        {"checkpoint_job", "{\"stage\": \"fetch\", \"data\": {}}"},
        {"put_waveform", "{\"data\": {}}"},
        {"complete_job", "{\"analysis\": {}}"},
        {"fail_job", "{\"error\": {}}"},
        {"release_job", "{}"},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        suite_refused(*state, CHIP_E_CONFLICT, calls[i][0],
                      suite_leased(1, lost, json_loads(calls[i][1], 0, NULL)));
        suite_refused(*state, CHIP_E_CONFLICT, calls[i][0],
                      suite_leased(2, token, json_loads(calls[i][1], 0, NULL)));
    }
    json_t *after = suite_job(*state, 1);
    assert_true(suite_same(before, after));
    json_decref(before);
    json_decref(after);
    assert_int_equal(n_of(*state, "list_checkpoints", "id"), 0);
    assert_int_equal(n_of(*state, "list_events", "job_id"), 3);
    suite_complete(*state, 1, token); /* whose it is, it can */
}

static void a_lease_that_expired_unclaimed_is_still_the_workers(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 0, token);
    suite_do(*state, "heartbeat_job",
             suite_leased(1, token, json_pack("{s:i}", "lease_seconds", 3600)));
    json_t *job = suite_claim(*state);
    assert_true(json_is_null(job));
    json_decref(job);
    suite_complete(*state, 1, token);
}

const struct CMUnitTest suite_work[] = {
    cmocka_unit_test(a_heartbeat_renews_the_lease_and_tells_progress),
    cmocka_unit_test(a_heartbeat_that_changes_nothing_makes_no_event),
    cmocka_unit_test(events_of_a_heartbeat_come_in_order_before_its_progress),
    cmocka_unit_test(checkpoints_are_listed_in_the_order_of_their_stages),
    cmocka_unit_test(a_completed_job_has_its_analysis_and_nothing_left_over),
    cmocka_unit_test(completing_twice_gives_the_job_again_and_one_result),
    cmocka_unit_test(a_stage_redone_replaces_its_columns_and_the_whole_job_all),
    cmocka_unit_test(a_failure_is_retried_while_attempts_are_left),
    cmocka_unit_test(a_failure_without_retry_is_final),
    cmocka_unit_test(a_worker_that_lost_its_lease_can_change_nothing),
    cmocka_unit_test(a_lease_that_expired_unclaimed_is_still_the_workers),
    {NULL},
};
