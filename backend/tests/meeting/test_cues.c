#include "cue_text.h"

static void sentences_get_their_own_cues_when_they_are_long(void **state)
{
    (void)state;
    expect_cues("This is the first sentence of it. And this here is the second sentence.", 20, 2,
                "This is the first/sentence of it.|And this here is/the second sentence.");
}

static void short_sentences_share_a_cue(void **state)
{
    (void)state;
    expect_cues("I agree. Me too. Fine.", 42, 2, "I agree. Me too. Fine.");
}

static void a_long_sentence_is_cut_at_its_comma(void **state)
{
    (void)state;
    expect_cues("If we send it out by Friday, they will have it on Monday and sign it.", 20, 2,
                "If we send it out/by Friday,|they will have it on/Monday and sign it.");
}

static void without_punctuation_cues_are_alike(void **state)
{
    (void)state;
    expect_cues("aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj", 20, 2,
                "aaaa bbbb/cccc dddd eeee|ffff gggg/hhhh iiii jjjj");
}

static void one_word_of_a_sentence_is_not_left_alone(void **state)
{
    (void)state;
    expect_cues("aaa bbb ccc ddd eee fff ggg", 11, 2, "aaa bbb/ccc ddd|eee fff ggg");
    expect_cues("Well, aaa bbb ccc ddd eee", 11, 2, "Well,/aaa bbb|ccc ddd eee");
    expect_cues("aaaaaaaaaa bbbbbbbbbb cccccccccc", 10, 1, "aaaaaaaaaa|bbbbbbbbbb|cccccccccc");
}

static void a_silence_ends_a_cue(void **state)
{
    (void)state;
    expect_cues("aaa bbb {2000}ccc ddd", 42, 2, "aaa bbb|ccc ddd");
    expect_cues("aaa bbb {500}ccc ddd", 42, 2, "aaa bbb ccc ddd");
}

static void no_cue_is_longer_than_seven_seconds(void **state)
{
    (void)state;
    expect_cues("aaa {1900}bbb {1900}ccc {1900}ddd {1900}eee {1900}fff", 42, 2,
                "aaa bbb ccc|ddd eee fff");
    expect_cues("aaa {1900}bbb {1900}ccc {1900}ddd", 42, 2, "aaa bbb ccc ddd");   /* 6.9 s */
    expect_cues("aaa {1900}bbb {1900}ccc {1999}dddd", 42, 2, "aaa bbb|ccc dddd"); /* 7.1 s */
}

static void a_word_longer_than_a_line_is_cut(void **state)
{
    (void)state;
    expect_cues("see http://example.org/some/page now", 12, 3,
                "see http:///example.org/|some/page/now");
}

/* Cues of a transcript with the default rules. */
static struct chip_cues cues_of(const struct chip_transcript *t)
{
    const struct chip_cue_rules rules = {.max_line_chars = 42, .max_lines = 2};
    struct chip_cues cues;
    assert_int_equal(chip_cues_make(t, &rules, &cues, NULL), CHIP_OK);
    return cues;
}

static void expect_times(const struct chip_cues *cues, size_t i, int64_t start_ms, int64_t end_ms)
{
    assert_true(i < cues->n_cues);
    assert_int_equal(cues->cues[i].start_ms, start_ms);
    assert_int_equal(cues->cues[i].end_ms, end_ms);
}

static void cues_stay_to_be_read_until_the_next_or_the_end(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    make_segment(t, 1000, "Yes.");  /* 400 ms; the next is far: at least 1 s */
    make_segment(t, 5000, "No.");   /* the next is near: until just before it */
    make_segment(t, 5900, "OK.");   /* 0.7 s until the next would flicker: stays */
    make_segment(t, 7300, "Good."); /* the recording ends */
    assert_int_equal(chip_transcript_set_durations(t, 7900, 0, NULL), CHIP_OK);
    struct chip_cues cues = cues_of(t);
    assert_int_equal(cues.n_cues, 4);
    expect_times(&cues, 0, 1000, 2000);
    expect_times(&cues, 1, 5000, 5820);
    expect_times(&cues, 2, 5900, 7220);
    expect_times(&cues, 3, 7300, 7900);
    chip_cues_done(&cues);
    chip_transcript_free(t);
}

static void words_at_one_instant_still_make_cues_one_after_the_other(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    struct chip_word words[30];
    for (int i = 0; i < 30; i++)
        words[i] = (struct chip_word){1000, 1000, 1, -1, "abcdefghi"};
    const struct chip_segment seg = {.start_ms = 1000, .end_ms = 1000};
    assert_int_equal(chip_transcript_add_segment(t, &seg, words, 30, NULL), CHIP_OK);
    struct chip_cues cues = cues_of(t);
    assert_int_equal(cues.n_cues, 4);
    expect_times(&cues, 0, 1000, 1200);
    expect_times(&cues, 1, 1280, 1480);
    chip_cues_done(&cues);
    chip_transcript_free(t);
}

static void no_words_make_no_cues(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    struct chip_cues cues = cues_of(t);
    assert_int_equal(cues.n_cues, 0);
    chip_cues_done(&cues);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_get_their_own_cues_when_they_are_long),
        cmocka_unit_test(short_sentences_share_a_cue),
        cmocka_unit_test(a_long_sentence_is_cut_at_its_comma),
        cmocka_unit_test(without_punctuation_cues_are_alike),
        cmocka_unit_test(one_word_of_a_sentence_is_not_left_alone),
        cmocka_unit_test(a_silence_ends_a_cue),
        cmocka_unit_test(no_cue_is_longer_than_seven_seconds),
        cmocka_unit_test(a_word_longer_than_a_line_is_cut),
        cmocka_unit_test(cues_stay_to_be_read_until_the_next_or_the_end),
        cmocka_unit_test(words_at_one_instant_still_make_cues_one_after_the_other),
        cmocka_unit_test(no_words_make_no_cues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
