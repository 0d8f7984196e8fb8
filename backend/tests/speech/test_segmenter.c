#include "../test.h"

#include <math.h>

#include "cutting.h"
#include "plain_vad.h"

/* The spans of a piece in chunks of the recording. */
#define ASSERT_SPAN(speech, k, first, end_chunk)                                     \
    do {                                                                             \
        assert_int_equal((speech).start + (speech).spans[k].start, (first)*CHUNK);   \
        assert_int_equal((speech).start + (speech).spans[k].end, (end_chunk)*CHUNK); \
    } while (0)

static struct chip_segmenter_options no_joining(void)
{
    struct chip_segmenter_options o = cutting_options();
    o.target_ms = 0;
    return o;
}

/* ---- spans ---- */

static void speech_begins_above_on_and_lasts_until_below_off(void **state)
{
    (void)state;
    struct recording r = {0};
    add(&r, 20, 0.1f);
    add(&r, 30, 0.49f); /* not enough to begin */
    add(&r, 10, 0.5f);
    add(&r, 40, 0.36f); /* enough to go on */
    add(&r, 10, 0.6f);
    add(&r, 12, 0.34f); /* 384 ms of silence do not end it */
    add(&r, 1, 0.5f);
    add(&r, 6, 0.3f);
    add(&r, 10, 0.4f); /* does not count as speech again */
    add(&r, 40, 0.1f);
    struct pieces *p = cut(&r, NULL);
    assert_int_equal(p->n, 1);
    assert_int_equal(p->list[0].n_spans, 1);
    ASSERT_SPAN(p->list[0], 0, 50, 123);
    const float sum = 10 * 0.5f + 40 * 0.36f + 10 * 0.6f + 12 * 0.34f + 0.5f;
    assert_true(fabsf(p->list[0].probability - sum / 73.0f) < 1e-5f);
    pieces_done(p);
    recording_done(&r);
}

static void silence_of_400_ms_ends_a_span(void **state)
{
    (void)state;
    const struct chip_segmenter_options o = no_joining();
    for (size_t quiet = 12; quiet <= 13; quiet++) {
        struct recording r = {0};
        add(&r, 10, 0.9f);
        add(&r, quiet, 0.0f);
        add(&r, 10, 0.9f);
        struct pieces *p = cut(&r, &o);
        assert_int_equal(p->n, quiet == 12 ? 1 : 2);
        ASSERT_SPAN(p->list[0], 0, 0, quiet == 12 ? 32 : 10);
        pieces_done(p);
        recording_done(&r);
    }
}

static void bursts_shorter_than_250_ms_are_dropped(void **state)
{
    (void)state;
    struct recording r = {0};
    add(&r, 50, 0.0f);
    add(&r, 7, 0.99f); /* 224 ms */
    add(&r, 50, 0.0f);
    add(&r, 8, 0.99f); /* 256 ms */
    add(&r, 50, 0.0f);
    add(&r, 7, 0.99f); /* at the end too */
    struct pieces *p = cut(&r, NULL);
    assert_int_equal(p->n, 1);
    ASSERT_SPAN(p->list[0], 0, 107, 115);
    assert_int_equal(p->speech, 8 * CHUNK);
    pieces_done(p);
    recording_done(&r);
}

static void silence_gives_nothing(void **state)
{
    (void)state;
    struct recording r = {0};
    struct pieces *p = cut(&r, NULL);
    assert_int_equal(p->n, 0);
    pieces_done(p);
    add(&r, 20000, 0.3f);
    p = cut(&r, NULL);
    assert_int_equal(p->n, 0);
    assert_int_equal(p->speech, 0);
    pieces_done(p);
    recording_done(&r);
}

/* ---- padding ---- */

static void pieces_are_padded_within_the_recording(void **state)
{
    (void)state;
    struct recording r = {0};
    add(&r, 3, 0.0f); /* 96 ms: less than the padding */
    add(&r, 20, 0.9f);
    add(&r, 100, 0.0f);
    add(&r, 20, 0.9f);
    add(&r, 2, 0.0f);
    struct pieces *p = cut(&r, NULL);
    assert_int_equal(p->n, 2);
    assert_int_equal(p->list[0].start, 0);
    assert_int_equal(p->list[0].n_samples, 23 * CHUNK + 160 * MS);
    assert_int_equal(p->list[1].start, 123 * CHUNK - 160 * MS);
    assert_int_equal(p->list[1].start + (int64_t)p->list[1].n_samples, r.n);
    pieces_done(p);
    recording_done(&r);
}

static void near_neighbours_share_the_gap(void **state)
{
    (void)state;
    struct chip_segmenter_options o = no_joining();
    o.pad_ms = 300;
    struct recording r = {0};
    add(&r, 30, 0.0f);
    add(&r, 20, 0.9f);
    add(&r, 13, 0.0f); /* 416 ms for 600 ms of padding */
    add(&r, 20, 0.9f);
    add(&r, 15, 0.0f); /* 480 ms, in which a burst is dropped */
    add(&r, 2, 0.9f);
    add(&r, 15, 0.0f);
    add(&r, 20, 0.9f);
    add(&r, 30, 0.0f);
    struct pieces *p = cut(&r, &o);
    assert_int_equal(p->n, 3);
    const int64_t middle = 50 * CHUNK + 13 * CHUNK / 2;
    assert_int_equal(p->list[0].start, 30 * CHUNK - 4800);
    assert_int_equal(p->list[0].start + (int64_t)p->list[0].n_samples, middle);
    assert_int_equal(p->list[1].start, middle);
    assert_int_equal(p->list[1].start + (int64_t)p->list[1].n_samples, 83 * CHUNK + 4800);
    assert_int_equal(p->list[2].start, 115 * CHUNK - 4800);
    pieces_done(p);
    recording_done(&r);
}

/* ---- joining ---- */

static void near_spans_are_joined_up_to_the_target(void **state)
{
    (void)state;
    struct recording r = {0};
    add(&r, 20, 0.0f);
    add(&r, 100, 0.9f); /* 3.2 s */
    add(&r, 18, 0.0f);  /* 576 ms: joined */
    add(&r, 100, 0.9f);
    add(&r, 19, 0.0f); /* 608 ms: not joined */
    add(&r, 100, 0.9f);
    add(&r, 18, 0.0f);
    add(&r, 240, 0.9f); /* 11.46 s in all, 11.78 s with padding: joined */
    add(&r, 18, 0.0f);
    add(&r, 8, 0.9f); /* would be more than 12 s */
    add(&r, 100, 0.0f);
    struct pieces *p = cut(&r, NULL);
    assert_int_equal(p->n, 3);
    assert_int_equal(p->list[0].n_spans, 2);
    ASSERT_SPAN(p->list[0], 0, 20, 120);
    ASSERT_SPAN(p->list[0], 1, 138, 238);
    assert_int_equal(p->list[1].n_spans, 2);
    ASSERT_SPAN(p->list[1], 0, 257, 357);
    ASSERT_SPAN(p->list[1], 1, 375, 615);
    assert_true(p->list[1].n_samples <= 12 * 16000);
    assert_int_equal(p->list[2].n_spans, 1);
    ASSERT_SPAN(p->list[2], 0, 633, 641);
    pieces_done(p);

    const struct chip_segmenter_options o = no_joining();
    p = cut(&r, &o);
    assert_int_equal(p->n, 5);
    pieces_done(p);
    recording_done(&r);
}

static void a_piece_is_emitted_as_soon_as_nothing_can_join_it(void **state)
{
    (void)state;
    struct recording r = {0};
    add(&r, 10, 0.9f);
    add(&r, 19, 0.0f); /* more than the 600 ms within which something might come */
    struct pieces *p = pieces_new();
    struct chip_segmenter *seg = open_segmenter(NULL, collect, p);
    for (size_t i = 0; i < r.n_probs; i++) {
        assert_int_equal(p->n, 0);
        assert_int_equal(chip_segmenter_push(seg, r.pcm + i * CHUNK, CHUNK, r.probs + i, 1, NULL),
                         CHIP_OK);
    }
    assert_int_equal(p->n, 1);
    chip_segmenter_free(seg);
    pieces_done(p);
    recording_done(&r);
}

/* ---- cutting ---- */

/* Speech of 0.9 throughout, as loud noise, but for a softer stretch. */
static void add_noise(struct recording *r, size_t chunks, size_t soft_from, size_t soft_to)
{
    unsigned state = 11;
    add(r, chunks, 0.9f);
    for (size_t i = 0; i < r->n; i++)
        r->pcm[i] = plain_noise(&state) * (i >= soft_from && i < soft_to ? 0.01f : 0.5f);
}

static void too_long_speech_is_cut_where_it_is_quietest(void **state)
{
    (void)state;
    const int64_t from = 14 * 16000 + 333, to = from + 1600; /* 100 ms */
    struct recording r = {0};
    add_noise(&r, 1000, (size_t)from, (size_t)to); /* 32 s */
    struct pieces *p = cut(&r, NULL);
    assert_int_equal(p->n, 2);
    const int64_t at = p->list[1].start;
    assert_true(at > from + 400 && at < to - 400); /* the middle of it */
    assert_int_equal(p->list[0].start, 0);
    assert_int_equal(p->list[0].n_samples, at); /* not a sample is lost or said twice */
    assert_int_equal(p->list[1].n_samples, (int64_t)r.n - at);
    assert_int_equal(p->speech, r.n);
    pieces_done(p);
    recording_done(&r);
}

static void a_doubtful_moment_is_a_better_cut_than_a_soft_one(void **state)
{
    (void)state;
    struct recording r = {0};
    add_noise(&r, 700, 17 * 16000, 17 * 16000 + 300); /* a consonant's 19 ms */
    for (size_t i = 400; i < 406; i++)
        r.probs[i] = 0.4f;
    struct pieces *p = cut(&r, NULL);
    assert_int_equal(p->n, 2);
    assert_true(p->list[1].start > 400 * CHUNK && p->list[1].start < 406 * CHUNK);
    pieces_done(p);
    recording_done(&r);
}

static void the_rest_of_a_cut_is_kept_however_short(void **state)
{
    (void)state;
    struct recording r = {0};
    /* A span of 19.71 s: 640 samples more than a piece without its padding may have. */
    const size_t chunks = 616;
    add_noise(&r, chunks, (chunks - 2) * CHUNK, chunks * CHUNK);
    add(&r, 50, 0.0f);
    struct pieces *p = cut(&r, NULL);
    assert_int_equal(p->n, 2);
    assert_true(p->list[1].spans[0].end - p->list[1].spans[0].start < 250 * MS);
    assert_int_equal(p->speech, chunks * CHUNK);
    pieces_done(p);
    recording_done(&r);
}

static void endless_speech_is_cut_for_ever(void **state)
{
    (void)state;
    struct recording r = {0};
    add(&r, 30000, 0.8f); /* 16 min */
    struct pieces *p = cut(&r, NULL);
    assert_true(p->n >= 48 && p->n <= 97);
    assert_int_equal(p->speech, r.n);
    pieces_done(p);
    recording_done(&r);
}

/* ---- misuse ---- */

static void samples_and_probabilities_must_keep_together(void **state)
{
    (void)state;
    struct recording r = {0};
    add(&r, 1000, 0.9f);
    struct pieces *p = pieces_new();
    struct chip_segmenter *seg = open_segmenter(NULL, collect, p);
    struct chip_err err;
    assert_int_equal(chip_segmenter_push(seg, r.pcm, 4 * 16000, NULL, 0, &err), CHIP_OK);
    assert_int_equal(chip_segmenter_push(seg, r.pcm, 2, NULL, 0, &err), CHIP_E_INVAL);
    chip_segmenter_reset(seg);
    assert_int_equal(chip_segmenter_push(seg, r.pcm, r.n, r.probs, 3, &err), CHIP_E_INVAL);
    chip_segmenter_reset(seg);
    assert_int_equal(chip_segmenter_push(seg, r.pcm, CHUNK, r.probs, 3, &err), CHIP_E_INVAL);
    chip_segmenter_reset(seg);
    assert_int_equal(chip_segmenter_push(seg, NULL, 0, r.probs, r.n_probs, &err), CHIP_E_INVAL);
    chip_segmenter_reset(seg);
    assert_int_equal(chip_segmenter_push(seg, r.pcm, r.n, r.probs, r.n_probs, &err), CHIP_OK);
    chip_segmenter_free(seg);
    pieces_done(p);
    recording_done(&r);
}

static enum chip_status refuse(void *user, struct chip_speech *speech, struct chip_err *err)
{
    (void)user;
    chip_speech_done(speech);
    return chip_fail(err, CHIP_E_CANCELLED, "enough");
}

static void what_the_callee_says_is_handed_on(void **state)
{
    (void)state;
    struct recording r = {0};
    add(&r, 10, 0.9f);
    add(&r, 100, 0.0f);
    struct chip_segmenter *seg = open_segmenter(NULL, refuse, NULL);
    struct chip_err err;
    assert_int_equal(chip_segmenter_push(seg, r.pcm, r.n, r.probs, r.n_probs, &err),
                     CHIP_E_CANCELLED);
    assert_string_equal(err.message, "enough");
    chip_segmenter_reset(seg);
    assert_int_equal(chip_segmenter_push(seg, r.pcm, 10 * CHUNK, r.probs, 10, &err), CHIP_OK);
    assert_int_equal(chip_segmenter_flush(seg, &err), CHIP_E_CANCELLED);
    chip_segmenter_free(seg);
    recording_done(&r);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    const struct chip_segmenter_options d = chip_segmenter_defaults();
    struct chip_segmenter_options bad[12];
    for (size_t i = 0; i < 12; i++)
        bad[i] = d;
    bad[0].on = 1.1f;
    bad[1].off = 0.6f;
    bad[2].off = -0.1f;
    bad[3].on = NAN;
    bad[4].on = bad[4].off = 0.0f;
    bad[5].max_ms = 999;
    bad[6].max_ms = 60001;
    bad[7].pad_ms = 5001;
    bad[8].min_speech_ms = -1;
    bad[9].min_silence_ms = 10001;
    bad[10].join_gap_ms = -1;
    bad[11].target_ms = -1;
    for (size_t i = 0; i < 12; i++) {
        struct chip_segmenter *seg = NULL;
        assert_int_equal(chip_segmenter_new(&seg, &bad[i], collect, NULL, NULL), CHIP_E_INVAL);
        assert_null(seg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speech_begins_above_on_and_lasts_until_below_off),
        cmocka_unit_test(silence_of_400_ms_ends_a_span),
        cmocka_unit_test(bursts_shorter_than_250_ms_are_dropped),
        cmocka_unit_test(silence_gives_nothing),
        cmocka_unit_test(pieces_are_padded_within_the_recording),
        cmocka_unit_test(near_neighbours_share_the_gap),
        cmocka_unit_test(near_spans_are_joined_up_to_the_target),
        cmocka_unit_test(a_piece_is_emitted_as_soon_as_nothing_can_join_it),
        cmocka_unit_test(too_long_speech_is_cut_where_it_is_quietest),
        cmocka_unit_test(a_doubtful_moment_is_a_better_cut_than_a_soft_one),
        cmocka_unit_test(the_rest_of_a_cut_is_kept_however_short),
        cmocka_unit_test(endless_speech_is_cut_for_ever),
        cmocka_unit_test(samples_and_probabilities_must_keep_together),
        cmocka_unit_test(what_the_callee_says_is_handed_on),
        cmocka_unit_test(options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
