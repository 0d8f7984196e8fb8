#include "../test.h"

#include <math.h>

#include "heard.h"
#include "resumed.h"

/* Samples that come through a callback. */

static struct chip_model *model;
static float *pcm;
static size_t n_pcm;

static void set_up(void)
{
    need_model("moonshine-tiny");
    pcm = speech_of(15.0, &n_pcm);
    model = open_model("moonshine-tiny");
}

static void tear_down(void)
{
    chip_model_close(model);
    free(pcm);
}

static struct chip_transcript *transcribed(struct served *served, size_t n_channels)
{
    const struct chip_sound_source source = served_source(served, n_channels);
    struct chip_err err;
    struct chip_transcript *t;
    if (chip_transcribe_source(model, &source, NULL, &t, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return t;
}

static void a_source_gives_the_same_as_samples_however_it_serves(void **state)
{
    (void)state;
    set_up();
    struct chip_transcript *want;
    assert_int_equal(chip_transcribe_pcm(model, pcm, n_pcm, NULL, &want, NULL), CHIP_OK);
    char *wanted = json_of(want);
    for (size_t most = 160; most <= 160000; most *= 10) {
        struct served served = {.planes = {pcm}, .n = n_pcm, .most = most};
        struct chip_transcript *t = transcribed(&served, 1);
        char *got = json_of(t);
        assert_string_equal(got, wanted);
        free(got);
        chip_transcript_free(t);
    }
    free(wanted);
    chip_transcript_free(want);
    tear_down();
}

static void channels_that_are_people_are_told_apart(void **state)
{
    (void)state;
    set_up();
    float *other = calloc(n_pcm, sizeof *other);
    assert_non_null(other);
    for (size_t i = n_pcm / 2; i < n_pcm; i++) { /* the second half is on the other channel */
        other[i] = pcm[i];
        pcm[i] = 0.0f;
    }
    struct served served = {.planes = {pcm, other}, .n = n_pcm, .most = 10000};
    struct chip_transcript *t = transcribed(&served, 2);
    assert_sound(t);
    assert_int_equal(t->n_speakers, 2);
    for (size_t i = 0; i < t->n_words; i++)
        if (t->words[i].end_ms < (int64_t)n_pcm / 32 - 2000)
            assert_int_equal(t->words[i].speaker, 0);
        else if (t->words[i].start_ms > (int64_t)n_pcm / 32 + 2000)
            assert_int_equal(t->words[i].speaker, 1);
    chip_transcript_free(t);
    free(other);
    tear_down();
}

static void damage_and_length_are_in_the_transcript(void **state)
{
    (void)state;
    set_up();
    struct served served = {.planes = {pcm}, .n = n_pcm, .most = 10000, .n_breaks = 2};
    struct chip_transcript *t = transcribed(&served, 1);
    assert_int_equal(t->duration_ms, n_pcm / 16);
    assert_int_equal(t->n_audit, 2);
    assert_int_equal(t->audit[1].kind, CHIP_AUDIT_MEDIA_BREAK);
    assert_int_equal(t->audit[1].start_ms, 1000);
    assert_int_equal(t->audit[1].end_ms, 1010);
    assert_string_equal(t->audit[1].detail, "a scratch");
    chip_transcript_free(t);
    tear_down();
}

static enum chip_status status_of(struct served *served, size_t n_channels, const char *why)
{
    const struct chip_sound_source source = served_source(served, n_channels);
    struct chip_err err = {.message = ""};
    struct chip_transcript *t = NULL;
    enum chip_status s = chip_transcribe_source(model, &source, NULL, &t, &err);
    assert_null(t);
    assert_int_equal(err.code, s);
    if (!strstr(err.message, why))
        fail_msg("'%s' does not say '%s'", err.message, why);
    return s;
}

static void what_a_source_does_wrong_is_said(void **state)
{
    (void)state;
    set_up();
    struct served served = {.planes = {pcm}, .n = n_pcm, .most = 10000, .fail_at = 50000};
    assert_int_equal(status_of(&served, 1, "the source broke"), CHIP_E_FORMAT);
    served = (struct served){.planes = {pcm}, .n = n_pcm, .most = 10000};
    assert_int_equal(status_of(&served, 0, "0 channels"), CHIP_E_INVAL);
    assert_int_equal(status_of(&served, 65, "65 channels"), CHIP_E_INVAL);
    pcm[70000] = INFINITY;
    assert_int_equal(status_of(&served, 1, "sample 70000"), CHIP_E_INVAL);
    served = (struct served){.planes = {pcm}, .n = 0, .most = 1};
    assert_int_equal(status_of(&served, 1, "no samples"), CHIP_E_NO_AUDIO);
    tear_down();
}

/* ---- silence ---- */

struct silence {
    int64_t n_left;
    volatile bool told; /* progress within the silence */
};

static enum chip_status be_silent(void *user, float *const *planes, size_t n, size_t *n_read,
                                  struct chip_err *err)
{
    (void)err;
    struct silence *s = user;
    *n_read = __atomic_load_n(&s->told, __ATOMIC_RELAXED) || s->n_left <= 0 ? 0 : n;
    memset(planes[0], 0, *n_read * sizeof(float));
    s->n_left -= (int64_t)*n_read;
    return CHIP_OK;
}

static void hear_progress(void *user, const struct chip_progress *progress)
{
    struct silence *s = user;
    if (progress->done_ms > 0 && progress->total_ms < 0)
        __atomic_store_n(&s->told, true, __ATOMIC_RELAXED);
}

static void progress_goes_on_while_nobody_speaks(void **state)
{
    (void)state;
    need_model("moonshine-tiny");
    model = open_model("moonshine-tiny");
    struct silence silence = {.n_left = INT64_C(16000) * 3600};
    const struct chip_sound_source source = {
        .user = &silence, .n_channels = 1, .duration_ms = -1, .read = be_silent};
    const struct chip_options options = {.on_progress = hear_progress, .user = &silence};
    struct chip_transcript *t;
    assert_int_equal(chip_transcribe_source(model, &source, &options, &t, NULL), CHIP_OK);
    assert_true(silence.told);
    chip_transcript_free(t);
    chip_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_gives_the_same_as_samples_however_it_serves),
        cmocka_unit_test(channels_that_are_people_are_told_apart),
        cmocka_unit_test(damage_and_length_are_in_the_transcript),
        cmocka_unit_test(what_a_source_does_wrong_is_said),
        cmocka_unit_test(progress_goes_on_while_nobody_speaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
