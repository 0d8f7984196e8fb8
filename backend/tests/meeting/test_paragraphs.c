#include "make.h"

#include "meeting/paragraphs.h"

/* Paragraphs as text, joined by '|'. */
static void expect_paragraphs(struct chip_transcript *t, const char *expected)
{
    struct chip_flow flow;
    assert_int_equal(chip_flow_make(t, 0, false, &flow, NULL), CHIP_OK);
    struct chip_str s = {0};
    struct chip_paragraph p;
    for (size_t at = 0; at < flow.n_words; at += p.n_words) {
        p = chip_paragraph_at(&flow, at);
        assert_int_equal(p.first_word, at);
        assert_true(p.n_words > 0);
        chip_str_add(&s, at ? "|" : "");
        chip_flow_add_text(&flow, at, p.n_words, &s);
    }
    assert_string_equal(s.data, expected);
    chip_str_done(&s);
    chip_flow_done(&flow);
    chip_transcript_free(t);
}

static void a_long_silence_begins_a_new_paragraph_anywhere(void **state)
{
    (void)state;
    expect_paragraphs(make_spoken("one {1999}two {2000}three"), "one two|three");
}

static void a_breath_does_so_behind_a_sentence(void **state)
{
    (void)state;
    expect_paragraphs(make_spoken("One, {1500}two. {999}Three. {1000}Four."),
                      "One, two. Three.|Four.");
}

static void the_end_of_a_segment_alone_does_not(void **state)
{
    (void)state;
    struct chip_transcript *t = make_spoken("The voice detector");
    make_segment(t, 2000, "cut here.");
    expect_paragraphs(t, "The voice detector cut here.");
}

static void a_long_paragraph_ends_with_its_sentence(void **state)
{
    (void)state;
    struct chip_str spoken = {0}, expected = {0};
    for (int i = 0; i < 66; i++) /* 660 characters */
        chip_str_add(&spoken, "abcdefghi ");
    chip_str_add(&spoken, "end. Next.");
    chip_str_add_n(&expected, spoken.data, spoken.len - strlen(" Next."));
    chip_str_add(&expected, "|Next.");
    expect_paragraphs(make_spoken(spoken.data), expected.data);
    chip_str_done(&spoken);
    chip_str_done(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_silence_begins_a_new_paragraph_anywhere),
        cmocka_unit_test(a_breath_does_so_behind_a_sentence),
        cmocka_unit_test(the_end_of_a_segment_alone_does_not),
        cmocka_unit_test(a_long_paragraph_ends_with_its_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
