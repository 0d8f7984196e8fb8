#include "../../test.h"

#include <math.h>

#include "speech/diarize/relabel.h"
#include "speech/diarize/tracklets.h"

enum { SECOND = 16000 };

/* People whose voices are alike to a different degree, window after window of 1.5 s every 0.75 s.
 */
static struct chip_diarization talk(size_t n, size_t per_turn, uint32_t salt)
{
    struct chip_diarization d = {.n_windows = n, .n_speakers = 3};
    d.windows = calloc(n, sizeof *d.windows);
    d.label = calloc(n, sizeof *d.label);
    assert_true(d.windows && d.label);
    for (size_t i = 0; i < n; i++) {
        struct chip_window *w = &d.windows[i];
        w->start = (int64_t)i * SECOND * 3 / 4;
        w->end = w->start + SECOND * 3 / 2;
        d.label[i] = (int)(i / per_turn % 3);
        float square = 0;
        for (size_t k = 0; k < CHIP_VOICE_DIM; k++) {
            float person = sinf((float)(k * (size_t)(d.label[i] + 1)));
            w->voice[k] = person + 0.3f * sinf((float)(i * 7 + k * 3 + salt));
            square += w->voice[k] * w->voice[k];
        }
        for (size_t k = 0; k < CHIP_VOICE_DIM; k++)
            w->voice[k] /= sqrtf(square);
    }
    return d;
}

static struct chip_voices *keep(const struct chip_diarization *d)
{
    struct chip_voices *v;
    struct chip_err err;
    if (chip_tracklets_make(d, &v, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return v;
}

static double cosine(const int8_t *a, const int8_t *b)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t k = 0; k < CHIP_VOICE_DIM; k++) {
        ab += a[k] * b[k];
        aa += a[k] * a[k];
        bb += b[k] * b[k];
    }
    return ab / sqrt(aa * bb);
}

static void a_stretch_is_of_one_speaker_and_about_six_seconds(void **state)
{
    (void)state;
    struct chip_diarization d = talk(200, 11, 0);
    d.label[100] = -1; /* nobody's */
    struct chip_voices *v = keep(&d);
    assert_in_range(v->n, 35, 45);
    for (size_t i = 0; i < v->n; i++) {
        const struct chip_tracklet *t = &v->tracklets[i];
        assert_true(t->start_ms < t->end_ms && t->end_ms - t->start_ms <= 6000);
        for (size_t w = 0; w < d.n_windows; w++)
            if (d.windows[w].start >= t->start_ms * 16 && d.windows[w].end <= t->end_ms * 16)
                assert_int_equal(d.label[w], t->speaker);
        if (i)
            assert_true(v->tracklets[i - 1].start_ms <= t->start_ms);
    }
    chip_voices_free(v);
    chip_diarization_done(&d);
}

static void voices_keep_their_likeness(void **state)
{
    (void)state;
    struct chip_diarization d = talk(66, 11, 0);
    struct chip_voices *v = keep(&d);
    for (size_t i = 0; i < v->n; i++)
        for (size_t k = 0; k < i; k++) {
            const struct chip_tracklet *a = &v->tracklets[i], *b = &v->tracklets[k];
            double alike = cosine(a->voice, b->voice);
            assert_true(a->speaker == b->speaker ? alike > 0.8 : alike < 0.5);
        }
    chip_voices_free(v);
    chip_diarization_done(&d);
}

static void those_of_two_recordings_cannot_be_compared(void **state)
{
    (void)state;
    double sum = 0;
    int n = 0;
    for (uint32_t salt = 0; salt < 20; salt++) { /* the same people, another sound */
        struct chip_diarization d = talk(30, 10, salt), e = talk(30, 10, salt + 100);
        struct chip_voices *v = keep(&d), *w = keep(&e);
        double alike = cosine(v->tracklets[0].voice, w->tracklets[0].voice);
        sum += alike * alike;
        n++;
        chip_voices_free(v);
        chip_voices_free(w);
        chip_diarization_done(&d);
        chip_diarization_done(&e);
    }
    assert_true(sum / n < 3.0 / CHIP_VOICE_DIM); /* unrelated directions: 1/128 on average */
}

static void the_same_recording_gives_the_same_bytes(void **state)
{
    (void)state;
    struct chip_diarization d = talk(100, 13, 5);
    struct chip_voices *v = keep(&d), *w = keep(&d);
    assert_int_equal(v->n, w->n);
    for (size_t i = 0; i < v->n; i++)
        assert_memory_equal(v->tracklets[i].voice, w->tracklets[i].voice, CHIP_VOICE_DIM);
    chip_voices_free(v);
    chip_voices_free(w);
    chip_diarization_done(&d);
}

static void a_lively_hour_takes_no_more_than_a_calm_one(void **state)
{
    (void)state;
    for (size_t per_turn = 5; per_turn < 100; per_turn *= 4) {
        struct chip_diarization d = talk(4800, per_turn, 0);
        struct chip_voices *v = keep(&d);
        struct chip_str text = {0};
        chip_voices_encode(v, &text);
        print_message("%zu windows a turn: %zu stretches\n", per_turn, v->n);
        assert_true(text.len <= 102400);
        chip_str_done(&text);
        chip_voices_free(v);
        chip_diarization_done(&d);
    }
}

static void a_day_can_still_be_labelled_again(void **state)
{
    (void)state;
    struct chip_diarization d = talk(24 * 4800, 40, 0);
    struct chip_voices *v = keep(&d);
    assert_in_range(v->n, CHIP_RELABEL_MAX_N / 2, CHIP_RELABEL_MAX_N);
    chip_voices_free(v);
    chip_diarization_done(&d);
}

static void without_voices_there_is_nothing_to_keep(void **state)
{
    (void)state;
    const struct chip_diarization none = {.n_windows = 0};
    assert_null(keep(&none));
}

static void the_same_labels_give_the_same_turns(void **state)
{
    (void)state;
    struct chip_diarization d = talk(120, 10, 0);
    struct chip_voices *v = keep(&d);
    struct chip_turn turns[12], *out;
    for (size_t i = 0; i < 12; i++)
        turns[i] =
            (struct chip_turn){(int64_t)i * 7500, (int64_t)i * 7500 + 7500, (int)i % 3, 0.5f};
    int label[120];
    for (size_t i = 0; i < v->n; i++)
        label[i] = v->tracklets[i].speaker;
    size_t n;
    assert_int_equal(chip_tracklets_turns(turns, 12, v, label, &out, &n, NULL), CHIP_OK);
    assert_int_equal(n, 12);
    assert_memory_equal(out, turns, sizeof turns);
    free(out);

    for (size_t i = 0; i < v->n; i++) /* two of the three are one */
        label[i] = v->tracklets[i].speaker ? 1 : 0;
    assert_int_equal(chip_tracklets_turns(turns, 12, v, label, &out, &n, NULL), CHIP_OK);
    assert_int_equal(n, 8);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(out[i].speaker, i % 2);
        assert_int_equal(out[i].end_ms - out[i].start_ms, i % 2 ? 15000 : 7500);
    }
    free(out);
    chip_voices_free(v);
    chip_diarization_done(&d);
}

static void a_turn_is_cut_where_its_stretches_part(void **state)
{
    (void)state;
    struct chip_diarization d = talk(40, 40, 0);
    struct chip_voices *v = keep(&d);
    const struct chip_turn turn = {0, 30750, 0, 1};
    assert_true(v->n >= 4);
    int label[40] = {0};
    for (size_t i = 2; i < v->n; i++)
        label[i] = 1;
    struct chip_turn *out;
    size_t n;
    assert_int_equal(chip_tracklets_turns(&turn, 1, v, label, &out, &n, NULL), CHIP_OK);
    assert_int_equal(n, 2);
    assert_int_equal(out[0].start_ms, 0);
    assert_int_equal(out[0].end_ms, out[1].start_ms);
    assert_int_equal(out[1].end_ms, 30750);
    assert_true(out[0].end_ms >= v->tracklets[2].start_ms);
    assert_true(out[0].end_ms <= v->tracklets[1].end_ms);
    free(out);
    chip_voices_free(v);
    chip_diarization_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stretch_is_of_one_speaker_and_about_six_seconds),
        cmocka_unit_test(voices_keep_their_likeness),
        cmocka_unit_test(those_of_two_recordings_cannot_be_compared),
        cmocka_unit_test(the_same_recording_gives_the_same_bytes),
        cmocka_unit_test(a_lively_hour_takes_no_more_than_a_calm_one),
        cmocka_unit_test(a_day_can_still_be_labelled_again),
        cmocka_unit_test(without_voices_there_is_nothing_to_keep),
        cmocka_unit_test(the_same_labels_give_the_same_turns),
        cmocka_unit_test(a_turn_is_cut_where_its_stretches_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
