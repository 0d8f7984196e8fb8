/* http/edits.h: what people correct in a transcript. */

#include <math.h>

#include "http/edits.h"
#include "meeting/voices.h"
#include "talk.h"

static enum chip_status apply(const struct chip_transcript *from, const char *edits,
                              struct chip_transcript **out, struct chip_err *err)
{
    json_t *json = json_loads(edits, JSON_ALLOW_NUL, NULL);
    assert_non_null(json);
    enum chip_status st = chip_edits_apply(from, json, out, err);
    json_decref(json);
    return st;
}

/* The talk after edits; they must succeed, and the result must be readable again. */
static struct chip_transcript *edited(const char *edits)
{
    struct chip_transcript *from = talk_read(talk_json), *out = NULL;
    struct chip_err err = {0};
    if (apply(from, edits, &out, &err) != CHIP_OK)
        fail_msg("%s: %s", edits, err.message);
    chip_transcript_free(from); /* nothing of it may be needed */
    char *text;
    assert_int_equal(chip_transcript_to_json(out, &text, &err), CHIP_OK);
    chip_transcript_free(talk_read(text));
    free(text);
    return out;
}

static void refused(const char *edits, enum chip_status code, const char *message)
{
    struct chip_transcript *from = talk_read(talk_json), *out = NULL;
    struct chip_err err = {0};
    assert_int_equal(apply(from, edits, &out, &err), code);
    assert_null(out);
    if (!strstr(err.message, message))
        fail_msg("%s\n  should say '%s'", err.message, message);
    chip_transcript_free(from);
}

static void is_word(const struct chip_transcript *t, size_t i, const char *text, int64_t start_ms,
                    int64_t end_ms)
{
    assert_true(i < t->n_words);
    assert_string_equal(t->words[i].text, text);
    assert_int_equal(t->words[i].start_ms, start_ms);
    assert_int_equal(t->words[i].end_ms, end_ms);
}

static void is_turn(const struct chip_transcript *t, size_t i, int speaker, int64_t start_ms,
                    int64_t end_ms)
{
    assert_true(i < t->n_turns);
    assert_int_equal(t->turns[i].speaker, speaker);
    assert_int_equal(t->turns[i].start_ms, start_ms);
    assert_int_equal(t->turns[i].end_ms, end_ms);
}

/* ---- speakers ---- */

static void a_name_is_given_and_nothing_else_changes(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"speakers\": [{\"label\": \"S2\", \"name\": \"Bo\"}]}");
    assert_string_equal(t->speakers[0].name, "Ann");
    assert_string_equal(t->speakers[1].name, "Bo");
    assert_int_equal(t->n_turns, 4);
    assert_string_equal(t->segments[0].text, "We meet in Lublana.");
    assert_true(fabsf(t->words[0].confidence - 0.5f) < 1e-6f);
    chip_transcript_free(t);
}

static void a_name_is_taken_back_by_an_empty_one(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"speakers\": [{\"label\": \"S1\", \"name\": \"\"}]}");
    assert_string_equal(t->speakers[0].name, "");
    chip_transcript_free(t);
}

static void merged_speakers_share_segments_and_joined_turns(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"merge\": [{\"from\": \"S2\", \"into\": \"S1\"}]}");
    assert_int_equal(t->n_speakers, 2);
    assert_string_equal(t->speakers[0].label, "S1");
    assert_string_equal(t->speakers[1].label, "S3"); /* labels stay */
    assert_int_equal(t->n_turns, 2);
    is_turn(t, 0, 0, 0, 8000); /* three that touch */
    is_turn(t, 1, 1, 9000, 10000);
    assert_true(fabsf(t->turns[0].confidence - (4 * 0.9f + 3 * 0.8f + 0.7f) / 8) < 1e-5f);
    for (size_t i = 0; i < t->n_segments; i++)
        assert_int_equal(t->segments[i].speaker, 0);
    chip_transcript_free(t);
}

static void merging_keeps_the_name_that_there_is(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"merge\": [{\"from\": \"S1\", \"into\": \"S2\"}]}");
    assert_string_equal(t->speakers[0].label, "S2");
    assert_string_equal(t->speakers[0].name, "Ann");
    chip_transcript_free(t);
    t = edited("{\"merge\": [{\"from\": \"S1\", \"into\": \"S3\"}]}");
    assert_string_equal(t->speakers[1].name, "Cem");
    chip_transcript_free(t);
}

static void a_segment_is_given_to_somebody_new(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"add\": [{\"label\": \"S4\", \"name\": \"Dee\"}],"
                                       " \"segments\": [{\"index\": 1, \"speaker\": \"S4\"}]}");
    assert_int_equal(t->n_speakers, 4);
    assert_string_equal(t->speakers[3].label, "S4");
    assert_string_equal(t->speakers[3].name, "Dee");
    assert_int_equal(t->segments[1].speaker, 3);
    is_turn(t, 1, 3, 4000, 7000);
    chip_transcript_free(t);
}

static void a_merge_is_taken_back_by_adding_and_giving(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"merge\": [{\"from\": \"S2\", \"into\": \"S1\"}],"
                                       " \"add\": [{\"label\": \"S2\"}],"
                                       " \"segments\": [{\"index\": 1, \"speaker\": \"S2\"}]}");
    assert_int_equal(t->n_speakers, 3);
    int speaker = t->segments[1].speaker;
    assert_string_equal(t->speakers[speaker].label, "S2");
    assert_int_equal(t->n_turns, 4);
    is_turn(t, 0, t->segments[0].speaker, 0, 4000);
    is_turn(t, 1, speaker, 4000, 7000);
    chip_transcript_free(t);
}

static void merges_one_after_the_other_go_on_from_each_other(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"merge\": [{\"from\": \"S1\", \"into\": \"S2\"},"
                                       " {\"from\": \"S2\", \"into\": \"S3\"}]}");
    assert_int_equal(t->n_speakers, 1);
    assert_int_equal(t->n_turns, 2);
    assert_int_equal(t->segments[0].speaker, 0);
    chip_transcript_free(t);
    refused("{\"merge\": [{\"from\": \"S1\", \"into\": \"S2\"},"
            " {\"from\": \"S1\", \"into\": \"S3\"}]}",
            CHIP_E_INVAL, "merge[1].from: there is no speaker 'S1'");
}

static void merged_speakers_share_their_voices(void **state)
{
    (void)state;
    struct chip_transcript *from = talk_read(talk_json), *out = NULL;
    struct chip_voices *voices = chip_voices_new(2);
    for (int i = 0; i < 2; i++)
        voices->tracklets[i] = (struct chip_tracklet){
            .start_ms = 4000 * i, .end_ms = 4000 * i + 1000, .speaker = 2 * i, .voice = {1}};
    chip_transcript_set_voices(from, voices);
    struct chip_err err;
    assert_int_equal(apply(from, "{\"merge\": [{\"from\": \"S2\", \"into\": \"S1\"}]}", &out, &err),
                     CHIP_OK);
    assert_int_equal(out->voices->tracklets[0].speaker, 0);
    assert_int_equal(out->voices->tracklets[1].speaker, 1); /* S3 is the second now */
    chip_transcript_free(out);
    chip_transcript_free(from);
}

static void a_segment_of_somebody_else_takes_its_turn_along(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"segments\": [{\"index\": 1, \"speaker\": \"S3\"}]}");
    assert_int_equal(t->segments[1].speaker, 2);
    assert_int_equal(t->words[5].speaker, 2);
    assert_int_equal(t->n_turns, 4);
    is_turn(t, 1, 2, 4000, 7000);
    assert_true(fabsf(t->turns[1].confidence - 1.0f) < 1e-6f);
    chip_transcript_free(t);
}

static void a_segment_given_to_its_neighbour_joins_the_turns(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"segments\": [{\"index\": 1, \"speaker\": \"S1\"}]}");
    assert_int_equal(t->n_turns, 2);
    is_turn(t, 0, 0, 0, 8000);
    chip_transcript_free(t);
}

static void the_speaker_before_keeps_what_lies_outside_the_segment(void **state)
{
    (void)state;
    struct chip_transcript *from = talk_read(talk_json), *out = NULL;
    const struct chip_turn turns[] = {{0, 9000, 0, 0.5f}, {3500, 7500, 1, 0.5f}};
    struct chip_err err;
    assert_int_equal(chip_transcript_set_turns(from, turns, 2, &err), CHIP_OK);
    assert_int_equal(
        apply(from, "{\"segments\": [{\"index\": 1, \"speaker\": \"S3\"}]}", &out, &err), CHIP_OK);
    assert_int_equal(out->n_turns, 4);
    is_turn(out, 0, 0, 0, 9000); /* others speak at the same time as before */
    is_turn(out, 1, 1, 3500, 4000);
    is_turn(out, 2, 2, 4000, 7000);
    is_turn(out, 3, 1, 7000, 7500);
    chip_transcript_free(out);
    chip_transcript_free(from);
}

static void no_slivers_of_turns_are_left_beside_a_segment(void **state)
{
    (void)state;
    struct chip_transcript *from = talk_read(talk_json), *out = NULL;
    const struct chip_turn turns[] = {{3940, 7249, 1, 0.5f}};
    struct chip_err err;
    assert_int_equal(chip_transcript_set_turns(from, turns, 1, &err), CHIP_OK);
    assert_int_equal(
        apply(from, "{\"segments\": [{\"index\": 1, \"speaker\": \"S3\"}]}", &out, &err), CHIP_OK);
    assert_int_equal(out->n_turns, 1);
    is_turn(out, 0, 2, 3940, 7249);
    chip_transcript_free(out);
    chip_transcript_free(from);
}

/* ---- words ---- */

static void a_word_is_corrected_in_its_text_too(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"words\": [{\"index\": 3, \"text\": \"Ljubljana.\"}]}");
    assert_string_equal(t->segments[0].text, "We meet in Ljubljana.");
    is_word(t, 3, "Ljubljana.", 3000, 4000);
    assert_true(fabsf(t->words[3].confidence - 1.0f) < 1e-6f);
    assert_true(fabsf(t->words[2].confidence - 0.5f) < 1e-6f);
    chip_transcript_free(t);
}

static void several_words_of_a_segment_are_corrected(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"words\": [{\"index\": 3, \"text\": \"town.\"},"
                                       " {\"index\": 0, \"text\": \"They\"},"
                                       " {\"index\": 7, \"text\": \"Good.\"},"
                                       " {\"index\": 3, \"text\": \"Bled.\"}]}");
    assert_string_equal(t->segments[0].text, "They meet in Bled.");
    assert_string_equal(t->segments[2].text, "Good.");
    chip_transcript_free(t);
}

static void a_blank_word_was_not_said(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"words\": [{\"index\": 5, \"text\": \" \"}]}");
    assert_string_equal(t->segments[1].text, "Yes, Monday.");
    assert_int_equal(t->n_words, 7);
    is_word(t, 5, "Monday.", 6000, 7000);
    chip_transcript_free(t);
}

static void a_segment_without_words_goes(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"words\": [{\"index\": 7, \"text\": \"\"}]}");
    assert_int_equal(t->n_segments, 2);
    chip_transcript_free(t);
    t = edited("{\"segments\": [{\"index\": 0, \"text\": \"\"}]}");
    assert_int_equal(t->n_segments, 2);
    assert_int_equal(t->n_words, 4);
    chip_transcript_free(t);
}

static void languages_without_blanks_stay_without(void **state)
{
    (void)state;
    struct chip_transcript *from = NULL, *out = NULL;
    struct chip_err err;
    assert_int_equal(chip_transcript_new(&from, &err), CHIP_OK);
    const struct chip_word words[] = {
        {0, 1, 1, -1, "あ"}, {1, 2, 1, -1, "い"}, {2, 3, 1, -1, "う"}};
    const struct chip_segment seg = {.end_ms = 3, .confidence = 1, .speaker = -1, .text = "あいう"};
    assert_int_equal(chip_transcript_add_segment(from, &seg, words, 3, &err), CHIP_OK);
    assert_int_equal(apply(from, "{\"words\": [{\"index\": 1, \"text\": \"え\"}]}", &out, &err),
                     CHIP_OK);
    assert_string_equal(out->segments[0].text, "あえう");
    chip_transcript_free(out);
    chip_transcript_free(from);
}

/* ---- texts ---- */

static void as_many_words_keep_their_times(void **state)
{
    (void)state;
    struct chip_transcript *t =
        edited("{\"segments\": [{\"index\": 1, \"text\": \"Yes, at  noon.\"}]}");
    assert_string_equal(t->segments[1].text, "Yes, at noon.");
    is_word(t, 4, "Yes,", 4000, 5000);
    is_word(t, 5, "at", 5000, 6000);
    is_word(t, 6, "noon.", 6000, 7000);
    assert_true(fabsf(t->words[4].confidence - 0.6f) < 1e-6f); /* not touched */
    assert_true(fabsf(t->words[5].confidence - 1.0f) < 1e-6f);
    chip_transcript_free(t);
}

static void more_words_share_the_time_by_their_length(void **state)
{
    (void)state;
    struct chip_transcript *t =
        edited("{\"segments\": [{\"index\": 1, \"text\": \"Yes, ab abcdef Monday.\"}]}");
    assert_int_equal(t->n_words, 9);
    is_word(t, 4, "Yes,", 4000, 5000);
    is_word(t, 5, "ab", 5000, 5250);
    is_word(t, 6, "abcdef", 5250, 6000);
    is_word(t, 7, "Monday.", 6000, 7000);
    is_word(t, 8, "Fine.", 7000, 8000);
    chip_transcript_free(t);
}

static void fewer_words_cover_the_time_of_those_that_went(void **state)
{
    (void)state;
    struct chip_transcript *t = edited("{\"segments\": [{\"index\": 0, \"text\": \"We skype.\"}]}");
    assert_string_equal(t->segments[0].text, "We skype.");
    is_word(t, 0, "We", 0, 1000);
    is_word(t, 1, "skype.", 1000, 4000);
    chip_transcript_free(t);
}

static void inserted_words_stand_where_there_was_no_time(void **state)
{
    (void)state;
    struct chip_transcript *t =
        edited("{\"segments\": [{\"index\": 2, \"text\": \"Fine. Bye now.\"}]}");
    is_word(t, 7, "Fine.", 7000, 8000);
    is_word(t, 8, "Bye", 8000, 8000);
    is_word(t, 9, "now.", 8000, 8000);
    chip_transcript_free(t);
}

/* Whatever is written for a segment whose words overlap: the transcript keeps its promises. */
static void words_that_overlap_are_corrected_too(void **state)
{
    (void)state;
    static const char *const texts[] = {"a b",     "a x y b",   "x y z q", "a",      "x",
                                        "a b c d", "a b x y c", "x a b c", "b c",    "a c",
                                        "x y b c", "a b x y",   "",        "a x y c"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct chip_transcript *from = NULL, *out = NULL;
        struct chip_err err;
        assert_int_equal(chip_transcript_new(&from, &err), CHIP_OK);
        const struct chip_word words[] = {
            {0, 500, 1, -1, "a"}, {100, 600, 1, -1, "b"}, {200, 700, 1, -1, "c"}};
        const struct chip_segment seg = {.end_ms = 700, .speaker = -1, .text = "a b c"};
        assert_int_equal(chip_transcript_add_segment(from, &seg, words, 3, &err), CHIP_OK);
        json_t *edits = json_pack("{s:[{s:i, s:s}]}", "segments", "index", 0, "text", texts[i]);
        if (chip_edits_apply(from, edits, &out, &err) != CHIP_OK)
            fail_msg("'%s': %s", texts[i], err.message);
        assert_int_equal(out->n_segments, *texts[i] ? 1 : 0);
        json_decref(edits);
        chip_transcript_free(out);
        chip_transcript_free(from);
    }
}

static void a_text_may_be_corrected_twice(void **state)
{
    (void)state;
    struct chip_transcript *t =
        edited("{\"words\": [{\"index\": 4, \"text\": \"No,\"}],"
               " \"segments\": [{\"index\": 1, \"text\": \"No, on a Friday.\"},"
               " {\"index\": 1, \"text\": \"No, on Friday.\"}]}");
    assert_string_equal(t->segments[1].text, "No, on Friday.");
    is_word(t, 4, "No,", 4000, 5000);
    chip_transcript_free(t);
}

static void a_segment_without_word_times_gets_a_text_only(void **state)
{
    (void)state;
    struct chip_transcript *from = NULL, *out = NULL;
    struct chip_err err;
    assert_int_equal(chip_transcript_new(&from, &err), CHIP_OK);
    const struct chip_segment seg = {.end_ms = 700, .speaker = -1, .text = "a b c"};
    assert_int_equal(chip_transcript_add_segment(from, &seg, NULL, 0, &err), CHIP_OK);
    assert_int_equal(apply(from, "{\"segments\": [{\"index\": 0, \"text\": \"x y\"}]}", &out, &err),
                     CHIP_OK);
    assert_string_equal(out->segments[0].text, "x y");
    assert_int_equal(out->n_words, 0);
    chip_transcript_free(out);
    chip_transcript_free(from);
}

/* ---- refused ---- */

static void what_makes_no_sense_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"words\": [{\"index\": 8, \"text\": \"x\"}]}", "words[0].index: there is no word 8"},
        {"{\"words\": [{\"index\": -1, \"text\": \"x\"}]}", "words[0].index: must be a whole"},
        {"{\"words\": [{\"text\": \"x\"}]}", "words[0].index: must be there"},
        {"{\"words\": [{\"index\": 0}]}", "words[0].text: must be there"},
        {"{\"words\": [{\"index\": 0, \"text\": 7}]}", "words[0].text: must be a string"},
        {"{\"words\": [{\"index\": 0, \"text\": \"a\\nb\"}]}", "words[0].text: must be one line"},
        {"{\"words\": [{\"index\": 0, \"text\": \"a\\u0000b\"}]}", "must be one line"},
        {"{\"words\": {}}", "words: must be an array"},
        {"{\"words\": [3]}", "words[0]: must be an object"},
        {"{\"words\": [{\"index\": 0, \"text\": \"a\", \"word\": 1}]}",
         "words[0].word: there is no such member"},
        {"{\"segments\": [{\"index\": 3, \"text\": \"x\"}]}",
         "segments[0].index: there is no segment 3"},
        {"{\"segments\": [{\"index\": 0}]}", "text, speaker or both"},
        {"{\"segments\": [{\"index\": 0, \"speaker\": \"S9\"}]}",
         "segments[0].speaker: there is no speaker 'S9'"},
        {"{\"speakers\": [{\"label\": \"S1\", \"name\": \"A\"}, {\"label\": \"S9\", \"name\": "
         "\"B\"}]}",
         "speakers[1].label: there is no speaker 'S9'"},
        {"{\"merge\": [{\"from\": \"S1\"}]}", "merge[0].into: must be there"},
        {"{\"add\": [{\"name\": \"Dee\"}]}", "add[0].label: must be there"},
        {"{\"add\": [{\"label\": \"\"}]}", "add[0].label: must be a word"},
        {"{\"add\": [{\"label\": \"S 4\"}]}", "add[0].label: must be a word"},
        {"{\"add\": [{\"label\": \"S4\"}, {\"label\": \"S4\"}]}",
         "add[1].label: there is a speaker 'S4' already"},
        {"{\"speakerCount\": 0}", "speakerCount: must be a whole number from 1 to 100"},
        {"{\"speakerCount\": 2, \"words\": []}", "words: speakerCount tells speakers apart anew"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i][0], CHIP_E_INVAL, cases[i][1]);
    refused("{\"speakerCount\": 2}", CHIP_E_UNSUPPORTED, "speakerCount: this transcript holds no");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_given_and_nothing_else_changes),
        cmocka_unit_test(a_name_is_taken_back_by_an_empty_one),
        cmocka_unit_test(merged_speakers_share_segments_and_joined_turns),
        cmocka_unit_test(merging_keeps_the_name_that_there_is),
        cmocka_unit_test(a_segment_is_given_to_somebody_new),
        cmocka_unit_test(a_merge_is_taken_back_by_adding_and_giving),
        cmocka_unit_test(merges_one_after_the_other_go_on_from_each_other),
        cmocka_unit_test(merged_speakers_share_their_voices),
        cmocka_unit_test(a_segment_of_somebody_else_takes_its_turn_along),
        cmocka_unit_test(a_segment_given_to_its_neighbour_joins_the_turns),
        cmocka_unit_test(the_speaker_before_keeps_what_lies_outside_the_segment),
        cmocka_unit_test(no_slivers_of_turns_are_left_beside_a_segment),
        cmocka_unit_test(a_word_is_corrected_in_its_text_too),
        cmocka_unit_test(several_words_of_a_segment_are_corrected),
        cmocka_unit_test(a_blank_word_was_not_said),
        cmocka_unit_test(a_segment_without_words_goes),
        cmocka_unit_test(languages_without_blanks_stay_without),
        cmocka_unit_test(as_many_words_keep_their_times),
        cmocka_unit_test(more_words_share_the_time_by_their_length),
        cmocka_unit_test(fewer_words_cover_the_time_of_those_that_went),
        cmocka_unit_test(inserted_words_stand_where_there_was_no_time),
        cmocka_unit_test(words_that_overlap_are_corrected_too),
        cmocka_unit_test(a_text_may_be_corrected_twice),
        cmocka_unit_test(a_segment_without_word_times_gets_a_text_only),
        cmocka_unit_test(what_makes_no_sense_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
