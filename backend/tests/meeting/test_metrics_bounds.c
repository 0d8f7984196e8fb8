#include "metrics_talk.h"

static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)*seed * below) >> 32);
}

/* A meeting by chance: overlaps, backchannels, questions, doubtful turns and pauses. */
static struct talk *chance(uint32_t seed, size_t n_speakers, int n_turns)
{
    static const char *const texts[] = {
        "Yeah.",   "Is that so?",
        "Mm-hmm.", "um we could begin with the first point then",
        "No.",     "I think it is fine as it is, but let us ask them.",
        "",        "What do you think?"};
    struct talk *talk = talk_new(n_speakers, 0);
    int64_t at = 0;
    for (int i = 0; i < n_turns; i++) {
        int64_t ms = 1 + draw(&seed, 12000);
        talk_say(talk, (int)draw(&seed, (uint32_t)n_speakers), at, at + ms, texts[draw(&seed, 8)]);
        talk->turns[talk->t.n_turns - 1].confidence = (float)draw(&seed, 1000) / 1000;
        int64_t next = at + ms + (int64_t)draw(&seed, 4000) - 1500;
        at = next > at ? next : at;
    }
    talk->t.duration_ms = at;
    return talk;
}

static void done(struct talk *talk, struct chip_metrics *m)
{
    chip_metrics_free(m);
    free(talk);
}

static void assert_sound(const struct chip_measure *measure, const char *key, int row)
{
    bool is_sound = isfinite(measure->value) && measure->low <= measure->value &&
                    measure->value <= measure->high && isfinite(measure->low) &&
                    isfinite(measure->high) && measure->evidence >= 0;
    if (!is_sound)
        fail_msg("%s of %d: %g in %g..%g", key, row, measure->value, measure->low, measure->high);
    if (strcmp(chip_metric_info((size_t)chip_metric_find(key))->unit, "share") == 0)
        assert_true(measure->low >= 0 && measure->high <= 1);
}

static void assert_all_sound(const struct chip_metrics *m)
{
    assert_int_equal(m->n_metrics, CHIP_N_METRICS);
    for (size_t i = 0; i < m->n_metrics; i++) {
        assert_sound(&m->meeting[i], chip_metric_info(i)->key, MEETING);
        for (size_t s = 0; s < m->n_speakers; s++)
            assert_sound(&m->speakers[s * m->n_metrics + i], chip_metric_info(i)->key, (int)s);
    }
    for (size_t i = 0; i < m->n_windows; i++) {
        double sum = 0;
        for (size_t s = 0; s < m->n_speakers; s++)
            sum += m->windows[i].shares[s];
        assert_true(sum == 0 || fabs(sum - 1) < 1e-12);
        assert_true(m->windows[i].start_ms < m->windows[i].end_ms);
    }
}

static void bounds_contain_the_value_and_nothing_is_nan(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 60; seed++) {
        struct talk *talk = chance(seed, 1 + seed % 6, (int)(seed * seed % 97));
        const struct chip_metrics_options options = {.overlap_modelled = seed % 2};
        struct chip_metrics *m = talk_measure(talk, &options);
        assert_all_sound(m);
        double sum = 0;
        for (size_t s = 0; s < m->n_speakers; s++)
            sum += measure_of(m, (int)s, CHIP_METRIC_TALK_SHARE)->value;
        assert_true(talk->t.n_turns == 0 || fabs(sum - 1) < 1e-12);
        done(talk, m);
    }
}

static void permuting_speakers_permutes_the_figures(void **state)
{
    (void)state;
    static const int to[] = {2, 0, 3, 1};
    struct talk *talk = chance(5, 4, 150);
    struct chip_metrics *before = talk_measure(talk, NULL);
    for (size_t i = 0; i < talk->t.n_turns; i++)
        talk->turns[i].speaker = to[talk->turns[i].speaker];
    for (size_t i = 0; i < talk->t.n_words; i++)
        talk->words[i].speaker = to[talk->words[i].speaker];
    struct chip_metrics *after = talk_measure(talk, NULL);
    for (size_t i = 0; i < before->n_metrics; i++) {
        const char *key = chip_metric_info(i)->key;
        for (int s = -1; s < 4; s++) {
            const struct chip_measure *a = measure_of(before, s, (enum chip_metric)i);
            const struct chip_measure *b =
                measure_of(after, s < 0 ? MEETING : to[s], (enum chip_metric)i);
            if (fabs(a->value - b->value) > 1e-9 || fabs(a->low - b->low) > 1e-9 ||
                fabs(a->high - b->high) > 1e-9 || a->evidence != b->evidence || a->lack != b->lack)
                fail_msg("%s of %d: %g in %g..%g, then %g in %g..%g", key, s, a->value, a->low,
                         a->high, b->value, b->low, b->high);
        }
    }
    chip_metrics_free(before);
    done(talk, after);
}

static void the_same_meeting_gives_the_same_figures(void **state)
{
    (void)state;
    struct talk *talk = chance(9, 3, 120);
    struct chip_metrics *a = talk_measure(talk, NULL), *b = talk_measure(talk, NULL);
    for (size_t i = 0; i < a->n_metrics * 3; i++)
        assert_true(a->speakers[i].low == b->speakers[i].low &&
                    a->speakers[i].high == b->speakers[i].high);
    chip_metrics_free(a);
    done(talk, b);
}

/* One piece of 10 s whose ends move by 250 ms: 9.5 to 10.5 s, and 95 % lie a little inside. */
static void boundaries_may_be_off_by_a_quarter_of_a_second(void **state)
{
    (void)state;
    struct talk *talk = talk_new(1, 60000);
    talk_say(talk, 0, 10000, 20000, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    const struct chip_measure *time = measure_of(m, 0, CHIP_METRIC_TALK_TIME);
    assert_true(time->low > 9.5 && time->low < 9.75);
    assert_true(time->high < 10.5 && time->high > 10.25);
    done(talk, m);
}

static void a_boundary_between_two_makes_no_overlap(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    for (int i = 0; i < 60; i++) /* seamless, some pieces shorter than a boundary may move */
        talk_say(talk, i % 2, i * 1000, i % 3 ? (i + 1) * 1000 : i * 1000 + 100, "");
    struct chip_metrics *m =
        talk_measure(talk, &(struct chip_metrics_options){.overlap_modelled = true});
    const struct chip_measure *overlap = measure_of(m, MEETING, CHIP_METRIC_OVERLAP_SHARE);
    assert_int_equal(overlap->lack, CHIP_LACK_NONE);
    assert_true(overlap->value == 0 && overlap->high == 0);
    assert_all_sound(m);
    done(talk, m);
}

static double width_of_share(float confidence)
{
    struct talk *talk = talk_new(2, 400000);
    for (int i = 0; i < 40; i++) {
        talk_say(talk, i % 2, i * 10000, i * 10000 + 9000, "");
        talk->turns[i].confidence = confidence;
    }
    struct chip_metrics *m = talk_measure(talk, NULL);
    const struct chip_measure *share = measure_of(m, 0, CHIP_METRIC_TALK_SHARE);
    double width = share->high - share->low;
    done(talk, m);
    return width;
}

/* Half of the pieces may be anyone's: 40 coins of 1/40 each have a deviation of 0.079. */
static void doubtful_turns_widen_the_bounds(void **state)
{
    (void)state;
    double sure = width_of_share(1), some = width_of_share(0.1F), none = width_of_share(0);
    assert_true(sure < 0.02);
    assert_true(some > 2 * sure && none > some);
    assert_true(none > 0.2 && none < 0.45);
    assert_true(width_of_share(NAN) == none);
}

static void doubt_moves_the_words_along(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 400000);
    for (int i = 0; i < 40; i++) {
        talk_say(talk, i % 2, i * 10000, i * 10000 + 9000, i % 2 ? "a b c d e" : "f? g? h? i? j?");
        talk->turns[i].confidence = 0;
    }
    struct chip_metrics *m = talk_measure(talk, NULL);
    const struct chip_measure *questions = measure_of(m, 0, CHIP_METRIC_QUESTION_RATE);
    assert_true(questions->value == 900 && questions->high == 900 && questions->low < 700);
    questions = measure_of(m, MEETING, CHIP_METRIC_QUESTION_RATE);
    assert_true(questions->low == 900 && questions->high == 900);
    done(talk, m);
}

static void an_empty_meeting_has_no_figures(void **state)
{
    (void)state;
    struct talk *talk = talk_new(0, 0);
    struct chip_metrics *m = talk_measure(talk, NULL);
    for (size_t i = 0; i < m->n_metrics; i++)
        assert_true(m->meeting[i].lack != CHIP_LACK_NONE);
    assert_int_equal(m->n_windows, 0);
    assert_int_equal(m->n_warnings, 0);
    assert_all_sound(m);
    chip_metrics_free(m);
    talk->t.duration_ms = 60000;
    m = talk_measure(talk, NULL);
    assert_lack(m, MEETING, CHIP_METRIC_SILENCE_RATIO, CHIP_LACK_FEW);
    assert_lack(m, MEETING, CHIP_METRIC_PACE, CHIP_LACK_WORDS);
    done(talk, m);
}

static void one_person_alone_has_no_figures_of_a_conversation(void **state)
{
    (void)state;
    struct talk *talk = talk_new(1, 60000);
    talk_say(talk, 0, 0, 30000, "Um, this is all that there is to say about it, is it not?");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_TALK_SHARE, 1);
    assert_value(m, 0, CHIP_METRIC_LONGEST_MONOLOGUE, 30);
    assert_lack(m, 0, CHIP_METRIC_TALK_TO_LISTEN, CHIP_LACK_ONE_SPEAKER);
    assert_lack(m, MEETING, CHIP_METRIC_BALANCE, CHIP_LACK_ONE_SPEAKER);
    assert_lack(m, 0, CHIP_METRIC_PATIENCE, CHIP_LACK_ONE_SPEAKER);
    assert_all_sound(m);
    done(talk, m);
}

static void without_speakers_the_meeting_still_has_pace_and_silence(void **state)
{
    (void)state;
    struct talk *talk = talk_new(0, 40000);
    struct chip_segment segment = {0, 20000, 1, -1, "", 0, 0};
    talk->t.segments = &segment;
    talk->t.n_segments = 1;
    for (int i = 0; i < 10; i++)
        talk_words(talk, -1, i * 2000, i * 2000 + 2000, "one two three");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_int_equal(m->n_speakers, 0);
    assert_value(m, MEETING, CHIP_METRIC_PACE, 90);
    assert_value(m, MEETING, CHIP_METRIC_SILENCE_RATIO, 0.5);
    assert_lack(m, MEETING, CHIP_METRIC_TURNS, CHIP_LACK_SPEAKERS);
    assert_lack(m, MEETING, CHIP_METRIC_BALANCE, CHIP_LACK_SPEAKERS);
    done(talk, m);
}

static void small_speakers_are_flagged_when_there_are_two(void **state)
{
    (void)state;
    struct talk *talk = talk_new(4, 200000);
    talk->speakers[3].name = "Dana";
    talk_say(talk, 0, 0, 97100, "");
    talk_say(talk, 1, 100000, 102900, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_int_equal(m->n_warnings, 1); /* S3 and Dana say nothing at all */
    assert_non_null(strstr(m->warnings[0], "S2, S3 and Dana each have less than 3 %"));
    chip_metrics_free(m);
    talk->t.n_speakers = 2;
    m = talk_measure(talk, NULL);
    assert_int_equal(m->n_warnings, 0);
    done(talk, m);
}

static void doubtful_speakers_are_flagged(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    talk_say(talk, 0, 0, 10000, "");
    talk_say(talk, 1, 11000, 21000, "");
    talk->turns[1].confidence = 0.05F;
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_int_equal(m->n_warnings, 1);
    assert_non_null(strstr(m->warnings[0], "In 50 % of the speech"));
    done(talk, m);
}

static void impossible_transcripts_are_refused(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    struct chip_metrics *m = NULL;
    talk_say(talk, 0, 1000, 2000, "one");
    talk_say(talk, 1, 3000, 4000, "two");
    const struct chip_turn turns[] = {{5000, 4000, 1, 1},
                                      {0, 4000, 1, 1},
                                      {3000, 4000, 2, 1},
                                      {3000, 4000, -1, 1},
                                      {3000, INT64_MAX, 1, 1}};
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        talk->turns[1] = turns[i];
        assert_int_equal(chip_metrics_compute(&m, &talk->t, NULL, NULL), CHIP_E_INVAL);
    }
    talk->t.n_turns = 1;
    talk->words[1].speaker = -2;
    assert_int_equal(chip_metrics_compute(&m, &talk->t, NULL, NULL), CHIP_E_INVAL);
    talk->words[1].speaker = 1;
    talk->t.duration_ms = -1;
    assert_int_equal(chip_metrics_compute(&m, &talk->t, NULL, NULL), CHIP_E_INVAL);
    talk->t.duration_ms = 60000;
    talk->t.n_speakers = 257;
    assert_int_equal(chip_metrics_compute(&m, &talk->t, NULL, NULL), CHIP_E_LIMIT);
    assert_int_equal(chip_metrics_compute(&m, NULL, NULL, NULL), CHIP_E_INVAL);
    assert_null(m);
    free(talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_contain_the_value_and_nothing_is_nan),
        cmocka_unit_test(permuting_speakers_permutes_the_figures),
        cmocka_unit_test(the_same_meeting_gives_the_same_figures),
        cmocka_unit_test(boundaries_may_be_off_by_a_quarter_of_a_second),
        cmocka_unit_test(a_boundary_between_two_makes_no_overlap),
        cmocka_unit_test(doubtful_turns_widen_the_bounds),
        cmocka_unit_test(doubt_moves_the_words_along),
        cmocka_unit_test(an_empty_meeting_has_no_figures),
        cmocka_unit_test(one_person_alone_has_no_figures_of_a_conversation),
        cmocka_unit_test(without_speakers_the_meeting_still_has_pace_and_silence),
        cmocka_unit_test(small_speakers_are_flagged_when_there_are_two),
        cmocka_unit_test(doubtful_speakers_are_flagged),
        cmocka_unit_test(impossible_transcripts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
