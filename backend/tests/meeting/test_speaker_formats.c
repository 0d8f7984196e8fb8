#include "format_text.h"

#include "meeting/cues.h"

/* Ann says two sentences, a man without a name answers, Ann goes on. */
static struct chip_transcript *conversation(const char *name)
{
    struct chip_transcript *t = make_empty();
    const struct chip_speaker speakers[] = {{.name = name}, {.name = NULL}};
    assert_int_equal(chip_transcript_set_speakers(t, speakers, 2, NULL), CHIP_OK);
    make_said(t, 0, 0, "Is the report done?");
    make_said(t, 1, 1800, "Yes, since noon.");
    make_said(t, 0, 3300, "Good. {3000}Next.");
    const struct chip_turn turns[] = {
        {0, 1700, 0, 0.9f}, {1800, 3200, 1, 0.75f}, {3300, 3800, 0, 0.5f}, {6800, 7300, 0, 1}};
    assert_int_equal(chip_transcript_set_turns(t, turns, 4, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_set_durations(t, 8000, 4000, NULL), CHIP_OK);
    return t;
}

static void expect_conversation(const char *format_name, const char *name, const char *expected)
{
    struct chip_transcript *t = conversation(name);
    const struct chip_format_options options = {.source = "/calls/q3 call.wav"};
    expect_format(t, format_name, &options, expected);
    chip_transcript_free(t);
}

static void txt_names_whoever_begins_to_speak(void **state)
{
    (void)state;
    expect_conversation("txt", "Ann",
                        "Ann: Is the report done?\n"
                        "\nSpeaker 2: Yes, since noon.\n"
                        "\nAnn: Good.\n"
                        "\nNext.\n");
}

static void md_names_whoever_begins_to_speak(void **state)
{
    (void)state;
    struct chip_transcript *t = conversation("*Ann*");
    char *text;
    assert_int_equal(chip_format_transcript(t, CHIP_FORMAT_MD, NULL, &text, NULL), CHIP_OK);
    assert_non_null(strstr(text, "\n- Speakers: 2\n- Words: 9\n"));
    assert_non_null(strstr(text, "\n**[00:00:00] \\*Ann\\*:** Is the report done?\n"
                                 "\n**[00:00:01] Speaker 2:** Yes, since noon.\n"
                                 "\n**[00:00:03] \\*Ann\\*:** Good.\n"
                                 "\n**[00:00:06]** Next.\n"));
    free(text);
    chip_transcript_free(t);
}

static void srt_names_whoever_begins_to_speak(void **state)
{
    (void)state;
    expect_conversation("srt", "Ann",
                        "1\n00:00:00,000 --> 00:00:01,720\nAnn: Is the report done?\n"
                        "\n2\n00:00:01,800 --> 00:00:03,220\nSpeaker 2: Yes, since noon.\n"
                        "\n3\n00:00:03,300 --> 00:00:04,300\nAnn: Good.\n"
                        "\n4\n00:00:06,800 --> 00:00:07,800\nNext.\n");
}

static void vtt_gives_every_cue_its_voice(void **state)
{
    (void)state;
    expect_conversation("vtt", "A<n&n>",
                        "WEBVTT\n"
                        "\n00:00:00.000 --> 00:00:01.720\n<v A&lt;n&amp;n&gt;>Is the report done?\n"
                        "\n00:00:01.800 --> 00:00:03.220\n<v Speaker 2>Yes, since noon.\n"
                        "\n00:00:03.300 --> 00:00:04.300\n<v A&lt;n&amp;n&gt;>Good.\n"
                        "\n00:00:06.800 --> 00:00:07.800\n<v A&lt;n&amp;n&gt;>Next.\n");
}

static void tsv_has_a_column_for_the_label(void **state)
{
    (void)state;
    expect_conversation("tsv", "Ann",
                        "start\tend\tspeaker\ttext\n"
                        "0\t1600\tS1\tIs the report done?\n"
                        "1800\t3200\tS2\tYes, since noon.\n"
                        "3300\t7300\tS1\tGood. Next.\n");
}

static void rttm_has_a_line_for_each_turn(void **state)
{
    (void)state;
    expect_conversation("rttm", "Ann",
                        "SPEAKER q3_call 1 0.000 1.700 <NA> <NA> S1 <NA> <NA>\n"
                        "SPEAKER q3_call 1 1.800 1.400 <NA> <NA> S2 <NA> <NA>\n"
                        "SPEAKER q3_call 1 3.300 0.500 <NA> <NA> S1 <NA> <NA>\n"
                        "SPEAKER q3_call 1 6.800 0.500 <NA> <NA> S1 <NA> <NA>\n");
}

static void rttm_labels_are_one_word(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_speaker odd = {.label = "the  chair"};
    assert_int_equal(chip_transcript_set_speakers(t, &odd, 1, NULL), CHIP_OK);
    const struct chip_turn turn = {0, 10, 0, 1};
    assert_int_equal(chip_transcript_set_turns(t, &turn, 1, NULL), CHIP_OK);
    expect_format(t, "rttm", NULL,
                  "SPEAKER recording 1 0.000 0.010 <NA> <NA> the_chair <NA> <NA>\n");
    chip_transcript_free(t);
}

static void whisperx_counts_speakers_from_zero(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    assert_int_equal(
        chip_transcript_set_speakers(t, (const struct chip_speaker[12]){{.label = NULL}}, 12, NULL),
        CHIP_OK);
    make_said(t, 11, 0, "Hi.");
    expect_format(
        t, "whisperx", NULL,
        "{\n"
        "  \"segments\": [\n"
        "    {\n"
        "      \"start\": 0.000, \"end\": 0.300,\n"
        "      \"text\": \"Hi.\", \"speaker\": \"SPEAKER_11\",\n"
        "      \"words\": [\n"
        "        {\"word\": \"Hi.\", \"start\": 0.000, \"end\": 0.300, \"score\": 0.7500, "
        "\"speaker\": \"SPEAKER_11\"}\n"
        "      ]\n"
        "    }\n"
        "  ],\n"
        "  \"word_segments\": [\n"
        "    {\"word\": \"Hi.\", \"start\": 0.000, \"end\": 0.300, \"score\": 0.7500, "
        "\"speaker\": \"SPEAKER_11\"}\n"
        "  ],\n"
        "  \"language\": \"en\"\n"
        "}\n");
    chip_transcript_free(t);
}

/* Lines of at most max_chars, at most max_lines; no cue of two speakers or of a name alone. */
static void check_cues(const struct chip_transcript *t, const struct chip_cue_rules *rules)
{
    struct chip_cues cues;
    assert_int_equal(chip_cues_make(t, rules, &cues, NULL), CHIP_OK);
    size_t next = 0;
    for (size_t i = 0; i < cues.n_cues; i++) {
        const struct chip_flow_word *w = &cues.flow.words[cues.cues[i].first_word];
        assert_int_equal(cues.cues[i].first_word, next);
        next += cues.cues[i].n_words;
        size_t n_lines = 0, chars = 0;
        for (size_t k = 0; k < cues.cues[i].n_words; k++) {
            assert_int_equal(w[k].speaker, w->speaker);
            n_lines += w[k].line_start;
            chars = w[k].line_start ? w[k].n_chars : chars + w[k].blank_before + w[k].n_chars;
            assert_true(chars <= rules->max_line_chars);
        }
        assert_true(n_lines >= 1 && n_lines <= rules->max_lines);
        if (rules->max_line_chars * rules->max_lines >= 100) /* room for a name and a word */
            assert_false(w[cues.cues[i].n_words - 1].title);
    }
    assert_int_equal(next, cues.flow.n_words);
    chip_cues_done(&cues);
}

static void subtitles_keep_to_their_lines_and_to_one_speaker(void **state)
{
    (void)state;
    static const char *const names[] = {"Ann", "Dr. Konstantin von und zu Hohenlohe-Langenburg", "",
                                        "Na\xC3\xAFve"};
    static const char *const said[] = {"Yes.", "We have the numbers, {900}all of them.",
                                       "I think that it is too early to say anything about it.",
                                       "No {2500}no."};
    uint32_t seed = 99;
    for (int round = 0; round < 200; round++) {
        struct chip_transcript *t = make_empty();
        struct chip_speaker speakers[4] = {{.label = NULL}};
        for (int i = 0; i < 4; i++)
            speakers[i].name = names[i];
        assert_int_equal(chip_transcript_set_speakers(t, speakers, 4, NULL), CHIP_OK);
        int64_t at = 0;
        for (int i = 0; i < 12; i++)
            at = make_said(t, (int)(make_random(&seed) % 5) - 1, at + make_random(&seed) % 1500,
                           said[make_random(&seed) % 4]);
        const struct chip_cue_rules rules = {.max_line_chars = 1 + make_random(&seed) % 50,
                                             .max_lines = 1 + make_random(&seed) % 3,
                                             .titles = true};
        check_cues(t, &rules);
        chip_transcript_free(t);
    }
}

static void a_name_stands_at_every_change_and_only_there(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_speaker speakers[] = {{.name = "Ann"}, {.name = "Bob"}};
    assert_int_equal(chip_transcript_set_speakers(t, speakers, 2, NULL), CHIP_OK);
    make_said(t, 0, 0, "one");
    make_said(t, 0, 1000, "two");
    make_said(t, 1, 2000, "three");
    make_said(t, -1, 3000, "four");
    make_said(t, 1, 4000, "five");
    expect_format(t, "txt", NULL, "Ann: one two\n\nBob: three\n\nfour\n\nBob: five\n");
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(txt_names_whoever_begins_to_speak),
        cmocka_unit_test(md_names_whoever_begins_to_speak),
        cmocka_unit_test(srt_names_whoever_begins_to_speak),
        cmocka_unit_test(vtt_gives_every_cue_its_voice),
        cmocka_unit_test(tsv_has_a_column_for_the_label),
        cmocka_unit_test(rttm_has_a_line_for_each_turn),
        cmocka_unit_test(rttm_labels_are_one_word),
        cmocka_unit_test(whisperx_counts_speakers_from_zero),
        cmocka_unit_test(subtitles_keep_to_their_lines_and_to_one_speaker),
        cmocka_unit_test(a_name_stands_at_every_change_and_only_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
