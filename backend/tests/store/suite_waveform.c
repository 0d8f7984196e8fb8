/* The waveform of a recording: put by the worker that has the job, read by whoever may see it. */
#include "suite_case.h"

static const char anna[] = "a0000000-0000-4000-8000-000000000100",
                  ben[] = "a0000000-0000-4000-8000-000000000101";

static json_t *of_job(int number)
{
    char id[SUITE_ID];
    return json_pack("{s:s}", "job_id", suite_id(number, id));
}

static json_t *data(const char *peaks)
{
    return json_pack("{s:s, s:i}", "peaks", peaks, "pointMs", 50);
}

static void put(struct suite_case *c, int number, const char *token, const char *peaks)
{
    suite_do(c, "put_waveform",
             suite_leased(number, token, json_pack("{s:o}", "data", data(peaks))));
}

static void assert_waveform(struct suite_case *c, int number, const char *peaks)
{
    json_t *got = suite_call(c, "get_waveform", of_job(number)), *wanted = data(peaks);
    assert_true(suite_same(got, wanted));
    json_decref(got);
    json_decref(wanted);
}

static void it_is_there_as_soon_as_it_is_put(void **state)
{
    char token[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 3600, token);
    suite_refused(*state, CHIP_E_NOT_FOUND, "get_waveform", of_job(1));
    put(*state, 1, token, "AAEC");
    assert_waveform(*state, 1, "AAEC");
    put(*state, 1, token, "AwQF");
    assert_waveform(*state, 1, "AwQF");
}

static void it_outlives_the_job_and_what_is_done_again(void **state)
{
    char token[SUITE_ID], id[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 3600, token);
    put(*state, 1, token, "AAEC");
    suite_complete(*state, 1, token);
    assert_waveform(*state, 1, "AAEC");
    suite_do(*state, "redo_job",
             json_pack("{s:s, s:s}", "id", suite_id(1, id), "stage", "speakers"));
    suite_claim_job(*state, 1, 3600, token);
    suite_complete(*state, 1, token);
    assert_waveform(*state, 1, "AAEC");
}

static void it_goes_with_the_job(void **state)
{
    char token[SUITE_ID], id[SUITE_ID];
    suite_enqueue(*state, 1, NULL);
    suite_claim_job(*state, 1, 3600, token);
    put(*state, 1, token, "AAEC");
    suite_do(*state, "delete_job", json_pack("{s:s}", "id", suite_id(1, id)));
    suite_refused(*state, CHIP_E_NOT_FOUND, "get_waveform", of_job(1));
    suite_enqueue(*state, 1, NULL);
    suite_refused(*state, CHIP_E_NOT_FOUND, "get_waveform", of_job(1));
}

static void only_its_user_and_the_service_read_it(void **state)
{
    char token[SUITE_ID];
    json_t *got = NULL;
    suite_enqueue(*state, 1, json_pack("{s:s}", "user_id", anna));
    suite_claim_job(*state, 1, 3600, token);
    put(*state, 1, token, "AAEC");
    assert_int_equal(suite_as(*state, anna, "get_waveform", of_job(1), &got), CHIP_OK);
    suite_is(got, "peaks", "AAEC");
    json_decref(got);
    assert_int_equal(suite_as(*state, ben, "get_waveform", of_job(1), NULL), CHIP_E_NOT_FOUND);
    assert_int_equal(suite_as(*state, anna, "put_waveform",
                              suite_leased(1, token, json_pack("{s:{}}", "data")), NULL),
                     CHIP_E_DENIED);
}

const struct CMUnitTest suite_waveform[] = {
    cmocka_unit_test(it_is_there_as_soon_as_it_is_put),
    cmocka_unit_test(it_outlives_the_job_and_what_is_done_again),
    cmocka_unit_test(it_goes_with_the_job),
    cmocka_unit_test(only_its_user_and_the_service_read_it),
    {NULL},
};
