/* Who does what by when. */
#include "talks.h"

#define CHECK_ONE(lines, what, owner, date)      \
    do {                                         \
        struct chip_transcript *t = TALK(lines); \
        json_t *minutes = minutes_of(t);         \
        check_one(minutes, what, owner, date);   \
        json_decref(minutes);                    \
        chip_transcript_free(t);                 \
    } while (0)

static void check_one(const json_t *minutes, const char *what, const char *owner, const char *date)
{
    const json_t *item = json_array_get(json_object_get(minutes, "action_items"), 0);
    assert_int_equal(count_of(minutes, "action_items"), what ? 1 : 0);
    if (!what)
        return;
    assert_string_equal(text_at(minutes, "action_items", 0, "what"), what);
    const char *name = json_string_value(json_object_get(json_object_get(item, "owner"), "name"));
    assert_string_equal(name ? name : "", owner);
    const char *due = json_string_value(json_object_get(json_object_get(item, "due"), "date"));
    assert_string_equal(due ? due : "", date);
    assert_true(json_array_size(json_object_get(item, "evidence")) > 0);
}

static void a_promise_is_a_task_of_who_makes_it(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: I will send the contract to the lawyer by Friday."};
    CHECK_ONE(a, "Send the contract to the lawyer", "Ann", "2026-03-06");
    static const char *const b[] = {"Ann: Okay, and I'm going to book the big room tomorrow."};
    CHECK_ONE(b, "Book the big room", "Ann", "2026-03-04");
    static const char *const c[] = {"Ann: Let me check the numbers with finance."};
    CHECK_ONE(c, "Check the numbers with finance", "Ann", "");
}

static void a_request_with_a_yes_is_a_task_of_who_says_yes(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Ben, could you write the offer for the museum?",
                                    "Cleo: That would be nice.",
                                    "Ben: Sure, you will have it by next Monday."};
    CHECK_ONE(a, "Write the offer for the museum", "Ben", "2026-03-09");
    static const char *const b[] = {"Ann: Please order new chairs for the office.",
                                    "Ben: Will do."};
    CHECK_ONE(b, "Order new chairs for the office", "Ben", "");
    static const char *const c[] = {"Ann: Ben, can you close the ticket? End of the month?",
                                    "Ben: Yes, that is fine."};
    CHECK_ONE(c, "Close the ticket", "Ben", "2026-03-31");
}

static void a_request_that_is_refused_is_no_task(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Ben, could you write the offer for the museum?",
                                    "Ben: No, sorry, that is too much for me."};
    CHECK_ONE(a, NULL, NULL, NULL);
}

static void what_is_over_with_the_answer_is_no_task(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Can you hear me?",
                                    "Ben: Yes, I can hear you well.",
                                    "Ann: Could you explain the numbers to us?",
                                    "Ben: Sure.",
                                    "Ann: I will be in Rome on Friday.",
                                    "Ben: I will never do it.",
                                    "Ann: I can see the map.",
                                    "Ben: I will say it again."};
    CHECK_ONE(a, NULL, NULL, NULL);
}

static void a_task_may_belong_to_somebody_who_is_spoken_about(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Cleo will print the posters by Thursday.", "Cleo: Right.",
                                    "Ben: Hm."};
    CHECK_ONE(a, "Print the posters", "Cleo", "2026-03-05");
}

static void names_are_learnt_from_calls(void **state)
{
    (void)state;
    static const char *const a[] = {"S1: Miguel, how are the sales?", "S2: They are up a little.",
                                    "S1: Miguel, could you send the table to the bank?",
                                    "S2: Yes, I will send the table tomorrow.",
                                    "S1: Thanks, Miguel."};
    CHECK_ONE(a, "Send the table to the bank", "Miguel", "2026-03-04");
}

static void a_task_says_what_it_is_about(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Can the app print tickets for groups?",
                                    "Ben: It can. I will build it by Friday."};
    CHECK_ONE(a, "Build it (\"Can the app print tickets for groups?\")", "Ben", "2026-03-06");
}

static void who_answers_that_anybody_is_asked_has_the_task(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Who can take the notes at the workshop?",
                                    "Ben: I could do that.", "Cleo: Thanks."};
    CHECK_ONE(a, "Take the notes at the workshop", "Ben", "");
    static const char *const b[] = {
        "Ann: Somebody should warn the neighbours about the noise.",
        "Ben: Leave that to me, I will ring at every door on Saturday."};
    CHECK_ONE(b, "Warn the neighbours about the noise", "Ben", "2026-03-07");
    static const char *const c[] = {"Ann: Who pays for the new boiler?", "Ben: No idea."};
    CHECK_ONE(c, NULL, NULL, NULL);
}

static void whoever_steps_in_after_a_refusal_has_the_task(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Ben, could you count the visitors?",
                                    "Ben: I would rather give that to somebody else.",
                                    "Cleo: I can do the visitors.",
                                    "Ann: We need the numbers by Friday."};
    CHECK_ONE(a, "Count the visitors", "Cleo", "");
    static const char *const b[] = {"Ann: Ben, could you count the visitors?",
                                    "Ben: That is already done."};
    CHECK_ONE(b, NULL, NULL, NULL);
}

static void an_offer_is_a_task_when_the_others_want_it(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Shall I order the flowers for the hall?",
                                    "Ben: Yes, please."};
    CHECK_ONE(a, "Order the flowers for the hall", "Ann", "");
    static const char *const b[] = {"Ann: Shall I order the flowers for the hall?",
                                    "Ben: No need, we have some."};
    CHECK_ONE(b, NULL, NULL, NULL);
    static const char *const c[] = {"Ann: We are out of paper. I can buy some tomorrow.",
                                    "Ben: Don't, I have a whole box."};
    CHECK_ONE(c, NULL, NULL, NULL);
}

static void polite_requests_are_requests(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Ben, would you mind sending the slides to Cleo?",
                                    "Ben: Not at all."};
    CHECK_ONE(a, "Send the slides to Cleo", "Ben", "");
    static const char *const b[] = {"Ann: I need you to look over the budget before Thursday.",
                                    "Ben: Okay."};
    CHECK_ONE(b, "Look over the budget", "Ben", "2026-03-05");
    static const char *const c[] = {"Ann: It would be great if you could mail me the list.",
                                    "Ben: Will do."};
    CHECK_ONE(c, "Mail me the list", "Ben", "");
}

static void cases_habits_guesses_and_duties_of_the_past_are_no_tasks(void **state)
{
    (void)state;
    static const char *const a[] = {
        "Ann: If the vendor raises the price, I will cancel the order.",
        "Ben: I should have checked the logs last week.",
        "Ann: You were supposed to send the invoice in January.",
        "Ben: I always write the notes myself, and I will often print them.",
        "Ann: I think I can sell that to the board.",
        "Ben: She said I will lose the bet.",
        "Ann: What would you do?",
        "Ben: I would hire two more people."};
    CHECK_ONE(a, NULL, NULL, NULL);
    static const char *const b[] = {"Ann: What will you do if a customer complains?",
                                    "Ben: I will write a letter to the customer."};
    CHECK_ONE(b, NULL, NULL, NULL);
}

static void what_all_have_to_do_belongs_to_nobody_alone(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Everybody, please send me your topics by Friday.",
                                    "Ben: Okay."};
    CHECK_ONE(a, "Send me your topics", "", "2026-03-06");
    static const char *const b[] = {"Ann: We have to finish the report by Monday.", "Ben: Right."};
    CHECK_ONE(b, "Finish the report", "", "2026-03-09");
}

static void a_date_may_come_in_a_later_turn(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Ben, can you book the hall?", "Ben: Sure.",
                                    "Ann: By Thursday?", "Ben: Thursday is fine."};
    CHECK_ONE(a, "Book the hall", "Ben", "2026-03-05");
    static const char *const b[] = {"Ann: I will write the letter to the bank.", "Ben: Good.",
                                    "Ann: You will have it on Friday."};
    CHECK_ONE(b, "Write the letter to the bank", "Ann", "2026-03-06");
}

static void a_pronoun_is_told_with_what_it_stands_for(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: The printer wants the final logo.",
                                    "Ben: I will send it tomorrow."};
    CHECK_ONE(a, "Send it (the final logo)", "Ben", "2026-03-04");
    static const char *const b[] = {"Ann: Do we have a list of the keys?", "Ben: No.",
                                    "Ann: Ben, please make one by Friday.", "Ben: Okay."};
    CHECK_ONE(b, "Make one (a list of the keys)", "Ben", "2026-03-06");
    static const char *const c[] = {"Ann: Petra has the contract in her office.",
                                    "Ben: I talked to Petra yesterday, and I will call her again."};
    CHECK_ONE(c, "Call her (Petra) again", "Ben", "");
}

static void who_agrees_to_be_something_takes_on_no_task(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: You could be her mentor for the first year.",
                                    "Ben: I would like that. Yes, I will do it."};
    CHECK_ONE(a, NULL, NULL, NULL);
}

static void a_task_ends_where_others_begin(void **state)
{
    (void)state;
    static const char *const a[] = {
        "Ann: Ben, could you send me a draft by Friday, and we go through it together?",
        "Ben: Sure."};
    CHECK_ONE(a, "Send me a draft", "Ben", "2026-03-06");
}

static void who_begins_again_or_corrects_a_date_is_understood(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Ben, could you, um, send the list to the bank by Monday, "
                                    "no, sorry, by Tuesday?",
                                    "Ben: I, I will, uh, I'll send it."};
    CHECK_ONE(a, "Send the list to the bank", "Ben", "2026-03-10");
}

static void who_has_too_much_to_do_has_no_task_more(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Ben, would you ask the fire brigade about the hall?",
                                    "Ben: I've got a lot on my plate today.",
                                    "Ann: Okay, I'll do it."};
    CHECK_ONE(a, "Do it (\"Would you ask the fire brigade about the hall?\")", "Ann", "");
}

static void what_is_taken_back_is_no_task(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: I will call the printer tomorrow.", "Ben: Why?",
                                    "Ann: No, wait, scratch that."};
    CHECK_ONE(a, NULL, NULL, NULL);
}

static void a_task_that_is_said_again_is_one(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: I will call the printer about the posters.", "Ben: Good.",
                                    "Ann: So I will call the printer by Friday, and that is it."};
    struct chip_transcript *t = TALK(a);
    json_t *minutes = minutes_of(t);
    assert_int_equal(count_of(minutes, "action_items"), 1);
    const json_t *item = json_array_get(json_object_get(minutes, "action_items"), 0);
    assert_int_equal(json_array_size(json_object_get(item, "evidence")), 2);
    json_decref(minutes);
    chip_transcript_free(t);
}

static void without_the_date_of_the_meeting_days_have_no_date(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: I will send the contract to the lawyer by Friday."};
    struct chip_transcript *t = TALK(a);
    json_t *minutes = NULL;
    assert_int_equal(chip_minutes_analyse(t, NULL, &minutes, NULL), CHIP_OK);
    const json_t *item = json_array_get(json_object_get(minutes, "action_items"), 0);
    const json_t *due = json_object_get(item, "due");
    assert_true(json_is_null(json_object_get(due, "date")));
    assert_string_equal(json_string_value(json_object_get(due, "said")), "by Friday");
    const json_t *notes = json_object_get(json_object_get(minutes, "audit"), "notes");
    assert_int_equal(json_array_size(notes), 1);
    json_decref(minutes);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_promise_is_a_task_of_who_makes_it),
        cmocka_unit_test(a_request_with_a_yes_is_a_task_of_who_says_yes),
        cmocka_unit_test(a_request_that_is_refused_is_no_task),
        cmocka_unit_test(what_is_over_with_the_answer_is_no_task),
        cmocka_unit_test(a_task_may_belong_to_somebody_who_is_spoken_about),
        cmocka_unit_test(names_are_learnt_from_calls),
        cmocka_unit_test(a_task_says_what_it_is_about),
        cmocka_unit_test(who_answers_that_anybody_is_asked_has_the_task),
        cmocka_unit_test(whoever_steps_in_after_a_refusal_has_the_task),
        cmocka_unit_test(an_offer_is_a_task_when_the_others_want_it),
        cmocka_unit_test(polite_requests_are_requests),
        cmocka_unit_test(cases_habits_guesses_and_duties_of_the_past_are_no_tasks),
        cmocka_unit_test(what_all_have_to_do_belongs_to_nobody_alone),
        cmocka_unit_test(a_date_may_come_in_a_later_turn),
        cmocka_unit_test(a_pronoun_is_told_with_what_it_stands_for),
        cmocka_unit_test(who_agrees_to_be_something_takes_on_no_task),
        cmocka_unit_test(a_task_ends_where_others_begin),
        cmocka_unit_test(who_begins_again_or_corrects_a_date_is_understood),
        cmocka_unit_test(who_has_too_much_to_do_has_no_task_more),
        cmocka_unit_test(what_is_taken_back_is_no_task),
        cmocka_unit_test(a_task_that_is_said_again_is_one),
        cmocka_unit_test(without_the_date_of_the_meeting_days_have_no_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
