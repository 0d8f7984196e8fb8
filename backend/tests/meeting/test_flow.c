#include "make.h"

#include "meeting/flow.h"

static struct chip_flow flow_of(const struct chip_transcript *t, size_t max_chars)
{
    struct chip_flow flow;
    assert_int_equal(chip_flow_make(t, max_chars, false, &flow, NULL), CHIP_OK);
    return flow;
}

static void expect_word(const struct chip_flow *flow, size_t i, const char *text, int64_t start_ms,
                        int64_t end_ms)
{
    assert_true(i < flow->n_words);
    const struct chip_flow_word *w = &flow->words[i];
    assert_int_equal(w->n_bytes, strlen(text));
    assert_memory_equal(w->text, text, w->n_bytes);
    assert_int_equal(w->start_ms, start_ms);
    assert_int_equal(w->end_ms, end_ms);
}

static void words_of_all_segments_make_one_flow(void **state)
{
    (void)state;
    struct chip_transcript *t = make_spoken("Caf\xC3\xA9 au");
    make_segment(t, 1000, "lait.");
    struct chip_flow flow = flow_of(t, 0);
    assert_int_equal(flow.n_words, 3);
    expect_word(&flow, 0, "Caf\xC3\xA9", 0, 500);
    expect_word(&flow, 2, "lait.", 1000, 1500);
    assert_int_equal(flow.words[0].n_chars, 4);
    assert_int_equal(flow.words[1].pause_ms, 300);
    assert_int_equal(flow.words[2].pause_ms, 0);
    chip_flow_done(&flow);
    chip_transcript_free(t);
}

static void silence_raises_a_break(void **state)
{
    (void)state;
    struct chip_transcript *t = make_spoken("is {299}a {300}b {1000}c {2000}d. E");
    make_segment(t, 10000, "of");
    make_segment(t, 10200 + 499, "f");
    make_segment(t, 10799 + 500, "g");
    struct chip_flow flow = flow_of(t, 0);
    static const enum chip_break after[] = {
        CHIP_BREAK_POOR,     /* is: the words decide */
        CHIP_BREAK_CLAUSE,   /* a */
        CHIP_BREAK_SENTENCE, /* b */
        CHIP_BREAK_PAUSE,    /* c */
        CHIP_BREAK_NONE,     /* d. E: an initial */
        CHIP_BREAK_PAUSE,    /* E: the segment ends */
        CHIP_BREAK_CLAUSE,   /* of: the segment ends, but the next one follows soon */
        CHIP_BREAK_PAUSE,    /* f: not so soon */
        CHIP_BREAK_PAUSE,    /* g: the end */
    };
    assert_int_equal(flow.n_words, sizeof after / sizeof after[0]);
    for (size_t i = 0; i < flow.n_words; i++)
        assert_int_equal(flow.words[i].after, after[i]);
    assert_int_equal(flow.words[1].sense, CHIP_BREAK_POOR); /* as if there were no pause */
    chip_flow_done(&flow);
    chip_transcript_free(t);
}

static void words_that_the_text_joins_stay_joined(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_word words[] = {{0, 100, 1, -1, "\xE4\xBB\x8A"},
                                      {100, 200, 1, -1, "\xE6\x97\xA5"},
                                      {200, 300, 1, -1, "ok"}};
    struct chip_segment seg = {.start_ms = 0, .end_ms = 300, .text = "\xE4\xBB\x8A\xE6\x97\xA5 ok"};
    assert_int_equal(chip_transcript_add_segment(t, &seg, words, 3, NULL), CHIP_OK);
    seg.text = "something else";
    seg.start_ms = 1000;
    seg.end_ms = 1300;
    const struct chip_word others[] = {{1000, 1100, 1, -1, "a"}, {1100, 1200, 1, -1, "b"}};
    assert_int_equal(chip_transcript_add_segment(t, &seg, others, 2, NULL), CHIP_OK);

    struct chip_flow flow = flow_of(t, 0);
    struct chip_str s = {0};
    chip_flow_add_text(&flow, 0, flow.n_words, &s);
    assert_string_equal(s.data, "\xE4\xBB\x8A\xE6\x97\xA5 ok a b");
    chip_str_done(&s);
    chip_flow_done(&flow);
    chip_transcript_free(t);
}

static void a_segment_without_words_gets_them_from_its_text(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_segment seg = {.start_ms = 1000, .end_ms = 2000, .text = "abc de ghij"};
    assert_int_equal(chip_transcript_add_segment(t, &seg, NULL, 0, NULL), CHIP_OK);
    struct chip_flow flow = flow_of(t, 0);
    assert_int_equal(flow.n_words, 3);
    expect_word(&flow, 0, "abc", 1000, 1272);
    expect_word(&flow, 1, "de", 1363, 1545);
    expect_word(&flow, 2, "ghij", 1636, 2000);
    chip_flow_done(&flow);
    chip_transcript_free(t);
}

static void a_long_word_is_cut_evenly_and_shares_its_time(void **state)
{
    (void)state;
    struct chip_transcript *t = make_spoken("abcdefghijk l");
    struct chip_flow flow = flow_of(t, 10);
    assert_int_equal(flow.n_words, 3);
    expect_word(&flow, 0, "abcdef", 0, 600);
    expect_word(&flow, 1, "ghijk", 600, 1100);
    expect_word(&flow, 2, "l", 1100, 1200);
    assert_false(flow.words[0].piece);
    assert_true(flow.words[1].piece && !flow.words[1].blank_before);
    assert_false(flow.words[2].piece);
    assert_int_equal(flow.words[0].after, CHIP_BREAK_POOR);
    chip_flow_done(&flow);
    chip_transcript_free(t);
}

static void a_long_word_is_cut_behind_separators_and_not_before_accents(void **state)
{
    (void)state;
    struct chip_transcript *t =
        make_spoken("http://ab.example/longpath x-yyyyyyyyyyyy "
                    "aaaaae\xCC\x81zzzz a\xCC\x81\xCC\x81\xCC\x81\xCC\x81"
                    "\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81");
    struct chip_flow flow = flow_of(t, 10);
    static const char *const pieces[] = {
        "http://ab.",
        "example/",
        "longpath",
        "x-yyyyy",
        "yyyyyyy",
        "aaaaa",
        "e\xCC\x81zzzz",
        "a\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81",
        "\xCC\x81\xCC\x81"};
    assert_int_equal(flow.n_words, sizeof pieces / sizeof pieces[0]);
    for (size_t i = 0; i < flow.n_words; i++) {
        assert_int_equal(flow.words[i].n_bytes, strlen(pieces[i]));
        assert_memory_equal(flow.words[i].text, pieces[i], flow.words[i].n_bytes);
    }
    chip_flow_done(&flow);
    chip_transcript_free(t);
}

static void huge_texts_and_times_do_not_overflow(void **state)
{
    (void)state;
    enum { N = 26000000 };
    char *text = malloc(N + 1);
    assert_non_null(text);
    memset(text, 'x', N);
    text[N] = '\0';
    struct chip_transcript *t = make_empty();
    const struct chip_segment seg = {.start_ms = 0, .end_ms = CHIP_TRANSCRIPT_MAX_MS, .text = text};
    assert_int_equal(chip_transcript_add_segment(t, &seg, NULL, 0, NULL), CHIP_OK);
    struct chip_flow flow = flow_of(t, 1000);
    assert_int_equal(flow.n_words, N / 1000);
    assert_int_equal(flow.words[0].end_ms, CHIP_TRANSCRIPT_MAX_MS / (N / 1000));
    assert_int_equal(flow.words[flow.n_words - 1].end_ms, CHIP_TRANSCRIPT_MAX_MS);
    chip_flow_done(&flow);
    chip_transcript_free(t);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_all_segments_make_one_flow),
        cmocka_unit_test(silence_raises_a_break),
        cmocka_unit_test(words_that_the_text_joins_stay_joined),
        cmocka_unit_test(a_segment_without_words_gets_them_from_its_text),
        cmocka_unit_test(a_long_word_is_cut_evenly_and_shares_its_time),
        cmocka_unit_test(a_long_word_is_cut_behind_separators_and_not_before_accents),
        cmocka_unit_test(huge_texts_and_times_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
