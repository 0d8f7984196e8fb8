/* The recording of a job: taken from an upload, removed with the job. */
#include "upload_folder.h"

#include <sys/time.h>
#include <time.h>

static struct chip_upload finished_upload(struct folder *f)
{
    struct chip_upload u = make_upload(f, NULL, 3);
    assert_int_equal(send_bytes(f, u.id, 0, "abc", CHIP_UPLOAD_PAUSE), CHIP_OK);
    return u;
}

static void assert_recorded(struct folder *f, const char *job_id, const char *text)
{
    char path[CHIP_UPLOAD_PATH];
    assert_int_equal(chip_recording_path(f->dir, job_id, path, NULL), CHIP_OK);
    assert_file_holds(path, text);
}

static void finished_upload_becomes_the_recording(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = finished_upload(f), got;
    assert_int_equal(chip_recording_take(f->uploads, u.id, JOB, NULL), CHIP_OK);
    assert_true(chip_recording_exists(f->dir, JOB));
    assert_recorded(f, JOB, "abc");
    assert_int_equal(chip_upload_get(f->uploads, NULL, u.id, &got, NULL), CHIP_E_NOT_FOUND);
    assert_int_equal(chip_recording_take(f->uploads, u.id, JOB, NULL), CHIP_OK); /* again */
    assert_recorded(f, JOB, "abc");
}

static void crash_between_renaming_and_removing_is_made_good(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = finished_upload(f);
    char from[CHIP_UPLOAD_PATH], to[CHIP_UPLOAD_PATH];
    assert_int_equal(chip_upload_path(f->uploads, u.id, from, NULL), CHIP_OK);
    assert_int_equal(chip_recording_prepare(f->dir, JOB, to, NULL), CHIP_OK);
    assert_int_equal(rename(from, to), 0);
    assert_int_equal(chip_recording_take(f->uploads, u.id, JOB, NULL), CHIP_OK);
    assert_recorded(f, JOB, "abc");
    *strrchr(from, '/') = '\0';
    assert_int_equal(access(from, F_OK), -1);
}

static void unfinished_upload_is_not_taken(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    assert_int_equal(send_bytes(f, u.id, 0, "ab", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_int_equal(chip_recording_take(f->uploads, u.id, JOB, NULL), CHIP_E_CONFLICT);
    assert_false(chip_recording_exists(f->dir, JOB));
    assert_int_equal(send_bytes(f, u.id, 2, "c", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_int_equal(chip_recording_take(f->uploads, u.id, JOB, NULL), CHIP_OK);
}

static void upload_of_another_job_is_not_taken(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = finished_upload(f);
    assert_int_equal(chip_upload_claim(f->uploads, NULL, u.id, JOB, NULL), CHIP_OK);
    assert_int_equal(chip_recording_take(f->uploads, u.id, OTHER_JOB, NULL), CHIP_E_CONFLICT);
    assert_int_equal(chip_recording_take(f->uploads, u.id, JOB, NULL), CHIP_OK);
}

static void upload_that_never_was_is_not_found(void **state)
{
    struct folder *f = *state;
    assert_int_equal(chip_recording_take(f->uploads, OTHER_JOB, JOB, NULL), CHIP_E_NOT_FOUND);
    assert_int_equal(chip_recording_take(f->uploads, "../../etc", JOB, NULL), CHIP_E_NOT_FOUND);
}

static void removed_recording_leaves_nothing(void **state)
{
    struct folder *f = *state;
    char path[CHIP_UPLOAD_PATH];
    assert_int_equal(chip_recording_take(f->uploads, finished_upload(f).id, JOB, NULL), CHIP_OK);
    assert_int_equal(chip_recording_remove(f->dir, JOB, NULL), CHIP_OK);
    assert_int_equal(chip_recording_path(f->dir, JOB, path, NULL), CHIP_OK);
    *strrchr(path, '/') = '\0';
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(chip_recording_remove(f->dir, JOB, NULL), CHIP_OK); /* again */
}

static bool only_other_job(void *user, const char *job_id)
{
    (void)user;
    return strcmp(job_id, OTHER_JOB) == 0;
}

static void sweep_takes_recordings_of_jobs_that_are_gone(void **state)
{
    struct folder *f = *state;
    char path[CHIP_UPLOAD_PATH];
    const char *const jobs[] = {JOB, OTHER_JOB};
    struct timeval hours_ago = {.tv_sec = time(NULL) - 2 * 3600};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(chip_recording_take(f->uploads, finished_upload(f).id, jobs[i], NULL),
                         CHIP_OK);
        assert_int_equal(chip_recordings_sweep(f->dir, only_other_job, NULL), 0); /* fresh */
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(chip_recording_path(f->dir, jobs[i], path, NULL), CHIP_OK);
        *strrchr(path, '/') = '\0';
        assert_int_equal(utimes(path, (struct timeval[]){hours_ago, hours_ago}), 0);
    }
    assert_int_equal(chip_recordings_sweep(f->dir, only_other_job, NULL), 1);
    assert_false(chip_recording_exists(f->dir, JOB));
    assert_true(chip_recording_exists(f->dir, OTHER_JOB));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(finished_upload_becomes_the_recording),
        WITH_FOLDER(crash_between_renaming_and_removing_is_made_good),
        WITH_FOLDER(unfinished_upload_is_not_taken),
        WITH_FOLDER(upload_of_another_job_is_not_taken),
        WITH_FOLDER(upload_that_never_was_is_not_found),
        WITH_FOLDER(removed_recording_leaves_nothing),
        WITH_FOLDER(sweep_takes_recordings_of_jobs_that_are_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
