/* The detector with its real weights, and the segmenter, on sounds that we know. */
#include "../test.h"

#include <math.h>

#include "given.h"
#include "plain_vad.h"
#include "speech/segmenter.h"
#include "speech/vad.h"

enum { RATE = CHIP_VAD_RATE_HZ, SECONDS = 20, N = SECONDS * RATE, MAX_SPANS = 256 };

/* ---- from samples to spans of speech ---- */

struct heard {
    struct chip_span spans[MAX_SPANS]; /* in the recording */
    size_t n_spans, n_pieces;
};

static enum chip_status note(void *user, struct chip_speech *speech, struct chip_err *err)
{
    (void)err;
    struct heard *heard = user;
    heard->n_pieces++;
    for (size_t i = 0; i < speech->n_spans; i++) {
        assert_true(heard->n_spans < MAX_SPANS);
        heard->spans[heard->n_spans++] = (struct chip_span){speech->start + speech->spans[i].start,
                                                            speech->start + speech->spans[i].end};
    }
    chip_speech_done(speech);
    return CHIP_OK;
}

/* As a program would: blocks of a tenth of a second. */
static struct heard hear(const float *pcm, size_t n)
{
    struct heard heard = {.n_spans = 0};
    struct chip_err err;
    struct chip_vad_model *model;
    struct chip_segmenter *seg;
    if (chip_vad_model_open(&model, given_model("silero-vad"), &err) != CHIP_OK ||
        chip_segmenter_new(&seg, NULL, note, &heard, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    struct chip_vad *vad = chip_vad_new(model);
    assert_non_null(vad);
    float probs[8];
    size_t n_probs;
    for (size_t at = 0; at < n; at += 1600) {
        size_t m = n - at < 1600 ? n - at : 1600;
        assert_int_equal(chip_vad_push(vad, pcm + at, m, probs, 8, &n_probs, &err), CHIP_OK);
        assert_int_equal(chip_segmenter_push(seg, pcm + at, m, probs, n_probs, &err), CHIP_OK);
    }
    n_probs = chip_vad_flush(vad, probs);
    assert_int_equal(chip_segmenter_push(seg, NULL, 0, probs, n_probs, &err), CHIP_OK);
    assert_int_equal(chip_segmenter_flush(seg, &err), CHIP_OK);
    chip_vad_free(vad);
    chip_vad_model_close(model);
    chip_segmenter_free(seg);
    return heard;
}

static void assert_no_speech(const float *pcm, size_t n)
{
    const struct heard heard = hear(pcm, n);
    if (heard.n_pieces > 0)
        fail_msg("%zu pieces of speech, the first from %.2f s on", heard.n_pieces,
                 (double)heard.spans[0].start / RATE);
}

/* ---- what is no speech ---- */

static float sound[N];

static void silence_is_no_speech(void **state)
{
    (void)state;
    memset(sound, 0, sizeof sound);
    assert_no_speech(sound, N);
}

static void noise_is_no_speech(void **state)
{
    (void)state;
    static const float levels[] = {0.001f, 0.006f, 0.036f, 0.216f, 1.0f};
    unsigned random = 1;
    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
        for (size_t i = 0; i < N; i++)
            sound[i] = levels[k] * plain_noise(&random);
        assert_no_speech(sound, N);
    }
}

static void a_tone_is_no_speech(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++)
        sound[i] = 0.5f * (float)sin(2.0 * M_PI * 440.0 * (double)i / RATE);
    assert_no_speech(sound, N);
}

/* A plucked string: ten harmonics that fade, the higher the faster. */
static void pluck(double hz, double at, double loud)
{
    for (int harmonic = 1; harmonic <= 10; harmonic++)
        for (size_t i = (size_t)(at * RATE); i < N; i++) {
            double t = (double)i / RATE - at;
            double fade = exp(-t * (1.5 + 0.8 * harmonic));
            if (fade < 1e-3)
                break;
            sound[i] += (float)(loud / harmonic * fade * sin(2.0 * M_PI * hz * harmonic * t));
        }
}

/* Chords, a tune above them, a beat on a drum of noise. */
static void music_is_no_speech(void **state)
{
    (void)state;
    static const double chords[4][3] = {{130.81, 164.81, 196.00},
                                        {110.00, 130.81, 164.81},
                                        {87.31, 130.81, 174.61},
                                        {98.00, 123.47, 146.83}};
    static const double tune[8] = {523.25, 587.33, 659.25, 523.25, 440.0, 493.88, 392.0, 587.33};
    unsigned random = 1;
    memset(sound, 0, sizeof sound);
    for (int beat = 0; beat < 2 * SECONDS; beat++) {
        const double at = 0.5 * beat;
        for (int k = 0; k < 3 && beat % 4 == 0; k++)
            pluck(chords[beat / 4 % 4][k], at, 0.12);
        pluck(tune[beat % 8], at, 0.10);
        pluck(tune[(beat * 3 + 1) % 8], at + 0.25, 0.06);
        for (size_t i = 0; i < RATE / 8; i++)
            sound[(size_t)(at * RATE) + i] +=
                0.15f * plain_noise(&random) * expf(-(float)i / 400.0f);
    }
    assert_no_speech(sound, N);
}

/* ---- what is ---- */

static void the_phrases_of_a_speech_are_found(void **state)
{
    (void)state;
    /* Seconds, by ear and eye: "And so, my fellow Americans: / ask not / what your country can do
     * for you, / ask what you can do for your country." */
    static const double phrases[4][2] = {{0.3, 2.2}, {3.3, 4.4}, {5.4, 7.6}, {8.2, 10.6}};
    size_t n;
    (void)given_model("silero-vad");
    float *pcm = given_clip("asr/jfk.flac", &n);
    const struct heard heard = hear(pcm, n);
    free(pcm);
    assert_int_equal(heard.n_spans, 4);
    for (size_t i = 0; i < 4; i++) {
        const double start = (double)heard.spans[i].start / RATE;
        const double end = (double)heard.spans[i].end / RATE;
        if (fabs(start - phrases[i][0]) > 0.25 || fabs(end - phrases[i][1]) > 0.25)
            fail_msg("phrase %zu was heard from %.2f to %.2f s", i, start, end);
    }
}

static void sentences_in_a_noisy_hall_stay_apart(void **state)
{
    (void)state;
    static const char *const names[3] = {"asr/1998-15444-0003.flac", "asr/2414-128291-0002.flac",
                                         "asr/3331-159605-0001.flac"};
    enum { GAP = 3 * RATE };
    (void)given_model("silero-vad");
    size_t begin[3], end[3], total = GAP;
    float *pcm = NULL;
    for (int i = 0; i < 3; i++) {
        size_t n;
        float *clip = given_clip(names[i], &n);
        pcm = realloc(pcm, (total + n + GAP) * sizeof *pcm);
        assert_non_null(pcm);
        memset(pcm, 0, (i ? 0 : GAP) * sizeof *pcm);
        memcpy(pcm + total, clip, n * sizeof *pcm);
        memset(pcm + total + n, 0, GAP * sizeof *pcm);
        free(clip);
        begin[i] = total;
        end[i] = total + n;
        total += n + GAP;
    }
    unsigned random = 1;
    for (size_t i = 0; i < total; i++)
        pcm[i] += 0.002f * plain_noise(&random);
    const struct heard heard = hear(pcm, total);
    free(pcm);
    double speech[3] = {0};
    for (size_t k = 0; k < heard.n_spans; k++) {
        const struct chip_span *s = &heard.spans[k];
        int i = 0;
        while (i < 2 && s->start >= (int64_t)end[i])
            i++;
        assert_true(s->start >= (int64_t)begin[i] && s->end <= (int64_t)end[i] + RATE / 2);
        speech[i] += (double)(s->end - s->start);
    }
    for (int i = 0; i < 3; i++)
        assert_true(speech[i] > 0.6 * (double)(end[i] - begin[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_is_no_speech),
        cmocka_unit_test(noise_is_no_speech),
        cmocka_unit_test(a_tone_is_no_speech),
        cmocka_unit_test(music_is_no_speech),
        cmocka_unit_test(the_phrases_of_a_speech_are_found),
        cmocka_unit_test(sentences_in_a_noisy_hall_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
