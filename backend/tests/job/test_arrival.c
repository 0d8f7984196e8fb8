/* Uploads that still come, read through a pipe. */
#include "../store/upload_folder.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "job/arrival.h"

enum { LENGTH = 300000, STEP = 7000, WAIT_MS = 20000 };

struct scene {
    struct folder *folder;
    struct chip_upload upload;
    struct chip_arrival *arrival;
    volatile bool cancel;
    atomic_int alive, failed;
};

static void count(void *user)
{
    atomic_int *n = user;
    ++*n;
}

static void alive(void *user)
{
    struct scene *scene = user;
    count(&scene->alive);
}

static void failed(void *user)
{
    struct scene *scene = user;
    count(&scene->failed);
}

/* An upload of a length of which nothing is there yet, and its arrival. */
static struct scene *begin(struct folder *folder, int64_t length, int64_t stall_ms)
{
    struct scene *scene = calloc(1, sizeof *scene);
    scene->folder = folder;
    assert_int_equal(
        chip_upload_create(folder->uploads, NULL, "a.wav", NULL, length, &scene->upload, NULL),
        CHIP_OK);
    const struct chip_arrival_settings settings = {.uploads = folder->uploads,
                                                   .upload_id = scene->upload.id,
                                                   .stall_ms = stall_ms,
                                                   .cancel = &scene->cancel,
                                                   .alive = alive,
                                                   .failed = failed,
                                                   .user = scene};
    assert_int_equal(chip_arrival_start(&scene->arrival, &settings, NULL), CHIP_OK);
    return scene;
}

static void end(struct scene *scene)
{
    chip_arrival_free(scene->arrival);
    free(scene);
}

static unsigned char byte_at(int64_t i)
{
    return (unsigned char)(i * 31 + i / 251);
}

static struct chip_upload_writer *write_part(struct scene *scene, int64_t from, int64_t to)
{
    static _Thread_local char bytes[LENGTH];
    struct chip_upload_writer *writer;
    for (int64_t i = from; i < to; i++)
        bytes[i - from] = (char)byte_at(i);
    assert_int_equal(chip_upload_write_begin(scene->folder->uploads, NULL, scene->upload.id, from,
                                             NULL, &writer, NULL),
                     CHIP_OK);
    assert_int_equal(chip_upload_write(writer, bytes, (size_t)(to - from), NULL), CHIP_OK);
    return writer;
}

static void send_part(struct scene *scene, int64_t from, int64_t to)
{
    assert_int_equal(
        chip_upload_write_end(write_part(scene, from, to), CHIP_UPLOAD_PAUSE, NULL, NULL), CHIP_OK);
}

static void *send_all(void *user)
{
    struct scene *scene = user;
    for (int64_t at = 0; at < LENGTH; at += STEP)
        send_part(scene, at, at + STEP < LENGTH ? at + STEP : LENGTH);
    return NULL;
}

/* Reads so many bytes and checks them. @return how many there were */
static int64_t read_checked(struct scene *scene, int64_t from, int64_t n)
{
    int64_t at = from;
    unsigned char bytes[4096];
    while (at < from + n) {
        int64_t left = from + n - at;
        ssize_t got = read(chip_arrival_fd(scene->arrival), bytes,
                           left < (int64_t)sizeof bytes ? (size_t)left : sizeof bytes);
        assert_true(got >= 0);
        if (got == 0)
            break;
        for (ssize_t i = 0; i < got; i++, at++)
            assert_int_equal(bytes[i], byte_at(at));
    }
    return at - from;
}

static bool is_silent(struct scene *scene)
{
    struct pollfd fd = {.fd = chip_arrival_fd(scene->arrival), .events = POLLIN};
    return poll(&fd, 1, 30) == 0;
}

static void wait_until_failed(struct scene *scene)
{
    int64_t until = chip_clock_ms() + WAIT_MS;
    while (!scene->failed) {
        assert_true(chip_clock_ms() < until);
        poll(NULL, 0, 2);
    }
}

static void every_byte_comes_once_in_order_and_then_the_end(void **state)
{
    struct scene *scene = begin(*state, LENGTH, WAIT_MS);
    pthread_t sender;
    assert_int_equal(pthread_create(&sender, NULL, send_all, scene), 0);
    assert_int_equal(read_checked(scene, 0, LENGTH + 1), LENGTH);
    pthread_join(sender, NULL);
    assert_int_equal(chip_arrival_wait(scene->arrival, NULL), CHIP_OK);
    assert_true(scene->alive > 0);
    assert_int_equal(scene->failed, 0);
    end(scene);
}

static void bytes_come_before_the_next_ones_are_sent(void **state)
{
    struct scene *scene = begin(*state, 3, WAIT_MS);
    for (int i = 0; i < 3; i++) {
        send_part(scene, i, i + 1);
        assert_int_equal(read_checked(scene, i, 1), 1);
    }
    assert_int_equal(read_checked(scene, 3, 1), 0);
    assert_true(chip_arrival_share(scene->arrival) > 0.999);
    end(scene);
}

static void a_reader_who_has_had_enough_does_not_end_the_wait(void **state)
{
    struct scene *scene = begin(*state, LENGTH, WAIT_MS);
    pthread_t sender;
    send_part(scene, 0, 0);
    assert_int_equal(pthread_create(&sender, NULL, send_all, scene), 0);
    assert_int_equal(read_checked(scene, 0, 10), 10);
    assert_int_equal(chip_arrival_wait(scene->arrival, NULL), CHIP_OK);
    pthread_join(sender, NULL);
    struct chip_upload now;
    assert_int_equal(chip_upload_get(scene->folder->uploads, NULL, scene->upload.id, &now, NULL),
                     CHIP_OK);
    assert_int_equal(now.offset, LENGTH);
    end(scene);
}

static void it_is_complete_only_when_its_writer_has_said_so(void **state)
{
    struct scene *scene = begin(*state, 5, WAIT_MS);
    struct chip_upload_writer *writer = write_part(scene, 0, 5);
    assert_int_equal(read_checked(scene, 0, 5), 5);
    assert_true(is_silent(scene));
    assert_int_equal(chip_upload_write_end(writer, CHIP_UPLOAD_PAUSE, NULL, NULL), CHIP_OK);
    assert_int_equal(read_checked(scene, 5, 1), 0);
    end(scene);
}

static void an_upload_that_stalls_is_given_up_without_an_end(void **state)
{
    struct chip_err err;
    struct scene *scene = begin(*state, 10, 50);
    send_part(scene, 0, 4);
    assert_int_equal(read_checked(scene, 0, 4), 4);
    wait_until_failed(scene);
    assert_true(is_silent(scene));
    assert_int_equal(chip_arrival_wait(scene->arrival, &err), CHIP_E_LIMIT);
    assert_non_null(strstr(err.message, "stopped after 4 bytes"));
    assert_int_equal(scene->failed, 1);
    end(scene);
}

static void an_upload_that_is_removed_is_told(void **state)
{
    struct scene *scene = begin(*state, 10, WAIT_MS);
    send_part(scene, 0, 4);
    assert_int_equal(chip_upload_delete(scene->folder->uploads, NULL, scene->upload.id, NULL),
                     CHIP_OK);
    wait_until_failed(scene);
    assert_int_equal(chip_arrival_wait(scene->arrival, NULL), CHIP_E_NOT_FOUND);
    end(scene);
}

static void cancelling_ends_it_even_while_nobody_reads(void **state)
{
    struct scene *scene = begin(*state, LENGTH, WAIT_MS);
    send_part(scene, 0, LENGTH); /* more than a pipe holds */
    scene->cancel = true;
    int64_t start = chip_clock_ms();
    chip_arrival_free(scene->arrival);
    scene->arrival = NULL;
    assert_true(chip_clock_ms() - start < 5000);
    assert_int_equal(scene->failed, 0);
    end(scene);
}

static void without_an_upload_it_does_not_start(void **state)
{
    struct folder *folder = *state;
    const volatile bool cancel = false;
    struct chip_arrival *arrival = NULL;
    const struct chip_arrival_settings settings = {
        .uploads = folder->uploads, .upload_id = JOB, .cancel = &cancel};
    assert_int_equal(chip_arrival_start(&arrival, &settings, NULL), CHIP_E_NOT_FOUND);
    assert_null(arrival);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(every_byte_comes_once_in_order_and_then_the_end),
        WITH_FOLDER(bytes_come_before_the_next_ones_are_sent),
        WITH_FOLDER(a_reader_who_has_had_enough_does_not_end_the_wait),
        WITH_FOLDER(it_is_complete_only_when_its_writer_has_said_so),
        WITH_FOLDER(an_upload_that_stalls_is_given_up_without_an_end),
        WITH_FOLDER(an_upload_that_is_removed_is_told),
        WITH_FOLDER(cancelling_ends_it_even_while_nobody_reads),
        WITH_FOLDER(without_an_upload_it_does_not_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
