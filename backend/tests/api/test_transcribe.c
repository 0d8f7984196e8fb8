#include "../test.h"

#include <pthread.h>
#include <unistd.h>

#include "../speech/given.h"
#include "heard.h"

/* The three ways to transcribe, on real speech. */

static struct chip_model *model;
static float *pcm;
static size_t n_pcm, n_wav;
static unsigned char *wav;

static void set_up(void)
{
    need_model("moonshine-tiny");
    pcm = speech_of(30.0, &n_pcm);
    model = open_model("moonshine-tiny");
    wav = wav_of(pcm, n_pcm, &n_wav);
    for (size_t i = 0; i < n_pcm; i++) /* what the file holds */
        pcm[i] = (float)(int16_t)(wav[44 + 2 * i] | wav[45 + 2 * i] << 8) / 32768.0f;
}

static void tear_down(void)
{
    chip_model_close(model);
    free(pcm);
    free(wav);
}

static struct chip_transcript *from_pcm(struct heard *heard)
{
    struct chip_err err;
    struct chip_transcript *t;
    struct chip_options options = heard_options(heard);
    if (chip_transcribe_pcm(model, pcm, n_pcm, &options, &t, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return t;
}

static void samples_become_words_with_times(void **state)
{
    (void)state;
    set_up();
    struct heard heard = {.n_segments = 0};
    struct chip_transcript *t = from_pcm(&heard);
    assert_sound(t);
    assert_string_equal(t->model, "moonshine-tiny");
    assert_int_equal(t->duration_ms, n_pcm / 16);
    assert_true(t->speech_ms > t->duration_ms / 2);
    assert_true(t->n_words > 60);
    assert_non_null(strstr(t->segments[0].text, "And so my fellow"));
    assert_true(t->words[0].start_ms > 200 && t->words[0].start_ms < 600); /* "And so" */
    /* Words are spread over the speech, not heaped up. */
    for (size_t i = 20; i < t->n_words; i += 20)
        assert_true(t->words[i].start_ms - t->words[i - 20].start_ms > 2000);
    chip_transcript_free(t);
    tear_down();
}

static void segments_and_progress_come_in_order_and_complete(void **state)
{
    (void)state;
    set_up();
    struct heard heard = {.n_segments = 0};
    struct chip_transcript *t = from_pcm(&heard);
    assert_int_equal(heard.n_segments, t->n_segments);
    assert_int_equal(heard.n_words, t->n_words);
    assert_true(heard.n_progress >= 1);
    assert_int_equal(heard.last.done_ms, t->duration_ms);
    assert_int_equal(heard.last.total_ms, t->duration_ms);
    assert_true(heard.last.speed > 0.0 && heard.last.elapsed_s > 0.0);
    assert_true(heard.last.remaining_s == 0.0);
    assert_true((double)heard.n_progress <= heard.last.elapsed_s * 10.0 + 2.0);
    chip_transcript_free(t);
    tear_down();
}

/* The file's bytes as they arrive, a few at a time. */
struct arriving {
    const unsigned char *data;
    size_t n, at;
    int most;
};

static int read_some(void *user, unsigned char *buf, int size)
{
    struct arriving *a = user;
    int n = size < a->most ? size : a->most;
    if ((size_t)n > a->n - a->at)
        n = (int)(a->n - a->at);
    memcpy(buf, a->data + a->at, (size_t)n);
    a->at += (size_t)n;
    return n;
}

static void write_wav(char *path, size_t n)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, wav, n), n);
    close(fd);
}

static void a_file_a_stream_and_samples_give_the_same_words(void **state)
{
    (void)state;
    set_up();
    struct chip_err err;
    struct heard heard = {.n_segments = 0}, of_stream = {.n_segments = 0};
    struct chip_transcript *samples = from_pcm(&heard), *file, *stream;
    struct chip_options options = heard_options(&of_stream);

    char path[] = "/tmp/chip-api-XXXXXX";
    write_wav(path, n_wav);
    if (chip_transcribe_file(model, path, NULL, &file, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    unlink(path);
    assert_same(samples, file);

    struct arriving a = {.data = wav, .n = n_wav, .most = 1000};
    if (chip_transcribe_stream(model, read_some, &a, &options, &stream, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_same(samples, stream);
    assert_int_equal(of_stream.n_segments, stream->n_segments);
    assert_int_equal(of_stream.last.done_ms, stream->duration_ms);
    assert_int_equal(file->duration_ms, samples->duration_ms);
    chip_transcript_free(samples);
    chip_transcript_free(file);
    chip_transcript_free(stream);
    tear_down();
}

static int read_and_fail(void *user, unsigned char *buf, int size)
{
    struct arriving *a = user;
    return a->at > a->n / 2 ? -1 : read_some(user, buf, size);
}

/* Not taken for the end of the recording: what is missing would be missed by nobody. */
static void a_stream_that_fails_half_way_says_so(void **state)
{
    (void)state;
    set_up();
    struct chip_err err = {.message = ""};
    struct chip_transcript *t = NULL;
    struct arriving a = {.data = wav, .n = n_wav, .most = 4000};
    assert_int_equal(chip_transcribe_stream(model, read_and_fail, &a, NULL, &t, &err), CHIP_E_IO);
    assert_null(t);
    assert_non_null(strstr(err.message, "stream"));
    tear_down();
}

static void assert_cut_off(const struct chip_transcript *t)
{
    assert_sound(t);
    assert_true(t->n_words > 20);
    assert_true(t->duration_ms < (int64_t)n_pcm / 16 / 2 + 100);
    assert_int_equal(t->n_audit, 1);
    assert_int_equal(t->audit[0].kind, CHIP_AUDIT_MEDIA_BREAK);
    assert_in_range(t->audit[0].start_ms, t->duration_ms - 100, t->duration_ms + 100);
    assert_true(strlen(t->audit[0].detail) > 5);
}

static void a_recording_that_was_cut_off_keeps_its_words_and_says_so(void **state)
{
    (void)state;
    set_up();
    struct chip_err err;
    struct chip_transcript *t;
    struct arriving a = {.data = wav, .n = n_wav / 2, .most = 4000};
    if (chip_transcribe_stream(model, read_some, &a, NULL, &t, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_cut_off(t);
    chip_transcript_free(t);
    char path[] = "/tmp/chip-api-XXXXXX";
    write_wav(path, n_wav / 2);
    if (chip_transcribe_file(model, path, NULL, &t, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    unlink(path);
    assert_cut_off(t);
    chip_transcript_free(t);
    tear_down();
}

static void *transcribe_again(void *arg)
{
    struct chip_transcript **out = arg;
    const struct chip_options options = {.threads = 2, .batch = 3};
    if (chip_transcribe_pcm(model, pcm, n_pcm, &options, out, NULL) != CHIP_OK)
        *out = NULL;
    return NULL;
}

static void a_model_may_be_used_many_times_and_at_once(void **state)
{
    (void)state;
    set_up();
    struct heard heard = {.n_segments = 0};
    struct chip_transcript *first = from_pcm(&heard), *others[3];
    pthread_t threads[3];
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, transcribe_again, &others[i]), 0);
    for (size_t i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        assert_non_null(others[i]);
        assert_same(first, others[i]);
        chip_transcript_free(others[i]);
    }
    chip_transcript_free(first);
    tear_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_become_words_with_times),
        cmocka_unit_test(segments_and_progress_come_in_order_and_complete),
        cmocka_unit_test(a_file_a_stream_and_samples_give_the_same_words),
        cmocka_unit_test(a_stream_that_fails_half_way_says_so),
        cmocka_unit_test(a_recording_that_was_cut_off_keeps_its_words_and_says_so),
        cmocka_unit_test(a_model_may_be_used_many_times_and_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
