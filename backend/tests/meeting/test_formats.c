#include "format_text.h"

#include "meeting/format.h"

static void json_is_the_documented_schema(void **state)
{
    (void)state;
    struct chip_transcript *t = make_small();
    expect_format(
        t, "json", NULL,
        "{\n"
        "  \"schema\": \"chip.transcript/1\",\n"
        "  \"model\": \"moonshine-base\",\n"
        "  \"language\": \"en\",\n"
        "  \"duration\": 3610.000,\n"
        "  \"speech\": 5.000,\n"
        "  \"segments\": [\n"
        "    {\n"
        "      \"id\": 0, \"start\": 0.480, \"end\": 2.580,\n"
        "      \"text\": \"Good morning, everyone.\",\n"
        "      \"confidence\": 0.5000,\n"
        "      \"words\": [\n"
        "        {\"word\": \"Good\", \"start\": 0.480, \"end\": 0.880, \"confidence\": 0.7500},\n"
        "        {\"word\": \"morning,\", \"start\": 0.880, \"end\": 1.680, \"confidence\": "
        "0.7500},\n"
        "        {\"word\": \"everyone.\", \"start\": 1.680, \"end\": 2.580, \"confidence\": "
        "0.7500}\n"
        "      ]\n"
        "    },\n"
        "    {\n"
        "      \"id\": 1, \"start\": 3600.000, \"end\": 3601.500,\n"
        "      \"text\": \"Caf\xC3\xA9 \\\"<b>\\\" $5.\",\n"
        "      \"confidence\": 0.5000,\n"
        "      \"words\": [\n"
        "        {\"word\": \"Caf\xC3\xA9\", \"start\": 3600.000, \"end\": 3600.500, "
        "\"confidence\": 0.7500},\n"
        "        {\"word\": \"\\\"<b>\\\"\", \"start\": 3600.500, \"end\": 3601.000, "
        "\"confidence\": 0.7500},\n"
        "        {\"word\": \"$5.\", \"start\": 3601.200, \"end\": 3601.500, \"confidence\": "
        "0.7500}\n"
        "      ]\n"
        "    }\n"
        "  ],\n"
        "  \"audit\": [\n"
        "    {\"kind\": \"repetition\", \"start\": 3605.000, \"end\": 3609.500, \"detail\": \"la "
        "la *la*\"}\n"
        "  ]\n"
        "}\n");
    chip_transcript_free(t);
}

static void whisperx_has_its_field_names(void **state)
{
    (void)state;
    struct chip_transcript *t = make_small();
    expect_format(
        t, "whisperx", NULL,
        "{\n"
        "  \"segments\": [\n"
        "    {\n"
        "      \"start\": 0.480, \"end\": 2.580,\n"
        "      \"text\": \"Good morning, everyone.\",\n"
        "      \"words\": [\n"
        "        {\"word\": \"Good\", \"start\": 0.480, \"end\": 0.880, \"score\": 0.7500},\n"
        "        {\"word\": \"morning,\", \"start\": 0.880, \"end\": 1.680, \"score\": 0.7500},\n"
        "        {\"word\": \"everyone.\", \"start\": 1.680, \"end\": 2.580, \"score\": 0.7500}\n"
        "      ]\n"
        "    },\n"
        "    {\n"
        "      \"start\": 3600.000, \"end\": 3601.500,\n"
        "      \"text\": \"Caf\xC3\xA9 \\\"<b>\\\" $5.\",\n"
        "      \"words\": [\n"
        "        {\"word\": \"Caf\xC3\xA9\", \"start\": 3600.000, \"end\": 3600.500, \"score\": "
        "0.7500},\n"
        "        {\"word\": \"\\\"<b>\\\"\", \"start\": 3600.500, \"end\": 3601.000, \"score\": "
        "0.7500},\n"
        "        {\"word\": \"$5.\", \"start\": 3601.200, \"end\": 3601.500, \"score\": 0.7500}\n"
        "      ]\n"
        "    }\n"
        "  ],\n"
        "  \"word_segments\": [\n"
        "    {\"word\": \"Good\", \"start\": 0.480, \"end\": 0.880, \"score\": 0.7500},\n"
        "    {\"word\": \"morning,\", \"start\": 0.880, \"end\": 1.680, \"score\": 0.7500},\n"
        "    {\"word\": \"everyone.\", \"start\": 1.680, \"end\": 2.580, \"score\": 0.7500},\n"
        "    {\"word\": \"Caf\xC3\xA9\", \"start\": 3600.000, \"end\": 3600.500, \"score\": "
        "0.7500},\n"
        "    {\"word\": \"\\\"<b>\\\"\", \"start\": 3600.500, \"end\": 3601.000, \"score\": "
        "0.7500},\n"
        "    {\"word\": \"$5.\", \"start\": 3601.200, \"end\": 3601.500, \"score\": 0.7500}\n"
        "  ],\n"
        "  \"language\": \"en\"\n"
        "}\n");
    chip_transcript_free(t);
}

static void txt_is_paragraphs(void **state)
{
    (void)state;
    struct chip_transcript *t = make_small();
    expect_format(t, "txt", NULL,
                  "Good morning, everyone.\n"
                  "\n"
                  "Caf\xC3\xA9 \"<b>\" $5.\n");
    chip_transcript_free(t);
}

static void md_has_title_facts_and_stamps_and_escapes_markup(void **state)
{
    (void)state;
    struct chip_transcript *t = make_small();
    const struct chip_format_options options = {.source = "team_call [1]\n.mp4\xFF"};
    expect_format(t, "md", &options,
                  "# Transcript of team\\_call \\[1\\] .mp4\xEF\xBF\xBD\n"
                  "\n"
                  "- Duration: 01:00:10\n"
                  "- Speech: 00:00:05 (0 %)\n"
                  "- Words: 6\n"
                  "- Language: en\n"
                  "- Model: moonshine-base\n"
                  "\n"
                  "**[00:00:00]** Good morning, everyone.\n"
                  "\n"
                  "**[01:00:00]** Caf\xC3\xA9 \"\\<b\\>\" \\$5.\n"
                  "\n"
                  "## Left out or doubtful\n"
                  "\n"
                  "- [01:00:05] to [01:00:09]: repetition: la la \\*la\\*\n");
    chip_transcript_free(t);
}

static void tsv_is_milliseconds_and_text(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    make_segment(t, 480, "One, two.");
    const struct chip_segment seg = {.start_ms = 5000, .end_ms = 6000, .text = "a\tb\nc"};
    assert_int_equal(chip_transcript_add_segment(t, &seg, NULL, 0, NULL), CHIP_OK);
    expect_format(t, "tsv", NULL,
                  "start\tend\ttext\n"
                  "480\t1280\tOne, two.\n"
                  "5000\t6000\ta b c\n");
    chip_transcript_free(t);
}

static void json_strings_are_escaped(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    assert_int_equal(chip_transcript_set_model(t, "C:\\m \"x\"/\x7F\xC3\xA9", NULL), CHIP_OK);
    expect_format(t, "json", NULL,
                  "{\n"
                  "  \"schema\": \"chip.transcript/1\",\n"
                  "  \"model\": \"C:\\\\m \\\"x\\\"/ \xC3\xA9\",\n"
                  "  \"language\": \"en\",\n"
                  "  \"duration\": 0.000,\n"
                  "  \"speech\": 0.000,\n"
                  "  \"segments\": [],\n"
                  "  \"audit\": []\n"
                  "}\n");
    chip_transcript_free(t);
}

static void an_empty_transcript_is_valid_in_every_format(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_format_options words = {.word_cues = true};
    expect_format(t, "json", NULL,
                  "{\n"
                  "  \"schema\": \"chip.transcript/1\",\n"
                  "  \"model\": \"moonshine-base\",\n"
                  "  \"language\": \"en\",\n"
                  "  \"duration\": 0.000,\n"
                  "  \"speech\": 0.000,\n"
                  "  \"segments\": [],\n"
                  "  \"audit\": []\n"
                  "}\n");
    expect_format(t, "whisperx", NULL,
                  "{\n"
                  "  \"segments\": [],\n"
                  "  \"word_segments\": [],\n"
                  "  \"language\": \"en\"\n"
                  "}\n");
    expect_format(t, "srt", NULL, "");
    expect_format(t, "vtt", NULL, "WEBVTT\n");
    expect_format(t, "vtt", &words, "WEBVTT\n");
    expect_format(t, "txt", NULL, "");
    expect_format(t, "md", NULL,
                  "# Transcript\n"
                  "\n"
                  "- Duration: 00:00:00\n"
                  "- Speech: 00:00:00\n"
                  "- Words: 0\n"
                  "- Language: en\n"
                  "- Model: moonshine-base\n"
                  "\n"
                  "*No speech was found.*\n");
    expect_format(t, "tsv", NULL, "start\tend\ttext\n");
    chip_transcript_free(t);
}

static void formats_have_names_and_extensions(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"json", "json"}, {"whisperx", "json"}, {"srt", "srt"},
                                           {"vtt", "vtt"},   {"txt", "txt"},       {"md", "md"},
                                           {"tsv", "tsv"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum chip_format format;
        assert_true(chip_format_by_name(names[i][0], &format));
        assert_int_equal(format, i);
        assert_string_equal(chip_format_extension(format), names[i][1]);
    }
    enum chip_format format = CHIP_FORMAT_MD;
    assert_false(chip_format_by_name("docx", &format));
    assert_false(chip_format_by_name("", &format));
    assert_false(chip_format_by_name(NULL, &format));
    assert_int_equal(format, CHIP_FORMAT_MD);
}

static void senseless_arguments_are_refused(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    struct chip_err err;
    char *text = NULL;
    const struct chip_format_options bad[] = {
        {.max_line_chars = -1}, {.max_line_chars = 1001}, {.max_lines = -1}, {.max_lines = 11}};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(chip_format_transcript(t, CHIP_FORMAT_SRT, &bad[i], &text, &err),
                         CHIP_E_INVAL);
    assert_int_equal(chip_format_transcript(NULL, CHIP_FORMAT_SRT, NULL, &text, &err),
                     CHIP_E_INVAL);
    assert_int_equal(chip_format_transcript(t, (enum chip_format)99, NULL, &text, &err),
                     CHIP_E_INVAL);
    assert_null(text);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_the_documented_schema),
        cmocka_unit_test(whisperx_has_its_field_names),
        cmocka_unit_test(txt_is_paragraphs),
        cmocka_unit_test(md_has_title_facts_and_stamps_and_escapes_markup),
        cmocka_unit_test(tsv_is_milliseconds_and_text),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(an_empty_transcript_is_valid_in_every_format),
        cmocka_unit_test(formats_have_names_and_extensions),
        cmocka_unit_test(senseless_arguments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
