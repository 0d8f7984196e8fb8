/* Jobs whose upload still comes, with an engine that plays one piece for each byte. */
#include "office.h"

#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/recordings.h"

enum { N_PIECES = 4 };

/* Waits for a byte of the recording, as a decoder does; of a file that is over, for nothing. */
static void wait_for_byte(void *user, int piece, const struct chip_options *options)
{
    struct office *office = user;
    struct pollfd fd = {.fd = office->fd, .events = POLLIN};
    char byte;
    int skip = piece == (int)(options->known_ms / PIECE_MS) ? piece : 0; /* known, but read again */
    for (int i = 0; i <= skip; i++) {
        while (!*options->cancel && poll(&fd, 1, 5) == 0)
            continue;
        if (*options->cancel || read(office->fd, &byte, 1) < 1)
            return;
        assert_int_equal(byte, "abcd"[piece - skip + i]);
    }
}

static void let_it_listen(struct office *office)
{
    office->score.at_piece = wait_for_byte;
    office->score.user = office;
}

static void send_bytes(struct office *office, const char *upload, int from, const char *bytes)
{
    struct chip_upload_writer *writer;
    assert_int_equal(
        chip_upload_write_begin(office->uploads, NULL, upload, from, NULL, &writer, NULL), CHIP_OK);
    assert_int_equal(chip_upload_write(writer, bytes, strlen(bytes), NULL), CHIP_OK);
    assert_int_equal(chip_upload_write_end(writer, CHIP_UPLOAD_PAUSE, NULL, NULL), CHIP_OK);
}

/* A job with an upload of which the first bytes are there. */
static struct chip_upload enqueue(struct office *office, char id[CHIP_UUID_TEXT], bool eager,
                                  const char *bytes)
{
    struct chip_upload upload;
    chip_uuid_make(id);
    assert_int_equal(
        chip_upload_create(office->uploads, NULL, "Talk.wav", NULL, N_PIECES, &upload, NULL),
        CHIP_OK);
    send_bytes(office, upload.id, 0, bytes);
    assert_int_equal(chip_upload_claim(office->uploads, NULL, upload.id, id, NULL), CHIP_OK);
    json_decref(
        office_call(office, "enqueue_job",
                    json_pack("{s:s, s:{s:s, s:s}, s:{s:b}}", "id", id, "source", "kind", "upload",
                              "upload_id", upload.id, "options", "eager", eager)));
    return upload;
}

/* Readers have been told of so many pieces. */
static void wait_for_words(struct office *office, const char *id, int n)
{
    int64_t until = chip_clock_ms() + WAIT_MS;
    char *wanted = office_all_told(n), *told = office_told(office, id);
    while (strcmp(told, wanted) != 0) {
        assert_true(chip_clock_ms() < until);
        poll(NULL, 0, 5);
        free(told);
        told = office_told(office, id);
    }
    free(told);
    free(wanted);
}

static bool upload_is_there(struct office *office, const struct chip_upload *upload)
{
    struct chip_upload now;
    return chip_upload_get(office->uploads, NULL, upload->id, &now, NULL) == CHIP_OK;
}

static void expect_same_result(struct office *office, const char *id, const char *other)
{
    char *result = office_result(office, id), *expected = office_result(office, other);
    assert_string_equal(result, expected);
    free(result);
    free(expected);
}

static void expect_failure(struct office *office, const char *id, const char *code,
                           const char *message)
{
    json_t *job = office_call(office, "get_job", json_pack("{s:s}", "id", id));
    const json_t *error = json_object_get(job, "error");
    assert_string_equal(json_string_value(json_object_get(error, "code")), code);
    assert_non_null(strstr(json_string_value(json_object_get(error, "message")), message));
    assert_true(json_is_false(json_object_get(error, "retryable")));
    json_decref(job);
}

static void words_come_before_the_rest_of_the_upload(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT], other[CHIP_UUID_TEXT];
    let_it_listen(office);
    struct chip_upload upload = enqueue(office, id, true, "a");
    office_start_worker(office);
    wait_for_words(office, id, 1);
    send_bytes(office, upload.id, 1, "bc");
    wait_for_words(office, id, 3);
    office_expect_status(office, id, "processing");
    send_bytes(office, upload.id, 3, "d");
    office_wait(office, id, "completed");
    assert_true(chip_recording_exists(office->dir, id));
    assert_false(upload_is_there(office, &upload));
    enqueue(office, other, false, "abcd");
    office_wait(office, other, "completed");
    office_stop_worker(office);
    expect_same_result(office, id, other);
}

static void a_worker_that_stops_leaves_what_came_to_the_next(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT], other[CHIP_UUID_TEXT];
    let_it_listen(office);
    struct chip_upload upload = enqueue(office, id, true, "ab");
    office_start_worker(office);
    wait_for_words(office, id, 2);
    office_stop_worker(office);
    office_expect_status(office, id, "pending");
    send_bytes(office, upload.id, 2, "c");
    office_start_worker(office);
    wait_for_words(office, id, 3);
    assert_int_equal(office->known_ms, 2 * PIECE_MS);
    send_bytes(office, upload.id, 3, "d");
    office_wait(office, id, "completed");
    enqueue(office, other, false, "abcd");
    office_wait(office, other, "completed");
    office_stop_worker(office);
    wait_for_words(office, id, 4);
    expect_same_result(office, id, other);
}

static void what_needs_the_whole_file_waits_for_it(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office->score.whole_only = true;
    struct chip_upload upload = enqueue(office, id, true, "a");
    office_start_worker(office);
    for (int64_t until = chip_clock_ms() + WAIT_MS; office->n_runs == 0; poll(NULL, 0, 2))
        assert_true(chip_clock_ms() < until);
    send_bytes(office, upload.id, 1, "bcd");
    office_wait(office, id, "completed");
    office_stop_worker(office);
    wait_for_words(office, id, N_PIECES);
    assert_int_equal(office->n_runs, 2);
}

static void an_upload_that_stalls_fails_its_job_and_goes(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    let_it_listen(office);
    office->settings.upload_seconds = 1;
    struct chip_upload upload = enqueue(office, id, true, "a");
    office_work_until(office, id, "failed");
    expect_failure(office, id, "upload_stalled", "upload the recording again");
    assert_false(upload_is_there(office, &upload));
}

static void an_upload_that_is_removed_fails_its_job(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    let_it_listen(office);
    struct chip_upload upload = enqueue(office, id, true, "a");
    office_start_worker(office);
    wait_for_words(office, id, 1);
    assert_int_equal(chip_upload_delete(office->uploads, NULL, upload.id, NULL), CHIP_OK);
    office_wait(office, id, "failed");
    office_stop_worker(office);
    expect_failure(office, id, "upload_removed", "removed");
}

static void a_job_that_is_deleted_takes_its_upload_along(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT], other[CHIP_UUID_TEXT];
    let_it_listen(office);
    office->settings.lease_seconds = 1;
    struct chip_upload upload = enqueue(office, id, true, "a");
    office_start_worker(office);
    wait_for_words(office, id, 1);
    json_decref(office_call(office, "delete_job", json_pack("{s:s}", "id", id)));
    enqueue(office, other, false, "abcd");
    office_wait(office, other, "completed");
    office_stop_worker(office);
    assert_false(upload_is_there(office, &upload));
}

static void without_eager_an_upload_must_be_complete(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    enqueue(office, id, false, "a");
    office_work_until(office, id, "failed");
    expect_failure(office, id, "conflict", "not finished");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_OFFICE(words_come_before_the_rest_of_the_upload),
        IN_OFFICE(a_worker_that_stops_leaves_what_came_to_the_next),
        IN_OFFICE(what_needs_the_whole_file_waits_for_it),
        IN_OFFICE(an_upload_that_stalls_fails_its_job_and_goes),
        IN_OFFICE(an_upload_that_is_removed_fails_its_job),
        IN_OFFICE(a_job_that_is_deleted_takes_its_upload_along),
        IN_OFFICE(without_eager_an_upload_must_be_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
