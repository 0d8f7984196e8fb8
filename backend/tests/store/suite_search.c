/* Search by words over meetings: what is found, what is shown of it, and by whom. */
#include "suite_case.h"

static const char ann[] = "c0000000-0000-4000-8000-000000000001",
                  bob[] = "c0000000-0000-4000-8000-000000000002";

/* Ann and Bob talk; S3 has no name. Each text is a segment of ten seconds. */
static json_t *talk(const char *title, const char *one, const char *two, const char *three)
{
    const char *const texts[] = {one, two, three};
    json_t *segments = json_array();
    json_t *speakers = json_pack("[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}]", "id", "S1", "name", "Ann",
                                 "id", "S2", "name", "Bob Lee", "id", "S3", "name", "");
    for (int i = 0; i < 3 && texts[i]; i++) {
        char speaker[3] = {'S', (char)('1' + i), '\0'};
        json_array_append_new(segments, json_pack("{s:i, s:f, s:f, s:s, s:s}", "id", i, "start",
                                                  i * 10.0, "end", i * 10.0 + 9.5, "speaker",
                                                  speaker, "text", texts[i]));
    }
    return json_pack("{s:s?, s:{s:O, s:o}, s:o, s:i}", "title", title, "transcript", "speakers",
                     speakers, "segments", segments, "speakers", speakers, "duration_ms", 30000);
}

static void add(struct suite_case *c, int number, const char *user_id, json_t *analysis)
{
    char token[SUITE_ID];
    suite_tick(); /* each meeting is newer than the one before */
    suite_enqueue(c, number, json_pack("{s:s?}", "user_id", user_id));
    suite_claim_job(c, number, 3600, token);
    suite_do(c, "complete_job",
             suite_leased(number, token, json_pack("{s:o}", "analysis", analysis)));
}

/* "portland", "portl*", "-denver", "two weeks" as terms. */
static json_t *term_of(const char *text)
{
    bool exclude = *text == '-';
    size_t n = strlen(text += exclude);
    bool prefix = n > 0 && text[n - 1] == '*';
    return json_pack("{s:s%, s:b, s:b}", "text", text, n - prefix, "prefix", prefix, "exclude",
                     exclude);
}

static json_t *terms(const char *one, const char *two)
{
    json_t *list = json_pack("[o]", term_of(one));
    if (two)
        json_array_append_new(list, term_of(two));
    return json_pack("{s:o}", "terms", list);
}

/* Takes `args`. @return meetings, a new reference */
static json_t *found(struct suite_case *c, json_t *args)
{
    json_t *result = suite_call(c, "search_meetings", args);
    json_t *meetings = json_incref(json_object_get(result, "meetings"));
    assert_true(json_is_array(meetings));
    json_decref(result);
    return meetings;
}

/* The search finds `n` passages, all in meetings together. */
static void finds(struct suite_case *c, json_t *args, int n)
{
    json_t *meetings = found(c, args), *meeting;
    int total = 0;
    size_t i;
    json_array_foreach(meetings, i, meeting)
    {
        total += (int)suite_number(meeting, "total");
    }
    assert_int_equal(total, n);
    json_decref(meetings);
}

/* ---- what is found ---------------------------------------------------------------------------
 */

static void a_word_is_found_with_who_said_it_and_when(void **state)
{
    add(*state, 1, NULL,
        talk("Launch", "We open in Portland.", "Portland it is, then.", "Denver."));
    json_t *meetings = found(*state, terms("PORTLAND", NULL));
    assert_int_equal(json_array_size(meetings), 1);
    json_t *meeting = json_array_get(meetings, 0), *hits = json_object_get(meeting, "hits");
    char id[SUITE_ID];
    suite_is(meeting, "job_id", suite_id(1, id));
    suite_is(meeting, "title", "Launch");
    suite_is_number(meeting, "duration_ms", 30000);
    suite_is_number(meeting, "total", 2);
    assert_int_equal(strlen(suite_text(meeting, "created_at")), 24);
    suite_is_json(json_array_get(hits, 0), "matches", json_pack("[[i, i]]", 11, 19));
    json_t *second = json_array_get(hits, 1);
    suite_is(second, "kind", "segment");
    suite_is_number(second, "segment", 1);
    suite_is_number(second, "start_ms", 10000);
    suite_is_number(second, "end_ms", 19500);
    suite_is(second, "speaker", "S2");
    suite_is(second, "speaker_name", "Bob Lee");
    suite_is(second, "text", "Portland it is, then.");
    suite_is_json(second, "matches", json_pack("[[i, i]]", 0, 8));
    json_decref(meetings);
}

static void all_words_must_be_in_a_passage_in_any_form_and_order(void **state)
{
    add(*state, 1, NULL, talk("T", "The bugs were closed.", "We close the bug.", "No bug at all."));
    finds(*state, terms("bug", NULL), 3);
    finds(*state, terms("closing", "bugs"), 2);
    finds(*state, terms("closing", "budget"), 0);
}

static void phrases_beginnings_and_exclusions_count(void **state)
{
    add(*state, 1, NULL,
        talk("T", "In two weeks we open.", "The weeks are two.", "Openings, in two, weeks!"));
    finds(*state, terms("two weeks", NULL), 2);
    finds(*state, terms("week", "-open*"), 1);
    finds(*state, terms("open*", NULL), 2);
    finds(*state, terms("in two wee*", NULL), 2);
    finds(*state, terms("weeks", "-two weeks"), 1);
}

static void accents_punctuation_and_other_scripts_are_no_obstacle(void **state)
{
    add(*state, 1, NULL,
        talk("T", "Caf\303\251 and/or M\303\274ller's \342\200\234place\342\200\235.",
             "\320\237\321\200\320\270\320\262\320\265\321\202, \320\274\320\270\321\200.",
             "\360\237\216\231 one-on-one at 9:30"));
    finds(*state, terms("cafe", "or"), 1);
    finds(*state, terms("M\303\234LLER", "place"), 1);
    finds(*state, terms("\320\274\320\270\321\200", NULL), 1);
    finds(*state, terms("one on one", "9:30"), 1);
    json_t *meetings = found(*state, terms("place", NULL));
    suite_is_json(json_array_get(json_object_get(json_array_get(meetings, 0), "hits"), 0),
                  "matches", json_pack("[[i, i]]", 22, 27));
    json_decref(meetings);
}

static void queries_that_mean_something_to_a_database_are_words(void **state)
{
    static const char *const hostile[] = {"\"",
                                          "' OR 1=1 --",
                                          "portland) OR (",
                                          "a & b | !c <-> d:*",
                                          "NEAR(a b)",
                                          "text:portland",
                                          "{text} : x",
                                          "^portland",
                                          "AND",
                                          "NOT",
                                          "OR",
                                          "\\",
                                          "%",
                                          "_",
                                          "***",
                                          "(((",
                                          "<b>",
                                          "\360\237\216\231",
                                          "\342\200\224",
                                          ":*",
                                          "a:*B",
                                          "'a':A",
                                          "$1",
                                          "portland\nDenver"};
    add(*state, 1, NULL, talk("T", "Portland or Denver", NULL, NULL));
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        json_decref(found(*state, terms(hostile[i], NULL)));
        json_decref(found(*state, terms(hostile[i], "-\"")));
        json_t *prefix = json_pack("{s:[{s:s, s:b}]}", "terms", "text", hostile[i], "prefix", 1);
        json_decref(found(*state, prefix));
    }
    finds(*state, terms("portland", "-\""), 1);
    finds(*state, terms("portland", "!!!"), 0);
    suite_refused(*state, CHIP_E_INVAL, "search_meetings", terms("-portland", NULL));
    suite_refused(*state, CHIP_E_INVAL, "search_meetings", json_pack("{s:[]}", "terms"));
    suite_refused(*state, CHIP_E_INVAL, "search_meetings", json_pack("{s:[s]}", "terms", "a"));
    suite_refused(*state, CHIP_E_INVAL, "search_meetings", json_object());
}

static void titles_and_minutes_are_found_before_segments(void **state)
{
    json_t *analysis = talk("Price of locks", "A lock costs money.", NULL, NULL);
    json_object_set_new(
        analysis, "minutes",
        json_pack("{s:{s:s}, s:[{s:s, s:[{s:i, s:f, s:f}]}], s:[{s:s, s:{s:s}}], s:[{s:s, s:s}], "
                  "s:[{s:s, s:s, s:f, s:f}]}",
                  "summary", "short", "About locks.", "decisions", "text", "Order no locks",
                  "evidence", "segment", 0, "start", 1.5, "end", 9.0, "action_items", "what",
                  "Count the locks", "owner", "speaker", "S2", "open_questions", "text",
                  "Who pays for locks?", "asked_by", "S9", "topics", "title", "Locks", "summary",
                  "Who pays.", "start", 0.0, "end", 8.0));
    add(*state, 1, NULL, analysis);
    static const char *const kinds[] = {"title",       "summary",  "topic",  "decision",
                                        "action_item", "question", "segment"};
    json_t *args = terms("lock", NULL);
    json_object_set_new(args, "hits", json_integer(50));
    json_t *meetings = found(*state, args);
    json_t *hits = json_object_get(json_array_get(meetings, 0), "hits");
    assert_int_equal(json_array_size(hits), 7);
    for (size_t i = 0; i < 7; i++)
        suite_is(json_array_get(hits, i), "kind", kinds[i]);
    suite_is_number(json_array_get(hits, 2), "end_ms", 8000);
    suite_is_number(json_array_get(hits, 3), "start_ms", 1500);
    suite_is_number(json_array_get(hits, 3), "segment", 0);
    suite_is(json_array_get(hits, 4), "speaker_name", "Bob Lee");
    suite_is_null(json_array_get(hits, 4), "segment");
    suite_is(json_array_get(hits, 5), "speaker_name", "S9");
    json_decref(meetings);
    finds(*state, terms("pays", NULL), 2); /* of a topic its summary, too */
}

static void a_result_of_another_shape_is_kept_and_holds_nothing_to_find(void **state)
{
    add(*state, 1, NULL,
        json_pack(
            "{s:s, s:{s:[s, i, {s:s, s:s}, {s:f, s:s}], s:{s:i}}, s:[s, {s:[]}], s:{s:s, s:[i], "
            "s:[{s:s, s:{s:i}}]}}",
            "title", "T", "transcript", "segments", "portland", 1, "text", "one portland", "start",
            "soon", "start", -1e300, "text", "two portland", "x", "y", 1, "speakers", "S1", "id",
            "minutes", "decisions", "portland", "risks", 1, "topics", "title", "Three portland",
            "evidence", "z", 1));
    finds(*state, terms("portland", NULL), 3);
    add(*state, 2, NULL,
        json_pack("{s:s, s:i, s:s}", "transcript", "portland", "minutes", 1, "speakers", "S1"));
    finds(*state, terms("portland", NULL), 3);
}

/* ---- filters and pages ------------------------------------------------------------------------
 */

static void speaker_and_dates_narrow_a_search(void **state)
{
    char id[SUITE_ID];
    add(*state, 1, NULL, talk("T", "portland", "portland", "portland"));
    add(*state, 2, NULL, talk("T", "portland", NULL, NULL));
    json_t *args = terms("portland", NULL);
    json_object_set_new(args, "speaker", json_string("LEE"));
    finds(*state, args, 1);
    args = terms("portland", NULL);
    json_object_set_new(args, "speaker", json_string("s3"));
    finds(*state, args, 1);
    json_t *job = suite_call(*state, "get_job", json_pack("{s:s}", "id", suite_id(2, id)));
    args = terms("portland", NULL);
    json_object_set(args, "since", json_object_get(job, "created_at"));
    finds(*state, args, 1);
    args = terms("portland", NULL);
    json_object_set(args, "until", json_object_get(job, "created_at"));
    finds(*state, args, 3);
    json_decref(job);
    args = terms("portland", NULL);
    json_object_set_new(args, "since", json_string("yesterday"));
    suite_refused(*state, CHIP_E_INVAL, "search_meetings", args);
}

static void pages_go_on_where_the_one_before_ended(void **state)
{
    for (int i = 1; i <= 5; i++)
        add(*state, i, NULL, talk("T", "portland one", "portland two", "portland three"));
    json_t *before = json_null();
    int expected = 5;
    for (int page = 0; page < 3; page++) {
        json_t *result = suite_call(*state, "search_meetings",
                                    json_pack("{s:[{s:s}], s:i, s:i, s:O}", "terms", "text",
                                              "portland", "limit", 2, "hits", 2, "before", before));
        json_t *meetings = json_object_get(result, "meetings"), *meeting;
        assert_int_equal(json_array_size(meetings), page < 2 ? 2 : 1);
        size_t i;
        json_array_foreach(meetings, i, meeting)
        {
            char id[SUITE_ID];
            suite_is(meeting, "job_id", suite_id(expected--, id));
            suite_is_number(meeting, "total", 3);
            assert_int_equal(json_array_size(json_object_get(meeting, "hits")), 2);
        }
        json_decref(before);
        before = json_incref(json_object_get(result, "next"));
        json_decref(result);
    }
    assert_true(json_is_null(before));
    assert_int_equal(expected, 0);
}

/* ---- who finds what ---------------------------------------------------------------------------
 */

static void users_find_only_what_is_theirs(void **state)
{
    add(*state, 1, ann, talk("T", "portland", NULL, NULL));
    add(*state, 2, bob, talk("T", "portland", "portland", NULL));
    add(*state, 3, NULL, talk("T", "portland", NULL, NULL));
    const char *const users[] = {ann, bob, "c0000000-0000-4000-8000-000000000003"};
    for (int i = 0; i < 3; i++) {
        json_t *result = NULL;
        assert_int_equal(
            suite_as(*state, users[i], "search_meetings", terms("portland", NULL), &result),
            CHIP_OK);
        json_t *meetings = json_object_get(result, "meetings");
        assert_int_equal(json_array_size(meetings), i < 2);
        if (i < 2)
            suite_is_number(json_array_get(meetings, 0), "total", i + 1);
        json_decref(result);
    }
    finds(*state, terms("portland", NULL), 4);
}

/* ---- it stays in step -------------------------------------------------------------------------
 */

static void what_is_edited_renamed_or_deleted_is_found_as_it_is_now(void **state)
{
    char id[SUITE_ID];
    add(*state, 1, NULL, talk("Old name", "portland", NULL, NULL));
    json_t *changes = talk("Old name", "seattle", "tacoma", NULL);
    suite_do(
        *state, "save_analysis",
        json_pack("{s:s, s:i, s:o}", "job_id", suite_id(1, id), "version", 1, "changes", changes));
    finds(*state, terms("portland", NULL), 0);
    finds(*state, terms("tacoma", NULL), 1);
    suite_do(*state, "rename_job", json_pack("{s:s, s:s}", "id", id, "title", "Fresh title"));
    finds(*state, terms("old", NULL), 0);
    finds(*state, terms("fresh", NULL), 1);
    suite_do(*state, "redo_job", json_pack("{s:s}", "id", id));
    char token[SUITE_ID];
    suite_claim_job(*state, 1, 3600, token);
    suite_do(*state, "complete_job",
             suite_leased(1, token,
                          json_pack("{s:o}", "analysis", talk("Third", "olympia", NULL, NULL))));
    finds(*state, terms("tacoma", NULL), 0);
    finds(*state, terms("olympia", NULL), 1);
    suite_do(*state, "delete_job", json_pack("{s:s}", "id", id));
    finds(*state, terms("olympia", NULL), 0);
}

static void a_speaker_who_is_renamed_is_found_by_the_new_name(void **state)
{
    char id[SUITE_ID];
    add(*state, 1, NULL, talk("T", "portland", NULL, NULL));
    suite_do(*state, "save_analysis",
             json_pack("{s:s, s:i, s:{s:[{s:s, s:s}]}}", "job_id", suite_id(1, id), "version", 1,
                       "changes", "speakers", "id", "S1", "name", "Zo\303\253"));
    json_t *args = terms("portland", NULL);
    json_object_set_new(args, "speaker", json_string("Ann"));
    finds(*state, args, 0);
    args = terms("portland", NULL);
    json_object_set_new(args, "speaker", json_string("zo"));
    finds(*state, args, 1);
}

const struct CMUnitTest suite_search[] = {
    cmocka_unit_test(a_word_is_found_with_who_said_it_and_when),
    cmocka_unit_test(all_words_must_be_in_a_passage_in_any_form_and_order),
    cmocka_unit_test(phrases_beginnings_and_exclusions_count),
    cmocka_unit_test(accents_punctuation_and_other_scripts_are_no_obstacle),
    cmocka_unit_test(queries_that_mean_something_to_a_database_are_words),
    cmocka_unit_test(titles_and_minutes_are_found_before_segments),
    cmocka_unit_test(a_result_of_another_shape_is_kept_and_holds_nothing_to_find),
    cmocka_unit_test(speaker_and_dates_narrow_a_search),
    cmocka_unit_test(pages_go_on_where_the_one_before_ended),
    cmocka_unit_test(users_find_only_what_is_theirs),
    cmocka_unit_test(what_is_edited_renamed_or_deleted_is_found_as_it_is_now),
    cmocka_unit_test(a_speaker_who_is_renamed_is_found_by_the_new_name),
    {0},
};
