#include "../test.h"

#include <time.h>

#include "heard.h"

/* Stopping a transcription: soon, and with what was done until then. */

static struct chip_model *model;
static float *pcm;
static size_t n_pcm;

static void set_up(void)
{
    need_model("moonshine-base");
    pcm = speech_of(300.0, &n_pcm);
    model = open_model("moonshine-base");
}

static void tear_down(void)
{
    chip_model_close(model);
    free(pcm);
}

/* Of this process: how long other programs keep the processor does not count. */
static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cancelled_at;

/* Bytes of a WAV file; somewhere among them the user loses patience. */
struct source {
    unsigned char *wav;
    size_t n, at, cancel_at;
    volatile bool cancel;
};

static int read_some(void *user, unsigned char *buf, int size)
{
    struct source *s = user;
    size_t n = (size_t)size < s->n - s->at ? (size_t)size : s->n - s->at;
    memcpy(buf, s->wav + s->at, n);
    s->at += n;
    if (s->at >= s->cancel_at && !s->cancel) {
        __atomic_store_n(&s->cancel, true, __ATOMIC_RELAXED);
        cancelled_at = cpu_seconds();
    }
    return (int)n;
}

static void on_segment(void *user, const struct chip_segment *s, const struct chip_word *words)
{
    (void)s;
    (void)words;
    struct heard *h = user;
    if (++h->n_segments == h->cancel_after) {
        __atomic_store_n(&h->cancel, true, __ATOMIC_RELAXED);
        cancelled_at = cpu_seconds();
    }
}

/* A thread may have to finish a piece, some tenths of a second. */
static void assert_soon(int threads)
{
    double needed = cpu_seconds() - cancelled_at;
    print_message("stopped after %.2f s of computing on %d threads\n", needed, threads);
    assert_true(needed < 1.0 * threads);
}

static void it_stops_soon_and_keeps_what_is_done(void **state)
{
    (void)state;
    set_up();
    for (int threads = 1; threads <= 2; threads++) {
        struct heard heard = {.cancel_after = 3};
        struct chip_options options = {
            .threads = threads, .on_segment = on_segment, .user = &heard, .cancel = &heard.cancel};
        struct chip_transcript *t = NULL;
        struct chip_err err;
        assert_int_equal(chip_transcribe_pcm(model, pcm, n_pcm, &options, &t, &err),
                         CHIP_E_CANCELLED);
        assert_soon(threads);
        assert_int_equal(err.code, CHIP_E_CANCELLED);
        assert_non_null(t);
        assert_sound(t);
        assert_true(t->n_segments >= 3);
        assert_int_equal(t->n_segments, heard.n_segments);
        assert_true(t->duration_ms < (int64_t)n_pcm / 16 || t->n_words < 700);
        chip_transcript_free(t);
    }
    tear_down();
}

/* Before there is any result, and with the most that a thread may have taken on. */
static void it_stops_soon_with_nothing_done(void **state)
{
    (void)state;
    set_up();
    static const int batches[] = {0, 64};
    for (int i = 0; i < 2; i++) {
        struct source source = {.cancel_at = 0};
        source.wav = wav_of(pcm, n_pcm, &source.n);
        source.cancel_at = source.n / 3;
        struct chip_options options = {.threads = 1, .batch = batches[i], .cancel = &source.cancel};
        struct chip_transcript *t = NULL;
        struct chip_err err;
        assert_int_equal(chip_transcribe_stream(model, read_some, &source, &options, &t, &err),
                         CHIP_E_CANCELLED);
        assert_soon(1);
        assert_true(source.at < source.n); /* the rest was not even read */
        assert_non_null(t);
        assert_sound(t);
        chip_transcript_free(t);
        free(source.wav);
    }
    tear_down();
}

static void it_does_not_start_when_cancelled_before(void **state)
{
    (void)state;
    set_up();
    bool cancel = true;
    struct chip_options options = {.cancel = &cancel};
    struct chip_transcript *t = NULL;
    struct chip_err err;
    cancelled_at = cpu_seconds();
    assert_int_equal(chip_transcribe_pcm(model, pcm, n_pcm, &options, &t, &err), CHIP_E_CANCELLED);
    assert_true(cpu_seconds() - cancelled_at < 0.5);
    assert_non_null(t);
    assert_int_equal(t->n_segments, 0);
    chip_transcript_free(t);
    tear_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stops_soon_and_keeps_what_is_done),
        cmocka_unit_test(it_stops_soon_with_nothing_done),
        cmocka_unit_test(it_does_not_start_when_cancelled_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
