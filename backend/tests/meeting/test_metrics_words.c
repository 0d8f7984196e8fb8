#include "metrics_talk.h"

#include "meeting/metrics/lexicon.h"

static void done(struct talk *talk, struct chip_metrics *m)
{
    chip_metrics_free(m);
    free(talk);
}

static void say_times(struct talk *talk, int speaker, int64_t start_ms, int n, const char *text,
                      int64_t each_ms)
{
    for (int i = 0; i < n; i++)
        talk_words(talk, speaker, start_ms + i * each_ms, start_ms + (i + 1) * each_ms, text);
}

static void pace_is_words_per_minute_of_talk(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 60000);
    talk_say(talk, 0, 0, 20000, "");
    say_times(talk, 0, 0, 10, "one two three four five -", 1000); /* 50 words in 10 s */
    talk_say(talk, 1, 30000, 40000, "too few of them");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_PACE, 150);
    assert_int_equal(measure_of(m, 0, CHIP_METRIC_PACE)->evidence, 50);
    assert_value(m, MEETING, CHIP_METRIC_PACE, 54 * 2);
    assert_lack(m, 1, CHIP_METRIC_PACE, CHIP_LACK_FEW);
    done(talk, m);
}

static void articulation_leaves_pauses_out(void **state)
{
    (void)state;
    struct talk *talk = talk_new(1, 60000);
    talk_say(talk, 0, 0, 30000, "");
    talk_words(talk, 0, 0, 2000, "a b c d");            /* 120 */
    talk_words(talk, 0, 2300, 4300, "a b c d e f");     /* 180 */
    talk_words(talk, 0, 6000, 7499, "a b c d e f g h"); /* too short */
    talk_words(talk, 0, 9000, 11000, "a b c d e");      /* 150, with what follows 0.299 s later */
    talk_words(talk, 0, 11299, 13000, "a b c d e");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_ARTICULATION, 150); /* of 120, 150 and 180 */
    assert_value(m, MEETING, CHIP_METRIC_ARTICULATION, 150);
    done(talk, m);
}

static void fillers_are_counted_whatever_their_case_and_punctuation(void **state)
{
    (void)state;
    struct talk *talk = talk_new(1, 60000);
    talk_say(talk, 0, 0, 30000, "");
    say_times(talk, 0, 0, 10, "this is Um, fine \u201Cuh\u201D", 1000);
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_FILLER_RATE, 0.4);
    chip_metrics_free(m);
    talk->t.language = "fi";
    m = talk_measure(talk, NULL);
    assert_lack(m, 0, CHIP_METRIC_FILLER_RATE, CHIP_LACK_LANGUAGE);
    done(talk, m);
}

static void questions_end_with_a_question_mark(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 360000);
    talk_say(talk, 0, 0, 3000, "Is it ready? Is it not?");
    talk_say(talk, 1, 3200, 6000, "It will be.");
    talk_say(talk, 0, 7000, 9000, "Good. (Why?)");
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_QUESTION_RATE, 30); /* 3 in 6 minutes */
    assert_int_equal(measure_of(m, 0, CHIP_METRIC_QUESTION_RATE)->evidence, 4);
    assert_lack(m, 1, CHIP_METRIC_QUESTION_RATE, CHIP_LACK_FEW);
    assert_value(m, MEETING, CHIP_METRIC_QUESTION_RATE, 30);
    assert_value(m, 0, CHIP_METRIC_QUESTIONS_ANSWERED, 2.0 / 3);
    done(talk, m);
}

static void an_answer_is_three_words_of_others_or_one_that_answers(void **state)
{
    (void)state;
    static const struct {
        int speaker;
        int64_t start_ms;
        const char *said;
        bool answers;
    } cases[] = {
        {1, 3000, "on the table", true},   {1, 3000, "the table", false},
        {1, 3000, "Yes.", true},           {0, 3000, "on the table", false},
        {1, 12001, "on the table", false}, {1, 12000, "Yes.", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct talk *talk = talk_new(2, 60000);
        talk_say(talk, 0, 0, 1000, "Where?");
        talk_say(talk, 0, 1000, 2000, "Where?");
        talk_say(talk, cases[i].speaker, cases[i].start_ms, cases[i].start_ms + 900, cases[i].said);
        talk_say(talk, 1, 40000, 41000, "something else entirely");
        struct chip_metrics *m = talk_measure(talk, NULL);
        double first = cases[i].start_ms <= 11000 && cases[i].answers;
        assert_value(m, 0, CHIP_METRIC_QUESTIONS_ANSWERED, (first + cases[i].answers) / 2);
        done(talk, m);
    }
}

/* The mean over all windows, window by window. */
static double slow_richness(const int *tokens, int n)
{
    double sum = 0;
    for (int at = 0; at + 50 <= n; at++) {
        int different = 0;
        for (int i = at; i < at + 50; i++) {
            bool seen = false;
            for (int j = at; j < i; j++)
                seen = seen || tokens[j] == tokens[i];
            different += !seen;
        }
        sum += different / 50.0;
    }
    return sum / (n - 49);
}

static void vocabulary_is_the_mean_over_windows_of_fifty_words(void **state)
{
    (void)state;
    struct talk *talk = talk_new(2, 600000);
    talk_say(talk, 0, 0, 600000, "");
    talk_say(talk, 1, 0, 1, "");
    uint32_t seed = 7;
    int tokens[2][300], n[2] = {0};
    for (int i = 0; i < 400; i++) {
        seed = seed * 1664525 + 1013904223;
        int s = seed >> 31, token = (int)(seed >> 10) % 60;
        char word[16];
        snprintf(word, sizeof word, i % 3 ? "w%d" : "W%d,", token);
        talk_words(talk, s, i * 100, i * 100 + 100, word);
        assert_true(n[s] < 300);
        tokens[s][n[s]++] = token;
    }
    struct chip_metrics *m = talk_measure(talk, NULL);
    for (int s = 0; s < 2; s++) {
        assert_value(m, s, CHIP_METRIC_VOCABULARY, slow_richness(tokens[s], n[s]));
        assert_int_equal(measure_of(m, s, CHIP_METRIC_VOCABULARY)->evidence, n[s]);
    }
    done(talk, m);
}

static void vocabulary_of_few_words_is_not_given(void **state)
{
    (void)state;
    struct talk *talk = talk_new(1, 60000);
    talk_say(talk, 0, 0, 30000, "");
    say_times(talk, 0, 0, 33, "one two three", 100); /* 99 */
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_lack(m, 0, CHIP_METRIC_VOCABULARY, CHIP_LACK_FEW);
    talk_words(talk, 0, 4000, 5000, "four");
    chip_metrics_free(m);
    m = talk_measure(talk, NULL);
    assert_lack(m, 0, CHIP_METRIC_VOCABULARY, CHIP_LACK_NONE);
    done(talk, m);
}

static void words_of_nobody_count_for_the_meeting_only(void **state)
{
    (void)state;
    struct talk *talk = talk_new(1, 60000);
    talk_say(talk, 0, 0, 30000, "");
    say_times(talk, 0, 0, 15, "one two", 1000);
    say_times(talk, -1, 20000, 15, "three four", 100);
    struct chip_metrics *m = talk_measure(talk, NULL);
    assert_value(m, 0, CHIP_METRIC_PACE, 60);
    assert_value(m, MEETING, CHIP_METRIC_PACE, 120);
    done(talk, m);
}

static void words_are_bared_of_marks_but_not_of_letters(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Hello,", "hello"},
        {"\u201CUm\u2026\u201D", "um"},
        {"mm-hmm.", "mm-hmm"},
        {"don't", "don't"},
        {"\u00C4pfel!", "\u00C4pfel"},
        {"-", ""},
        {"\u00BFQu\u00E9?", "qu\u00E9"},
        {"", ""},
    };
    char bare[64];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(chip_word_bare(cases[i][0], bare, sizeof bare), strlen(cases[i][1]));
        assert_string_equal(bare, cases[i][1]);
    }
    assert_int_equal(chip_word_bare("abcdef", bare, 4), 3);
    assert_string_equal(bare, "abc");
}

static void ends_of_sentences_are_seen_behind_closing_marks(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum chip_word_end end;
    } cases[] = {
        {"word", CHIP_WORD_GOES_ON},
        {"word,", CHIP_WORD_GOES_ON},
        {"word.", CHIP_WORD_ENDS_SENTENCE},
        {"word?", CHIP_WORD_ENDS_QUESTION},
        {"word?!", CHIP_WORD_ENDS_QUESTION},
        {"word?\u201D)", CHIP_WORD_ENDS_QUESTION},
        {"word!\u00BB", CHIP_WORD_ENDS_SENTENCE},
        {"\u4F60\u5417\uFF1F", CHIP_WORD_ENDS_QUESTION},
        {"", CHIP_WORD_GOES_ON},
        {"?", CHIP_WORD_ENDS_QUESTION},
        {"what?ever", CHIP_WORD_GOES_ON},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (chip_word_end(cases[i].word) != cases[i].end)
            fail_msg("%s", cases[i].word);
}

static void languages_are_found_with_their_regions(void **state)
{
    (void)state;
    assert_non_null(chip_lexicon_find("en"));
    assert_non_null(chip_lexicon_find("en-GB"));
    assert_null(chip_lexicon_find("eng"));
    assert_null(chip_lexicon_find(""));
    assert_null(chip_lexicon_find(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pace_is_words_per_minute_of_talk),
        cmocka_unit_test(articulation_leaves_pauses_out),
        cmocka_unit_test(fillers_are_counted_whatever_their_case_and_punctuation),
        cmocka_unit_test(questions_end_with_a_question_mark),
        cmocka_unit_test(an_answer_is_three_words_of_others_or_one_that_answers),
        cmocka_unit_test(vocabulary_is_the_mean_over_windows_of_fifty_words),
        cmocka_unit_test(vocabulary_of_few_words_is_not_given),
        cmocka_unit_test(words_of_nobody_count_for_the_meeting_only),
        cmocka_unit_test(words_are_bared_of_marks_but_not_of_letters),
        cmocka_unit_test(ends_of_sentences_are_seen_behind_closing_marks),
        cmocka_unit_test(languages_are_found_with_their_regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
