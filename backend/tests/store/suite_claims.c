/* Whose job is next, and what becomes of jobs whose worker is gone. */
#include "suite_case.h"

static json_t *claim_on(struct suite_case *c, const char *node)
{
    return suite_call(
        c, "claim_job",
        json_pack("{s:s, s:s, s:i}", "worker", "w1", "node", node, "lease_seconds", 3600));
}

/* Claims until nothing is left, and wants the jobs in that order. */
static void expect_order(struct suite_case *c, const char *numbers)
{
    char got[256] = "";
    for (;;) {
        json_t *job = suite_claim(c);
        bool none = json_is_null(job);
        if (!none)
            snprintf(got + strlen(got), sizeof got - strlen(got), "%d ",
                     atoi(suite_text(job, "id") + 24));
        json_decref(job);
        if (none)
            break;
    }
    assert_string_equal(got, numbers);
}

static void enqueue_of(struct suite_case *c, int number, int user)
{
    char id[SUITE_ID];
    suite_enqueue(c, number, json_pack("{s:s}", "user_id", suite_id(user, id)));
    suite_tick();
}

static void a_claimed_job_is_in_work_under_a_lease(void **state)
{
    suite_enqueue(*state, 1, NULL);
    json_t *job = suite_claim(*state);
    suite_is(job, "status", "processing");
    suite_is(job, "worker", "w1");
    suite_is_number(job, "attempts", 1);
    suite_is_number(job, "seq", 2);
    assert_int_equal(strlen(suite_text(job, "lease_token")), SUITE_ID - 1);
    assert_true(strcmp(suite_text(job, "lease_expires_at"), suite_text(job, "started_at")) > 0);
    assert_int_equal(json_object_size(job), 27);
    json_t *event = suite_event(*state, 1, 2);
    suite_is(event, "kind", "status");
    suite_is_json(event, "data", json_pack("{s:s, s:n}", "status", "processing", "stage"));
    json_decref(event);

    json_t *seen = suite_job(*state, 1);
    assert_null(json_object_get(seen, "lease_token"));
    json_object_del(job, "lease_token");
    assert_true(suite_same(job, seen));
    json_decref(seen);
    json_decref(job);
    job = suite_claim(*state);
    assert_true(json_is_null(job)); /* it is taken */
    json_decref(job);
}

static void higher_priority_goes_first_then_age(void **state)
{
    static const int priorities[] = {0, -10, 10, 0, 10};
    for (int i = 0; i < 5; i++) {
        suite_enqueue(*state, i, json_pack("{s:i}", "priority", priorities[i]));
        suite_tick();
    }
    expect_order(*state, "2 4 0 3 1 ");
}

static void the_user_who_has_least_in_work_goes_first(void **state)
{
    enqueue_of(*state, 1, 100);
    enqueue_of(*state, 2, 100);
    enqueue_of(*state, 3, 100);
    enqueue_of(*state, 4, 101);
    enqueue_of(*state, 5, 101);
    enqueue_of(*state, 6, 102);
    expect_order(*state, "1 4 6 2 5 3 ");
}

static void jobs_without_a_user_count_as_one_users(void **state)
{
    for (int i = 1; i <= 3; i++) {
        suite_enqueue(*state, i, NULL);
        suite_tick();
    }
    enqueue_of(*state, 4, 100);
    enqueue_of(*state, 5, 100);
    expect_order(*state, "1 4 2 5 3 ");
}

static void priority_counts_before_fairness(void **state)
{
    char id[SUITE_ID];
    enqueue_of(*state, 1, 101);
    for (int i = 2; i <= 3; i++)
        suite_enqueue(*state, i,
                      json_pack("{s:s, s:i}", "user_id", suite_id(100, id), "priority", 1));
    suite_tick();
    json_t *first = suite_claim(*state), *second = suite_claim(*state);
    suite_is_number(first, "priority", 1);
    suite_is_number(second, "priority", 1);
    json_decref(first);
    json_decref(second);
    expect_order(*state, "1 ");
}

static void a_lease_that_has_expired_is_not_in_work_for_fairness(void **state)
{
    char token[SUITE_ID];
    enqueue_of(*state, 1, 100);
    suite_claim_job(*state, 1, 0, token);
    char id[SUITE_ID];
    suite_refused(*state, CHIP_E_CONFLICT, "redo_job", json_pack("{s:s}", "id", suite_id(1, id)));
    enqueue_of(*state, 2, 101);
    expect_order(*state, "1 2 "); /* 1 is the older one, and its owner has nothing in work */
}

static void a_job_of_a_node_is_for_that_node_only(void **state)
{
    suite_enqueue(*state, 1, json_pack("{s:{s:s, s:s}}", "source", "kind", "upload", "node", "a"));
    suite_tick();
    suite_enqueue(*state, 2, NULL);
    json_t *job = claim_on(*state, "b");
    assert_int_equal(atoi(suite_text(job, "id") + 24), 2);
    json_decref(job);
    job = claim_on(*state, "b");
    assert_true(json_is_null(job));
    json_decref(job);
    job = claim_on(*state, "a");
    assert_int_equal(atoi(suite_text(job, "id") + 24), 1);
    json_decref(job);
}

static void a_node_cannot_be_blocked_by_what_only_others_may_run(void **state)
{
    char id[SUITE_ID];
    suite_enqueue(*state, 1, json_pack("{s:{s:s}, s:i}", "source", "node", "a", "priority", 10));
    suite_enqueue(*state, 2,
                  json_pack("{s:{s:s}, s:i, s:s}", "source", "node", "a", "priority", 5, "user_id",
                            suite_id(100, id)));
    suite_enqueue(*state, 3, json_pack("{s:i, s:s}", "priority", 5, "user_id", id));
    json_t *job = claim_on(*state, "b");
    assert_int_equal(atoi(suite_text(job, "id") + 24), 3);
    json_decref(job);
}

static void a_retry_waits_for_its_time(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 3600, token);
    suite_do(*state, "fail_job",
             suite_leased(
                 1, token,
                 json_pack("{s:{s:s}, s:i}", "error", "code", "network", "retry_seconds", 3600)));
    json_t *job = suite_claim(*state);
    assert_true(json_is_null(job));
    json_decref(job);
    suite_enqueue(*state, 2, json_pack("{s:i}", "priority", -10));
    suite_claim_job(*state, 2, 3600, token); /* what waits does not stand in the way */

    suite_enqueue(*state, 3, NULL);
    suite_claim_job(*state, 3, 3600, token);
    suite_do(*state, "fail_job",
             suite_leased(
                 3, token,
                 json_pack("{s:{s:s}, s:f}", "error", "code", "network", "retry_seconds", 0.0)));
    suite_claim_job(*state, 3, 3600, token);
}

static void a_job_whose_lease_expired_is_claimed_again_and_goes_on(void **state)
{
    char first[SUITE_ID], second[SUITE_ID], id[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 0, first);
    suite_do(*state, "heartbeat_job",
             suite_leased(1, first,
                          json_pack("{s:f, s:s, s:i}", "lease_seconds", 0.0, "stage", "transcribe",
                                    "progress", 40)));
    suite_do(*state, "checkpoint_job",
             suite_leased(1, first, json_pack("{s:s, s:{}}", "stage", "transcribe", "data")));
    json_t *before = suite_job(*state, 1);
    suite_claim_job(*state, 1, 3600, second);
    assert_string_not_equal(first, second);
    json_t *job = suite_job(*state, 1);
    suite_is_number(job, "attempts", 2);
    suite_is_number(job, "progress", 40);
    suite_is(job, "stage", "transcribe");
    suite_is(job, "started_at", suite_text(before, "started_at"));
    json_decref(before);
    json_decref(job);
    json_t *kept =
        suite_call(*state, "list_checkpoints", json_pack("{s:s}", "id", suite_id(1, id)));
    assert_int_equal(json_array_size(kept), 1);
    json_decref(kept);
}

static void expect_lost(struct suite_case *c, int number)
{
    char id[SUITE_ID];
    json_t *job = suite_job(c, number), *error = json_object_get(job, "error");
    suite_is(job, "status", "failed");
    suite_is(error, "code", "worker_lost");
    suite_is(error, "stage", "decode");
    assert_true(json_is_false(json_object_get(error, "retryable")));
    assert_true(strlen(suite_text(error, "message")) > 10);
    suite_text(job, "finished_at");
    suite_is_null(job, "lease_expires_at");
    json_t *event = suite_event(c, number, (int)suite_number(job, "seq"));
    suite_is(event, "kind", "failed");
    suite_is_json(event, "data", json_pack("{s:s, s:O}", "status", "failed", "error", error));
    json_decref(event);
    json_decref(job);
    json_t *hooks =
        suite_call(c, "list_deliveries", json_pack("{s:s}", "job_id", suite_id(number, id)));
    assert_int_equal(json_array_size(hooks), 1);
    suite_is(json_array_get(hooks, 0), "event", "job.failed");
    json_decref(hooks);
}

/* Makes a job whose worker has died under it on every attempt. */
static void lose(struct suite_case *c, int number, int attempts)
{
    char token[SUITE_ID];
    suite_enqueue(c, number,
                  json_pack("{s:i, s:s}", "max_attempts", attempts, "callback_url",
                            "https://example.org/hook"));
    for (int i = 0; i < attempts; i++) {
        suite_claim_job(c, number, 3600, token);
        suite_do(c, "heartbeat_job",
                 suite_leased(number, token,
                              json_pack("{s:f, s:s}", "lease_seconds", 0.0, "stage", "decode")));
    }
}

static void a_job_that_loses_its_worker_each_time_fails(void **state)
{
    lose(*state, 1, 3);
    suite_enqueue(*state, 2, json_pack("{s:i}", "priority", -1));
    char token[SUITE_ID];
    suite_claim_job(*state, 2, 3600, token); /* the lost one does not come back, nor stop others */
    expect_lost(*state, 1);
}

static void expire_jobs_fails_lost_jobs_whatever_their_node(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 9, NULL);
    suite_claim_job(*state, 9, 0, token); /* expired, but with attempts left */
    suite_do(*state, "heartbeat_job",
             suite_leased(9, token, json_pack("{s:f}", "lease_seconds", 3600.0)));
    lose(*state, 1, 1);
    suite_do(*state, "heartbeat_job",
             suite_leased(9, token, json_pack("{s:f}", "lease_seconds", 0.0)));
    json_t *result = suite_call(*state, "expire_jobs", json_pack("{s:i}", "retain_days", 0));
    suite_is_number(result, "failed", 1);
    suite_is_json(result, "deleted", json_array());
    json_decref(result);
    expect_lost(*state, 1);
    suite_claim_job(*state, 9, 3600, token);
    result = suite_call(*state, "expire_jobs", json_pack("{s:i}", "retain_days", 0));
    suite_is_number(result, "failed", 0);
    json_decref(result);
}

static void a_released_job_is_free_at_once_and_has_lost_no_attempt(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 1, json_pack("{s:i}", "max_attempts", 1));
    for (int i = 0; i < 3; i++) {
        suite_claim_job(*state, 1, 3600, token);
        json_t *job = suite_call(*state, "release_job", suite_leased(1, token, NULL));
        suite_is(job, "status", "pending");
        suite_is_number(job, "attempts", 0);
        suite_is_null(job, "lease_expires_at");
        json_t *event = suite_event(*state, 1, (int)suite_number(job, "seq"));
        suite_is(event, "kind", "status");
        suite_is(json_object_get(event, "data"), "status", "pending");
        json_decref(event);
        json_decref(job);
    }
    suite_refused(*state, CHIP_E_CONFLICT, "release_job", suite_leased(1, token, NULL));
}

const struct CMUnitTest suite_claims[] = {
    cmocka_unit_test(a_claimed_job_is_in_work_under_a_lease),
    cmocka_unit_test(higher_priority_goes_first_then_age),
    cmocka_unit_test(the_user_who_has_least_in_work_goes_first),
    cmocka_unit_test(jobs_without_a_user_count_as_one_users),
    cmocka_unit_test(priority_counts_before_fairness),
    cmocka_unit_test(a_lease_that_has_expired_is_not_in_work_for_fairness),
    cmocka_unit_test(a_job_of_a_node_is_for_that_node_only),
    cmocka_unit_test(a_node_cannot_be_blocked_by_what_only_others_may_run),
    cmocka_unit_test(a_retry_waits_for_its_time),
    cmocka_unit_test(a_job_whose_lease_expired_is_claimed_again_and_goes_on),
    cmocka_unit_test(a_job_that_loses_its_worker_each_time_fails),
    cmocka_unit_test(expire_jobs_fails_lost_jobs_whatever_their_node),
    cmocka_unit_test(a_released_job_is_free_at_once_and_has_lost_no_attempt),
    {NULL},
};
