/* Analysis, events, deliveries, audit log, figures of the queue, and what expires. */
#include "suite_case.h"

static json_t *of_job(int number)
{
    char id[SUITE_ID];
    return json_pack("{s:s}", "job_id", suite_id(number, id));
}

/* ---- analysis ---- */

static json_t *save_args(int version, json_t *changes)
{
    json_t *args = of_job(1);
    json_object_set_new(args, "version", json_integer(version));
    json_object_set_new(args, "changes", changes);
    return args;
}

static void an_analysis_is_changed_column_by_column(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 3600, token);
    suite_do(*state, "complete_job",
             suite_leased(1, token,
                          json_pack("{s:{s:s, s:s, s:{s:i}}}", "analysis", "title", "One",
                                    "summary", "Two", "speakers", "n", 2)));
    json_t *before = suite_call(*state, "get_analysis", of_job(1));
    suite_tick();
    json_t *row = suite_call(*state, "save_analysis",
                             save_args(1, json_pack("{s:s, s:n, s:[s]}", "title", "'; DROP --",
                                                    "summary", "action_items", "call")));
    suite_is_number(row, "version", 2);
    suite_is(row, "title", "'; DROP --");
    suite_is_null(row, "summary");
    suite_is_json(row, "speakers", json_pack("{s:i}", "n", 2));
    suite_is_json(row, "action_items", json_pack("[s]", "call"));
    suite_is(row, "created_at", suite_text(before, "created_at"));
    assert_true(strcmp(suite_text(row, "updated_at"), suite_text(before, "updated_at")) > 0);
    json_decref(before);
    json_t *again = suite_call(*state, "get_analysis", of_job(1));
    assert_true(suite_same(row, again));
    json_decref(again);
    json_decref(row);
}

static void a_change_to_an_older_version_is_a_conflict(void **state)
{
    suite_completed_job(*state, 1, NULL);
    suite_do(*state, "save_analysis", save_args(1, json_pack("{s:s}", "title", "A")));
    suite_refused(*state, CHIP_E_CONFLICT, "save_analysis",
                  save_args(1, json_pack("{s:s}", "title", "B")));
    suite_refused(*state, CHIP_E_CONFLICT, "save_analysis",
                  save_args(3, json_pack("{s:s}", "title", "B")));
    json_t *row = suite_call(*state, "get_analysis", of_job(1));
    suite_is(row, "title", "A");
    suite_is_number(row, "version", 2);
    json_decref(row);
}

static void any_json_comes_back_as_it_was(void **state)
{
    suite_completed_job(*state, 1, NULL);
    json_t *value = json_pack("{s:s, s:f, s:I, s:[b,b,n,{}], s:s}", "text",
                              "\342\202\254 \"\\\n\t ' \360\237\216\231", "real", 0.1, "big",
                              (json_int_t)9007199254740991, "list", 1, 0, "", "empty key");
    json_t *row =
        suite_call(*state, "save_analysis",
                   save_args(1, json_pack("{s:O, s:s, s:i, s:[i]}", "transcript", value, "topics",
                                          "a string", "decisions", 12, "receipt", 1)));
    suite_is_json(row, "transcript", value);
    suite_is_json(row, "topics", json_string("a string"));
    suite_is_json(row, "decisions", json_integer(12));
    suite_is_json(row, "receipt", json_pack("[i]", 1));
    json_decref(row);
}

/* ---- events ---- */

static json_t *events_after(struct suite_case *c, int after, int limit)
{
    json_t *args = of_job(1);
    json_object_set_new(args, "after", json_integer(after));
    json_object_set_new(args, "limit", json_integer(limit));
    return suite_call(c, "list_events", args);
}

static void events_are_read_on_from_any_number(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 3600, token);
    json_t *events = json_array();
    for (int i = 3; i <= 40; i++)
        json_array_append_new(events, json_pack("{s:s, s:{s:i}}", "kind", "n", "data", "i", i));
    suite_do(
        *state, "heartbeat_job",
        suite_leased(1, token, json_pack("{s:i, s:o}", "lease_seconds", 60, "events", events)));
    int after = 0, pages = 0;
    for (;;) {
        json_t *page = events_after(*state, after, 7), *event;
        size_t i, n = json_array_size(page);
        json_array_foreach(page, i, event)
        {
            suite_is_number(event, "seq", ++after);
            suite_text(event, "created_at");
            if (after > 2)
                suite_is_number(json_object_get(event, "data"), "i", after);
        }
        json_decref(page);
        if (n == 0)
            break;
        pages++;
    }
    assert_int_equal(after, 40);
    assert_int_equal(pages, 6);
    json_t *all = suite_call(*state, "list_events", of_job(1));
    assert_int_equal(json_array_size(all), 40);
    json_decref(all);
}

static json_t *watch(struct suite_case *c)
{
    json_t *ids = json_array();
    char id[SUITE_ID];
    for (int i = 1; i <= 3; i++)
        json_array_append_new(ids, json_string(suite_id(i, id)));
    return suite_call(c, "watch_jobs", json_pack("{s:o}", "ids", ids));
}

static void watching_tells_the_last_event_of_those_that_exist(void **state)
{
    char one[SUITE_ID], two[SUITE_ID], three[SUITE_ID];
    suite_id(1, one), suite_id(2, two), suite_id(3, three);
    suite_enqueue(*state, 1, NULL);
    suite_enqueue(*state, 2, NULL);
    for (int i = 0; i < 3; i++) { /* unchanged, the same answer */
        json_t *seen = watch(*state);
        assert_int_equal(json_object_size(seen), 2);
        suite_is_number(seen, one, 1);
        suite_is_number(seen, two, 1);
        json_decref(seen);
    }
    suite_do(*state, "cancel_job", json_pack("{s:s}", "id", two));
    suite_enqueue(*state, 3, NULL);
    suite_do(*state, "delete_job", json_pack("{s:s}", "id", one));
    json_t *seen = watch(*state);
    assert_int_equal(json_object_size(seen), 2);
    suite_is_number(seen, two, 2);
    suite_is_number(seen, three, 1);
    json_decref(seen);
    seen = suite_call(*state, "watch_jobs", json_pack("{s:[s]}", "ids", three));
    assert_int_equal(json_object_size(seen), 1); /* other ids, another answer */
    json_decref(seen);
    seen = suite_call(*state, "watch_jobs", json_pack("{s:[]}", "ids"));
    assert_int_equal(json_object_size(seen), 0);
    json_decref(seen);
}

/* ---- deliveries ---- */

static json_t *due(struct suite_case *c, int limit, double lease_seconds)
{
    return suite_call(c, "claim_deliveries",
                      json_pack("{s:i, s:f}", "limit", limit, "lease_seconds", lease_seconds));
}

static json_t *finish(struct suite_case *c, const char *id, bool ok, int http_status, json_t *retry)
{
    return suite_call(c, "finish_delivery",
                      json_pack("{s:s, s:b, s:i, s:s?, s:i, s:o}", "id", id, "ok", ok,
                                "http_status", http_status, "error", ok ? NULL : "no answer", "ms",
                                12, "retry_seconds", retry));
}

static void hooked_job(struct suite_case *c, int number)
{
    suite_completed_job(
        c, number,
        json_pack("{s:s, s:s}", "callback_url", "https://example.org/h", "title", "Standup"));
    suite_tick();
}

static void a_webhook_says_what_became_of_the_job(void **state)
{
    char id[SUITE_ID];
    hooked_job(*state, 1);
    json_t *rows = suite_call(*state, "list_deliveries", of_job(1));
    json_t *row = json_array_get(rows, 0), *payload = json_object_get(row, "payload");
    json_t *job = suite_job(*state, 1);
    suite_is(row, "job_id", suite_id(1, id));
    suite_is(row, "url", "https://example.org/h");
    suite_is(row, "event", "job.completed");
    suite_is(row, "status", "pending");
    suite_is_number(row, "attempts", 0);
    suite_is_json(row, "tries", json_array());
    suite_is_null(row, "delivered_at");
    suite_is_null(row, "lease_expires_at");
    assert_int_equal(json_object_size(row), 14);
    suite_is(payload, "type", "job.completed");
    suite_is(payload, "timestamp", suite_text(job, "finished_at"));
    suite_is_json(payload, "data",
                  json_pack("{s:s, s:s, s:s, s:n, s:n, s:s, s:[]}", "job_id", id, "status",
                            "completed", "title", "Standup", "error", "duration_ms", "finished_at",
                            suite_text(job, "finished_at"), "warnings"));
    json_decref(job);
    json_decref(rows);
}

static void deliveries_are_claimed_once_longest_due_first(void **state)
{
    for (int i = 1; i <= 3; i++)
        hooked_job(*state, i);
    json_t *first = due(*state, 2, 3600), *second = due(*state, 10, 0), *third, *row;
    assert_int_equal(json_array_size(first), 2);
    size_t i;
    json_array_foreach(first, i, row)
    {
        assert_int_equal(atoi(suite_text(row, "job_id") + 24), (int)i + 1);
        suite_text(row, "lease_expires_at");
        suite_is(json_object_get(row, "payload"), "type", "job.completed");
    }
    assert_int_equal(json_array_size(second), 1);
    third = due(*state, 10, 3600); /* whose lease ended */
    assert_int_equal(json_array_size(third), 1);
    suite_is(json_array_get(third, 0), "id", suite_text(json_array_get(second, 0), "id"));
    json_decref(first);
    json_decref(second);
    json_decref(third);
}

static void a_delivery_is_tried_again_until_it_arrives(void **state)
{
    hooked_job(*state, 1);
    json_t *rows = due(*state, 10, 3600);
    char id[SUITE_ID];
    snprintf(id, sizeof id, "%s", suite_text(json_array_get(rows, 0), "id"));
    json_decref(rows);
    json_t *row = finish(*state, id, false, 503, json_integer(0));
    suite_is(row, "status", "pending");
    suite_is_number(row, "attempts", 1);
    suite_is_number(row, "http_status", 503);
    suite_is(row, "error", "no answer");
    suite_is_null(row, "lease_expires_at");
    json_decref(row);
    row = finish(*state, id, false, 503, json_integer(0)); /* told twice: counts once */
    suite_is_number(row, "attempts", 1);
    json_decref(row);

    json_decref(due(*state, 10, 3600));
    json_decref(finish(*state, id, false, 429, json_integer(3600)));
    rows = due(*state, 10, 3600);
    assert_int_equal(json_array_size(rows), 0); /* its time has not come */
    json_decref(rows);
    rows = suite_call(*state, "list_deliveries", of_job(1));
    row = json_array_get(rows, 0);
    suite_is_number(row, "attempts", 2);
    json_t *tries = json_object_get(row, "tries");
    assert_int_equal(json_array_size(tries), 2);
    suite_is_number(json_array_get(tries, 0), "http_status", 503);
    suite_is_number(json_array_get(tries, 1), "http_status", 429);
    suite_is_number(json_array_get(tries, 1), "ms", 12);
    suite_is(json_array_get(tries, 1), "error", "no answer");
    suite_text(json_array_get(tries, 1), "at");
    json_decref(rows);
}

static void a_delivery_ends_delivered_or_failed(void **state)
{
    hooked_job(*state, 1);
    hooked_job(*state, 2);
    json_t *rows = due(*state, 10, 3600);
    const char *one = suite_text(json_array_get(rows, 0), "id");
    const char *two = suite_text(json_array_get(rows, 1), "id");
    json_t *row = finish(*state, one, true, 204, json_null());
    suite_is(row, "status", "delivered");
    suite_text(row, "delivered_at");
    suite_is_null(row, "error");
    json_decref(row);
    row = finish(*state, one, false, 500, json_null()); /* too late to unsay it */
    suite_is(row, "status", "delivered");
    json_decref(row);
    row = finish(*state, two, false, 410, json_null());
    suite_is(row, "status", "failed");
    suite_is_null(row, "delivered_at");
    json_decref(row);
    json_decref(rows);
    rows = due(*state, 10, 0);
    assert_int_equal(json_array_size(rows), 0);
    json_decref(rows);
}

/* ---- audit log ---- */

static void the_audit_log_is_read_newest_first_in_pages(void **state)
{
    char id[SUITE_ID];
    suite_id(1, id);
    for (int i = 0; i < 5; i++)
        suite_do(*state, "add_audit",
                 json_pack("{s:[{s:s, s:s, s:s?, s:s, s:s, s:{s:i}}, {s:s, s:s, s:s}]}", "entries",
                           "actor", "key", "action", "job.read", "job_id", i == 2 ? NULL : id,
                           "address", "192.0.2.1", "request_id", "r", "detail", "n", i, "actor",
                           "user", "action", "job.list", "user_id",
                           "a0000000-0000-4000-8000-000000000100"));
    json_t *before = json_null();
    double last = 9e15;
    int n = 0;
    for (;;) {
        json_t *page = suite_call(*state, "list_audit",
                                  json_pack("{s:o, s:i}", "before", before, "limit", 4)),
               *row;
        size_t i;
        json_array_foreach(page, i, row)
        {
            assert_true(suite_number(row, "id") < last);
            last = suite_number(row, "id");
            suite_text(row, "at");
            n++;
        }
        bool end = json_array_size(page) == 0;
        json_decref(page);
        if (end)
            break;
        before = json_integer((json_int_t)last);
    }
    assert_int_equal(n, 10);
    json_t *of_one = suite_call(*state, "list_audit", json_pack("{s:s}", "job_id", id));
    assert_int_equal(json_array_size(of_one), 4);
    json_t *row = json_array_get(of_one, 0);
    suite_is(row, "actor", "key");
    suite_is(row, "action", "job.read");
    suite_is(row, "job_id", id);
    suite_is(row, "address", "192.0.2.1");
    suite_is(row, "request_id", "r");
    suite_is_json(row, "detail", json_pack("{s:i}", "n", 4));
    suite_is_null(row, "user_id");
    assert_int_equal(json_object_size(row), 9);
    json_decref(of_one);
}

/* ---- the queue ---- */

static void the_queue_is_counted(void **state)
{
    char token[SUITE_ID], id[SUITE_ID];
    json_t *stats = suite_call(*state, "queue_stats", json_object());
    static const char *const names[] = {
        "pending",   "processing",      "completed",          "failed",
        "cancelled", "retries_waiting", "deliveries_pending", "oldest_pending_seconds"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        suite_is_number(stats, names[i], 0);
    assert_int_equal(json_object_size(stats), 8);
    json_decref(stats);

    hooked_job(*state, 1);
    for (int i = 2; i <= 3; i++) {
        suite_enqueue(*state, i, NULL);
        suite_claim_job(*state, i, 3600, token);
        json_t *fail = json_pack("{s:{}}", "error");
        if (i == 3)
            json_object_set_new(fail, "retry_seconds", json_integer(3600));
        suite_do(*state, "fail_job", suite_leased(i, token, fail));
    }
    suite_enqueue(*state, 4, NULL);
    suite_do(*state, "cancel_job", json_pack("{s:s}", "id", suite_id(4, id)));
    suite_enqueue(*state, 5, NULL);
    suite_claim_job(*state, 5, 3600, token);
    suite_enqueue(*state, 6, NULL);
    stats = suite_call(*state, "queue_stats", json_object());
    static const int counts[] = {2, 1, 1, 1, 1, 1, 1};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        suite_is_number(stats, names[i], counts[i]);
    assert_true(suite_number(stats, "oldest_pending_seconds") >= 0);
    assert_true(suite_number(stats, "oldest_pending_seconds") < 60);
    json_decref(stats);
}

static void what_is_finished_long_enough_is_deleted_oldest_first(void **state)
{
    char id[SUITE_ID], token[SUITE_ID];
    hooked_job(*state, 1);
    suite_enqueue(*state, 2, NULL);
    suite_do(*state, "cancel_job", json_pack("{s:s}", "id", suite_id(2, id)));
    suite_tick();
    suite_enqueue(*state, 3, NULL);
    suite_claim_job(*state, 3, 0, token);
    suite_enqueue(*state, 4, NULL);

    static const double keeping_all[] = {0, 1, 0.01};
    for (int i = 0; i < 3; i++) {
        json_t *result =
            suite_call(*state, "expire_jobs", json_pack("{s:f}", "retain_days", keeping_all[i]));
        suite_is_json(result, "deleted", json_array());
        json_decref(result);
    }
    for (int i = 1; i <= 2; i++) {
        json_t *result = suite_call(*state, "expire_jobs",
                                    json_pack("{s:f, s:i}", "retain_days", 1e-9, "limit", 1));
        suite_is_json(result, "deleted", json_pack("[s]", suite_id(i, id)));
        json_decref(result);
        suite_refused(*state, CHIP_E_NOT_FOUND, "get_job", json_pack("{s:s}", "id", id));
    }
    json_t *result = suite_call(*state, "expire_jobs", json_pack("{s:f}", "retain_days", 1e-9));
    suite_is_json(result, "deleted", json_array()); /* nothing that is not over */
    json_decref(result);
    json_decref(suite_job(*state, 3));
    json_decref(suite_job(*state, 4));
}

const struct CMUnitTest suite_results[] = {
    cmocka_unit_test(an_analysis_is_changed_column_by_column),
    cmocka_unit_test(a_change_to_an_older_version_is_a_conflict),
    cmocka_unit_test(any_json_comes_back_as_it_was),
    cmocka_unit_test(events_are_read_on_from_any_number),
    cmocka_unit_test(watching_tells_the_last_event_of_those_that_exist),
    cmocka_unit_test(a_webhook_says_what_became_of_the_job),
    cmocka_unit_test(deliveries_are_claimed_once_longest_due_first),
    cmocka_unit_test(a_delivery_is_tried_again_until_it_arrives),
    cmocka_unit_test(a_delivery_ends_delivered_or_failed),
    cmocka_unit_test(the_audit_log_is_read_newest_first_in_pages),
    cmocka_unit_test(the_queue_is_counted),
    cmocka_unit_test(what_is_finished_long_enough_is_deleted_oldest_first),
    {NULL},
};
