/* Making, finding, claiming, removing uploads. */
#include "upload_folder.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/time.h>
#include <time.h>

#include "base/clock.h"

static void new_upload_is_empty_and_expires(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, ALICE, 10);
    assert_true(chip_uuid_valid(u.id));
    assert_string_equal(u.user_id, ALICE);
    assert_string_equal(u.name, "a.wav");
    assert_int_equal(u.length, 10);
    assert_int_equal(u.offset, 0);
    assert_false(u.finished);
    assert_in_range(u.expires_ms - u.created_ms, 24 * 3600 * 1000 - 5000, 24 * 3600 * 1000 + 5000);
}

static void upload_of_nothing_is_finished_at_once(void **state)
{
    struct chip_upload u = make_upload(*state, NULL, 0);
    assert_true(u.finished);
    assert_string_equal(u.sha256,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void names_lose_folders_and_control_characters(void **state)
{
    struct folder *f = *state;
    static const char *const cases[][2] = {
        {"/etc/passwd", "passwd"},
        {"..\\..\\boot.ini", "boot.ini"},
        {"a\r\nSet-Cookie: b", "a Set-Cookie: b"},
        {"Grüße \"1\".mp3", "Grüße \"1\".mp3"},
        {"\xff\xfe.wav", "\xef\xbf\xbd\xef\xbf\xbd.wav"},
        {"folder/", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chip_upload u;
        assert_int_equal(chip_upload_create(f->uploads, NULL, cases[i][0], NULL, 1, &u, NULL),
                         CHIP_OK);
        assert_string_equal(u.name, cases[i][1]);
    }
}

static void long_name_is_cut_between_characters(void **state)
{
    struct folder *f = *state;
    char name[602] = "";
    struct chip_upload u;
    for (int i = 0; i < 300; i++)
        strcat(name, "ä");
    assert_int_equal(chip_upload_create(f->uploads, NULL, name, NULL, 1, &u, NULL), CHIP_OK);
    assert_int_equal(strlen(u.name), 254);
}

static void metadata_comes_back_as_sent(void **state)
{
    struct folder *f = *state;
    const char *sent = "filename d29ybGQ=,empty,x aGk=";
    struct chip_upload u;
    assert_int_equal(chip_upload_create(f->uploads, ALICE, NULL, sent, 3, &u, NULL), CHIP_OK);
    assert_string_equal(get_upload(f, u.id).metadata, sent);
}

static void metadata_beyond_the_limit_is_refused(void **state)
{
    struct folder *f = *state;
    char sent[CHIP_UPLOAD_METADATA + 1];
    memset(sent, 'a', sizeof sent - 1);
    sent[sizeof sent - 1] = '\0';
    assert_int_equal(chip_upload_create(f->uploads, NULL, NULL, sent, 3, NULL, NULL), CHIP_E_LIMIT);
}

static void other_users_upload_is_not_found(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, ALICE, 10), got;
    struct chip_upload_writer *w;
    assert_int_equal(chip_upload_get(f->uploads, BOB, u.id, &got, NULL), CHIP_E_NOT_FOUND);
    assert_int_equal(chip_upload_delete(f->uploads, BOB, u.id, NULL), CHIP_E_NOT_FOUND);
    assert_int_equal(chip_upload_claim(f->uploads, BOB, u.id, JOB, NULL), CHIP_E_NOT_FOUND);
    assert_int_equal(chip_upload_write_begin(f->uploads, BOB, u.id, 0, NULL, &w, NULL),
                     CHIP_E_NOT_FOUND);
    assert_int_equal(chip_upload_get(f->uploads, ALICE, u.id, &got, NULL), CHIP_OK);
    assert_int_equal(chip_upload_get(f->uploads, NULL, u.id, &got, NULL), CHIP_OK);
}

static void ids_that_are_paths_are_not_found(void **state)
{
    struct folder *f = *state;
    static const char *const ids[] = {"",
                                      ".",
                                      "..",
                                      "../uploads",
                                      "a/b",
                                      "aaaaaaaa-0000-4000-8000-00000000000/",
                                      "aaaaaaaa-0000-4000-8000-000000000001/../x"};
    char path[CHIP_UPLOAD_PATH];
    struct chip_upload u;
    struct chip_upload_writer *w;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        assert_int_equal(chip_upload_get(f->uploads, NULL, ids[i], &u, NULL), CHIP_E_NOT_FOUND);
        assert_int_equal(chip_upload_path(f->uploads, ids[i], path, NULL), CHIP_E_NOT_FOUND);
        assert_int_equal(chip_upload_write_begin(f->uploads, NULL, ids[i], 0, NULL, &w, NULL),
                         CHIP_E_NOT_FOUND);
        assert_int_equal(chip_recording_path(f->dir, ids[i], path, NULL), CHIP_E_NOT_FOUND);
    }
}

static void limits_of_size_user_and_disk_are_kept(void **state)
{
    struct folder *f = *state;
    struct chip_err err;
    reopen(f, (struct chip_upload_settings){.max_bytes = 100, .max_user_bytes = 150});
    assert_int_equal(chip_upload_create(f->uploads, NULL, NULL, NULL, 101, NULL, &err),
                     CHIP_E_LIMIT);
    struct chip_upload first = make_upload(f, ALICE, 100);
    assert_int_equal(chip_upload_create(f->uploads, ALICE, NULL, NULL, 51, NULL, &err),
                     CHIP_E_LIMIT);
    make_upload(f, ALICE, 50);
    make_upload(f, BOB, 51);
    assert_int_equal(chip_upload_delete(f->uploads, ALICE, first.id, &err), CHIP_OK);
    make_upload(f, ALICE, 51);
    reopen(f, (struct chip_upload_settings){.keep_free_bytes = INT64_MAX / 2});
    assert_int_equal(chip_upload_create(f->uploads, NULL, NULL, NULL, 1, NULL, &err), CHIP_E_IO);
    assert_non_null(strstr(err.message, "no room"));
}

static void one_job_gets_an_upload(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, ALICE, 10);
    assert_int_equal(chip_upload_claim(f->uploads, ALICE, u.id, JOB, NULL), CHIP_OK);
    assert_int_equal(chip_upload_claim(f->uploads, ALICE, u.id, JOB, NULL), CHIP_OK);
    assert_int_equal(chip_upload_claim(f->uploads, ALICE, u.id, OTHER_JOB, NULL), CHIP_E_CONFLICT);
    assert_string_equal(get_upload(f, u.id).job_id, JOB);
    chip_upload_unclaim(f->uploads, u.id, OTHER_JOB);
    assert_string_equal(get_upload(f, u.id).job_id, JOB);
    chip_upload_unclaim(f->uploads, u.id, JOB);
    assert_int_equal(chip_upload_claim(f->uploads, ALICE, u.id, OTHER_JOB, NULL), CHIP_OK);
}

static int n_entries(const struct folder *f)
{
    char path[96];
    int n = 0;
    snprintf(path, sizeof path, "%s/uploads", f->dir);
    DIR *dir = opendir(path);
    for (struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    closedir(dir);
    return n;
}

static void make_old(struct folder *f, const char *id)
{
    char path[CHIP_UPLOAD_PATH];
    struct timeval day_ago = {.tv_sec = time(NULL) - 25 * 3600};
    assert_int_equal(chip_upload_path(f->uploads, id, path, NULL), CHIP_OK);
    assert_int_equal(utimes(path, (struct timeval[]){day_ago, day_ago}), 0);
}

static bool only_job(void *user, const char *job_id)
{
    return strcmp(user, job_id) == 0;
}

static void expiry_takes_what_is_old_and_nobody_needs(void **state)
{
    struct folder *f = *state;
    struct chip_upload fresh = make_upload(f, NULL, 10), old = make_upload(f, NULL, 10);
    struct chip_upload waited_for = make_upload(f, NULL, 10), done = make_upload(f, NULL, 10);
    struct chip_upload u;
    assert_int_equal(chip_upload_claim(f->uploads, NULL, waited_for.id, JOB, NULL), CHIP_OK);
    assert_int_equal(chip_upload_claim(f->uploads, NULL, done.id, OTHER_JOB, NULL), CHIP_OK);
    make_old(f, old.id);
    make_old(f, waited_for.id);
    make_old(f, done.id);
    assert_int_equal(chip_upload_get(f->uploads, NULL, old.id, &u, NULL), CHIP_E_NOT_FOUND);
    assert_int_equal(send_bytes(f, old.id, 0, "x", CHIP_UPLOAD_PAUSE), CHIP_E_NOT_FOUND);
    assert_int_equal(chip_uploads_expire(f->uploads, only_job, (void *)JOB), 2);
    assert_int_equal(n_entries(f), 2);
    get_upload(f, fresh.id);
    get_upload(f, waited_for.id);
    assert_int_equal(chip_uploads_expire(f->uploads, NULL, NULL), 0);
}

static void expiry_takes_remains_of_a_crash(void **state)
{
    struct folder *f = *state;
    char path[128];
    struct timeval hours_ago = {.tv_sec = time(NULL) - 2 * 3600};
    snprintf(path, sizeof path, "%s/uploads/" JOB, f->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chip_uploads_expire(f->uploads, NULL, NULL), 0); /* perhaps being made */
    assert_int_equal(utimes(path, (struct timeval[]){hours_ago, hours_ago}), 0);
    assert_int_equal(chip_uploads_expire(f->uploads, NULL, NULL), 1);
    assert_int_equal(n_entries(f), 0);
}

static void removed_upload_leaves_nothing(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 10);
    assert_int_equal(send_bytes(f, u.id, 0, "abc", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_int_equal(chip_upload_delete(f->uploads, NULL, u.id, NULL), CHIP_OK);
    assert_int_equal(n_entries(f), 0);
    assert_int_equal(chip_upload_delete(f->uploads, NULL, u.id, NULL), CHIP_E_NOT_FOUND);
}

/* ---- waiting ---- */

static void *append_three(void *arg)
{
    struct folder *f = arg;
    /* The last of the ids: this test has one upload. */
    char path[96], id[CHIP_UUID_TEXT] = "";
    snprintf(path, sizeof path, "%s/uploads", f->dir);
    DIR *dir = opendir(path);
    for (struct dirent *entry; (entry = readdir(dir));)
        if (chip_uuid_valid(entry->d_name))
            strcpy(id, entry->d_name);
    closedir(dir);
    send_bytes(f, id, 0, "abc", CHIP_UPLOAD_PAUSE);
    return NULL;
}

static void wait_ends_with_the_next_bytes(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 10);
    pthread_t thread;
    int64_t start_ms = chip_clock_ms();
    assert_int_equal(pthread_create(&thread, NULL, append_three, f), 0);
    assert_int_equal(chip_upload_wait(f->uploads, u.id, 0, 30000, &u, NULL), CHIP_OK);
    pthread_join(thread, NULL);
    assert_true(u.offset > 0);
    assert_true(chip_clock_ms() - start_ms < 10000);
}

static void wait_ends_after_its_time(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 10);
    assert_int_equal(chip_upload_wait(f->uploads, u.id, 0, 20, &u, NULL), CHIP_OK);
    assert_int_equal(u.offset, 0);
}

static void wait_for_a_finished_or_removed_one_is_over_at_once(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    assert_int_equal(send_bytes(f, u.id, 0, "abc", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_int_equal(chip_upload_wait(f->uploads, u.id, 3, 30000, &u, NULL), CHIP_OK);
    assert_true(u.finished);
    assert_int_equal(chip_upload_delete(f->uploads, NULL, u.id, NULL), CHIP_OK);
    assert_int_equal(chip_upload_wait(f->uploads, u.id, 0, 30000, &u, NULL), CHIP_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(new_upload_is_empty_and_expires),
        WITH_FOLDER(upload_of_nothing_is_finished_at_once),
        WITH_FOLDER(names_lose_folders_and_control_characters),
        WITH_FOLDER(long_name_is_cut_between_characters),
        WITH_FOLDER(metadata_comes_back_as_sent),
        WITH_FOLDER(metadata_beyond_the_limit_is_refused),
        WITH_FOLDER(other_users_upload_is_not_found),
        WITH_FOLDER(ids_that_are_paths_are_not_found),
        WITH_FOLDER(limits_of_size_user_and_disk_are_kept),
        WITH_FOLDER(one_job_gets_an_upload),
        WITH_FOLDER(expiry_takes_what_is_old_and_nobody_needs),
        WITH_FOLDER(expiry_takes_remains_of_a_crash),
        WITH_FOLDER(removed_upload_leaves_nothing),
        WITH_FOLDER(wait_ends_with_the_next_bytes),
        WITH_FOLDER(wait_ends_after_its_time),
        WITH_FOLDER(wait_for_a_finished_or_removed_one_is_over_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
