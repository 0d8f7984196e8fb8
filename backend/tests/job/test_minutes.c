/* The stage of minutes, with an engine that plays, and nobody to ask but the built-in analyst. */
#include "office.h"

#include "minutes/write.h"

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "(none)";
}

static json_t *get_job(struct office *office, const char *id)
{
    return office_call(office, "get_job", json_pack("{s:s}", "id", id));
}

static json_t *get_analysis(struct office *office, const char *id)
{
    return office_call(office, "get_analysis", json_pack("{s:s}", "job_id", id));
}

static void redo(struct office *office, const char *id, const char *stage, const char *options)
{
    json_decref(office_call(office, "redo_job",
                            json_pack("{s:s, s:s, s:o?}", "id", id, "stage", stage, "options",
                                      options ? json_loads(options, 0, NULL) : NULL)));
    office_work_until(office, id, "completed");
}

static void done(struct office *office, char id[CHIP_UUID_TEXT], const char *options)
{
    office_enqueue(office, id, options);
    office_work_until(office, id, "completed");
}

static void expect_warning(struct office *office, const char *id, const char *code,
                           const char *said)
{
    json_t *job = get_job(office, id);
    const json_t *warning = json_array_get(json_object_get(job, "warnings"), 0);
    assert_string_equal(text_of(warning, "code"), code);
    assert_non_null(strstr(text_of(warning, "message"), said));
    json_decref(job);
}

static void save(struct office *office, const char *id, json_t *changes)
{
    json_t *row = get_analysis(office, id);
    json_decref(office_call(office, "save_analysis",
                            json_pack("{s:s, s:O, s:o}", "job_id", id, "version",
                                      json_object_get(row, "version"), "changes", changes)));
    json_decref(row);
}

static void every_job_gets_minutes_counted_from_its_day(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    done(office, id, NULL);
    json_t *row = get_analysis(office, id), *job = get_job(office, id);
    const json_t *minutes = json_object_get(row, "minutes");
    assert_string_equal(text_of(minutes, "schema"), "chip.minutes/1");
    assert_string_equal(text_of(minutes, "provider"), "builtin");
    assert_memory_equal(text_of(minutes, "date"), text_of(job, "created_at"), 10);
    assert_null(json_object_get(minutes, "before"));
    assert_true(
        json_equal(json_object_get(row, "decisions"), json_object_get(minutes, "decisions")));
    assert_int_equal(json_array_size(json_object_get(job, "warnings")), 0);
    json_decref(job);
    json_decref(row);
}

static void they_are_left_out_where_they_are_not_wanted(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    done(office, id, "{\"minutes\": false}");
    json_t *row = get_analysis(office, id);
    assert_true(json_is_null(json_object_get(row, "minutes")));
    json_decref(row);
    redo(office, id, "minutes", NULL);
    row = get_analysis(office, id);
    assert_true(json_is_object(json_object_get(row, "minutes")));
    json_decref(row);
}

static void a_wish_that_cannot_be_is_a_warning(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    done(office, id, "{\"minutes\": {\"provider\": \"openai\"}}");
    expect_warning(office, id, "minutes_not_as_wished", "'openai' is not set up");
    done(office, id, "{\"minutes\": {\"template\": \"no-such\"}}");
    expect_warning(office, id, "minutes_not_as_wished", "no template 'no-such'");
    json_t *row = get_analysis(office, id);
    assert_string_equal(text_of(json_object_get(row, "minutes"), "provider"), "builtin");
    json_decref(row);
}

static void written_again_they_keep_five_before_them_and_all_else(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    done(office, id, "{\"meeting_date\": \"2026-03-03\"}");
    json_t *first = get_analysis(office, id);
    for (int i = 0; i < 7; i++)
        redo(office, id, "minutes", NULL);
    json_t *row = get_analysis(office, id);
    const json_t *minutes = json_object_get(row, "minutes");
    assert_string_equal(text_of(minutes, "date"), "2026-03-03");
    assert_int_equal(json_array_size(json_object_get(minutes, "before")), 5);
    const json_t *last = json_array_get(json_object_get(minutes, "before"), 0);
    assert_true(json_is_string(json_object_get(last, "replaced_at")));
    assert_null(json_object_get(last, "before"));
    static const char *const same[] = {"transcript", "metrics", "speakers", "title", "language"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(json_equal(json_object_get(row, same[i]), json_object_get(first, same[i])));
    assert_int_equal(office->n_runs, 1);
    json_decref(first);
    json_decref(row);
}

static void what_a_person_wrote_stays(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    done(office, id, NULL);
    save(office, id, json_pack("{s:s}", "summary", "My own words."));
    redo(office, id, "minutes", NULL);
    json_t *row = get_analysis(office, id);
    assert_string_equal(text_of(row, "summary"), "My own words.");
    json_decref(row);
}

static void other_speakers_get_minutes_of_their_own(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    done(office, id, NULL);
    redo(office, id, "speakers", "{\"speakers\": 1}");
    json_t *row = get_analysis(office, id);
    const json_t *minutes = json_object_get(row, "minutes");
    assert_null(json_object_get(minutes, "stale"));
    assert_true(json_is_true(
        json_object_get(json_array_get(json_object_get(minutes, "before"), 0), "stale")));
    json_decref(row);
    redo(office, id, "speakers", "{\"speakers\": 2, \"minutes\": false}");
    row = get_analysis(office, id);
    assert_true(json_is_true(json_object_get(json_object_get(row, "minutes"), "stale")));
    json_decref(row);
}

static void figures_again_leave_minutes_alone(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    done(office, id, NULL);
    json_t *before = get_analysis(office, id);
    redo(office, id, "metrics", NULL);
    json_t *after = get_analysis(office, id);
    assert_true(json_equal(json_object_get(before, "minutes"), json_object_get(after, "minutes")));
    json_decref(before);
    json_decref(after);
}

static void options_of_the_wrong_kind_fail_the_job_by_name(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, "{\"minutes\": {\"provider\": 7}}");
    office_work_until(office, id, "failed");
    json_t *job = get_job(office, id);
    assert_non_null(strstr(text_of(json_object_get(job, "error"), "message"), "'provider'"));
    json_decref(job);
}

static void a_model_that_cannot_be_reached_is_a_warning(void **state)
{
    struct office *office = *state;
    const struct chip_minutes_provider provider = {
        .provider = "compatible", .model = "m", .base_url = "http://127.0.0.1:9/v1", .attempts = 1};
    char id[CHIP_UUID_TEXT];
    office->settings.minutes = &provider;
    done(office, id, NULL);
    expect_warning(office, id, "minutes_network", "compatible (m) wrote no minutes");
    json_t *row = get_analysis(office, id);
    const json_t *audit = json_object_get(json_object_get(row, "minutes"), "audit");
    assert_string_equal(text_of(json_array_get(json_object_get(audit, "failures"), 0), "code"),
                        "network");
    json_decref(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_OFFICE(every_job_gets_minutes_counted_from_its_day),
        IN_OFFICE(they_are_left_out_where_they_are_not_wanted),
        IN_OFFICE(a_wish_that_cannot_be_is_a_warning),
        IN_OFFICE(written_again_they_keep_five_before_them_and_all_else),
        IN_OFFICE(what_a_person_wrote_stays),
        IN_OFFICE(other_speakers_get_minutes_of_their_own),
        IN_OFFICE(figures_again_leave_minutes_alone),
        IN_OFFICE(options_of_the_wrong_kind_fail_the_job_by_name),
        IN_OFFICE(a_model_that_cannot_be_reached_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
