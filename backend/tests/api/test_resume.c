#include "../test.h"

#include "heard.h"
#include "resumed.h"

/* A transcription that is interrupted and gone on with, on real speech: as if nothing had been. */

enum { SECONDS = 20 };

static struct chip_model *model;
static float *pcm, *left, *right;
static size_t n_pcm;

/* Two people in turns, one on each channel. */
static void make_channels(void)
{
    left = calloc(n_pcm, sizeof *left);
    right = calloc(n_pcm, sizeof *right);
    assert_true(left && right);
    for (size_t i = 0; i < n_pcm; i++)
        (i / (5 * 16000) % 2 ? right : left)[i] = pcm[i];
}

static void set_up(void)
{
    need_model("moonshine-tiny");
    pcm = speech_of(SECONDS, &n_pcm);
    make_channels();
    model = open_model("moonshine-tiny");
}

static void tear_down(void)
{
    chip_model_close(model);
    free(pcm);
    free(left);
    free(right);
}

/* One run on the samples, mono or with two channels; the JSON, NULL when it was stopped. */
static char *run(struct kept *kept, size_t n_channels)
{
    struct served served = {
        .planes = {n_channels == 1 ? pcm : left, n_channels == 1 ? NULL : right},
        .n = n_pcm,
        .most = 7001};
    const struct chip_sound_source source = served_source(&served, n_channels);
    kept->cancel = false;
    const struct chip_options options = kept_options(kept);
    struct chip_transcript *t = NULL;
    struct chip_err err = {.message = ""};
    const size_t before = kept->n_segments;
    enum chip_status s = chip_transcribe_source(model, &source, &options, &t, &err);
    if (s != CHIP_OK && s != CHIP_E_CANCELLED)
        fail_msg("%s", err.message);
    char *json = s == CHIP_OK ? json_of(t) : NULL;
    if (s == CHIP_OK)
        assert_true(kept->n_segments - before <= t->n_segments);
    chip_transcript_free(t);
    return json;
}

static void check_interruption(size_t n_channels)
{
    struct kept all = {.known = NULL}, kept = {.stop_after = 1};
    char *want = run(&all, n_channels);
    assert_non_null(want);
    assert_true(all.n_pieces > 2);
    free(run(&kept, n_channels));
    assert_in_range(kept.n_pieces, 1, all.n_pieces);
    kept.stop_after = 0;
    char *got = run(&kept, n_channels);
    assert_string_equal(got, want);
    assert_int_equal(kept.n_pieces, all.n_pieces); /* each told once */
    assert_int_equal(kept.n_segments, all.n_segments);
    kept_done(&all);
    kept_done(&kept);
    free(want);
    free(got);
}

static void an_interrupted_run_ends_as_an_undisturbed_one(void **state)
{
    (void)state;
    set_up();
    check_interruption(1);
    tear_down();
}

static void so_it_does_where_each_channel_is_a_person(void **state)
{
    (void)state;
    set_up();
    check_interruption(2);
    tear_down();
}

static void a_run_may_be_interrupted_after_every_piece(void **state)
{
    (void)state;
    set_up();
    struct kept all = {.known = NULL}, kept = {.known = NULL};
    char *want = run(&all, 1), *got = NULL;
    size_t n_runs = 0;
    for (; !got && n_runs < 100; n_runs++) {
        kept.stop_after = 1;
        got = run(&kept, 1);
    }
    assert_non_null(got);
    assert_true(n_runs > 2);
    assert_string_equal(got, want);
    kept_done(&all);
    kept_done(&kept);
    free(want);
    free(got);
    tear_down();
}

static void what_is_known_is_taken_as_it_is(void **state)
{
    (void)state;
    set_up();
    struct kept kept = {.stop_after = 2};
    free(run(&kept, 1));
    const struct chip_audit note = {
        .kind = CHIP_AUDIT_REPETITION, .start_ms = 10, .end_ms = 20, .detail = "la la la"};
    assert_int_equal(chip_transcript_add_audit(kept.known, &note, NULL), CHIP_OK);
    kept.known->segments[0].text = "Not what was said.";
    struct chip_transcript *t;
    kept.cancel = false;
    struct chip_options options = kept_options(&kept);
    options.no_speakers = true; /* nothing of it is even heard */
    assert_int_equal(chip_transcribe_pcm(model, pcm, n_pcm, &options, &t, NULL), CHIP_OK);
    assert_string_equal(t->segments[0].text, "Not what was said.");
    assert_string_equal(t->audit[0].detail, "la la la");
    chip_transcript_free(t);
    kept_done(&kept);
    tear_down();
}

static void refused(const struct chip_options *options, const char *why)
{
    struct chip_err err = {.message = ""};
    struct chip_transcript *t = NULL;
    assert_int_equal(chip_transcribe_pcm(model, pcm, n_pcm, options, &t, &err), CHIP_E_INVAL);
    assert_null(t);
    if (!strstr(err.message, why))
        fail_msg("'%s' does not say '%s'", err.message, why);
}

static void what_cannot_be_gone_on_with_is_refused(void **state)
{
    (void)state;
    set_up();
    struct kept kept = {.stop_after = 2};
    free(run(&kept, 1));
    struct chip_options options = kept_options(&kept);
    options.known_ms = 100;
    refused(&options, "beyond");
    options.known_ms = -1;
    refused(&options, "-1 ms");
    options = kept_options(&kept);
    options.known = NULL;
    refused(&options, "nothing is known");
    options.known = kept.known;
    const struct chip_speaker speaker = {.label = "S1"};
    assert_int_equal(chip_transcript_set_speakers(kept.known, &speaker, 1, NULL), CHIP_OK);
    refused(&options, "speakers");
    assert_int_equal(chip_transcript_set_model(kept.known, "moonshine-base", NULL), CHIP_OK);
    refused(&options, "moonshine-base");
    kept_done(&kept);
    tear_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interrupted_run_ends_as_an_undisturbed_one),
        cmocka_unit_test(so_it_does_where_each_channel_is_a_person),
        cmocka_unit_test(a_run_may_be_interrupted_after_every_piece),
        cmocka_unit_test(what_is_known_is_taken_as_it_is),
        cmocka_unit_test(what_cannot_be_gone_on_with_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
