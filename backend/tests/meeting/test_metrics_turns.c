#include "metrics_talk.h"

static void done(struct talk *talk, struct chip_metrics *m)
{
    chip_metrics_free(m);
    free(talk);
}

static void turns_join_over_short_pauses_when_nobody_else_speaks(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    talk_say(talk, 0, 0, 4000, "one two three four five six");
    talk_say(talk, 0, 5999, 10000, "one two three four five six");  /* 1.999 s: joined */
    talk_say(talk, 0, 12000, 15000, "one two three four five six"); /* 2 s: another turn */
    talk_say(talk, 1, 15500, 20500, "one two three four five six");
    talk_say(talk, 0, 21000, 23000, "one two three four five six");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_TURNS, 3); /* 10, 3 and 2 s */
    assert_value(m, 0, CHIP_METRIC_MEAN_TURN, 5);
    assert_value(m, 0, CHIP_METRIC_MEDIAN_TURN, 3);
    assert_value(m, 0, CHIP_METRIC_LONGEST_MONOLOGUE, 10);
    assert_value(m, MEETING, CHIP_METRIC_TURNS, 4);
    assert_value(m, MEETING, CHIP_METRIC_MEDIAN_TURN, 4); /* of 2 3 5 10 */
    assert_lack(m, 1, CHIP_METRIC_MEAN_TURN, CHIP_LACK_FEW);
    assert_lack(m, 1, CHIP_METRIC_MEDIAN_TURN, CHIP_LACK_FEW);
    done(talk, m);
}

static void a_backchannel_neither_ends_a_monologue_nor_is_a_turn(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    talk_say(talk, 0, 0, 10000, "so I went there and then it began to rain a lot");
    talk_say(talk, 1, 10200, 11000, "Oh, I see.");
    talk_say(talk, 0, 11200, 20000, "and we had to wait for hours under the bridge");
    talk_say(talk, 1, 20300, 25000, "which bridge was it in the end");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_TURNS, 1);
    assert_value(m, 0, CHIP_METRIC_LONGEST_MONOLOGUE, 20);
    assert_value(m, 1, CHIP_METRIC_TURNS, 1);
    assert_value(m, MEETING, CHIP_METRIC_INTERACTIVITY, 1);
    /* one in 18.8 s of A; A's own pieces are B's evidence, and B's are too few for A */
    assert_lack(m, 1, CHIP_METRIC_BACKCHANNEL_RATE, CHIP_LACK_FEW);
    talk_say(talk, 0, 26000, 30000, "the old one by the mill as far as I know");
    chip_metrics_free(m);
    m = talk_measure(talk, NULL);
    assert_value(m, 1, CHIP_METRIC_BACKCHANNEL_RATE, 60 / 22.8);
    done(talk, m);
}

static void a_backchannel_inside_speech_is_one_too(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    talk_say(talk, 0, 0, 20000, "so I went there and then it began to rain a lot");
    talk_say(talk, 1, 10000, 10500, "Right.");
    talk_say(talk, 1, 12000, 12500, "Mm-hmm.");
    talk_say(talk, 1, 14000, 14400, "Yeah.");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_lack(m, 1, CHIP_METRIC_TURNS, CHIP_LACK_FEW);
    assert_value(m, MEETING, CHIP_METRIC_TURNS, 1);
    assert_value(m, MEETING, CHIP_METRIC_BACKCHANNEL_RATE, 9); /* 3 in 20 s */
    done(talk, m);
}

static void what_is_no_backchannel(void **state)
{
    (void)state;
    static const struct {
        const char *before, *said;
        int64_t ms;
        bool other_goes_on;
    } cases[] = {
        {"shall we begin with this now?", "Yes.", 500, true},                     /* an answer */
        {"we begin with this now.", "Not so fast.", 500, true},                   /* other words */
        {"we begin with this now.", "Yeah right okay sure yes yeah.", 900, true}, /* six words */
        {"we begin with this now.", "Okay.", 500, false}, /* the last word */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct talk *talk = talk_new(3, 60000);
        talk_say(talk, 0, 0, 5000, cases[i].before);
        talk_say(talk, 1, 5200, 5200 + cases[i].ms, cases[i].said);
        talk_say(talk, cases[i].other_goes_on ? 0 : 2, 6500, 12000, "so the first point is rain");
        struct chip_metrics *m = talk_measure(talk, NULL);
        if (measure_of(m, 1, CHIP_METRIC_TURNS)->value != 1)
            fail_msg("'%s' is a backchannel", cases[i].said);
        done(talk, m);
    }
}

static void without_a_word_list_a_backchannel_is_short(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *said;
        bool is_turn;
    } cases[] = {{900, "ach so ja", false},
                 {1001, "ach so ja", true},
                 {900, "das ist ja toll", true},
                 {900, "", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct talk *talk = talk_new(2, 60000);
        talk->t.language = "de";
        talk_say(talk, 0, 0, 5000, "wir fangen jetzt damit an");
        talk_say(talk, 1, 5200, 5200 + cases[i].ms, cases[i].said);
        talk_say(talk, 0, 6500, 12000, "der erste Punkt ist Regen");
        struct chip_metrics *m = talk_measure(talk, NULL);
        assert_lack(m, 1, CHIP_METRIC_TURNS, cases[i].is_turn ? CHIP_LACK_NONE : CHIP_LACK_FEW);
        done(talk, m);
    }
}

static void longest_listening_is_between_own_turns_or_to_the_ends(void **state)
{
    (void)state;
    struct talk *talk = talk_new(3, 100000);
    talk_say(talk, 0, 5000, 20000, "one two three four five six");
    talk_say(talk, 1, 21000, 30000, "one two three four five six");
    talk_say(talk, 2, 31000, 60000, "one two three four five six");
    talk_say(talk, 1, 61000, 65000, "one two three four five six");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_LONGEST_LISTENING, 45); /* to the end of speech */
    assert_value(m, 1, CHIP_METRIC_LONGEST_LISTENING, 31);
    assert_value(m, 2, CHIP_METRIC_LONGEST_LISTENING, 26); /* from its beginning */
    done(talk, m);
}

static void patience_is_the_median_of_gaps_that_can_be_measured(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 120000);
    /* B's gaps: 0.5, 0.1, 1, 3 and 6 s; A comes back after 0.25 s each time */
    static const int gaps[] = {500, 100, 1000, 3000, 6000};
    int64_t at = 0;
    for (size_t i = 0; i < 5; i++) {
        talk_say(talk, 0, at, at + 5000, "one two three four five six");
        at += 5000 + gaps[i];
        talk_say(talk, 1, at, at + 5000, "one two three four five six");
        at += 5250;
    }
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 1, CHIP_METRIC_PATIENCE, 1);
    assert_int_equal(measure_of(m, 1, CHIP_METRIC_PATIENCE)->evidence, 3);
    assert_value(m, 0, CHIP_METRIC_PATIENCE, 0.25);
    assert_value(m, MEETING, CHIP_METRIC_PATIENCE, 0.25); /* of .25 .25 .25 .25 .5 1 3 */
    assert_value(m, 1, CHIP_METRIC_IMMEDIATE_HANDOVERS, 0.2);
    assert_value(m, 0, CHIP_METRIC_IMMEDIATE_HANDOVERS, 0);
    assert_value(m, MEETING, CHIP_METRIC_IMMEDIATE_HANDOVERS, 1.0 / 9);
    assert_value(m, MEETING, CHIP_METRIC_INTERACTIVITY, 4.5);
    done(talk, m);
}

static void an_interruption_stops_the_other_and_goes_on(void **state)
{
    (void)state;
    static const struct {
        int64_t start_ms, other_end_ms, end_ms;
        int count;
    } cases[] = {
        {9000, 10000, 15000, 1}, {9700, 10000, 15000, 1},
        {9701, 10000, 15000, 0},                          /* less than 0.3 s */
        {7999, 10000, 15000, 0},                          /* the other goes on for more than 2 s */
        {8000, 10000, 15000, 1}, {9000, 10000, 10999, 0}, /* gives up within 2 s */
        {299, 1500, 15000, 0},                            /* both began together */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct talk *talk = talk_new(2, 60000);
        talk_say(talk, 0, 0, cases[i].other_end_ms, "one two three four five six");
        talk_say(talk, 1, cases[i].start_ms, cases[i].end_ms, "one two three four five six");
        struct chip_metrics *m =
            talk_measure(talk, &(struct chip_metrics_options){.overlap_modelled = true});
        assert_value(m, 1, CHIP_METRIC_INTERRUPTIONS_GIVEN, cases[i].count);
        assert_value(m, 0, CHIP_METRIC_INTERRUPTIONS_RECEIVED, cases[i].count);
        assert_value(m, 0, CHIP_METRIC_INTERRUPTIONS_GIVEN, 0);
        assert_value(m, 1, CHIP_METRIC_INTERRUPTIONS_RECEIVED, 0);
        assert_value(m, MEETING, CHIP_METRIC_INTERRUPTIONS_GIVEN, cases[i].count);
        done(talk, m);
    }
}

static void without_overlap_interruptions_are_not_known_to_be_none(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    talk_say(talk, 0, 0, 10000, "one two three four five six");
    talk_say(talk, 1, 10000, 20000, "one two three four five six");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_lack(m, MEETING, CHIP_METRIC_INTERRUPTIONS_GIVEN, CHIP_LACK_OVERLAP);
    assert_lack(m, 0, CHIP_METRIC_INTERRUPTIONS_RECEIVED, CHIP_LACK_OVERLAP);
    talk_say(talk, 0, 19000, 25000, "one two three four five six");
    chip_metrics_free(m);
    m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_INTERRUPTIONS_GIVEN, 1);
    assert_value(m, 1, CHIP_METRIC_INTERRUPTIONS_RECEIVED, 1);
    done(talk, m);
}

static void no_overlap_means_none_where_the_transcript_says_that_it_was_looked_for(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    talk_say(talk, 0, 0, 10000, "one two three four five six");
    talk_say(talk, 1, 10000, 20000, "one two three four five six");
    talk->t.overlap_modelled = true;
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, MEETING, CHIP_METRIC_INTERRUPTIONS_GIVEN, 0);
    assert_value(m, MEETING, CHIP_METRIC_OVERLAP_SHARE, 0);
    done(talk, m);
}

static void a_backchannel_is_no_interruption(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    talk_say(talk, 0, 0, 10000, "one two three four five six");
    talk_say(talk, 1, 9000, 11000, "yeah yeah right");
    talk_say(talk, 0, 11100, 15000, "one two three four five six");
    struct chip_metrics *m =
        talk_measure(talk, &(struct chip_metrics_options){.overlap_modelled = true});
    assert_value(m, 0, CHIP_METRIC_TURNS, 1);
    assert_lack(m, 1, CHIP_METRIC_INTERRUPTIONS_GIVEN, CHIP_LACK_FEW); /* no handover at all */
    done(talk, m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_join_over_short_pauses_when_nobody_else_speaks),
        cmocka_unit_test(a_backchannel_neither_ends_a_monologue_nor_is_a_turn),
        cmocka_unit_test(a_backchannel_inside_speech_is_one_too),
        cmocka_unit_test(what_is_no_backchannel),
        cmocka_unit_test(without_a_word_list_a_backchannel_is_short),
        cmocka_unit_test(longest_listening_is_between_own_turns_or_to_the_ends),
        cmocka_unit_test(patience_is_the_median_of_gaps_that_can_be_measured),
        cmocka_unit_test(an_interruption_stops_the_other_and_goes_on),
        cmocka_unit_test(without_overlap_interruptions_are_not_known_to_be_none),
        cmocka_unit_test(no_overlap_means_none_where_the_transcript_says_that_it_was_looked_for),
        cmocka_unit_test(a_backchannel_is_no_interruption),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
