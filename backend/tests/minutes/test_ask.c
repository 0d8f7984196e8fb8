#include "talks.h"

#include "minutes/ask/ask.h"

static const char *const meeting[] = {
    "Ann: Good morning. First the locks, then the price of the pass.",
    "Tom: A lock costs thirty five dollars, and there are four hundred bikes.",
    "Ann: Let us order no locks until the city has answered. I will ask the city by Friday.",
    "Tom: Agreed. Who pays for the locks in the end?",
    "Ann: I do not know yet.",
    "S3: If a card is charged twice, we lose people on the first day.",
    "Ann: How many members came back after the change?",
    "Tom: Around eighty came back within three months.",
};

/* @return a new reference */
static json_t *ask_with(const struct chip_transcript *t, const char *question,
                        const struct chip_ask_options *options)
{
    json_t *answer = NULL;
    struct chip_err err;
    if (chip_ask_builtin(t, question, options, &answer, &err) != CHIP_OK)
        fail_msg("%s: %s", question, err.message);
    return answer;
}

static json_t *ask(const char *question)
{
    const struct chip_ask_options options = {.meeting_day = TALK_DAY};
    struct chip_transcript *t = TALK(meeting);
    json_t *answer = ask_with(t, question, &options);
    chip_transcript_free(t);
    return answer;
}

static const char *said(const json_t *answer)
{
    return json_string_value(json_object_get(answer, "answer"));
}

static bool cites(const json_t *answer, json_int_t segment)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(answer, "citations"), i, one)
    {
        if (json_integer_value(json_object_get(one, "segment")) == segment)
            return true;
    }
    return false;
}

/* The answer has the text in it, cites the segment and comes from there. */
static void answers(const char *question, const char *text, json_int_t segment, const char *from)
{
    json_t *answer = ask(question);
    if (!strstr(said(answer), text) || !cites(answer, segment))
        fail_msg("%s: %s", question, said(answer));
    assert_string_equal(json_string_value(json_object_get(answer, "from")), from);
    assert_true(json_is_false(json_object_get(answer, "insufficient_evidence")));
    json_decref(answer);
}

static void does_not_know(const char *question)
{
    json_t *answer = ask(question);
    if (!json_is_true(json_object_get(answer, "insufficient_evidence")))
        fail_msg("%s: %s", question, said(answer));
    assert_int_equal(json_array_size(json_object_get(answer, "citations")), 0);
    assert_non_null(strstr(said(answer), "Nobody in this meeting said enough"));
    json_decref(answer);
}

/* ---- where answers come from ------------------------------------------------------------------
 */

static void decisions_are_answered_from_the_minutes(void **state)
{
    (void)state;
    answers("What was decided?", "rder no locks", 2, "minutes");
    answers("What did they decide about the locks?", "It was decided: ", 2, "minutes");
}

static void tasks_are_answered_with_owner_and_day(void **state)
{
    (void)state;
    answers("What are the action items?", "Ann: Ask the city, by Friday (2026-03-06)", 2,
            "minutes");
    answers("Who will ask the city?", "Ann: ", 2, "minutes");
    answers("What does Ann have to do?", "Ask the city", 2, "minutes");
    answers("By when must the city be asked?", "2026-03-06", 2, "minutes");
}

static void open_questions_are_said_to_be_open(void **state)
{
    (void)state;
    answers("Which questions are still open?", "Who pays for the locks", 3, "minutes");
    answers("Who pays for the locks?", "This was left open: ", 3, "minutes");
}

static void risks_are_answered_from_the_minutes(void **state)
{
    (void)state;
    answers("What are the risks?", "charged twice", 5, "minutes");
}

static void what_was_said_is_answered_word_for_word(void **state)
{
    (void)state;
    answers("How much does a lock cost?", "Tom said at 0:", 1, "passages");
    answers("How many members came back?", "Around eighty came back", 7, "passages");
    answers("How many bikes are there?", "four hundred bikes", 1, "passages");
}

static void only_the_words_of_who_is_named_count(void **state)
{
    (void)state;
    json_t *answer = ask("What did Tom say about the locks?");
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(answer, "citations"), i, one)
    {
        const json_t *speaker = json_object_get(one, "speaker");
        assert_string_equal(json_string_value(json_object_get(speaker, "name")), "Tom");
    }
    assert_true(i > 0);
    json_decref(answer);
    does_not_know("What did Tom say about the card?");
}

static void talking_is_counted(void **state)
{
    (void)state;
    json_t *answer = ask("How long did Ann talk?");
    assert_true(strncmp(said(answer), "Ann talked for ", 15) == 0);
    assert_null(strchr(said(answer), '\n'));
    json_decref(answer);
    answer = ask("Who talked most?");
    assert_true(strncmp(said(answer), "Ann talked for ", 15) == 0);
    assert_non_null(strstr(said(answer), "\nS3 talked for "));
    json_decref(answer);
}

static void a_summary_is_given_for_what_it_was_about(void **state)
{
    (void)state;
    json_t *answer = ask("What was the meeting about?");
    assert_string_equal(json_string_value(json_object_get(answer, "from")), "minutes");
    assert_non_null(strstr(said(answer), "Topics: "));
    json_decref(answer);
}

/* ---- not knowing ------------------------------------------------------------------------------
 */

static void what_nobody_said_is_not_made_up(void **state)
{
    (void)state;
    static const char *const questions[] = {
        "What is the capital of France?",
        "Who won the football match?",
        "What was decided about the office?",
        "What will Tom do about the garden?",
        "How high is the tower?",
        "What did the mayor promise to the fire brigade?",
        "What about it?",
        "???  a b c",
    };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (strpbrk(questions[i], "abcdefgh"))
            does_not_know(questions[i]);
}

static void a_meeting_without_words_knows_nothing(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    static const char *const questions[] = {"What was decided?", "Who talked most?", "Why?",
                                            "What was it about?"};
    for (size_t i = 0; i < 4; i++) {
        json_t *answer = ask_with(t, questions[i], NULL);
        assert_true(json_is_true(json_object_get(answer, "insufficient_evidence")));
        json_decref(answer);
    }
    chip_transcript_free(t);
}

static void no_question_is_refused_with_an_example(void **state)
{
    (void)state;
    static char longer[3000];
    memset(longer, 'a', sizeof longer - 1);
    const char *const questions[] = {"", "  ", "?!", longer};
    struct chip_transcript *t = TALK(meeting);
    for (size_t i = 0; i < 4; i++) {
        json_t *answer = NULL;
        struct chip_err err;
        assert_int_equal(chip_ask_builtin(t, questions[i], NULL, &answer, &err), CHIP_E_INVAL);
        assert_non_null(strstr(err.message, i < 3 ? "What was decided?" : "longer"));
        assert_null(answer);
    }
    chip_transcript_free(t);
}

/* ---- promises ---------------------------------------------------------------------------------
 */

static void minutes_that_are_given_are_the_ones_that_count(void **state)
{
    (void)state;
    struct chip_transcript *t = TALK(meeting);
    json_t *minutes = json_pack("{s:[{s:s, s:[{s:i, s:f, s:f, s:s}]}, i, {}], s:s}", "decisions",
                                "text", "Paint the bikes red", "evidence", "segment", 99999,
                                "start", 1.0, "end", 2.0, "quote", "red", 1, "topics", "none");
    const struct chip_ask_options options = {.minutes = minutes};
    json_t *answer = ask_with(t, "What was decided about red bikes?", &options);
    assert_non_null(strstr(said(answer), "Paint the bikes red"));
    assert_true(json_is_null(
        json_object_get(json_array_get(json_object_get(answer, "citations"), 0), "speaker")));
    json_decref(answer);
    json_decref(minutes);
    chip_transcript_free(t);
}

static void every_quote_is_what_was_said_there(void **state)
{
    (void)state;
    struct chip_transcript *t = TALK(meeting);
    static const char *const questions[] = {"What was decided?",
                                            "Who pays?",
                                            "How many bikes?",
                                            "What does a lock cost?",
                                            "Who asks the city?",
                                            "What is this about?",
                                            "What did Ann say about Friday?"};
    size_t n = 0;
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
        json_t *answer = ask_with(t, questions[q], NULL);
        size_t i;
        const json_t *one;
        json_array_foreach(json_object_get(answer, "citations"), i, one)
        {
            json_int_t segment = json_integer_value(json_object_get(one, "segment"));
            const char *quote = json_string_value(json_object_get(one, "quote"));
            assert_true(segment >= 0 && (size_t)segment < t->n_segments);
            assert_non_null(strstr(t->segments[segment].text, quote));
            assert_true(json_number_value(json_object_get(one, "start")) <=
                        json_number_value(json_object_get(one, "end")));
            n++;
        }
        json_decref(answer);
    }
    assert_true(n >= 7);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_are_answered_from_the_minutes),
        cmocka_unit_test(tasks_are_answered_with_owner_and_day),
        cmocka_unit_test(open_questions_are_said_to_be_open),
        cmocka_unit_test(risks_are_answered_from_the_minutes),
        cmocka_unit_test(what_was_said_is_answered_word_for_word),
        cmocka_unit_test(only_the_words_of_who_is_named_count),
        cmocka_unit_test(talking_is_counted),
        cmocka_unit_test(a_summary_is_given_for_what_it_was_about),
        cmocka_unit_test(what_nobody_said_is_not_made_up),
        cmocka_unit_test(a_meeting_without_words_knows_nothing),
        cmocka_unit_test(no_question_is_refused_with_an_example),
        cmocka_unit_test(minutes_that_are_given_are_the_ones_that_count),
        cmocka_unit_test(every_quote_is_what_was_said_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
