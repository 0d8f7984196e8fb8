/* Arguments are checked before any driver sees them, and services' functions are not users'. */
#include "store/functions.h"
#include "suite_case.h"

static void an_argument_that_is_unknown_missing_or_of_the_wrong_kind_is_refused(void **state)
{
    static const char *const calls[][2] = {
        {"get_job", "{}"},
        {"get_job", "{\"id\": null}"},
        {"get_job", "{\"id\": 5}"},
        {"get_job", "{\"id\": \"../../etc/passwd\"}"},
        {"get_job", "{\"id\": \"a0000000-0000-4000-8000-000000000001 \"}"},
        {"get_job", "{\"id\": \"a0000000-0000-4000-8000-000000000001\", \"x\": 1}"},
        {"list_jobs", "{\"limit\": 0}"},
        {"list_jobs", "{\"limit\": 201}"},
        {"list_jobs", "{\"limit\": 1.5}"},
        {"list_jobs", "{\"status\": \"running\"}"},
        {"list_jobs", "{\"before\": \"yesterday\"}"},
        {"list_jobs", "{\"before\": \"2026-11-24T12:00:00.123Z/x\"}"},
        {"list_jobs", "{\"query\": [\"a\"]}"},
        {"enqueue_job", "{\"id\": \"a0000000-0000-4000-8000-000000000001\"}"},
        {"enqueue_job", "{\"id\": \"a0000000-0000-4000-8000-000000000001\", \"source\": []}"},
        {"enqueue_job",
         "{\"id\": \"a0000000-0000-4000-8000-000000000001\", \"source\": {}, \"priority\": 11}"},
        {"claim_job", "{\"worker\": \"w\", \"node\": \"n\", \"lease_seconds\": -1}"},
        {"claim_job", "{\"worker\": \"w\", \"lease_seconds\": 1}"},
        {"watch_jobs", "{\"ids\": [\"x\"]}"},
        {"watch_jobs", "{\"ids\": {}}"},
        {"add_audit", "{\"entries\": [{\"actor\": \"key\"}]}"},
        {"add_audit", "{\"entries\": [{\"actor\": \"key\", \"action\": \"a\", \"x\": 1}]}"},
        {"add_audit", "{\"entries\": [5]}"},
        {"finish_delivery", "{\"id\": \"a0000000-0000-4000-8000-000000000001\", \"ok\": 1}"},
        {"save_analysis", "{\"job_id\": \"a0000000-0000-4000-8000-000000000001\", \"version\": 1, "
                          "\"changes\": {\"user_id\": \"x\"}}"},
        {"expire_jobs", "{\"retain_days\": \"all\"}"},
        {"drop_tables", "{}"},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        json_t *args = json_loads(calls[i][1], 0, NULL);
        assert_non_null(args);
        suite_refused(*state, CHIP_E_INVAL, calls[i][0], args);
    }
    suite_refused(*state, CHIP_E_INVAL, "queue_stats", json_array());
    suite_refused(*state, CHIP_E_INVAL, "get_job",
                  json_pack("{s:s%}", "id", "a0000000-0000-4000-8000-000000000001\0x", (size_t)38));
    suite_refused(*state, CHIP_E_NOMEM, "get_job", NULL);
}

static void a_list_that_is_too_long_is_refused(void **state)
{
    json_t *ids = json_array();
    char id[SUITE_ID];
    for (int i = 0; i < 5000; i++)
        json_array_append_new(ids, json_string(suite_id(i, id)));
    suite_do(*state, "watch_jobs", json_pack("{s:O}", "ids", ids));
    json_array_append_new(ids, json_string(suite_id(5000, id)));
    suite_refused(*state, CHIP_E_INVAL, "watch_jobs", json_pack("{s:o}", "ids", ids));
}

static void an_id_in_upper_case_is_the_same_id(void **state)
{
    suite_enqueue(*state, 1, NULL);
    json_t *job = suite_call(*state, "get_job",
                             json_pack("{s:s}", "id", "A0000000-0000-4000-8000-000000000001"));
    suite_is(job, "id", "a0000000-0000-4000-8000-000000000001");
    json_decref(job);
}

static void the_arguments_of_a_caller_stay_as_they_were(void **state)
{
    json_t *args = json_pack("{s:s, s:{}}", "id", "A0000000-0000-4000-8000-000000000001", "source");
    json_t *before = json_deep_copy(args);
    suite_do(*state, "enqueue_job", json_incref(args));
    assert_true(json_equal(args, before));
    json_decref(args);
    json_decref(before);
}

static void a_function_of_the_service_is_denied_to_users(void **state)
{
    char user[SUITE_ID];
    suite_id(100, user);
    int n = 0;
    for (int id = 0; id < CHIP_N_FUNCTIONS; id++) {
        const struct chip_function *function = chip_function_at(id);
        if (function->for_users)
            continue;
        assert_int_equal(suite_as(*state, user, function->name, json_object(), NULL),
                         CHIP_E_DENIED);
        n++;
    }
    assert_int_equal(n, 15);
}

static void a_user_without_a_proper_id_is_denied(void **state)
{
    char id[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_id(1, id);
    static const char *const wrong[] = {NULL, "", "me", "a0000000-0000-4000-8000-000000000001'--"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct suite_case *c = *state;
        struct chip_caller caller = {wrong[i], NULL};
        struct chip_err err;
        assert_int_equal(
            chip_store_call(c->store, &caller, "get_job", json_pack("{s:s}", "id", id), NULL, &err),
            CHIP_E_DENIED);
    }
}

const struct CMUnitTest suite_args[] = {
    cmocka_unit_test(an_argument_that_is_unknown_missing_or_of_the_wrong_kind_is_refused),
    cmocka_unit_test(a_list_that_is_too_long_is_refused),
    cmocka_unit_test(an_id_in_upper_case_is_the_same_id),
    cmocka_unit_test(the_arguments_of_a_caller_stay_as_they_were),
    cmocka_unit_test(a_function_of_the_service_is_denied_to_users),
    cmocka_unit_test(a_user_without_a_proper_id_is_denied),
    {NULL},
};
