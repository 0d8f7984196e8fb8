/* What a job may ask for, and when trying again makes sense. */
#include "../test.h"

#include "job/failure.h"
#include "job/request.h"

static enum chip_status read_request(const char *json, struct chip_job_request *out, json_t **keep,
                                     struct chip_err *err)
{
    *keep = json_loads(json, 0, NULL);
    assert_non_null(*keep);
    return chip_job_request_read(*keep, out, err);
}

static void all_options_are_read(void **unused)
{
    (void)unused;
    struct chip_job_request r;
    struct chip_err err;
    json_t *options;
    assert_int_equal(read_request("{\"model\": \"moonshine-tiny\", \"language\": \"en-US\","
                                  "\"speakers\": 3, \"min_speakers\": 2, \"max_speakers\": 5,"
                                  "\"track\": 2, \"hotwords\": [\"a\", \"b\"], \"other\": {}}",
                                  &r, &options, &err),
                     CHIP_OK);
    assert_string_equal(r.model, "moonshine-tiny");
    assert_string_equal(r.language, "en");
    assert_int_equal(r.speakers, 3);
    assert_int_equal(r.min_speakers, 2);
    assert_int_equal(r.max_speakers, 5);
    assert_int_equal(r.track, 2);
    const char **words;
    assert_int_equal(chip_job_hotwords(&r, &words, NULL), CHIP_OK);
    assert_string_equal(words[0], "a");
    assert_string_equal(words[1], "b");
    assert_null(words[2]);
    free(words);
    assert_false(r.no_speakers);
    json_decref(options);
}

static void no_options_mean_all_defaults(void **unused)
{
    (void)unused;
    struct chip_job_request r;
    assert_int_equal(chip_job_request_read(NULL, &r, NULL), CHIP_OK);
    assert_null(r.model);
    assert_string_equal(r.language, "");
    assert_null(r.hotwords);
    assert_int_equal(r.speakers + r.min_speakers + r.max_speakers + r.track, 0);
}

static void an_option_of_the_wrong_kind_is_refused_by_its_name(void **unused)
{
    (void)unused;
    static const struct {
        const char *json, *name;
    } cases[] = {
        {"{\"model\": 1}", "'model'"},
        {"{\"speakers\": \"3\"}", "'speakers'"},
        {"{\"speakers\": -1}", "'speakers'"},
        {"{\"track\": 1.5}", "'track'"},
        {"{\"min_speakers\": 99999999999}", "'min_speakers'"},
        {"{\"language\": []}", "'language'"},
        {"{\"hotwords\": \"a, b\"}", "'hotwords'"},
        {"{\"hotwords\": [\"a\", 1]}", "'hotwords'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chip_job_request r;
        struct chip_err err;
        json_t *options;
        assert_int_equal(read_request(cases[i].json, &r, &options, &err), CHIP_E_INVAL);
        assert_non_null(strstr(err.message, cases[i].name));
        json_decref(options);
    }
}

static void only_what_may_pass_is_tried_again(void **unused)
{
    (void)unused;
    static const enum chip_status may_pass[] = {CHIP_E_IO, CHIP_E_NETWORK, CHIP_E_UNAVAILABLE,
                                                CHIP_E_NOMEM};
    for (int s = CHIP_E_INVAL; s <= CHIP_E_UNAVAILABLE; s++) {
        bool expected = false;
        for (size_t i = 0; i < sizeof may_pass / sizeof *may_pass; i++)
            expected |= may_pass[i] == (enum chip_status)s;
        assert_int_equal(chip_failure_retryable((enum chip_status)s), expected);
    }
}

static void waits_grow_fourfold_up_to_five_minutes_with_jitter(void **unused)
{
    (void)unused;
    static const double middle[] = {1, 4, 16, 64, 256, 300, 300};
    for (int i = 0; i < 7; i++) {
        double least = 1e9, most = 0;
        for (unsigned r = 0; r < 5000; r++) {
            double wait = chip_failure_wait(i + 1, r);
            least = wait < least ? wait : least;
            most = wait > most ? wait : most;
        }
        assert_true(least >= middle[i] * 0.749 && least < middle[i] * 0.76);
        assert_true(most <= middle[i] * 1.251 && most > middle[i] * 1.24);
    }
}

static void a_failure_says_code_message_stage_and_whether_it_may_pass(void **unused)
{
    (void)unused;
    struct chip_err err;
    chip_fail(&err, CHIP_E_NO_AUDIO, "the recording has no sound");
    json_t *error = chip_failure_json("transcribe", &err);
    assert_string_equal(json_string_value(json_object_get(error, "code")), "no_audio");
    assert_string_equal(json_string_value(json_object_get(error, "message")),
                        "the recording has no sound");
    assert_string_equal(json_string_value(json_object_get(error, "stage")), "transcribe");
    assert_true(json_is_false(json_object_get(error, "retryable")));
    json_decref(error);

    chip_fail(&err, CHIP_E_NETWORK, "broken \xff");
    error = chip_failure_json("fetch", &err);
    assert_string_equal(json_string_value(json_object_get(error, "code")), "fetch_failed");
    assert_true(json_is_true(json_object_get(error, "retryable")));
    assert_non_null(json_string_value(json_object_get(error, "message")));
    json_decref(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_options_are_read),
        cmocka_unit_test(no_options_mean_all_defaults),
        cmocka_unit_test(an_option_of_the_wrong_kind_is_refused_by_its_name),
        cmocka_unit_test(only_what_may_pass_is_tried_again),
        cmocka_unit_test(waits_grow_fourfold_up_to_five_minutes_with_jitter),
        cmocka_unit_test(a_failure_says_code_message_stage_and_whether_it_may_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
