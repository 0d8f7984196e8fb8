#include "json_text.h"

#include "meeting/voices.h"

/* Two speakers, three segments (one by nobody), overlapping turns, voices. */
static struct chip_transcript *sample(void)
{
    struct chip_transcript *t = make_empty();
    const struct chip_speaker speakers[] = {{.name = "Ann \"A\""},
                                            {.suggestion = "Bob", .similarity = 0.75f}};
    assert_int_equal(chip_transcript_set_speakers(t, speakers, 2, NULL), CHIP_OK);
    make_said(t, 0, 0, "Good morning.");
    make_said(t, 1, 2000, "Hi.");
    make_said(t, -1, 3000, "Hm.");
    const struct chip_turn turns[] = {
        {0, 1300, 0, 0.9f}, {1100, 2300, 1, 0.25f}, {2400, 2500, 0, 1}};
    assert_int_equal(chip_transcript_set_turns(t, turns, 3, NULL), CHIP_OK);
    struct chip_voices *voices = chip_voices_new(2);
    assert_non_null(voices);
    voices->tracklets[0] = (struct chip_tracklet){0, 1300, 0, {127, -1}};
    voices->tracklets[1] = (struct chip_tracklet){1100, 2300, 1, {-128, 5}};
    chip_transcript_set_voices(t, voices);
    return t;
}

static const char *const DOCUMENT =
    "{\n"
    "  \"schema\": \"chip.transcript/1\",\n"
    "  \"model\": \"moonshine-base\",\n"
    "  \"language\": \"en\",\n"
    "  \"duration\": 0.000,\n"
    "  \"speech\": 0.000,\n"
    "  \"speakers\": [\n"
    "    {\"id\": \"S1\", \"name\": \"Ann \\\"A\\\"\"},\n"
    "    {\"id\": \"S2\", \"name\": \"\", \"suggestion\": \"Bob\", \"similarity\": 0.7500}\n"
    "  ],\n"
    "  \"turns\": [\n"
    "    {\"start\": 0.000, \"end\": 1.300, \"speaker\": \"S1\", \"confidence\": 0.9000},\n"
    "    {\"start\": 1.100, \"end\": 2.300, \"speaker\": \"S2\", \"confidence\": 0.2500},\n"
    "    {\"start\": 2.400, \"end\": 2.500, \"speaker\": \"S1\", \"confidence\": 1.0000}\n"
    "  ],\n"
    "  \"segments\": [\n"
    "    {\n"
    "      \"id\": 0, \"start\": 0.000, \"end\": 1.200, \"speaker\": \"S1\",\n"
    "      \"text\": \"Good morning.\",\n"
    "      \"confidence\": 0.5000,\n"
    "      \"words\": [\n"
    "        {\"word\": \"Good\", \"start\": 0.000, \"end\": 0.400, \"confidence\": 0.7500, "
    "\"speaker\": \"S1\"},\n"
    "        {\"word\": \"morning.\", \"start\": 0.400, \"end\": 1.200, \"confidence\": 0.7500, "
    "\"speaker\": \"S1\"}\n"
    "      ]\n"
    "    },\n"
    "    {\n"
    "      \"id\": 1, \"start\": 2.000, \"end\": 2.300, \"speaker\": \"S2\",\n"
    "      \"text\": \"Hi.\",\n"
    "      \"confidence\": 0.5000,\n"
    "      \"words\": [\n"
    "        {\"word\": \"Hi.\", \"start\": 2.000, \"end\": 2.300, \"confidence\": 0.7500, "
    "\"speaker\": \"S2\"}\n"
    "      ]\n"
    "    },\n"
    "    {\n"
    "      \"id\": 2, \"start\": 3.000, \"end\": 3.300,\n"
    "      \"text\": \"Hm.\",\n"
    "      \"confidence\": 0.5000,\n"
    "      \"words\": [\n"
    "        {\"word\": \"Hm.\", \"start\": 3.000, \"end\": 3.300, \"confidence\": 0.7500}\n"
    "      ]\n"
    "    }\n"
    "  ],\n"
    "  \"audit\": []\n"
    "}\n";

static void speakers_are_written_as_documented(void **state)
{
    (void)state;
    struct chip_transcript *t = sample();
    chip_transcript_set_voices(t, NULL);
    char *json = to_json(t);
    assert_string_equal(json, DOCUMENT);
    free(json);
    chip_transcript_free(t);
}

static void speakers_turns_and_voices_read_back_the_same(void **state)
{
    (void)state;
    struct chip_transcript *t = sample();
    char *json = to_json(t);
    struct chip_transcript *back = from_json(json);
    assert_int_equal(back->n_speakers, 2);
    assert_string_equal(back->speakers[0].label, "S1");
    assert_string_equal(back->speakers[0].name, "Ann \"A\"");
    assert_string_equal(back->speakers[1].name, "");
    assert_string_equal(back->speakers[0].suggestion, "");
    assert_string_equal(back->speakers[1].suggestion, "Bob");
    assert_float_equal(back->speakers[1].similarity, 0.75, 0);
    assert_int_equal(back->n_turns, 3);
    assert_int_equal(back->turns[1].start_ms, 1100);
    assert_int_equal(back->turns[1].end_ms, 2300);
    assert_int_equal(back->turns[1].speaker, 1);
    assert_float_equal(back->turns[1].confidence, 0.25, 0);
    const int who[] = {0, 0, 1, -1};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(back->words[i].speaker, who[i]);
    assert_int_equal(back->segments[1].speaker, 1);
    assert_int_equal(back->segments[2].speaker, -1);
    assert_int_equal(back->voices->n, 2);
    assert_int_equal(back->voices->tracklets[1].voice[0], -128);

    char *again = to_json(back);
    assert_string_equal(again, json);
    free(again);
    free(json);
    chip_transcript_free(back);
    chip_transcript_free(t);
}

static void voices_and_the_speakers_of_words_may_be_taken_out(void **state)
{
    (void)state;
    char *json = replaced(DOCUMENT, "0.7500, \"speaker\": \"S1\"", "0.7500");
    struct chip_transcript *t = from_json(json);
    assert_null(t->voices);
    assert_int_equal(t->words[0].speaker, 0);
    char *again = to_json(t);
    assert_string_equal(again, DOCUMENT);
    free(again);
    free(json);
    chip_transcript_free(t);
}

static void expect_refused(const char *from, const char *to, const char *place)
{
    struct chip_transcript *t = sample();
    expect_changed_refused(t, from, to, CHIP_E_FORMAT, place);
    chip_transcript_free(t);
}

static void wrong_speakers_are_refused_with_the_place(void **state)
{
    (void)state;
    expect_refused("\"speakers\": [", "\"speakers\": 1, \"x\": [", "speakers");
    expect_refused("\"speakers\": [", "\"speakers\": [7, ", "speakers[0].id");
    expect_refused("\"id\": \"S1\"", "\"id\": 1", "speakers[0].id");
    expect_refused("\"id\": \"S1\"", "\"id\": \" \"", "speakers[0].id");
    expect_refused("\"id\": \"S2\"", "\"id\": \"S1\"", "speakers: ");
    expect_refused("\"id\": \"S2\"", "\"id\": \" S1\\n\"", "speakers: ");
    expect_refused("\"name\": \"\"", "\"name\": null", "speakers[1].name");
    expect_refused("\"Bob\"", "\" \"", "speakers[1].suggestion");
    expect_refused("\"similarity\"", "\"alike\"", "speakers[1].similarity");
    expect_refused("\"similarity\": 0.7500", "\"similarity\": -1", "speakers[1].similarity");
    expect_refused("\"turns\"", "\"turned\"", "turns");
    expect_refused("\"turns\": [", "\"turns\": [[], ", "turns[0].start");
    expect_refused("\"end\": 1.300", "\"end\": -1", "turns[0].end");
    expect_refused("\"start\": 1.100", "\"start\": 2.301", "turns: turn 1");
    expect_refused("\"start\": 2.400", "\"start\": 0.900", "turns: turn 2");
    expect_refused("\"start\": 1.100, \"end\": 2.300, \"speaker\": \"S2\"",
                   "\"start\": 1.100, \"end\": 2.300, \"speaker\": \"S1\"", "turns: turn 1");
    expect_refused("\"speaker\": \"S2\", \"confidence\": 0.2500",
                   "\"speaker\": \"S3\", \"confidence\": 0.2500", "turns[1].speaker");
    expect_refused("\"confidence\": 0.2500", "\"confidence\": 2", "turns[1].confidence");
    expect_refused("\"end\": 1.200, \"speaker\": \"S1\",", "\"end\": 1.200, \"speaker\": 1,",
                   "segments[0].speaker");
    expect_refused("0.7500, \"speaker\": \"S1\"", "0.7500, \"speaker\": \"S2\"",
                   "segments[0].words[0].speaker");
    expect_refused("\"end\": 3.300, \"confidence\": 0.7500",
                   "\"end\": 3.300, \"confidence\": 0.7500, \"speaker\": \"S1\"",
                   "segments[2].words[0].speaker");
    expect_refused("\"voices\": \"", "\"voices\": 3, \"x\": \"", "voices");
    expect_refused("\"voices\": \"", "\"voices\": \"AAAA", "voices");
}

static void voices_of_a_speaker_who_is_not_there_are_refused(void **state)
{
    (void)state;
    struct chip_transcript *t = sample(), *back = NULL;
    t->voices->tracklets[1].speaker = 2;
    char *json = to_json(t);
    struct chip_err err = {0};
    assert_int_equal(chip_transcript_from_json(json, strlen(json), &back, &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "voices"));
    free(json);
    chip_transcript_free(t);
}

static void more_speakers_than_a_thousand_are_refused(void **state)
{
    (void)state;
    struct chip_str list = {0};
    for (int i = 0; i < CHIP_MAX_SPEAKERS; i++)
        chip_str_addf(&list, "{\"id\": \"P%d\", \"name\": \"\"}, ", i);
    char *text, *few = replaced(DOCUMENT, "{\"id\": \"S1\"", "@{\"id\": \"S1\"");
    assert_int_equal(chip_str_finish(&list, &text, NULL), CHIP_OK);
    char *json = replaced(few, "@", text);
    struct chip_transcript *back = NULL;
    struct chip_err err = {0};
    assert_int_equal(chip_transcript_from_json(json, strlen(json), &back, &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "speakers"));
    free(json);
    free(few);
    free(text);
}

static void that_overlap_was_looked_for_is_kept(void **state)
{
    (void)state;
    struct chip_transcript *t = sample(), *back;
    t->overlap_modelled = true;
    char *json = to_json(t);
    assert_non_null(strstr(json, "\"overlap_modelled\": true"));
    assert_int_equal(chip_transcript_from_json(json, strlen(json), &back, NULL), CHIP_OK);
    assert_true(back->overlap_modelled);
    free(json);
    chip_transcript_free(back);
    chip_transcript_free(t);
}

static void mutated_documents_are_read_or_refused_but_never_crash(void **state)
{
    (void)state;
    struct chip_transcript *t = sample();
    char *json = to_json(t);
    expect_sound_when_mutated(json, 2000);
    expect_sound_when_mutated(DOCUMENT, 2000);
    free(json);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speakers_are_written_as_documented),
        cmocka_unit_test(speakers_turns_and_voices_read_back_the_same),
        cmocka_unit_test(voices_and_the_speakers_of_words_may_be_taken_out),
        cmocka_unit_test(wrong_speakers_are_refused_with_the_place),
        cmocka_unit_test(voices_of_a_speaker_who_is_not_there_are_refused),
        cmocka_unit_test(more_speakers_than_a_thousand_are_refused),
        cmocka_unit_test(that_overlap_was_looked_for_is_kept),
        cmocka_unit_test(mutated_documents_are_read_or_refused_but_never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
