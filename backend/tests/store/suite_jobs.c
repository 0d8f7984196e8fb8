/* Jobs as callers put them in, see, list, cancel, redo and delete them. */
#include "suite_case.h"

static json_t *by_id(int number)
{
    char id[SUITE_ID];
    return json_pack("{s:s}", "id", suite_id(number, id));
}

static json_t *enqueue_args(int number, const char *user, const char *hash)
{
    char id[SUITE_ID];
    return json_pack("{s:s, s:{s:s}, s:{s:i}, s:s?, s:s?, s:s, s:s, s:i, s:i}", "id",
                     suite_id(number, id), "source", "kind", "url", "options", "speakers", 2,
                     "user_id", user, "request_hash", hash, "title", "Montag \303\244",
                     "callback_url", "https://example.org/hook", "priority", -3, "max_attempts", 5);
}

static void a_job_is_what_was_enqueued(void **state)
{
    char id[SUITE_ID], user[SUITE_ID];
    json_t *result = suite_call(*state, "enqueue_job", enqueue_args(1, suite_id(100, user), "h1"));
    assert_true(json_is_true(json_object_get(result, "created")));
    json_t *job = json_object_get(result, "job");
    suite_is(job, "id", suite_id(1, id));
    suite_is(job, "user_id", user);
    suite_is(job, "status", "pending");
    suite_is(job, "title", "Montag \303\244");
    suite_is(job, "callback_url", "https://example.org/hook");
    suite_is_json(job, "source", json_pack("{s:s}", "kind", "url"));
    suite_is_json(job, "options", json_pack("{s:i}", "speakers", 2));
    suite_is_json(job, "warnings", json_array());
    static const char *const nulls[] = {
        "stage", "speed",  "eta_seconds",      "duration_ms", "error",
        "redo",  "worker", "lease_expires_at", "started_at",  "finished_at"};
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        suite_is_null(job, nulls[i]);
    suite_is_number(job, "progress", 0);
    suite_is_number(job, "priority", -3);
    suite_is_number(job, "attempts", 0);
    suite_is_number(job, "max_attempts", 5);
    suite_is_number(job, "seq", 1);
    assert_int_equal(strlen(suite_text(job, "created_at")), strlen("2026-11-24T12:00:00.123Z"));
    suite_is(job, "updated_at", suite_text(job, "created_at"));
    suite_is(job, "run_after", suite_text(job, "created_at"));
    assert_null(json_object_get(job, "lease_token"));
    assert_null(json_object_get(job, "request_hash"));
    assert_int_equal(json_object_size(job), 26);

    json_t *again = suite_job(*state, 1);
    assert_true(suite_same(job, again));
    json_decref(again);
    json_decref(result);
}

static void what_is_left_out_takes_its_default(void **state)
{
    suite_enqueue(*state, 1, NULL);
    json_t *job = suite_job(*state, 1);
    suite_is_json(job, "options", json_object());
    suite_is_number(job, "priority", 0);
    suite_is_number(job, "max_attempts", 3);
    suite_is_null(job, "user_id");
    suite_is_null(job, "title");
    suite_is_null(job, "callback_url");
    json_decref(job);
}

static void enqueueing_the_same_id_again_changes_nothing(void **state)
{
    suite_do(*state, "enqueue_job", enqueue_args(1, NULL, "h1"));
    json_t *before = suite_job(*state, 1), *args = enqueue_args(1, NULL, "h1");
    json_object_set_new(args, "title", json_string("another"));
    suite_tick();
    json_t *result = suite_call(*state, "enqueue_job", args);
    assert_true(json_is_false(json_object_get(result, "created")));
    assert_true(suite_same(json_object_get(result, "job"), before));
    json_decref(before);
    json_decref(result);
}

static void the_same_id_for_another_request_or_user_is_a_conflict(void **state)
{
    char anna[SUITE_ID], ben[SUITE_ID];
    suite_id(100, anna), suite_id(101, ben);
    suite_do(*state, "enqueue_job", enqueue_args(1, anna, "h1"));
    suite_refused(*state, CHIP_E_CONFLICT, "enqueue_job", enqueue_args(1, anna, "h2"));
    suite_refused(*state, CHIP_E_CONFLICT, "enqueue_job", enqueue_args(1, anna, NULL));
    suite_refused(*state, CHIP_E_CONFLICT, "enqueue_job", enqueue_args(1, ben, "h1"));
    suite_refused(*state, CHIP_E_CONFLICT, "enqueue_job", enqueue_args(1, NULL, "h1"));
    assert_int_equal(suite_as(*state, ben, "enqueue_job", enqueue_args(1, NULL, "h1"), NULL),
                     CHIP_E_CONFLICT);
    json_t *job = suite_job(*state, 1);
    suite_is(job, "user_id", anna);
    suite_is_number(job, "seq", 1);
    json_decref(job);
}

static void what_is_not_there_is_not_found(void **state)
{
    char id[SUITE_ID];
    suite_id(7, id);
    static const char *const by[][2] = {
        {"get_job", "id"},         {"cancel_job", "id"},          {"redo_job", "id"},
        {"delete_job", "id"},      {"list_checkpoints", "id"},    {"get_analysis", "job_id"},
        {"list_events", "job_id"}, {"list_deliveries", "job_id"}, {"get_waveform", "job_id"},
    };
    for (size_t i = 0; i < sizeof by / sizeof *by; i++)
        suite_refused(*state, CHIP_E_NOT_FOUND, by[i][0], json_pack("{s:s}", by[i][1], id));
    suite_refused(*state, CHIP_E_NOT_FOUND, "finish_delivery",
                  json_pack("{s:s, s:b}", "id", id, "ok", 1));
    suite_enqueue(*state, 7, NULL);
    suite_refused(*state, CHIP_E_NOT_FOUND, "get_analysis", json_pack("{s:s}", "job_id", id));
    suite_refused(*state, CHIP_E_NOT_FOUND, "save_analysis",
                  json_pack("{s:s, s:i, s:{}}", "job_id", id, "version", 1, "changes"));
}

/* ---- lists ---- */

static void a_list_in_pages_has_every_job_once_and_newest_first(void **state)
{
    enum { JOBS = 23 };
    bool seen[JOBS] = {false};
    for (int i = 0; i < JOBS; i++)
        suite_enqueue(*state, i, NULL); /* many in the same millisecond */
    json_t *before = json_null();
    char last[64] = "9999";
    int n = 0, pages = 0;
    do {
        json_t *page =
            suite_call(*state, "list_jobs", json_pack("{s:i, s:o}", "limit", 5, "before", before));
        json_t *jobs = json_object_get(page, "jobs"), *job;
        size_t i;
        json_array_foreach(jobs, i, job)
        {
            char place[64];
            int number = atoi(suite_text(job, "id") + 24);
            assert_false(seen[number]);
            seen[number] = true;
            snprintf(place, sizeof place, "%s/%s", suite_text(job, "created_at"),
                     suite_text(job, "id"));
            assert_true(strcmp(place, last) < 0);
            snprintf(last, sizeof last, "%s", place);
            n++;
        }
        before = json_incref(json_object_get(page, "next"));
        assert_true(json_is_null(before) || strcmp(json_string_value(before), last) == 0);
        json_decref(page);
        pages++;
    } while (!json_is_null(before));
    assert_int_equal(n, JOBS);
    assert_int_equal(pages, 5);
}

static void expect_list(struct suite_case *c, json_t *args, const char *numbers)
{
    json_t *page = suite_call(c, "list_jobs", args), *job;
    char got[64] = "";
    size_t i;
    json_array_foreach(json_object_get(page, "jobs"), i, job)
    {
        snprintf(got + strlen(got), sizeof got - strlen(got), "%d ",
                 atoi(suite_text(job, "id") + 24));
    }
    assert_string_equal(got, numbers);
    suite_is_null(page, "next");
    json_decref(page);
}

static void a_list_can_be_of_one_status_or_of_words_in_the_title(void **state)
{
    static const char *const titles[] = {"Budget 100%", "budget_2027", "Standup", "1000 Dinge"};
    for (int i = 0; i < 4; i++) {
        suite_enqueue(*state, i, json_pack("{s:s}", "title", titles[i]));
        suite_tick();
    }
    suite_enqueue(*state, 4, NULL);
    suite_do(*state, "cancel_job", by_id(2));
    expect_list(*state, json_object(), "4 3 2 1 0 ");
    expect_list(*state, json_pack("{s:s}", "status", "cancelled"), "2 ");
    expect_list(*state, json_pack("{s:s}", "status", "completed"), "");
    expect_list(*state, json_pack("{s:s}", "query", "BUDGET"), "1 0 ");
    expect_list(*state, json_pack("{s:s}", "query", "100%"), "0 ");
    expect_list(*state, json_pack("{s:s}", "query", "t_2"), "1 ");
    expect_list(*state, json_pack("{s:s, s:s}", "query", "u", "status", "pending"), "1 0 ");
    expect_list(*state, json_pack("{s:s}", "query", "' OR 1=1 --"), "");
}

/* ---- cancel, redo, delete ---- */

static void a_cancelled_job_is_over_and_stays_so(void **state)
{
    suite_enqueue(*state, 1, NULL);
    json_t *job = suite_call(*state, "cancel_job", by_id(1));
    suite_is(job, "status", "cancelled");
    suite_text(job, "finished_at");
    suite_is_number(job, "seq", 2);
    json_t *event = suite_event(*state, 1, 2);
    suite_is(event, "kind", "cancelled");
    suite_is_json(event, "data", json_pack("{s:s}", "status", "cancelled"));
    json_decref(event);

    suite_tick();
    json_t *again = suite_call(*state, "cancel_job", by_id(1));
    assert_true(suite_same(job, again));
    json_decref(job);
    json_decref(again);
    job = suite_claim(*state);
    assert_true(json_is_null(job));
    json_decref(job);
}

static void a_job_in_work_can_be_cancelled_and_its_worker_is_told(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 3600, token);
    json_t *job = suite_call(*state, "cancel_job", by_id(1));
    suite_is(job, "status", "cancelled");
    suite_is_null(job, "lease_expires_at");
    json_decref(job);
    suite_refused(*state, CHIP_E_CONFLICT, "heartbeat_job",
                  suite_leased(1, token, json_pack("{s:i}", "lease_seconds", 60)));
}

static void a_job_that_is_over_cannot_be_cancelled(void **state)
{
    char token[SUITE_ID];
    suite_completed_job(*state, 1, NULL);
    suite_refused(*state, CHIP_E_CONFLICT, "cancel_job", by_id(1));
    suite_enqueue(*state, 2, NULL);
    suite_claim_job(*state, 2, 3600, token);
    suite_do(*state, "fail_job",
             suite_leased(2, token, json_pack("{s:{s:s}}", "error", "code", "no_audio")));
    suite_refused(*state, CHIP_E_CONFLICT, "cancel_job", by_id(2));
}

static void a_job_redone_is_as_new_but_keeps_its_analysis(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 1, json_pack("{s:{s:i}}", "options", "speakers", 2));
    suite_claim_job(*state, 1, 3600, token);
    suite_do(*state, "heartbeat_job",
             suite_leased(1, token,
                          json_pack("{s:i, s:s, s:i, s:i, s:i}", "lease_seconds", 60, "stage",
                                    "metrics", "progress", 90, "speed", 7, "duration_ms", 9000)));
    suite_do(
        *state, "complete_job",
        suite_leased(1, token,
                     json_pack("{s:{s:s}, s:[s]}", "analysis", "title", "Done", "warnings", "w")));
    json_t *done = suite_job(*state, 1);
    suite_tick();
    json_t *args = by_id(1);
    json_object_set_new(args, "options", json_pack("{s:i}", "speakers", 3));
    json_t *job = suite_call(*state, "redo_job", args);
    suite_is(job, "status", "pending");
    suite_is_null(job, "redo");
    suite_is_json(job, "options", json_pack("{s:i}", "speakers", 3));
    suite_is_json(job, "warnings", json_array());
    suite_is_number(job, "attempts", 0);
    suite_is_number(job, "progress", 0);
    suite_is_number(job, "duration_ms", 9000);
    suite_is_number(job, "seq", suite_number(done, "seq") + 1);
    static const char *const nulls[] = {"stage", "speed",      "eta_seconds",
                                        "error", "started_at", "finished_at"};
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        suite_is_null(job, nulls[i]);
    assert_true(strcmp(suite_text(job, "run_after"), suite_text(done, "finished_at")) > 0);
    suite_is(job, "created_at", suite_text(done, "created_at"));
    json_decref(done);
    json_t *event = suite_event(*state, 1, (int)suite_number(job, "seq"));
    suite_is(event, "kind", "status");
    suite_is_json(event, "data", json_pack("{s:s, s:n}", "status", "pending", "stage"));
    json_decref(event);
    json_decref(job);

    suite_refused(*state, CHIP_E_CONFLICT, "redo_job", by_id(1)); /* it is pending now */
    char id[SUITE_ID];
    json_t *analysis =
        suite_call(*state, "get_analysis", json_pack("{s:s}", "job_id", suite_id(1, id)));
    suite_is(analysis, "title", "Done");
    json_decref(analysis);
}

static void checkpoints_stay_for_a_stage_and_go_for_the_whole_job(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 3600, token);
    suite_do(*state, "checkpoint_job",
             suite_leased(1, token, json_pack("{s:s, s:{}}", "stage", "transcribe", "data")));
    suite_refused(*state, CHIP_E_CONFLICT, "redo_job", by_id(1)); /* it is in work */
    suite_do(*state, "cancel_job", by_id(1));
    json_t *args = by_id(1);
    json_object_set_new(args, "stage", json_string("speakers"));
    json_t *job = suite_call(*state, "redo_job", args);
    suite_is(job, "redo", "speakers");
    json_decref(job);
    json_t *kept = suite_call(*state, "list_checkpoints", by_id(1));
    assert_int_equal(json_array_size(kept), 1);
    json_decref(kept);

    suite_do(*state, "cancel_job", by_id(1));
    suite_do(*state, "redo_job", by_id(1));
    kept = suite_call(*state, "list_checkpoints", by_id(1));
    assert_int_equal(json_array_size(kept), 0);
    json_decref(kept);
}

static void a_renamed_job_and_its_analysis_have_the_new_title(void **state)
{
    suite_completed_job(*state, 1, json_pack("{s:s}", "title", "Old"));
    suite_enqueue(*state, 2, json_pack("{s:s}", "title", "Other"));
    json_t *args = by_id(1);
    json_object_set_new(args, "title", json_string("New"));
    json_t *job = suite_call(*state, "rename_job", args);
    suite_is(job, "title", "New");
    suite_is(job, "status", "completed");
    json_decref(job);
    char id[SUITE_ID];
    json_t *analysis =
        suite_call(*state, "get_analysis", json_pack("{s:s}", "job_id", suite_id(1, id)));
    suite_is(analysis, "title", "New");
    assert_int_equal(json_integer_value(json_object_get(analysis, "version")), 1);
    json_decref(analysis);
    job = suite_call(*state, "get_job", by_id(2));
    suite_is(job, "title", "Other");
    json_decref(job);
    job = suite_call(*state, "rename_job", by_id(2)); /* none any more; no analysis either */
    assert_true(json_is_null(json_object_get(job, "title")));
    json_decref(job);
    suite_refused(*state, CHIP_E_NOT_FOUND, "rename_job", by_id(3));
}

static void a_deleted_job_takes_all_with_it_but_the_audit_log(void **state)
{
    char id[SUITE_ID], token[SUITE_ID];
    suite_id(1, id);
    suite_completed_job(*state, 1, json_pack("{s:s}", "callback_url", "https://example.org"));
    suite_do(*state, "redo_job", by_id(1));
    suite_claim_job(*state, 1, 3600, token);
    suite_do(*state, "checkpoint_job",
             suite_leased(1, token, json_pack("{s:s, s:{}}", "stage", "fetch", "data")));
    suite_do(*state, "add_audit",
             json_pack("{s:[{s:s, s:s, s:s}]}", "entries", "actor", "key", "action", "job.read",
                       "job_id", id));
    json_t *result = suite_call(*state, "delete_job", by_id(1)); /* while it is in work */
    assert_true(json_is_true(json_object_get(result, "deleted")));
    json_decref(result);
    suite_refused(*state, CHIP_E_NOT_FOUND, "delete_job", by_id(1));
    suite_refused(*state, CHIP_E_CONFLICT, "heartbeat_job",
                  suite_leased(1, token, json_pack("{s:i}", "lease_seconds", 60)));
    result = suite_call(*state, "list_audit", json_pack("{s:s}", "job_id", id));
    assert_int_equal(json_array_size(result), 1);
    json_decref(result);

    suite_enqueue(*state, 1, NULL); /* the same id anew: nothing of the old one is there */
    suite_refused(*state, CHIP_E_NOT_FOUND, "get_analysis", json_pack("{s:s}", "job_id", id));
    static const char *const lists[][2] = {{"list_checkpoints", "id"},
                                           {"list_deliveries", "job_id"}};
    for (int i = 0; i < 2; i++) {
        result = suite_call(*state, lists[i][0], json_pack("{s:s}", lists[i][1], id));
        assert_int_equal(json_array_size(result), 0);
        json_decref(result);
    }
    result = suite_call(*state, "list_events", json_pack("{s:s}", "job_id", id));
    assert_int_equal(json_array_size(result), 1);
    json_decref(result);
}

const struct CMUnitTest suite_jobs[] = {
    cmocka_unit_test(a_job_is_what_was_enqueued),
    cmocka_unit_test(what_is_left_out_takes_its_default),
    cmocka_unit_test(enqueueing_the_same_id_again_changes_nothing),
    cmocka_unit_test(the_same_id_for_another_request_or_user_is_a_conflict),
    cmocka_unit_test(what_is_not_there_is_not_found),
    cmocka_unit_test(a_list_in_pages_has_every_job_once_and_newest_first),
    cmocka_unit_test(a_list_can_be_of_one_status_or_of_words_in_the_title),
    cmocka_unit_test(a_cancelled_job_is_over_and_stays_so),
    cmocka_unit_test(a_job_in_work_can_be_cancelled_and_its_worker_is_told),
    cmocka_unit_test(a_job_that_is_over_cannot_be_cancelled),
    cmocka_unit_test(a_job_redone_is_as_new_but_keeps_its_analysis),
    cmocka_unit_test(checkpoints_stay_for_a_stage_and_go_for_the_whole_job),
    cmocka_unit_test(a_renamed_job_and_its_analysis_have_the_new_title),
    cmocka_unit_test(a_deleted_job_takes_all_with_it_but_the_audit_log),
    {NULL},
};
