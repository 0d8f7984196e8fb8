/* Minutes of a language model, held against the words. */
#include "talks.h"

static const char *const lines[] = {
    "Ann: We order no locks until the city has answered.",
    "Ben: I'll close the five serious bugs by Friday, I promise.",
    "Ann: The phone costs six thousand four hundred dollars.",
    "Ben: The colour of the cover is blue.",
};

static json_t *check(const char *list, const char *text, int segment, const char *quote)
{
    struct chip_transcript *t = TALK(lines);
    json_t *minutes = json_pack("{s:s, s:[{s:s, s:[{s:i, s:f, s:f, s:s}]}], s:{s:[s]}}", "language",
                                "en", list, "text", text, "evidence", "segment", segment, "start",
                                99.0, "end", 99.5, "quote", quote, "audit", "notes", "kept");
    struct chip_err err;
    assert_int_equal(chip_minutes_verify(minutes, t, &err), CHIP_OK);
    chip_transcript_free(t);
    return minutes;
}

static json_int_t audit(const json_t *minutes, const char *name)
{
    return json_integer_value(json_object_get(json_object_get(minutes, "audit"), name));
}

static void check_kept(const char *text, int segment, const char *quote, const char *verbatim,
                       int at, int verified)
{
    json_t *minutes = check("decisions", text, segment, quote);
    assert_int_equal(count_of(minutes, "decisions"), 1);
    const json_t *item = json_array_get(json_object_get(minutes, "decisions"), 0);
    const json_t *entry = json_array_get(json_object_get(item, "evidence"), 0);
    assert_string_equal(json_string_value(json_object_get(entry, "quote")), verbatim);
    assert_int_equal(json_integer_value(json_object_get(entry, "segment")), at);
    assert_true(json_number_value(json_object_get(entry, "start")) < 99);
    assert_int_equal(json_is_true(json_object_get(item, "unverified")), !verified);
    assert_int_equal(audit(minutes, "verified"), verified);
    assert_int_equal(audit(minutes, "unverified"), !verified);
    assert_int_equal(audit(minutes, "items"), 1);
    assert_int_equal(json_array_size(json_object_get(json_object_get(minutes, "audit"), "notes")),
                     1);
    json_decref(minutes);
}

static void a_quote_gets_the_words_and_times_of_the_transcript(void **state)
{
    (void)state;
    check_kept("No locks are ordered", 0, "we order NO locks - until the city has answered",
               "We order no locks until the city has answered.", 0, 1);
    check_kept("Ben closes five bugs", 1, "I will close the five serious bugs",
               "I'll close the five serious bugs", 1, 1);
}

static void a_quote_is_found_in_another_segment_than_was_said(void **state)
{
    (void)state;
    check_kept("No locks are ordered", 3, "no locks until the city", "no locks until the city", 0,
               1);
    check_kept("No locks are ordered", 900, "no locks until the city", "no locks until the city", 0,
               1);
}

static void small_differences_are_put_right(void **state)
{
    (void)state;
    check_kept("The cover is blue", 3, "The color of that cover is blue",
               "The colour of the cover is blue.", 3, 1);
}

static void an_item_whose_quote_nobody_said_is_dropped(void **state)
{
    (void)state;
    static const char *const invented[] = {
        "we order four hundred locks tomorrow", "", "...", "city",
        "The city has answered that no phone costs anything at all"};
    for (size_t i = 0; i < sizeof invented / sizeof *invented; i++) {
        json_t *minutes = check("risks", "Something", 0, invented[i]);
        bool said = strcmp(invented[i], "city") == 0;
        assert_int_equal(count_of(minutes, "risks"), said);
        assert_int_equal(audit(minutes, "dropped"), !said);
        json_decref(minutes);
    }
}

static void an_item_that_its_quote_does_not_support_is_marked(void **state)
{
    (void)state;
    check_kept("Portland launches in autumn with new bicycles", 0, "We order no locks",
               "We order no locks", 0, 0);
    /* The right words with another number. */
    check_kept("The phone costs 7,400 dollars", 2, "six thousand four hundred dollars",
               "six thousand four hundred dollars.", 2, 0);
    check_kept("The phone costs $6,400", 2, "six thousand four hundred dollars",
               "six thousand four hundred dollars.", 2, 1);
}

static void minutes_in_another_language_are_held_to_their_quotes_only(void **state)
{
    (void)state;
    struct chip_transcript *t = TALK(lines);
    json_t *minutes = json_pack("{s:s, s:[{s:s, s:[{s:i, s:s}]}]}", "language", "de", "decisions",
                                "text", "Vorerst werden keine Schlösser bestellt", "evidence",
                                "segment", 0, "quote", "We order no locks");
    assert_int_equal(chip_minutes_verify(minutes, t, NULL), CHIP_OK);
    assert_int_equal(audit(minutes, "verified"), 1);
    json_decref(minutes);
    chip_transcript_free(t);
}

static void a_summary_stays_without_what_nobody_said(void **state)
{
    (void)state;
    struct chip_transcript *t = TALK(lines);
    json_t *minutes = json_pack("{s:{s:s, s:[{s:i, s:s}, {s:i, s:s}]}}", "summary", "short",
                                "Locks", "evidence", "segment", 0, "quote", "We order no locks",
                                "segment", 1, "quote", "nobody ever said this here");
    assert_int_equal(chip_minutes_verify(minutes, t, NULL), CHIP_OK);
    const json_t *summary = json_object_get(minutes, "summary");
    assert_int_equal(json_array_size(json_object_get(summary, "evidence")), 1);
    assert_string_equal(json_string_value(json_object_get(summary, "short")), "Locks");
    json_decref(minutes);
    chip_transcript_free(t);
}

static void malformed_minutes_are_survived(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}", "{\"decisions\": 3}", "{\"decisions\": [1, null, {}]}",
        "{\"decisions\": [{\"evidence\": [{\"segment\": -5, \"quote\": 3}]}], \"audit\": []}",
        "{\"summary\": [], \"topics\": [{}, 3]}"};
    struct chip_transcript *t = TALK(lines);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *minutes = json_loads(texts[i], 0, NULL);
        assert_int_equal(chip_minutes_verify(minutes, t, NULL), CHIP_OK);
        assert_int_equal(audit(minutes, "items"), 0);
        assert_int_equal(count_of(minutes, "decisions"), 0);
        json_decref(minutes);
    }
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quote_gets_the_words_and_times_of_the_transcript),
        cmocka_unit_test(a_quote_is_found_in_another_segment_than_was_said),
        cmocka_unit_test(small_differences_are_put_right),
        cmocka_unit_test(an_item_whose_quote_nobody_said_is_dropped),
        cmocka_unit_test(an_item_that_its_quote_does_not_support_is_marked),
        cmocka_unit_test(minutes_in_another_language_are_held_to_their_quotes_only),
        cmocka_unit_test(a_summary_stays_without_what_nobody_said),
        cmocka_unit_test(malformed_minutes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
