/* Users see and change what is theirs, through every function that they may call. */
#include "store/functions.h"
#include "suite_case.h"

enum { ANNA = 100, BEN = 101 };

/* What Ben could try on Anna's job 1; for each function of users. */
static const struct {
    const char *function, *args; /* %s: the job's id */
    enum chip_status code;       /* what he gets; CHIP_OK: an empty list */
} attempts[] = {
    {"enqueue_job", "{\"id\": \"%s\", \"source\": {}}", CHIP_E_CONFLICT},
    {"get_job", "{\"id\": \"%s\"}", CHIP_E_NOT_FOUND},
    {"list_jobs", "{}", CHIP_OK},
    {"cancel_job", "{\"id\": \"%s\"}", CHIP_E_NOT_FOUND},
    {"redo_job", "{\"id\": \"%s\"}", CHIP_E_NOT_FOUND},
    {"rename_job", "{\"id\": \"%s\", \"title\": \"x\"}", CHIP_E_NOT_FOUND},
    {"delete_job", "{\"id\": \"%s\"}", CHIP_E_NOT_FOUND},
    {"get_analysis", "{\"job_id\": \"%s\"}", CHIP_E_NOT_FOUND},
    {"get_waveform", "{\"job_id\": \"%s\"}", CHIP_E_NOT_FOUND},
    {"save_analysis", "{\"job_id\": \"%s\", \"version\": 1, \"changes\": {\"title\": \"x\"}}",
     CHIP_E_NOT_FOUND},
    {"list_events", "{\"job_id\": \"%s\"}", CHIP_E_NOT_FOUND},
    {"search_meetings", "{\"terms\": [{\"text\": \"done\"}]}", CHIP_OK},
    {"list_deliveries", "{\"job_id\": \"%s\"}", CHIP_E_NOT_FOUND},
};
enum { N_ATTEMPTS = sizeof attempts / sizeof *attempts };

static json_t *attempt_args(int i)
{
    char id[SUITE_ID], text[256];
    snprintf(text, sizeof text, attempts[i].args, suite_id(1, id));
    json_t *args = json_loads(text, 0, NULL);
    assert_non_null(args);
    return args;
}

static const char *name_of(int user)
{
    static const char *const ids[] = {"a0000000-0000-4000-8000-000000000100",
                                      "a0000000-0000-4000-8000-000000000101"};
    return ids[user - ANNA];
}

static void annas_job(struct suite_case *c, bool completed)
{
    json_t *more =
        json_pack("{s:s, s:s}", "user_id", name_of(ANNA), "callback_url", "https://example.org/h");
    if (completed)
        suite_completed_job(c, 1, more);
    else
        suite_enqueue(c, 1, more);
}

/* Everything of job 1, as the service sees it. */
static json_t *all_of(struct suite_case *c)
{
    char id[SUITE_ID];
    suite_id(1, id);
    return json_pack("{s:o, s:o, s:o, s:o}", "job", suite_job(c, 1), "analysis",
                     suite_call(c, "get_analysis", json_pack("{s:s}", "job_id", id)), "events",
                     suite_call(c, "list_events", json_pack("{s:s}", "job_id", id)), "deliveries",
                     suite_call(c, "list_deliveries", json_pack("{s:s}", "job_id", id)));
}

static void every_function_of_users_is_tried_here(void **state)
{
    (void)state;
    int n = 0;
    for (int id = 0; id < CHIP_N_FUNCTIONS; id++) {
        const struct chip_function *function = chip_function_at(id);
        bool tried = false;
        for (int i = 0; i < N_ATTEMPTS; i++)
            tried = tried || strcmp(attempts[i].function, function->name) == 0;
        assert_int_equal(tried, function->for_users);
        n += tried;
    }
    assert_int_equal(n, N_ATTEMPTS);
}

static void a_user_sees_and_changes_nothing_of_anothers(void **state)
{
    annas_job(*state, true);
    json_t *before = all_of(*state);
    for (int i = 0; i < N_ATTEMPTS; i++) {
        json_t *result = NULL;
        enum chip_status status =
            suite_as(*state, name_of(BEN), attempts[i].function, attempt_args(i), &result);
        if (status != attempts[i].code)
            fail_msg("%s: %s", attempts[i].function, chip_status_name(status));
        if (status == CHIP_OK)
            suite_is_json(result, json_object_get(result, "jobs") ? "jobs" : "meetings",
                          json_array());
        json_decref(result);
    }
    json_t *after = all_of(*state);
    assert_true(suite_same(before, after));
    json_decref(before);
    json_decref(after);
}

static void a_user_sees_nothing_of_a_job_without_owner(void **state)
{
    suite_completed_job(*state, 1, NULL);
    for (int i = 0; i < N_ATTEMPTS; i++)
        assert_int_equal(
            suite_as(*state, name_of(BEN), attempts[i].function, attempt_args(i), NULL),
            attempts[i].code);
}

static void another_users_pending_job_cannot_be_cancelled(void **state)
{
    annas_job(*state, false);
    char id[SUITE_ID];
    suite_id(1, id);
    assert_int_equal(
        suite_as(*state, name_of(BEN), "cancel_job", json_pack("{s:s}", "id", id), NULL),
        CHIP_E_NOT_FOUND);
    json_t *job = suite_job(*state, 1);
    suite_is(job, "status", "pending");
    json_decref(job);
}

static void a_user_can_do_all_of_it_with_their_own(void **state)
{
    static const char *const order[] = {
        "list_jobs",       "get_job",  "list_events", "get_analysis", "save_analysis",
        "list_deliveries", "redo_job", "cancel_job",  "rename_job",   "delete_job"};
    annas_job(*state, true);
    for (size_t step = 0; step < sizeof order / sizeof *order; step++) {
        int i = 0;
        while (strcmp(attempts[i].function, order[step]) != 0)
            i++;
        json_t *result = NULL;
        enum chip_status status =
            suite_as(*state, name_of(ANNA), order[step], attempt_args(i), &result);
        if (status != CHIP_OK)
            fail_msg("%s: %s", order[step], chip_status_name(status));
        if (strcmp(order[step], "list_jobs") == 0)
            assert_int_equal(json_array_size(json_object_get(result, "jobs")), 1);
        json_decref(result);
    }
    char id[SUITE_ID];
    suite_refused(*state, CHIP_E_NOT_FOUND, "get_job", json_pack("{s:s}", "id", suite_id(1, id)));
}

static void what_a_user_enqueues_is_theirs(void **state)
{
    json_t *result = NULL;
    assert_int_equal(suite_as(*state, name_of(ANNA), "enqueue_job", attempt_args(0), &result),
                     CHIP_OK);
    suite_is(json_object_get(result, "job"), "user_id", name_of(ANNA));
    json_decref(result);
    json_t *args = attempt_args(0);
    json_object_set_new(args, "user_id", json_string(name_of(ANNA)));
    assert_int_equal(suite_as(*state, name_of(ANNA), "enqueue_job", json_incref(args), &result),
                     CHIP_OK);
    assert_true(json_is_false(json_object_get(result, "created")));
    json_decref(result);
    assert_int_equal(suite_as(*state, name_of(BEN), "enqueue_job", args, NULL), CHIP_E_DENIED);
}

static void a_user_neither_pushes_ahead_nor_asks_for_endless_tries(void **state)
{
    static const struct {
        int priority, attempts, got_priority, got_attempts;
    } cases[] = {{10, 100, 0, 3}, {1, 4, 0, 3}, {0, 3, 0, 3}, {-10, 1, -10, 1}};
    char id[SUITE_ID];
    for (int i = 0; i < (int)(sizeof cases / sizeof *cases); i++) {
        json_t *result = NULL;
        json_t *args = json_pack("{s:s, s:{}, s:i, s:i}", "id", suite_id(i + 1, id), "source",
                                 "priority", cases[i].priority, "max_attempts", cases[i].attempts);
        assert_int_equal(suite_as(*state, name_of(ANNA), "enqueue_job", args, &result), CHIP_OK);
        json_t *job = json_object_get(result, "job");
        suite_is_number(job, "priority", cases[i].got_priority);
        suite_is_number(job, "max_attempts", cases[i].got_attempts);
        json_decref(result);
    }
}

static void lists_of_users_are_paged_and_filtered_among_theirs(void **state)
{
    for (int i = 1; i <= 9; i++) {
        suite_enqueue(*state, i,
                      json_pack("{s:s, s:s}", "user_id", name_of(i % 3 ? BEN : ANNA), "title",
                                i > 6 ? "late" : "early"));
        suite_tick();
    }
    json_t *page = NULL;
    assert_int_equal(
        suite_as(*state, name_of(ANNA), "list_jobs", json_pack("{s:i}", "limit", 2), &page),
        CHIP_OK);
    json_t *jobs = json_object_get(page, "jobs");
    assert_int_equal(json_array_size(jobs), 2);
    assert_int_equal(atoi(suite_text(json_array_get(jobs, 0), "id") + 24), 9);
    assert_int_equal(atoi(suite_text(json_array_get(jobs, 1), "id") + 24), 6);
    json_t *args = json_pack("{s:i, s:s}", "limit", 2, "before", suite_text(page, "next"));
    json_decref(page);
    assert_int_equal(suite_as(*state, name_of(ANNA), "list_jobs", args, &page), CHIP_OK);
    assert_int_equal(json_array_size(json_object_get(page, "jobs")), 1);
    suite_is_null(page, "next");
    json_decref(page);
    assert_int_equal(
        suite_as(*state, name_of(BEN), "list_jobs", json_pack("{s:s}", "query", "late"), &page),
        CHIP_OK);
    assert_int_equal(json_array_size(json_object_get(page, "jobs")), 2);
    json_decref(page);
}

const struct CMUnitTest suite_users[] = {
    cmocka_unit_test(every_function_of_users_is_tried_here),
    cmocka_unit_test(a_user_sees_and_changes_nothing_of_anothers),
    cmocka_unit_test(a_user_sees_nothing_of_a_job_without_owner),
    cmocka_unit_test(another_users_pending_job_cannot_be_cancelled),
    cmocka_unit_test(a_user_can_do_all_of_it_with_their_own),
    cmocka_unit_test(what_a_user_enqueues_is_theirs),
    cmocka_unit_test(a_user_neither_pushes_ahead_nor_asks_for_endless_tries),
    cmocka_unit_test(lists_of_users_are_paged_and_filtered_among_theirs),
    {NULL},
};
