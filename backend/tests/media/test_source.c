#include "gen.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* ---- callbacks --------------------------------------------------------------------------------
 */

/* Hands out a block of memory in pieces of odd sizes, and may fail after some bytes. */
struct feeder {
    const unsigned char *data;
    size_t n, at, fail_at; /* fail_at 0: never */
    unsigned calls;
    bool has_failed;
};

static int feed(void *user, unsigned char *buf, int size)
{
    struct feeder *f = user;
    if (f->has_failed || (f->fail_at > 0 && f->at >= f->fail_at)) {
        f->has_failed = true;
        return -1;
    }
    size_t end = f->fail_at > 0 && f->fail_at < f->n ? f->fail_at : f->n;
    size_t take = 1 + (f->calls++ * 7919) % 5000;
    take = take < (size_t)size ? take : (size_t)size;
    take = take < end - f->at ? take : end - f->at;
    memcpy(buf, f->data + f->at, take);
    f->at += take;
    return (int)take;
}

static void check_stream(const char *path, double slack_s)
{
    size_t size, n;
    unsigned char *data = gen_load(path, &size);
    struct feeder f = {.data = data, .n = size};
    struct chip_media *m = NULL;
    struct chip_err err = {0};
    if (chip_media_open_stream(&m, feed, &f, NULL, &err) != CHIP_OK)
        fail_msg("%s: %s", path, err.message);
    float *pcm = gen_read_all(m, &n);
    gen_check_tones(pcm, n, slack_s);
    size_t n_breaks;
    (void)chip_media_breaks(m, &n_breaks);
    assert_int_equal(n_breaks, 0);
    free(pcm);
    free(data);
    chip_media_free(m);
}

static float *read_as(struct chip_media *m, size_t *n)
{
    float *pcm = gen_read_all(m, n);
    chip_media_free(m);
    return pcm;
}

static void check_same_as_file(const char *path)
{
    size_t size, n_stream, n_file;
    unsigned char *data = gen_load(path, &size);
    struct feeder f = {.data = data, .n = size};
    struct chip_media *stream, *file;
    assert_int_equal(chip_media_open_stream(&stream, feed, &f, NULL, NULL), CHIP_OK);
    assert_int_equal(chip_media_open(&file, path, NULL, NULL), CHIP_OK);
    float *heard = read_as(stream, &n_stream), *expected = read_as(file, &n_file);
    if (n_stream != n_file || memcmp(heard, expected, n_file * sizeof *heard) != 0)
        fail_msg("%s: %zu samples from a stream are not the %zu from a file", path, n_stream,
                 n_file);
    free(heard);
    free(expected);
    free(data);
}

/* job/speech_engine.c has this list. */
static void what_is_recognised_while_it_comes_gives_a_files_samples_to_the_bit(void **state)
{
    (void)state;
    check_same_as_file(gen_ffmpeg("t.wav", GEN_TONES_AT(44100)));
    check_same_as_file(gen_ffmpeg("t.w64", GEN_TONES_AT(44100)));
    check_same_as_file(gen_ffmpeg("t.flac", GEN_TONES_AT(44100)));
    check_same_as_file(gen_ffmpeg("t.mp3", GEN_TONES_AT(44100)));
    check_same_as_file(
        gen_ffmpeg("u.mp3", GEN_TONES_AT(16000) " -write_id3v1 1 -metadata title=u"));
    check_same_as_file(gen_ffmpeg("v.mp3", GEN_TONES_AT(16000) " -write_xing 0"));
    check_same_as_file(gen_ffmpeg("t.aac", GEN_TONES_AT(44100)));
    check_same_as_file(gen_ffmpeg("t.m4a", GEN_TONES_AT(44100) " -movflags +faststart"));
    check_same_as_file(gen_ffmpeg("u.m4a", GEN_TONES_AT(44100) " -movflags +frag_keyframe"));
    check_same_as_file(gen_ffmpeg("t.mov", GEN_TONES_AT(44100) " -movflags +faststart"));
    check_same_as_file(gen_ffmpeg("t.ogg", GEN_TONES_AT(44100) " -c:a libvorbis"));
    check_same_as_file(gen_ffmpeg("t.opus", GEN_TONES_AT(48000) " -c:a libopus"));
    check_same_as_file(gen_ffmpeg("t.webm", GEN_TONES_AT(48000) " -c:a libopus"));
    check_same_as_file(gen_ffmpeg("t.mkv", GEN_TONES_AT(44100) " -c:a aac"));
    check_same_as_file(gen_ffmpeg("t.aiff", GEN_TONES_AT(44100)));
    check_same_as_file(gen_ffmpeg("t.au", GEN_TONES_AT(44100)));
}

static void every_family_of_formats_plays_from_a_callback(void **state)
{
    (void)state;
    check_stream(gen_ffmpeg("s.wav", GEN_TONES_AT(44100)), 0);
    check_stream(gen_ffmpeg("s.flac", GEN_TONES_AT(44100)), 0);
    check_stream(gen_ffmpeg("s.mp3", GEN_TONES_AT(44100)), 0);
    check_stream(gen_ffmpeg("s.webm", GEN_TONES_AT(48000) " -c:a libopus"), 0);
    check_stream(gen_ffmpeg("s.opus", GEN_TONES_AT(48000) " -c:a libopus"), 0);
    check_stream(gen_ffmpeg("s.wma", GEN_TONES_AT(44100)), 0.06);
    check_stream(gen_ffmpeg("s.ts", GEN_TONES_AT(44100) " -c:a aac"), 0.03);
    check_stream(gen_ffmpeg("s.caf", GEN_TONES_AT(44100) " -c:a alac"), 0);
    check_stream(gen_ffmpeg("s.aiff", GEN_TONES_AT(44100)), 0);
}

static void an_mp4_with_its_index_in_front_plays_while_it_arrives(void **state)
{
    (void)state;
    size_t size, n;
    const char *path = gen_ffmpeg("front.mp4", GEN_TONES_AT(44100) " -c:a aac -b:a 256k"
                                                                   " -movflags +faststart");
    unsigned char *data = gen_load(path, &size);
    struct feeder f = {.data = data, .n = size};
    struct chip_media *m = NULL;
    assert_int_equal(chip_media_open_stream(&m, feed, &f, NULL, NULL), CHIP_OK);
    float pcm[800];
    assert_int_equal(chip_media_read(m, pcm, 800, &n, NULL), CHIP_OK);
    assert_int_equal(n, 800);
    assert_true(f.at < size); /* sound before the last byte came */
    chip_media_free(m);
    free(data);
    check_stream(path, 0);
}

static void an_mp4_with_its_index_at_the_end_plays_from_a_file_and_from_a_callback(void **state)
{
    (void)state;
    const char *path = gen_ffmpeg("end.m4a", GEN_TONES_AT(44100));
    size_t n;
    struct chip_media *m = gen_open(path, NULL);
    float *pcm = gen_read_all(m, &n);
    gen_check_tones(pcm, n, 0);
    free(pcm);
    chip_media_free(m);
    check_stream(path, 0);
}

static void buffering_more_than_the_limit_says_what_to_do(void **state)
{
    (void)state;
    size_t size;
    unsigned char *data =
        gen_load(gen_ffmpeg("big.mov", GEN_TONES_AT(44100) " -c:a pcm_s16le"), &size);
    struct feeder f = {.data = data, .n = size};
    struct chip_media *m = NULL;
    struct chip_err err;
    const struct chip_media_options options = {.spool_limit_bytes = 100000};
    assert_int_equal(chip_media_open_stream(&m, feed, &f, &options, &err), CHIP_E_LIMIT);
    assert_non_null(strstr(err.message, "faststart"));
    free(data);
}

static void buffering_into_a_missing_directory_says_what_to_do(void **state)
{
    (void)state;
    size_t size;
    unsigned char *data = gen_load(gen_ffmpeg("nodir.m4a", GEN_TONES_AT(44100)), &size);
    struct feeder f = {.data = data, .n = size};
    struct chip_media *m = NULL;
    struct chip_err err;
    const struct chip_media_options options = {.temp_dir = "/nonexistent/chip"};
    assert_int_equal(chip_media_open_stream(&m, feed, &f, &options, &err), CHIP_E_IO);
    assert_non_null(strstr(err.message, "TMPDIR"));
    free(data);
}

static void a_sender_that_fails_gives_what_came_before_then_an_error(void **state)
{
    (void)state;
    size_t size, n, total = 0;
    unsigned char *data = gen_load(gen_ffmpeg("fail.wav", GEN_TONES_AT(16000)), &size);
    struct feeder f = {.data = data, .n = size, .fail_at = 44 + 2 * 24000};
    struct chip_media *m = NULL;
    struct chip_err err = {0};
    assert_int_equal(chip_media_open_stream(&m, feed, &f, NULL, NULL), CHIP_OK);
    enum chip_status st;
    float pcm[1000];
    while ((st = chip_media_read(m, pcm, 1000, &n, &err)) == CHIP_OK && n > 0)
        total += n;
    assert_int_equal(st, CHIP_E_IO);
    assert_non_null(strstr(err.message, "the stream"));
    assert_in_range(total, 24000 - 2048, 24000);
    assert_int_equal(chip_media_read(m, pcm, 1000, &n, &err), CHIP_E_IO); /* and stays so */
    chip_media_free(m);
    free(data);
}

static void a_sender_that_fails_at_once_is_an_io_error_not_an_empty_file(void **state)
{
    (void)state;
    struct feeder f = {.data = (const unsigned char *)"", .has_failed = true};
    struct chip_media *m = NULL;
    struct chip_err err;
    assert_int_equal(chip_media_open_stream(&m, feed, &f, NULL, &err), CHIP_E_IO);
}

/* ---- standard input and FIFOs -----------------------------------------------------------------
 */

struct writer {
    const char *path; /* of a FIFO; NULL: use fd */
    int fd;
    const unsigned char *data;
    size_t n;
};

static void *write_out(void *user)
{
    struct writer *w = user;
    int fd = w->path ? open(w->path, O_WRONLY) : w->fd;
    for (size_t at = 0; fd >= 0 && at < w->n;) {
        ssize_t put = write(fd, w->data + at, w->n - at);
        if (put <= 0)
            break;
        at += (size_t)put;
    }
    close(fd);
    return NULL;
}

/* Runs with fd as standard input. */
static void check_stdin(int fd)
{
    int saved = dup(STDIN_FILENO);
    assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    struct chip_err err = {0};
    struct chip_media *m = NULL;
    enum chip_status st = chip_media_open(&m, "-", NULL, &err);
    size_t n = 0;
    float *pcm = st == CHIP_OK ? gen_read_all(m, &n) : NULL;
    chip_media_free(m);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* not ours to close */
    assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
    close(saved);
    if (st != CHIP_OK)
        fail_msg("%s", err.message);
    gen_check_tones(pcm, n, 0);
    free(pcm);
}

static void standard_input_reads_from_a_pipe_also_with_the_index_at_the_end(void **state)
{
    (void)state;
    const char *paths[] = {gen_ffmpeg("pipe.mp3", GEN_TONES_AT(44100)),
                           gen_ffmpeg("pipe.m4a", GEN_TONES_AT(44100))};
    for (size_t i = 0; i < 2; i++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        struct writer w = {.fd = ends[1]};
        unsigned char *data = gen_load(paths[i], &w.n);
        w.data = data;
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, write_out, &w), 0);
        check_stdin(ends[0]);
        pthread_join(thread, NULL);
        close(ends[0]);
        free(data);
    }
}

static void standard_input_seeks_when_it_is_a_file_and_starts_where_it_stands(void **state)
{
    (void)state;
    size_t size;
    unsigned char *m4a = gen_load(gen_ffmpeg("redirect.m4a", GEN_TONES_AT(44100)), &size);
    unsigned char *both = calloc(1, size + 1000);
    assert_non_null(both);
    memcpy(both + 1000, m4a, size);
    gen_save(gen_path("redirect"), both, size + 1000);
    int fd = open(gen_path("redirect"), O_RDONLY);
    assert_int_equal(lseek(fd, 1000, SEEK_SET), 1000);
    check_stdin(fd);
    close(fd);
    free(both);
    free(m4a);
}

static void a_fifo_reads_like_a_pipe(void **state)
{
    (void)state;
    const char *path = gen_path("fifo");
    struct writer w = {.path = path};
    unsigned char *data =
        gen_load(gen_ffmpeg("fifo.ogg", GEN_TONES_AT(44100) " -c:a libvorbis"), &w.n);
    w.data = data;
    assert_int_equal(mkfifo(path, 0600), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_out, &w), 0);
    size_t n;
    struct chip_media *m = gen_open(path, NULL);
    float *pcm = gen_read_all(m, &n);
    gen_check_tones(pcm, n, 0);
    pthread_join(thread, NULL);
    free(pcm);
    free(data);
    chip_media_free(m);
}

/* ---- cancelling -------------------------------------------------------------------------------
 */

static void *raise_flag(void *user)
{
    *(volatile bool *)user = true;
    return NULL;
}

static void cancelling_ends_the_wait_for_a_silent_fifo(void **state)
{
    (void)state;
    const char *path = gen_path("silent-fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    volatile bool cancel = false;
    const struct chip_media_options options = {.cancel = &cancel};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, raise_flag, (void *)&cancel), 0);
    struct chip_media *m = NULL;
    struct chip_err err;
    assert_int_equal(chip_media_open(&m, path, &options, &err), CHIP_E_CANCELLED);
    pthread_join(thread, NULL);
}

static volatile bool interrupted;

static void on_alarm(int number)
{
    (void)number;
    interrupted = true;
}

static void a_signal_ends_the_wait_for_silent_standard_input(void **state)
{
    (void)state;
    int ends[2], before = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    struct sigaction old, action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
    const struct itimerval soon = {.it_value.tv_usec = 50000};
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);

    const struct chip_media_options options = {.cancel = &interrupted};
    struct chip_media *m = NULL;
    struct chip_err err;
    assert_int_equal(chip_media_open(&m, "-", &options, &err), CHIP_E_CANCELLED);

    sigaction(SIGALRM, &old, NULL);
    if (before >= 0) {
        dup2(before, STDIN_FILENO);
        close(before);
    }
    close(ends[0]);
    close(ends[1]);
}

static void cancelling_stops_reading_and_leaves_the_outputs_alone(void **state)
{
    (void)state;
    volatile bool cancel = false;
    const struct chip_media_options options = {.cancel = &cancel};
    struct chip_media *m = gen_open(gen_ffmpeg("cancel.flac", GEN_TONES_AT(44100)), &options);
    float pcm[100];
    size_t n = 0;
    assert_int_equal(chip_media_read(m, pcm, 100, &n, NULL), CHIP_OK);
    assert_int_equal(n, 100);
    cancel = true;
    n = 12345;
    assert_int_equal(chip_media_read(m, pcm, 100, &n, NULL), CHIP_E_CANCELLED);
    assert_int_equal(n, 12345);
    chip_media_free(m);
}

/* ---- what cannot be opened --------------------------------------------------------------------
 */

static void paths_that_are_no_files_say_so(void **state)
{
    (void)state;
    struct chip_err err;
    assert_int_equal(gen_refused(gen_path("missing.wav"), &err), CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "missing.wav"));
    assert_int_equal(gen_refused(gen_path("."), &err), CHIP_E_INVAL);
    assert_non_null(strstr(err.message, "directory"));
    assert_int_equal(gen_refused("/dev/zero", &err), CHIP_E_FORMAT);
    assert_int_equal(gen_refused("/dev/null", &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "empty"));
}

static void a_file_that_may_not_be_read_is_an_io_error(void **state)
{
    (void)state;
    const char *path = gen_path("secret.wav");
    gen_save(path, "RIFF", 4);
    assert_int_equal(chmod(path, 0), 0);
    uid_t me = geteuid();
    if (me == 0)
        assert_int_equal(seteuid(65534), 0);
    struct chip_err err;
    int st = gen_refused(path, &err);
    if (me == 0)
        assert_int_equal(seteuid(0), 0);
    /* Not even the directory may be entered by another user when root made it. */
    assert_int_equal(st, CHIP_E_IO);
    assert_non_null(strstr(err.message, "permissions"));
}

static void a_very_long_path_still_ends_in_the_file_name(void **state)
{
    (void)state;
    char path[3000];
    memset(path, 'x', sizeof path);
    memcpy(path, "/tmp/", 5);
    for (size_t i = 100; i < sizeof path; i += 100)
        path[i] = '/';
    strcpy(path + sizeof path - 10, "/last.wav");
    struct chip_err err;
    assert_int_equal(gen_refused(path, &err), CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "/last.wav'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_family_of_formats_plays_from_a_callback),
        cmocka_unit_test(what_is_recognised_while_it_comes_gives_a_files_samples_to_the_bit),
        cmocka_unit_test(an_mp4_with_its_index_in_front_plays_while_it_arrives),
        cmocka_unit_test(an_mp4_with_its_index_at_the_end_plays_from_a_file_and_from_a_callback),
        cmocka_unit_test(buffering_more_than_the_limit_says_what_to_do),
        cmocka_unit_test(buffering_into_a_missing_directory_says_what_to_do),
        cmocka_unit_test(a_sender_that_fails_gives_what_came_before_then_an_error),
        cmocka_unit_test(a_sender_that_fails_at_once_is_an_io_error_not_an_empty_file),
        cmocka_unit_test(standard_input_reads_from_a_pipe_also_with_the_index_at_the_end),
        cmocka_unit_test(standard_input_seeks_when_it_is_a_file_and_starts_where_it_stands),
        cmocka_unit_test(a_fifo_reads_like_a_pipe),
        cmocka_unit_test(cancelling_ends_the_wait_for_a_silent_fifo),
        cmocka_unit_test(a_signal_ends_the_wait_for_silent_standard_input),
        cmocka_unit_test(cancelling_stops_reading_and_leaves_the_outputs_alone),
        cmocka_unit_test(paths_that_are_no_files_say_so),
        cmocka_unit_test(a_file_that_may_not_be_read_is_an_io_error),
        cmocka_unit_test(a_very_long_path_still_ends_in_the_file_name),
    };
    return cmocka_run_group_tests(tests, gen_setup, gen_teardown);
}
