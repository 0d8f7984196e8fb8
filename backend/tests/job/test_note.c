/* Notes of jobs in work, and of workers that died over them. */
#include "../folder.h"

#include <sys/wait.h>

#include "job/note.h"

#define JOB_A "0b5c2c9e-5f0e-4a51-9d3a-6f4f5d1c0a11"
#define JOB_B "1b5c2c9e-5f0e-4a51-9d3a-6f4f5d1c0a11"
#define TOKEN "9b5c2c9e-5f0e-4a51-9d3a-6f4f5d1c0a99"

struct found {
    int n;
    char job[64], token[64];
    bool answer;
};

static bool on_found(void *user, const char *job_id, const char *token)
{
    struct found *found = user;
    found->n++;
    snprintf(found->job, sizeof found->job, "%s", job_id);
    snprintf(found->token, sizeof found->token, "%s", token);
    return found->answer;
}

/* Writes a note in a process that dies without removing it. */
static void die_over(const char *job)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct chip_note note;
        chip_note_write(&note, ".", job, TOKEN);
        _exit(note.fd < 0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void the_note_of_a_dead_worker_is_found_once(void **unused)
{
    (void)unused;
    struct found found = {.answer = true};
    die_over(JOB_A);
    assert_int_equal(chip_notes_sweep(".", on_found, &found), 1);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.job, JOB_A);
    assert_string_equal(found.token, TOKEN);
    assert_int_equal(chip_notes_sweep(".", on_found, &found), 0);
    assert_int_equal(found.n, 1);
}

static void a_living_workers_note_is_left_alone(void **unused)
{
    (void)unused;
    struct found found = {.answer = true};
    struct chip_note note;
    chip_note_write(&note, ".", JOB_A, TOKEN);
    assert_true(note.fd >= 0);
    assert_int_equal(chip_notes_sweep(".", on_found, &found), 0);
    assert_int_equal(found.n, 0);
    assert_int_equal(count_entries("work"), 1);
    chip_note_remove(&note);
    assert_int_equal(count_entries("work"), 0);
}

static void a_note_that_could_not_be_dealt_with_stays(void **unused)
{
    (void)unused;
    struct found found = {.answer = false};
    die_over(JOB_A);
    assert_int_equal(chip_notes_sweep(".", on_found, &found), 0);
    assert_int_equal(count_entries("work"), 1);
    found.answer = true;
    assert_int_equal(chip_notes_sweep(".", on_found, &found), 1);
    assert_int_equal(count_entries("work"), 0);
}

static void the_next_worker_of_a_job_replaces_its_note(void **unused)
{
    (void)unused;
    struct found found = {.answer = true};
    struct chip_note note;
    die_over(JOB_A);
    chip_note_write(&note, ".", JOB_A, JOB_B);
    assert_int_equal(chip_notes_sweep(".", on_found, &found), 0);
    chip_note_remove(&note);
    assert_int_equal(count_entries("work"), 0);
}

static void what_is_no_note_goes_unasked(void **unused)
{
    (void)unused;
    struct found found = {.answer = true};
    die_over(JOB_A);
    assert_int_equal(chip_notes_sweep(".", on_found, &found), 1);
    put("work/" JOB_B ".new", "");
    put("work/" JOB_B, "half a tok");
    found.n = 0;
    assert_int_equal(chip_notes_sweep(".", on_found, &found), 2);
    assert_int_equal(found.n, 0);
}

static void a_folder_that_cannot_be_written_is_no_failure(void **unused)
{
    (void)unused;
    struct chip_note note;
    chip_note_write(&note, "missing/folder", JOB_A, TOKEN);
    assert_int_equal(note.fd, -1);
    chip_note_remove(&note);
    assert_int_equal(chip_notes_sweep("missing/folder", on_found, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_note_of_a_dead_worker_is_found_once),
        IN_FOLDER(a_living_workers_note_is_left_alone),
        IN_FOLDER(a_note_that_could_not_be_dealt_with_stays),
        IN_FOLDER(the_next_worker_of_a_job_replaces_its_note),
        IN_FOLDER(what_is_no_note_goes_unasked),
        IN_FOLDER(a_folder_that_cannot_be_written_is_no_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
