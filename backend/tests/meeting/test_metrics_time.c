#include "metrics_talk.h"

static void done(struct talk *talk, struct chip_metrics *m)
{
    chip_metrics_free(m);
    free(talk);
}

/* 0..30 s A, 31..41 s B, 50..70 s A; of 100 s. */
static struct talk *two_people(void)
{
    struct talk *talk = talk_new(2, 100000);
    talk_say(talk, 0, 0, 30000, "");
    talk_say(talk, 1, 31000, 41000, "");
    talk_say(talk, 0, 50000, 70000, "");
    return talk;
}

static void talk_time_is_speech_and_its_share_is_of_speech(void **state)
{
    (void)state;
    struct talk *talk = two_people();
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_TALK_TIME, 50);
    assert_value(m, 1, CHIP_METRIC_TALK_TIME, 10);
    assert_value(m, MEETING, CHIP_METRIC_TALK_TIME, 60);
    assert_value(m, 0, CHIP_METRIC_TALK_SHARE, 50.0 / 60);
    assert_value(m, 1, CHIP_METRIC_TALK_SHARE, 10.0 / 60);
    assert_value(m, 0, CHIP_METRIC_TALK_TO_LISTEN, 5);
    assert_value(m, 1, CHIP_METRIC_TALK_TO_LISTEN, 0.2);
    assert_int_equal(measure_of(m, 0, CHIP_METRIC_TALK_TIME)->evidence, 2);
    assert_lack(m, MEETING, CHIP_METRIC_TALK_SHARE, CHIP_LACK_SCOPE);
    done(talk, m);
}

static void silence_is_what_is_left_of_the_recording(void **state)
{
    (void)state;
    struct talk *talk = two_people();
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, MEETING, CHIP_METRIC_SILENCE_RATIO, 0.4);
    assert_value(m, MEETING, CHIP_METRIC_LONGEST_SILENCE, 9); /* not the 30 s at the end */
    assert_value(m, MEETING, CHIP_METRIC_LAPSES, 1);
    assert_int_equal(measure_of(m, MEETING, CHIP_METRIC_LONGEST_SILENCE)->evidence, 2);
    done(talk, m);
}

static void overlap_does_not_hide_silence(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 40000);
    talk_say(talk, 0, 0, 10000, "");
    talk_say(talk, 1, 5000, 15000, "");
    talk_say(talk, 0, 25000, 30000, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, MEETING, CHIP_METRIC_SILENCE_RATIO, 0.5);
    assert_value(m, MEETING, CHIP_METRIC_TALK_TIME, 25);
    done(talk, m);
}

static void a_silence_of_five_seconds_is_no_lapse_yet(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 30000);
    talk_say(talk, 0, 0, 5000, "");
    talk_say(talk, 1, 10000, 15000, "");
    talk_say(talk, 0, 20001, 30000, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, MEETING, CHIP_METRIC_LAPSES, 1);
    done(talk, m);
}

static void overlap_needs_a_model_of_it(void **state)
{
    (void)state;
    struct talk *talk = two_people();
    talk_say(talk, 1, 68000, 72000, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_lack(m, MEETING, CHIP_METRIC_OVERLAP_SHARE, CHIP_LACK_OVERLAP);
    assert_int_equal(measure_of(m, MEETING, CHIP_METRIC_OVERLAP_SHARE)->evidence, 0);
    chip_metrics_free(m);
    m = talk_measure(talk, &(struct chip_metrics_options){.overlap_modelled = true});
    assert_value(m, MEETING, CHIP_METRIC_OVERLAP_SHARE, 2.0 / 62);
    done(talk, m);
}

static void three_at_once_overlap_once_and_short_ones_not_at_all(void **state)
{
    (void)state;
    struct talk *talk = talk_new(3, 60000);
    talk_say(talk, 0, 0, 10000, "");
    talk_say(talk, 1, 4000, 8000, "");
    talk_say(talk, 2, 6000, 12000, "");  /* two at least: 4..10 */
    talk_say(talk, 0, 11800, 20000, ""); /* 0.2 s: a quick handover */
    struct chip_metrics *m =
        talk_measure(talk, &(struct chip_metrics_options){.overlap_modelled = true});
    assert_value(m, MEETING, CHIP_METRIC_OVERLAP_SHARE, 6.0 / 20);
    done(talk, m);
}

static void balance_and_inequality_are_those_of_the_formulas(void **state)
{
    (void)state;
    struct talk *talk = talk_new(3, 200000);
    talk_say(talk, 0, 0, 60000, "");
    talk_say(talk, 1, 60000, 90000, "");
    talk_say(talk, 2, 90000, 100000, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    double h = -(0.6 * log(0.6) + 0.3 * log(0.3) + 0.1 * log(0.1)) / log(3);
    assert_value(m, MEETING, CHIP_METRIC_BALANCE, h);
    /* pairs: 30 + 50 + 20, each twice; / (2 * 3 * 100) */
    assert_value(m, MEETING, CHIP_METRIC_GINI, 200.0 / 600);
    done(talk, m);
}

static void equal_talk_is_balanced(void **state)
{
    (void)state;
    struct talk *talk = talk_new(4, 40000);
    for (int s = 0; s < 4; s++)
        talk_say(talk, s, s * 10000, s * 10000 + 10000, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, MEETING, CHIP_METRIC_BALANCE, 1);
    assert_value(m, MEETING, CHIP_METRIC_GINI, 0);
    done(talk, m);
}

static void somebody_who_never_speaks_does_not_count_for_balance(void **state)
{
    (void)state;
    struct talk *talk = two_people();
    struct chip_metrics *two = talk_measure(talk, NULL);
    talk->speakers[2] = (struct chip_speaker){.label = "S3", .name = ""};
    talk->t.n_speakers = 3;
    struct chip_metrics *three = talk_measure(talk, NULL);
    assert_value(three, MEETING, CHIP_METRIC_BALANCE,
                 measure_of(two, MEETING, CHIP_METRIC_BALANCE)->value);
    assert_lack(three, 2, CHIP_METRIC_TALK_TIME, CHIP_LACK_FEW);
    chip_metrics_free(two);
    done(talk, three);
}

/* Windows begin at 0, 30 and 60 s: A has all of the first minute, B all of the last three. */
static void dominance_counts_windows(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 210000);
    talk_say(talk, 0, 0, 60000, "");
    talk_say(talk, 1, 90000, 210000, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    /* 0..150: A 60, B 60; 30..180: A 30, B 90; 60..210: B 120 */
    assert_int_equal(m->n_windows, 3);
    assert_int_equal(m->windows[1].start_ms, 30000);
    assert_int_equal(m->windows[1].end_ms, 180000);
    assert_true(m->windows[0].shares[0] == 0.5 && m->windows[1].shares[1] == 0.75 &&
                m->windows[2].shares[1] == 1);
    assert_value(m, 0, CHIP_METRIC_DOMINANCE, 0);
    assert_value(m, 1, CHIP_METRIC_DOMINANCE, 2.0 / 3);
    assert_value(m, MEETING, CHIP_METRIC_DOMINANCE, (0.5 + 0.75 + 1) / 3);
    done(talk, m);
}

static void a_short_meeting_is_one_window_and_a_silent_one_has_no_shares(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 20000);
    talk_say(talk, 0, 0, 8000, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_int_equal(m->n_windows, 1);
    assert_int_equal(m->windows[0].end_ms, 20000);
    assert_true(m->windows[0].shares[0] == 0 && m->windows[0].shares[1] == 0);
    done(talk, m);
}

static void windows_of_a_very_long_recording_are_few(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, INT64_C(1000) * 3600 * 1000);
    talk_say(talk, 0, 0, 8000, "");
    talk_say(talk, 1, INT64_C(999) * 3600 * 1000, INT64_C(1000) * 3600 * 1000, "");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_in_range(m->n_windows, 1000, 2880);
    assert_int_equal(m->windows[m->n_windows - 1].end_ms, talk->t.duration_ms);
    assert_true(m->windows[m->n_windows - 1].shares[1] == 1);
    done(talk, m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(talk_time_is_speech_and_its_share_is_of_speech),
        cmocka_unit_test(silence_is_what_is_left_of_the_recording),
        cmocka_unit_test(overlap_does_not_hide_silence),
        cmocka_unit_test(a_silence_of_five_seconds_is_no_lapse_yet),
        cmocka_unit_test(overlap_needs_a_model_of_it),
        cmocka_unit_test(three_at_once_overlap_once_and_short_ones_not_at_all),
        cmocka_unit_test(balance_and_inequality_are_those_of_the_formulas),
        cmocka_unit_test(equal_talk_is_balanced),
        cmocka_unit_test(somebody_who_never_speaks_does_not_count_for_balance),
        cmocka_unit_test(dominance_counts_windows),
        cmocka_unit_test(a_short_meeting_is_one_window_and_a_silent_one_has_no_shares),
        cmocka_unit_test(windows_of_a_very_long_recording_are_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
