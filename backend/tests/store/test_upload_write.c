/* Bytes of an upload: what arrives is kept, in order, by one writer. */
#include "upload_folder.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <sys/wait.h>

#define SHA_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct chip_upload_writer *begin(struct folder *f, const char *id, int64_t offset)
{
    struct chip_upload_writer *w = NULL;
    struct chip_err err;
    assert_int_equal(chip_upload_write_begin(f->uploads, NULL, id, offset, NULL, &w, &err),
                     CHIP_OK);
    return w;
}

static enum chip_status try_begin(struct folder *f, const char *id, int64_t offset)
{
    struct chip_upload_writer *w = NULL;
    enum chip_status st = chip_upload_write_begin(f->uploads, NULL, id, offset, NULL, &w, NULL);
    if (st == CHIP_OK)
        assert_int_equal(chip_upload_write_end(w, CHIP_UPLOAD_CUT, NULL, NULL), CHIP_OK);
    return st;
}

static void last_byte_finishes_it_with_its_hash(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    assert_int_equal(send_bytes(f, u.id, 0, "abc", CHIP_UPLOAD_PAUSE), CHIP_OK);
    u = get_upload(f, u.id);
    assert_true(u.finished);
    assert_int_equal(u.offset, 3);
    assert_string_equal(u.sha256, SHA_ABC);
    assert_upload_holds(f, u.id, "abc");
}

static void hash_goes_on_over_requests(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    assert_int_equal(send_bytes(f, u.id, 0, "a", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_int_equal(send_bytes(f, u.id, 1, "b", CHIP_UPLOAD_CUT), CHIP_OK);
    assert_int_equal(send_bytes(f, u.id, 2, "c", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_string_equal(get_upload(f, u.id).sha256, SHA_ABC);
}

static void restart_keeps_bytes_but_not_the_hash(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    assert_int_equal(send_bytes(f, u.id, 0, "ab", CHIP_UPLOAD_CUT), CHIP_OK);
    reopen(f, (struct chip_upload_settings){0});
    assert_int_equal(get_upload(f, u.id).offset, 2);
    assert_int_equal(send_bytes(f, u.id, 2, "c", CHIP_UPLOAD_PAUSE), CHIP_OK);
    u = get_upload(f, u.id);
    assert_true(u.finished);
    assert_string_equal(u.sha256, "");
}

static void wrong_offset_changes_nothing(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 5);
    assert_int_equal(send_bytes(f, u.id, 0, "ab", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_int_equal(try_begin(f, u.id, 0), CHIP_E_CONFLICT);
    assert_int_equal(try_begin(f, u.id, 3), CHIP_E_CONFLICT);
    assert_int_equal(get_upload(f, u.id).offset, 2);
    assert_int_equal(send_bytes(f, u.id, 2, "cde", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_int_equal(try_begin(f, u.id, 5), CHIP_E_CONFLICT); /* complete */
    assert_upload_holds(f, u.id, "abcde");
}

static void bytes_beyond_the_length_are_refused(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    struct chip_upload_writer *w = begin(f, u.id, 0);
    assert_int_equal(chip_upload_write(w, "ab", 2, NULL), CHIP_OK);
    assert_int_equal(chip_upload_write(w, "cd", 2, NULL), CHIP_E_LIMIT);
    assert_int_equal(chip_upload_write_end(w, CHIP_UPLOAD_CUT, NULL, NULL), CHIP_OK);
    assert_int_equal(get_upload(f, u.id).offset, 2);
}

static void length_may_become_known_at_the_end(void **state)
{
    struct folder *f = *state;
    reopen(f, (struct chip_upload_settings){.max_bytes = 5});
    struct chip_upload u = make_upload(f, NULL, -1);
    assert_int_equal(u.length, -1);
    struct chip_upload_writer *w = begin(f, u.id, 0);
    assert_int_equal(chip_upload_write(w, "abc", 3, NULL), CHIP_OK);
    assert_int_equal(chip_upload_write(w, "def", 3, NULL), CHIP_E_LIMIT);
    assert_int_equal(chip_upload_write_end(w, CHIP_UPLOAD_FINISH, &u, NULL), CHIP_OK);
    assert_true(u.finished);
    assert_int_equal(u.length, 3);
    assert_string_equal(u.sha256, SHA_ABC);
}

static void unknown_length_is_within_the_users_limit(void **state)
{
    struct folder *f = *state;
    reopen(f, (struct chip_upload_settings){.max_user_bytes = 10});
    make_upload(f, ALICE, 6);
    struct chip_upload u = make_upload(f, ALICE, -1);
    struct chip_upload_writer *w = begin(f, u.id, 0);
    assert_int_equal(chip_upload_write(w, "abcd", 4, NULL), CHIP_OK);
    assert_int_equal(chip_upload_write(w, "e", 1, NULL), CHIP_E_LIMIT);
    assert_int_equal(chip_upload_write_end(w, CHIP_UPLOAD_CUT, NULL, NULL), CHIP_OK);
}

/* ---- one writer ---- */

static void second_writer_waits_until_the_first_has_gone(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 5);
    struct chip_upload_writer *w = begin(f, u.id, 0);
    assert_int_equal(try_begin(f, u.id, 0), CHIP_E_UNAVAILABLE);
    assert_int_equal(chip_upload_write(w, "ab", 2, NULL), CHIP_OK);
    assert_int_equal(chip_upload_write_end(w, CHIP_UPLOAD_CUT, NULL, NULL), CHIP_OK);
    assert_int_equal(try_begin(f, u.id, 2), CHIP_OK);
}

static void silent_writer_gives_way(void **state)
{
    struct folder *f = *state;
    reopen(f, (struct chip_upload_settings){.stale_ms = 1});
    struct chip_upload u = make_upload(f, NULL, 3);
    struct chip_upload_writer *dead = begin(f, u.id, 0), *w = NULL;
    assert_int_equal(chip_upload_write(dead, "a", 1, NULL), CHIP_OK);
    enum chip_status st = CHIP_E_UNAVAILABLE;
    while (st == CHIP_E_UNAVAILABLE) /* until the millisecond is over */
        st = chip_upload_write_begin(f->uploads, NULL, u.id, 1, NULL, &w, NULL);
    assert_int_equal(st, CHIP_OK);
    assert_int_equal(chip_upload_write(dead, "X", 1, NULL), CHIP_E_CONFLICT);
    assert_int_equal(chip_upload_write(w, "bc", 2, NULL), CHIP_OK);
    assert_int_equal(chip_upload_write_end(dead, CHIP_UPLOAD_CUT, NULL, NULL), CHIP_E_CONFLICT);
    assert_int_equal(chip_upload_write_end(w, CHIP_UPLOAD_PAUSE, &u, NULL), CHIP_OK);
    assert_string_equal(u.sha256, SHA_ABC);
    assert_upload_holds(f, u.id, "abc");
}

static void killed_process_leaves_its_bytes_and_no_lock(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 5);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct chip_upload_writer *w;
        if (chip_upload_write_begin(f->uploads, NULL, u.id, 0, NULL, &w, NULL) == CHIP_OK &&
            chip_upload_write(w, "ab", 2, NULL) == CHIP_OK)
            raise(SIGKILL);
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(get_upload(f, u.id).offset, 2);
    assert_int_equal(send_bytes(f, u.id, 2, "cde", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_upload_holds(f, u.id, "abcde");
}

static void another_process_cannot_write_at_the_same_time(void **state)
{
    struct folder *f = *state;
    struct chip_upload_settings settings = {.data_dir = f->dir, .keep_free_bytes = 1};
    struct chip_uploads *other, *mine = f->uploads;
    struct chip_upload u = make_upload(f, NULL, 5);
    struct chip_upload_writer *w = begin(f, u.id, 0);
    assert_int_equal(chip_uploads_open(&other, &settings, NULL), CHIP_OK);
    f->uploads = other; /* shares nothing with the first but the disk */
    assert_int_equal(try_begin(f, u.id, 0), CHIP_E_UNAVAILABLE);
    assert_int_equal(chip_upload_write_end(w, CHIP_UPLOAD_CUT, NULL, NULL), CHIP_OK);
    assert_int_equal(try_begin(f, u.id, 0), CHIP_OK);
    f->uploads = mine;
    chip_uploads_close(other);
}

static void writer_of_a_removed_upload_notices(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 5);
    struct chip_upload_writer *w = begin(f, u.id, 0);
    assert_int_equal(chip_upload_write(w, "ab", 2, NULL), CHIP_OK);
    assert_int_equal(chip_upload_delete(f->uploads, NULL, u.id, NULL), CHIP_OK);
    assert_int_equal(chip_upload_write(w, "c", 1, NULL), CHIP_E_CONFLICT);
    assert_int_equal(chip_upload_write_end(w, CHIP_UPLOAD_PAUSE, NULL, NULL), CHIP_E_CONFLICT);
    struct chip_upload got;
    assert_int_equal(chip_upload_get(f->uploads, NULL, u.id, &got, NULL), CHIP_E_NOT_FOUND);
}

/* ---- checksums ---- */

static struct chip_upload_check hash_of(enum chip_upload_hash hash, const char *text)
{
    struct chip_upload_check check = {.hash = hash};
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n;
    EVP_Digest(text, strlen(text), digest, &n,
               hash == CHIP_UPLOAD_HASH_SHA1 ? EVP_sha1() : EVP_sha256(), NULL);
    memcpy(check.digest, digest, n);
    return check;
}

static enum chip_status send_checked(struct folder *f, const char *id, int64_t offset,
                                     const char *bytes, const struct chip_upload_check *check,
                                     enum chip_upload_end how)
{
    struct chip_upload_writer *w;
    assert_int_equal(chip_upload_write_begin(f->uploads, NULL, id, offset, check, &w, NULL),
                     CHIP_OK);
    assert_int_equal(chip_upload_write(w, bytes, strlen(bytes), NULL), CHIP_OK);
    assert_int_equal(get_upload(f, id).offset, offset); /* not before it is checked */
    return chip_upload_write_end(w, how, NULL, NULL);
}

static void chunks_with_right_checksums_are_kept(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    struct chip_upload_check a = hash_of(CHIP_UPLOAD_HASH_SHA1, "a");
    struct chip_upload_check bc = hash_of(CHIP_UPLOAD_HASH_SHA256, "bc");
    assert_int_equal(send_checked(f, u.id, 0, "a", &a, CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_int_equal(get_upload(f, u.id).offset, 1);
    assert_int_equal(send_checked(f, u.id, 1, "bc", &bc, CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_string_equal(get_upload(f, u.id).sha256, SHA_ABC);
}

static void chunk_with_a_wrong_checksum_is_dropped(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    struct chip_upload_check check = hash_of(CHIP_UPLOAD_HASH_SHA256, "bc");
    assert_int_equal(send_bytes(f, u.id, 0, "a", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_int_equal(send_checked(f, u.id, 1, "bX", &check, CHIP_UPLOAD_PAUSE), CHIP_E_CHECKSUM);
    assert_int_equal(get_upload(f, u.id).offset, 1);
    assert_false(get_upload(f, u.id).finished);
    assert_int_equal(send_checked(f, u.id, 1, "bc", &check, CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_string_equal(get_upload(f, u.id).sha256, SHA_ABC);
    assert_upload_holds(f, u.id, "abc");
}

static void chunk_that_was_cut_before_its_checksum_is_dropped(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    struct chip_upload_check check = hash_of(CHIP_UPLOAD_HASH_SHA256, "abc");
    assert_int_equal(send_checked(f, u.id, 0, "ab", &check, CHIP_UPLOAD_CUT), CHIP_OK);
    assert_int_equal(get_upload(f, u.id).offset, 0);
    assert_int_equal(send_bytes(f, u.id, 0, "abc", CHIP_UPLOAD_PAUSE), CHIP_OK);
    assert_string_equal(get_upload(f, u.id).sha256, SHA_ABC);
}

static void crash_in_a_checked_chunk_drops_it(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 3);
    struct chip_upload_check check = hash_of(CHIP_UPLOAD_HASH_SHA1, "abc");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct chip_upload_writer *w;
        if (chip_upload_write_begin(f->uploads, NULL, u.id, 0, &check, &w, NULL) == CHIP_OK &&
            chip_upload_write(w, "XYZ", 3, NULL) == CHIP_OK)
            raise(SIGKILL);
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(get_upload(f, u.id).offset, 0);
    assert_false(get_upload(f, u.id).finished);
    assert_int_equal(send_bytes(f, u.id, 0, "ab", CHIP_UPLOAD_CUT), CHIP_OK);
    assert_upload_holds(f, u.id, "ab");
}

/* ---- a full disk ---- */

static void full_disk_stops_the_writer_and_keeps_what_came(void **state)
{
    struct folder *f = *state;
    struct chip_upload u = make_upload(f, NULL, 10);
    assert_int_equal(send_bytes(f, u.id, 0, "abc", CHIP_UPLOAD_CUT), CHIP_OK);
    reopen(f, (struct chip_upload_settings){.keep_free_bytes = INT64_MAX / 2});
    struct chip_upload_writer *w = begin(f, u.id, 3);
    struct chip_err err;
    assert_int_equal(chip_upload_write(w, "def", 3, &err), CHIP_E_IO);
    assert_non_null(strstr(err.message, "no room"));
    assert_int_equal(chip_upload_write_end(w, CHIP_UPLOAD_CUT, NULL, NULL), CHIP_OK);
    assert_upload_holds(f, u.id, "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(last_byte_finishes_it_with_its_hash),
        WITH_FOLDER(hash_goes_on_over_requests),
        WITH_FOLDER(restart_keeps_bytes_but_not_the_hash),
        WITH_FOLDER(wrong_offset_changes_nothing),
        WITH_FOLDER(bytes_beyond_the_length_are_refused),
        WITH_FOLDER(length_may_become_known_at_the_end),
        WITH_FOLDER(unknown_length_is_within_the_users_limit),
        WITH_FOLDER(second_writer_waits_until_the_first_has_gone),
        WITH_FOLDER(silent_writer_gives_way),
        WITH_FOLDER(killed_process_leaves_its_bytes_and_no_lock),
        WITH_FOLDER(another_process_cannot_write_at_the_same_time),
        WITH_FOLDER(writer_of_a_removed_upload_notices),
        WITH_FOLDER(chunks_with_right_checksums_are_kept),
        WITH_FOLDER(chunk_with_a_wrong_checksum_is_dropped),
        WITH_FOLDER(chunk_that_was_cut_before_its_checksum_is_dropped),
        WITH_FOLDER(crash_in_a_checked_chunk_drops_it),
        WITH_FOLDER(full_disk_stops_the_writer_and_keeps_what_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
