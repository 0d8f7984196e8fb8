#include "format_text.h"

static struct chip_transcript *two_cues(void)
{
    struct chip_transcript *t = make_spoken("{480}Good morning, everyone. {50}The report is due on "
                                            "Monday, and we have the numbers.");
    make_segment(t, 3600000, "Na\xC3\xAFve.");
    return t;
}

static void srt_numbers_its_cues(void **state)
{
    (void)state;
    struct chip_transcript *t = two_cues();
    expect_format(t, "srt", NULL,
                  "1\n"
                  "00:00:00,480 --> 00:00:02,550\n"
                  "Good morning, everyone.\n"
                  "\n"
                  "2\n"
                  "00:00:02,630 --> 00:00:06,930\n"
                  "The report is due on Monday,\n"
                  "and we have the numbers.\n"
                  "\n"
                  "3\n"
                  "01:00:00,000 --> 01:00:01,000\n"
                  "Na\xC3\xAFve.\n");
    chip_transcript_free(t);
}

static void vtt_has_its_header(void **state)
{
    (void)state;
    struct chip_transcript *t = two_cues();
    expect_format(t, "vtt", NULL,
                  "WEBVTT\n"
                  "\n"
                  "00:00:00.480 --> 00:00:02.550\n"
                  "Good morning, everyone.\n"
                  "\n"
                  "00:00:02.630 --> 00:00:06.930\n"
                  "The report is due on Monday,\n"
                  "and we have the numbers.\n"
                  "\n"
                  "01:00:00.000 --> 01:00:01.000\n"
                  "Na\xC3\xAFve.\n");
    chip_transcript_free(t);
}

static void vtt_word_cues_give_each_word_its_time(void **state)
{
    (void)state;
    struct chip_transcript *t = make_spoken("{480}Good morning, all of you.");
    const struct chip_format_options options = {.word_cues = true, .max_line_chars = 14};
    expect_format(t, "vtt", &options,
                  "WEBVTT\n"
                  "\n"
                  "00:00:00.480 --> 00:00:02.580\n"
                  "<c>Good</c> <00:00:00.880><c>morning,</c>\n"
                  "<00:00:01.680><c>all</c> <00:00:01.980><c>of</c> <00:00:02.180><c>you.</c>\n");
    chip_transcript_free(t);
}

static void word_times_that_vtt_forbids_are_left_out(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_word words[] = {
        {0, 100, 1, -1, "a"}, {0, 100, 1, -1, "b"}, {200, 300, 1, -1, "c"}, {200, 300, 1, -1, "d"}};
    const struct chip_segment seg = {.start_ms = 0, .end_ms = 300, .text = "a b cd"};
    assert_int_equal(chip_transcript_add_segment(t, &seg, words, 4, NULL), CHIP_OK);
    const struct chip_format_options options = {.word_cues = true};
    expect_format(t, "vtt", &options,
                  "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n"
                  "<c>a</c> <c>b</c> <00:00:00.200><c>c</c><c>d</c>\n");
    chip_transcript_free(t);
}

static void options_set_the_lines(void **state)
{
    (void)state;
    struct chip_transcript *t = make_spoken("aaa bbb ccc ddd");
    const struct chip_format_options options = {.max_line_chars = 7, .max_lines = 1};
    expect_format(t, "srt", &options,
                  "1\n00:00:00,000 --> 00:00:00,520\naaa bbb\n"
                  "\n2\n00:00:00,600 --> 00:00:01,600\nccc ddd\n");
    chip_transcript_free(t);
}

static void markup_in_words_is_not_markup(void **state)
{
    (void)state;
    struct chip_transcript *t = make_spoken("a --> <b>b</b> {0}{\\an8} 1<2 & {0}{x");
    expect_format(t, "vtt", NULL,
                  "WEBVTT\n"
                  "\n"
                  "00:00:00.000 --> 00:00:02.400\n"
                  "a --&gt; &lt;b&gt;b&lt;/b&gt; {\\an8} 1&lt;2 &amp; {x\n");
    expect_format(t, "srt", NULL,
                  "1\n"
                  "00:00:00,000 --> 00:00:02,400\n"
                  "a \xE2\x86\x92 <\xE2\x80\x8B"
                  "b>b<\xE2\x80\x8B/b> \xEF\xBD\x9B\\an8} 1<2 & {x\n");
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(srt_numbers_its_cues),
        cmocka_unit_test(vtt_has_its_header),
        cmocka_unit_test(vtt_word_cues_give_each_word_its_time),
        cmocka_unit_test(word_times_that_vtt_forbids_are_left_out),
        cmocka_unit_test(options_set_the_lines),
        cmocka_unit_test(markup_in_words_is_not_markup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
