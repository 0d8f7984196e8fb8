/* Engines that hang, and the watch over them. */
#include "office.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "job/pipeline.h"

/* Does nothing any more, until it is told to end. */
static void stand_still(void *user, int piece, const struct chip_options *options)
{
    (void)user;
    while (piece == 1 && !*options->cancel)
        poll(NULL, 0, 5);
}

/* Does nothing any more, whatever it is told. */
static void hang(void *user, int piece, const struct chip_options *options)
{
    (void)user;
    (void)options;
    while (piece == 1)
        pause();
}

/* Slow, but with signs of life: three times as long as it may stand still. */
static void creep(void *user, int piece, const struct chip_options *options)
{
    const struct chip_progress progress = {.total_ms = -1, .speed = 1, .remaining_s = -1};
    (void)user;
    for (int i = 0; piece == 1 && i < 30; i++) {
        options->on_progress(options->user, &progress);
        poll(NULL, 0, 100);
    }
}

static void expect_stalled(struct office *office, const char *id)
{
    json_t *job = office_call(office, "get_job", json_pack("{s:s}", "id", id));
    const json_t *error = json_object_get(job, "error");
    assert_string_equal(json_string_value(json_object_get(error, "code")), "stalled");
    assert_string_equal(json_string_value(json_object_get(error, "stage")), "transcribe");
    assert_true(json_is_true(json_object_get(error, "retryable")));
    assert_int_equal(json_integer_value(json_object_get(job, "attempts")), 1);
    json_decref(job);
}

static void an_engine_that_stands_still_is_stopped_and_tried_again(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office->settings.stall_seconds = 1;
    office->score.at_piece = stand_still;
    office_enqueue(office, id, NULL);
    office_start_worker(office);
    office_wait(office, id, "processing");
    office_wait(office, id, "pending");
    office_stop_worker(office);
    expect_stalled(office, id);
    office->score.at_piece = NULL;
    office_work_until(office, id, "completed");
    char *told = office_told(office, id), *all = office_all_told(4);
    assert_string_equal(told, all);
    free(told);
    free(all);
}

static void an_engine_that_hangs_takes_its_worker_down_and_nothing_else(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    int status;
    office_enqueue(office, id, NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        static struct office own;
        memcpy(own.dir, office->dir, sizeof own.dir);
        office_enter(&own);
        own.settings.stall_seconds = 1;
        own.score.at_piece = hang;
        (void)!chip_worker_run(&own.settings, &own.stop, NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CHIP_WORKER_HUNG);
    office_expect_status(office, id, "pending"); /* no lease has to be waited for */
    expect_stalled(office, id);
    office_work_until(office, id, "completed");
}

static void an_engine_that_is_slow_is_left_in_peace(void **state)
{
    struct office *office = *state;
    char id[CHIP_UUID_TEXT];
    office->settings.stall_seconds = 1;
    office->score.at_piece = creep;
    office_enqueue(office, id, NULL);
    office_work_until(office, id, "completed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_OFFICE(an_engine_that_stands_still_is_stopped_and_tried_again),
        IN_OFFICE(an_engine_that_hangs_takes_its_worker_down_and_nothing_else),
        IN_OFFICE(an_engine_that_is_slow_is_left_in_peace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
