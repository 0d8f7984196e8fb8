#include "../test.h"

#include <math.h>

#include "../nn/rows.h"
#include "heard.h"

/* Sounds without words give none, and what is no sound is refused. */

enum { SECONDS = 20, N = SECONDS * 16000 };

static struct chip_model *model;
static float pcm[N];

static void set_up(void)
{
    model = open_model("moonshine-tiny");
}

static enum chip_status hear(size_t n, struct chip_transcript **t, struct chip_err *err)
{
    *err = (struct chip_err){.code = CHIP_OK};
    *t = NULL;
    return chip_transcribe_pcm(model, pcm, n, NULL, t, err);
}

static void assert_no_words(const char *what, size_t n)
{
    struct chip_transcript *t;
    struct chip_err err;
    if (hear(n, &t, &err) != CHIP_OK)
        fail_msg("%s: %s", what, err.message);
    if (t->n_words)
        fail_msg("%s: '%s'", what, t->segments[0].text);
    assert_int_equal(t->n_segments, 0);
    assert_int_equal(t->duration_ms, n / 16);
    chip_transcript_free(t);
}

static void silence_has_no_words(void **state)
{
    (void)state;
    set_up();
    memset(pcm, 0, sizeof pcm);
    assert_no_words("silence", N);
    for (size_t i = 0; i < N; i++)
        pcm[i] = 0.5f; /* a broken microphone */
    assert_no_words("a constant", N);
    chip_model_close(model);
}

static void noise_has_no_words(void **state)
{
    (void)state;
    set_up();
    static const float levels[] = {0.001f, 0.03f, 0.3f, 1.0f};
    for (size_t i = 0; i < 4; i++) {
        rows_random(pcm, N, levels[i], 11);
        assert_no_words("white noise", N);
    }
    float low = 0.0f;
    for (size_t i = 0; i < N; i++) /* rumble: white noise through a low pass */
        pcm[i] = low = 0.98f * low + 0.05f * pcm[i];
    assert_no_words("rumble", N);
    chip_model_close(model);
}

/* Four notes a second with overtones and a decay, in chords. */
static void music_has_no_words(void **state)
{
    (void)state;
    set_up();
    static const double scale[] = {261.63, 329.63, 392.0, 523.25, 440.0, 349.23, 293.66, 246.94};
    for (size_t i = 0; i < N; i++) {
        double t = (double)i / 16000.0, note = fmod(t, 0.25), sound = 0.0;
        for (int voice = 0; voice < 3; voice++) {
            double hz = scale[((size_t)(t * 4.0) * (size_t)(voice + 1)) % 8] / (voice + 1);
            for (int k = 1; k <= 4; k++)
                sound += sin(2.0 * M_PI * hz * k * t) / k;
        }
        pcm[i] = (float)(0.12 * sound * exp(-4.0 * note));
    }
    assert_no_words("music", N);
    for (size_t i = 0; i < N; i++)
        pcm[i] = 0.8f * sinf(2.0f * 3.14159265f * 440.0f * (float)i / 16000.0f);
    assert_no_words("a tone", N);
    chip_model_close(model);
}

static void a_few_samples_have_no_words(void **state)
{
    (void)state;
    set_up();
    static const size_t lengths[] = {1, 2, 15, 16, 511, 512, 513, 4096};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        rows_random(pcm, lengths[i], 0.5f, 1);
        assert_no_words("a few samples", lengths[i]);
    }
    chip_model_close(model);
}

static void no_samples_are_an_error(void **state)
{
    (void)state;
    set_up();
    struct chip_transcript *t;
    struct chip_err err;
    assert_int_equal(hear(0, &t, &err), CHIP_E_NO_AUDIO);
    assert_null(t);
    assert_true(strlen(err.message) > 5);
    chip_model_close(model);
}

static void samples_that_are_no_numbers_are_an_error(void **state)
{
    (void)state;
    set_up();
    static const float odd[] = {NAN, INFINITY, -INFINITY};
    static const size_t places[] = {0, 16000 + 7, N - 1};
    for (size_t i = 0; i < 9; i++) {
        struct chip_transcript *t;
        struct chip_err err;
        rows_random(pcm, N, 0.1f, 2);
        pcm[places[i % 3]] = odd[i / 3];
        assert_int_equal(hear(N, &t, &err), CHIP_E_INVAL);
        char number[32];
        snprintf(number, sizeof number, "%zu", places[i % 3]);
        assert_non_null(strstr(err.message, number)); /* which one */
        assert_null(t);
    }
    chip_model_close(model);
}

/* Samples far beyond 1 are a mistake of the caller's that must not do harm. */
static void samples_that_are_far_too_loud_do_no_harm(void **state)
{
    (void)state;
    set_up();
    size_t n;
    float *speech = speech_of(10.0, &n);
    n = n < N ? n : N;
    static const float gains[] = {10.0f, 32768.0f, 1e30f};
    for (size_t i = 0; i < 3; i++) {
        struct chip_transcript *t;
        struct chip_err err;
        for (size_t s = 0; s < n; s++)
            pcm[s] = fmaxf(fminf(speech[s] * gains[i], 3e38f), -3e38f);
        assert_int_equal(hear(n, &t, &err), CHIP_OK);
        assert_sound(t);
        chip_transcript_free(t);
    }
    free(speech);
    chip_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_has_no_words),
        cmocka_unit_test(noise_has_no_words),
        cmocka_unit_test(music_has_no_words),
        cmocka_unit_test(a_few_samples_have_no_words),
        cmocka_unit_test(no_samples_are_an_error),
        cmocka_unit_test(samples_that_are_no_numbers_are_an_error),
        cmocka_unit_test(samples_that_are_far_too_loud_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
