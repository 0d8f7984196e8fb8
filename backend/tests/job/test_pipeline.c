/* Jobs from their recording to their result, with an engine that plays. */
#include "office.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/recordings.h"

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

/* ---- results ------------------------------------------------------------------------------------
 */

static void a_job_becomes_transcript_figures_and_receipt(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, "{\"speakers\": 2}");
    office_work_until(office, id, "completed");
    json_t *row = get_analysis(office, id);
    assert_string_equal(text_of(row, "model"), "played");
    assert_string_equal(text_of(row, "language"), "en");
    assert_int_equal(json_integer_value(json_object_get(row, "duration_ms")), 4 * PIECE_MS);
    assert_int_equal(json_integer_value(json_object_get(row, "n_speakers")), 2);
    assert_int_equal(json_array_size(json_object_get(row, "speakers")), 2);
    const json_t *transcript = json_object_get(row, "transcript");
    assert_string_equal(text_of(transcript, "schema"), "chip.transcript/1");
    assert_int_equal(json_array_size(json_object_get(transcript, "segments")), 4);
    assert_true(json_is_string(json_object_get(transcript, "voices")));
    assert_true(json_is_object(json_object_get(row, "metrics")));
    const json_t *receipt = json_object_get(row, "receipt");
    assert_string_equal(text_of(receipt, "chip"), CHIP_VERSION);
    assert_string_equal(text_of(json_object_get(receipt, "model"), "name"), "played");
    /* SHA-256 of nothing, which is what the recording holds */
    assert_string_equal(text_of(json_object_get(receipt, "audio"), "sha256"),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(receipt, "options"), "speakers")), 2);
    json_decref(row);
}

static void the_transcript_grows_before_readers_eyes(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    char *told = office_told(office, id), *all = office_all_told(4);
    assert_string_equal(told, all);
    free(told);
    free(all);
    json_t *events = office_call(office, "list_events", json_pack("{s:s}", "job_id", id));
    const json_t *last = json_array_get(events, json_array_size(events) - 1);
    assert_string_equal(text_of(last, "kind"), "completed");
    json_decref(events);
    json_t *job = get_job(office, id);
    assert_int_equal(json_integer_value(json_object_get(job, "duration_ms")), 4 * PIECE_MS);
    assert_int_equal((int)json_number_value(json_object_get(job, "progress")), 100);
    json_decref(job);
}

enum { LONG_ENOUGH_MS = 1200 }; /* progress is written once a second */

/* An estimate that is far too good at first. */
static void doubt(void *user, int piece, const struct chip_options *options)
{
    const struct chip_progress progress = {
        .worked_ms = piece == 1 ? 90000 : 10000, .total_ms = 100000, .remaining_s = 1000};
    (void)user;
    if (piece != 1 && piece != 2)
        return;
    options->on_progress(options->user, &progress);
    poll(NULL, 0, LONG_ENOUGH_MS);
}

static void progress_never_falls_and_ends_with_the_speed_of_the_whole(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office->score.at_piece = doubt;
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    json_t *events = office_call(office, "list_events", json_pack("{s:s}", "job_id", id)), *event;
    double last = 0;
    size_t i;
    int n = 0;
    json_array_foreach(events, i, event)
    {
        if (strcmp(text_of(event, "kind"), "progress") != 0)
            continue;
        double now = json_number_value(json_object_get(json_object_get(event, "data"), "progress"));
        assert_true(now >= last);
        last = now;
        n++;
    }
    assert_true(n >= 2);
    json_decref(events);
    json_t *job = get_job(office, id);
    double speed = json_number_value(json_object_get(job, "speed"));
    assert_true(speed > 0 &&
                speed < 4.0 * PIECE_MS / (2 * LONG_ENOUGH_MS)); /* of the waits alone */
    assert_true(json_number_value(json_object_get(job, "eta_seconds")) == 0);
    json_decref(job);
}

/* A finished upload, and a job that names it. */
static struct chip_upload upload_for(struct office *office, char id[CHIP_UUID_TEXT])
{
    struct chip_upload upload;
    struct chip_upload_writer *writer;
    assert_int_equal(
        chip_upload_create(office->uploads, NULL, "Weekly meeting.m4a", NULL, 3, &upload, NULL),
        CHIP_OK);
    assert_int_equal(
        chip_upload_write_begin(office->uploads, NULL, upload.id, 0, NULL, &writer, NULL), CHIP_OK);
    assert_int_equal(chip_upload_write(writer, "abc", 3, NULL), CHIP_OK);
    assert_int_equal(chip_upload_write_end(writer, CHIP_UPLOAD_PAUSE, NULL, NULL), CHIP_OK);
    chip_uuid_make(id);
    json_decref(office_call(office, "enqueue_job",
                            json_pack("{s:s, s:{s:s, s:s, s:s}}", "id", id, "source", "kind",
                                      "upload", "upload_id", upload.id, "node", "here")));
    return upload;
}

static void an_upload_that_was_not_given_to_the_job_is_not_taken(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    struct chip_upload upload = upload_for(office, id);
    office_work_until(office, id, "failed");
    assert_int_equal(chip_upload_get(office->uploads, NULL, upload.id, &upload, NULL), CHIP_OK);
    assert_false(chip_recording_exists(office->dir, id));
}

static void an_upload_becomes_the_recording_and_names_the_job(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    struct chip_upload upload = upload_for(office, id);
    assert_int_equal(chip_upload_claim(office->uploads, NULL, upload.id, id, NULL), CHIP_OK);
    office_work_until(office, id, "completed");
    assert_true(chip_recording_exists(office->dir, id));
    assert_int_equal(chip_upload_get(office->uploads, NULL, upload.id, &upload, NULL),
                     CHIP_E_NOT_FOUND);
    json_t *job = get_job(office, id), *row = get_analysis(office, id);
    assert_string_equal(text_of(job, "title"), "Weekly meeting");
    assert_string_equal(text_of(row, "title"), "Weekly meeting");
    json_decref(job);
    json_decref(row);
}

static void redo(struct office *office, const char *id, const char *stage, const char *options)
{
    json_decref(office_call(office, "redo_job",
                            json_pack("{s:s, s:s, s:o?}", "id", id, "stage", stage, "options",
                                      options ? json_loads(options, 0, NULL) : NULL)));
}

static void hotwords_reach_the_engine(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, "{\"hotwords\": [\"chip\", \"Acme\"]}");
    office_work_until(office, id, "completed");
    assert_string_equal(office->hotwords, "chip Acme ");
    json_t *job = get_job(office, id);
    assert_int_equal(json_array_size(json_object_get(job, "warnings")), 0);
    json_decref(job);
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    assert_string_equal(office->hotwords, "");
}

/* What was kept of the first run was recognised without them. */
static void with_other_hotwords_all_is_heard_again(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office->score.fail = CHIP_E_FORMAT;
    office->score.fail_at = 2;
    office_enqueue(office, id, "{\"hotwords\": [\"chip\"]}");
    office_work_until(office, id, "failed");
    office->score.fail = CHIP_OK;
    redo(office, id, "transcribe", "{\"hotwords\": [\"chip\", \"Acme\"]}");
    office_work_until(office, id, "completed");
    assert_string_equal(office->hotwords, "chip Acme ");
    assert_int_equal(office->known_ms, 0);
    assert_int_equal(office->n_pieces, 2 + 4);
}

/* ---- the waveform -------------------------------------------------------------------------------
 */

static json_t *get_waveform(struct office *office, const char *id)
{
    return office_call(office, "get_waveform", json_pack("{s:s}", "job_id", id));
}

static void the_waveform_is_of_the_whole_recording(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    json_t *waveform = get_waveform(office, id);
    assert_int_equal(json_integer_value(json_object_get(waveform, "version")), 1);
    assert_int_equal(json_integer_value(json_object_get(waveform, "duration_ms")), 4 * PIECE_MS);
    assert_int_equal(json_integer_value(json_object_get(waveform, "point_ms")), 50);
    const char *peaks = text_of(waveform, "peaks");
    assert_int_equal(strlen(peaks), (4 * PIECE_MS / 50 + 2) / 3 * 4);
    assert_int_equal(strncmp(peaks, "AQAA", 4), 0); /* 1, 0, 0: the first piece */
    json_decref(waveform);
}

static void speakers_told_anew_leave_the_waveform_alone(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    json_t *before = get_waveform(office, id);
    redo(office, id, "speakers", "{\"speakers\": 1}");
    office_work_until(office, id, "completed");
    json_t *after = get_waveform(office, id);
    assert_int_equal(json_equal(before, after), 1);
    json_decref(before);
    json_decref(after);
}

/* ---- failures -----------------------------------------------------------------------------------
 */

static void without_speakers_the_words_are_kept(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office->score.fail = CHIP_E_INTERNAL;
    office->score.fail_at = 4;
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    json_t *row = get_analysis(office, id), *job = get_job(office, id);
    const json_t *segments = json_object_get(json_object_get(row, "transcript"), "segments");
    assert_int_equal(json_array_size(segments), 4);
    assert_int_equal(json_integer_value(json_object_get(row, "n_speakers")), 0);
    assert_string_equal(text_of(json_array_get(json_object_get(job, "warnings"), 0), "code"),
                        "no_speakers");
    assert_int_equal(office->n_pieces, 4); /* nothing was recognised twice */
    json_decref(row);
    json_decref(job);
}

static void expect_failure(struct office *office, const char *id, const char *code,
                           const char *stage)
{
    json_t *job = get_job(office, id);
    const json_t *error = json_object_get(job, "error");
    assert_string_equal(text_of(error, "code"), code);
    assert_string_equal(text_of(error, "stage"), stage);
    assert_true(json_is_false(json_object_get(error, "retryable")));
    assert_int_equal(json_integer_value(json_object_get(job, "attempts")), 1);
    json_decref(job);
}

static void a_bad_recording_fails_at_once_and_for_good(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office->score.fail = CHIP_E_FORMAT;
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "failed");
    expect_failure(office, id, "bad_recording", "transcribe");
}

static void a_recording_that_is_too_long_is_refused(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office->settings.max_duration_ms = 2 * PIECE_MS;
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "failed");
    expect_failure(office, id, "too_large", "transcribe");
    assert_int_equal(office->n_pieces, 1);
}

static void a_job_without_a_recording_says_so(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, NULL);
    assert_int_equal(chip_recording_remove(office->dir, id, NULL), CHIP_OK);
    office_work_until(office, id, "failed");
    expect_failure(office, id, "recording_not_found", "fetch");
}

static void options_that_make_no_sense_fail_the_job_alone(void **state)
{
    struct office *office = *state;
    char bad[CHIP_UUID_TEXT], good[CHIP_UUID_TEXT];
    office_enqueue(office, bad, "{\"speakers\": \"many\"}");
    office_enqueue(office, good, NULL);
    office_work_until(office, good, "completed");
    office_expect_status(office, bad, "failed");
}

static void what_may_pass_is_put_back_with_its_error(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT], other[CHIP_UUID_TEXT];
    office->score.fail = CHIP_E_IO;
    office_enqueue(office, id, NULL);
    office_start_worker(office);
    json_t *job = NULL;
    do {
        json_decref(job);
        job = get_job(office, id);
    } while (json_is_null(json_object_get(job, "error")));
    office_stop_worker(office);
    assert_string_equal(text_of(job, "status"), "pending");
    assert_string_equal(text_of(json_object_get(job, "error"), "code"), "storage_failed");
    assert_true(json_is_true(json_object_get(json_object_get(job, "error"), "retryable")));
    assert_true(json_is_string(json_object_get(job, "run_after")));
    json_decref(job);

    /* It waits; what came later does not. Then it goes on where it was. */
    office->score.fail = CHIP_OK;
    office_enqueue(office, other, NULL);
    office_work_until(office, other, "completed");
    office_expect_status(office, id, "pending");
}

/* ---- doing a stage again ------------------------------------------------------------------------
 */

static void another_number_of_speakers_needs_no_engine(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    redo(office, id, "speakers", "{\"speakers\": 1}");
    office_work_until(office, id, "completed");
    assert_int_equal(office->n_runs, 1);
    json_t *row = get_analysis(office, id);
    assert_int_equal(json_integer_value(json_object_get(row, "n_speakers")), 1);
    assert_int_equal(json_integer_value(json_object_get(row, "version")), 2);
    const json_t *redone = json_object_get(json_object_get(row, "receipt"), "redone");
    assert_int_equal(json_array_size(redone), 1);
    assert_string_equal(text_of(json_array_get(redone, 0), "stage"), "speakers");
    json_decref(row);
}

static void speakers_again_without_a_number_is_refused(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    redo(office, id, "speakers", NULL);
    office_work_until(office, id, "failed");
    expect_failure(office, id, "bad_request", "speakers");
    json_t *row = get_analysis(office, id);
    assert_int_equal(json_integer_value(json_object_get(row, "version")), 1);
    json_decref(row);
}

static void figures_again_keep_what_people_wrote(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    char *before = office_result(office, id);
    json_decref(office_call(office, "save_analysis",
                            json_pack("{s:s, s:i, s:{s:s, s:n}}", "job_id", id, "version", 1,
                                      "changes", "summary", "All agreed.", "metrics")));
    redo(office, id, "metrics", NULL);
    office_work_until(office, id, "completed");
    char *after = office_result(office, id);
    assert_string_equal(after, before);
    json_t *row = get_analysis(office, id);
    assert_string_equal(text_of(row, "summary"), "All agreed.");
    json_decref(row);
    free(before);
    free(after);
    assert_int_equal(office->n_runs, 1);
}

static void transcribing_again_uses_the_recording_that_was_kept(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    redo(office, id, "transcribe", "{\"model\": \"other\"}");
    office_work_until(office, id, "completed");
    json_t *row = get_analysis(office, id);
    assert_string_equal(text_of(row, "model"), "other");
    assert_int_equal(office->n_pieces, 8);
    json_decref(row);
    char *told = office_told(office, id);
    assert_int_equal(strlen(told), 2 * strlen("0:word0. 25000:word1. 50000:word2. 75000:word3. "));
    free(told);
}

static void a_stage_that_is_none_is_refused_by_name(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
    redo(office, id, "dance", NULL);
    office_work_until(office, id, "failed");
    json_t *job = get_job(office, id);
    assert_non_null(strstr(text_of(json_object_get(job, "error"), "message"), "'dance'"));
    json_decref(job);
}

int main(void)
{
    alarm(300);
    const struct CMUnitTest tests[] = {
        IN_OFFICE(a_job_becomes_transcript_figures_and_receipt),
        IN_OFFICE(the_transcript_grows_before_readers_eyes),
        IN_OFFICE(the_waveform_is_of_the_whole_recording),
        IN_OFFICE(speakers_told_anew_leave_the_waveform_alone),
        IN_OFFICE(progress_never_falls_and_ends_with_the_speed_of_the_whole),
        IN_OFFICE(an_upload_that_was_not_given_to_the_job_is_not_taken),
        IN_OFFICE(an_upload_becomes_the_recording_and_names_the_job),
        IN_OFFICE(hotwords_reach_the_engine),
        IN_OFFICE(with_other_hotwords_all_is_heard_again),
        IN_OFFICE(without_speakers_the_words_are_kept),
        IN_OFFICE(a_bad_recording_fails_at_once_and_for_good),
        IN_OFFICE(a_recording_that_is_too_long_is_refused),
        IN_OFFICE(a_job_without_a_recording_says_so),
        IN_OFFICE(options_that_make_no_sense_fail_the_job_alone),
        IN_OFFICE(what_may_pass_is_put_back_with_its_error),
        IN_OFFICE(another_number_of_speakers_needs_no_engine),
        IN_OFFICE(speakers_again_without_a_number_is_refused),
        IN_OFFICE(figures_again_keep_what_people_wrote),
        IN_OFFICE(transcribing_again_uses_the_recording_that_was_kept),
        IN_OFFICE(a_stage_that_is_none_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
