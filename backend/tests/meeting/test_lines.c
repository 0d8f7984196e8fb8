#include "cue_text.h"

#include "meeting/lines.h"

/* One cue on as many lines as it needs. */
static void expect_lines(const char *spoken, size_t max_chars, const char *expected)
{
    struct chip_transcript *t = make_spoken(spoken);
    struct chip_flow flow;
    assert_int_equal(chip_flow_make(t, max_chars, false, &flow, NULL), CHIP_OK);
    struct chip_str s = {0};
    assert_int_equal(chip_lines_break(flow.words, flow.n_words, max_chars, NULL), CHIP_OK);
    cue_text_add(&s, flow.words, flow.n_words);
    assert_string_equal(s.data, expected);
    chip_str_done(&s);
    chip_flow_done(&flow);
    chip_transcript_free(t);
}

static void what_fits_on_one_line_stays_there(void **state)
{
    (void)state;
    expect_lines("Well, this fits. Yes.", 21, "Well, this fits. Yes.");
    expect_lines("one", 3, "one");
}

static void lines_end_at_punctuation_first(void **state)
{
    (void)state;
    expect_lines("Yes please. We can do all of that today.", 30,
                 "Yes please./We can do all of that today.");
    expect_lines("As I said before, we can do all of it.", 30,
                 "As I said before,/we can do all of it.");
}

static void without_punctuation_lines_are_alike_and_phrases_whole(void **state)
{
    (void)state;
    expect_lines("aaaa bbbb cccc dddd eeee ffff gggg", 30, "aaaa bbbb cccc/dddd eeee ffff gggg");
    expect_lines("people wanted to see the report today", 30,
                 "people wanted/to see the report today");
}

static void a_word_stands_alone_only_if_it_must(void **state)
{
    (void)state;
    expect_lines("Yes, aaaa bbbb cccc dddd", 20, "Yes, aaaa/bbbb cccc dddd");
    expect_lines("Really. Aaaa bbbb cccc", 17, "Really. Aaaa/bbbb cccc");
    expect_lines("aaaa bbbb cccc dddd, e", 19, "aaaa bbbb/cccc dddd, e");
    expect_lines("aaaaaaaaaa bbbbbbbbbb", 12, "aaaaaaaaaa/bbbbbbbbbb");
}

static void many_lines_are_as_few_as_possible(void **state)
{
    (void)state;
    expect_lines("aa bb cc dd ee ff gg hh ii", 8, "aa bb cc/dd ee ff/gg hh ii");
    expect_lines("aaa bbb ccc ddd eee fff", 7, "aaa bbb/ccc ddd/eee fff");
}

static void characters_count_not_bytes(void **state)
{
    (void)state;
    expect_lines("\xC3\xA4\xC3\xB6\xC3\xBC \xC3\xA4\xC3\xB6\xC3\xBC", 7,
                 "\xC3\xA4\xC3\xB6\xC3\xBC \xC3\xA4\xC3\xB6\xC3\xBC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_on_one_line_stays_there),
        cmocka_unit_test(lines_end_at_punctuation_first),
        cmocka_unit_test(without_punctuation_lines_are_alike_and_phrases_whole),
        cmocka_unit_test(a_word_stands_alone_only_if_it_must),
        cmocka_unit_test(many_lines_are_as_few_as_possible),
        cmocka_unit_test(characters_count_not_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
