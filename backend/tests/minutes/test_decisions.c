/* What was decided, what stays open, what may go wrong, which figures were said. */
#include "talks.h"

struct made {
    struct chip_transcript *t;
    json_t *minutes;
};

static struct made make_talk(const char *const *lines, size_t n)
{
    struct made m = {.t = talk_of(lines, n)};
    m.minutes = minutes_of(m.t);
    return m;
}
#define MAKE(lines) make_talk(lines, sizeof lines / sizeof *lines)

static void done(struct made *m)
{
    json_decref(m->minutes);
    chip_transcript_free(m->t);
}

static void check_decision(const char *const *lines, size_t n, const char *text)
{
    struct made m = make_talk(lines, n);
    assert_int_equal(count_of(m.minutes, "decisions"), text ? 1 : 0);
    if (text)
        assert_string_equal(text_at(m.minutes, "decisions", 0, "text"), text);
    done(&m);
}
#define DECISION(lines, text) check_decision(lines, sizeof lines / sizeof *lines, text)

static void what_is_said_to_be_agreed_is_a_decision(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: So we agreed on two rooms for the workshop.",
                                    "Ben: Right."};
    DECISION(a, "We agreed on two rooms for the workshop");
    static const char *const b[] = {"Ann: What about the red cover for the report?", "Ben: Nice.",
                                    "Ann: Good, so that is decided. The report gets a red cover.",
                                    "Ben: Okay."};
    DECISION(b, "The report gets a red cover");
}

static void a_proposal_that_others_accept_is_a_decision(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Let us drop the paper version of the report.",
                                    "Ben: Agreed."};
    DECISION(a, "Drop the paper version of the report");
}

static void a_proposal_that_others_refuse_is_none(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Let us drop the paper version of the report.",
                                    "Ben: No, our members want it."};
    DECISION(a, NULL);
    static const char *const b[] = {"Ann: Let us start with the paper version of the report.",
                                    "Ben: Sounds good."};
    DECISION(b, NULL);
}

static void a_decision_that_is_taken_back_is_none(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Good, so that is decided. The report gets a red cover.",
                                    "Ben: Wait, who told Cleo?",
                                    "Ann: True. Then I take that back, it is not settled."};
    DECISION(a, NULL);
}

static void a_cut_never_turns_a_decision_into_its_opposite(void **state)
{
    (void)state;
    static const char *const a[] = {
        "Ann: Should we give retries another chance?", "Ben: I would not.",
        "Ann: Good, so that is decided. No retries until the client is fixed."};
    DECISION(a, "No retries until the client is fixed");
}

static void a_question_without_an_answer_stays_open(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Who pays for the new locks in Austin?",
                                    "Ben: I don't know yet.",
                                    "Cleo: It is a lot of money.",
                                    "Ann: How many bikes do we have in Denver?",
                                    "Ben: Four hundred.",
                                    "Cleo: Can you hear me?",
                                    "Ben: Not sure."};
    struct made m = MAKE(a);
    assert_int_equal(count_of(m.minutes, "open_questions"), 1);
    assert_string_equal(text_at(m.minutes, "open_questions", 0, "text"),
                        "Who pays for the new locks in Austin?");
    assert_string_equal(text_at(m.minutes, "open_questions", 0, "asked_by"), "S1");
    done(&m);
}

static void a_worry_is_a_risk(void **state)
{
    (void)state;
    static const char *const a[] = {
        "Ann: My worry is the drivers. If they leave the phone at home, "
        "we see nothing.",
        "Ben: Do not worry, there is no risk."};
    struct made m = MAKE(a);
    assert_int_equal(count_of(m.minutes, "risks"), 1);
    assert_string_equal(text_at(m.minutes, "risks", 0, "text"),
                        "My worry is the drivers. If they leave the phone at home, we see nothing");
    done(&m);
}

static void figures_have_values_and_kinds(void **state)
{
    (void)state;
    static const char *const a[] = {
        "Ann: A lock costs thirty five dollars and that makes fourteen thousand dollars.",
        "Ben: Our costs went up by 15% and we sold thirty per cent less.",
        "Ann: It takes eight weeks and there are four hundred bikes. I had two of them.",
        "Ben: We open on April thirteenth at two fourteen."};
    static const struct {
        const char *value, *kind;
    } want[] = {{"$35", "money"},      {"$14,000", "money"},    {"15%", "percent"},
                {"30%", "percent"},    {"8 weeks", "duration"}, {"400", "number"},
                {"2026-04-13", "date"}};
    struct made m = MAKE(a);
    assert_int_equal(count_of(m.minutes, "figures"), sizeof want / sizeof *want);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_string_equal(text_at(m.minutes, "figures", i, "value"), want[i].value);
        assert_string_equal(text_at(m.minutes, "figures", i, "kind"), want[i].kind);
    }
    done(&m);
}

static void too_little_is_called_insufficient(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Hello.", "Ben: Hi, Ann."};
    struct made m = MAKE(a);
    const json_t *summary = json_object_get(m.minutes, "summary");
    assert_string_equal(json_string_value(json_object_get(summary, "short")), "");
    assert_string_equal(json_string_value(json_object_get(summary, "insufficient_evidence")),
                        "too-few-words");
    assert_string_equal(json_string_value(json_object_get(m.minutes, "title")), "");
    assert_int_equal(count_of(m.minutes, "topics"), 0);
    done(&m);
}

static void topics_are_cut_where_somebody_announces_them(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Let us start with the garden.",
                                    "Ben: The garden needs water in the summer.",
                                    "Ann: The roses in the garden are great, I love the garden.",
                                    "Ben: Good roses and a happy garden help our guests.",
                                    "Ann: Next point, the kitchen.",
                                    "Ben: The kitchen has a broken oven.",
                                    "Ann: The oven in the kitchen is a problem, it is too slow.",
                                    "Ben: A bad kitchen is a risk for the whole house."};
    struct made m = MAKE(a);
    assert_int_equal(count_of(m.minutes, "topics"), 2);
    assert_string_equal(text_at(m.minutes, "topics", 0, "title"), "Garden");
    assert_string_equal(text_at(m.minutes, "topics", 1, "title"), "Kitchen");
    static const char *const tones[] = {"positive", "negative"};
    for (size_t i = 0; i < 2; i++) {
        const json_t *topic = json_array_get(json_object_get(m.minutes, "topics"), i);
        const json_t *tone = json_object_get(topic, "sentiment");
        assert_string_equal(json_string_value(json_object_get(tone, "label")), tones[i]);
    }
    done(&m);
}

static void a_few_words_that_settle_it_are_a_decision(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: We have the castle and the university.",
                                    "Ben: The castle is too far away.", "Ann: So the university?",
                                    "Cleo: University, definitely."};
    DECISION(a, "University, definitely (\"We have the castle and the university\")");
    static const char *const b[] = {"Ann: We tried translation and it cost a fortune.",
                                    "Ben: I say English only.", "Ann: English only, fine."};
    DECISION(b, "English only, fine (\"We tried translation and it cost a fortune\")");
    static const char *const c[] = {"Ann: When is the report due?", "Ben: End of the month?",
                                    "Ann: End of the month is okay."};
    DECISION(c, NULL);
    static const char *const d[] = {"Ann: Good night, everyone.", "Ben: Good night."};
    DECISION(d, NULL);
}

static void a_ruling_is_a_decision(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Do we still want the third screen? Half of them skip it.",
                                    "Ben: Less to translate for us.",
                                    "Ann: Okay, the third screen is out."};
    DECISION(a, "The third screen is out");
    static const char *const b[] = {"Ann: Do we take a trainee for the new office?",
                                    "Ben: Not this time.", "Ann: So no trainee this year."};
    DECISION(b, "No trainee this year (\"Do we take a trainee for the new office?\")");
}

static void a_question_to_all_with_a_yes_is_a_decision(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Are we all happy with the smaller stage in the park?",
                                    "Ben: Yes.", "Cleo: Absolutely."};
    DECISION(a, "The smaller stage in the park");
}

static void a_firm_proposal_needs_no_answer_but_may_be_refused(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: People ask for gift wrapping in the shop.",
                                    "Ben: Let's park gift wrapping until the autumn.",
                                    "Ann: Joe, how is the search?"};
    DECISION(a, "Park gift wrapping until the autumn");
    static const char *const b[] = {"Ann: We had five thousand for training last year.",
                                    "Ben: Then let's cut the training to three thousand.",
                                    "Cleo: I'm against that."};
    DECISION(b, NULL);
}

static void a_vote_that_is_carried_is_a_decision(void **state)
{
    (void)state;
    static const char *const a[] = {
        "Ann: All in favour of the new roof by the cheaper firm? Everybody. Good, that's carried."};
    DECISION(a, "The new roof by the cheaper firm");
}

static void a_choice_is_told_with_what_was_chosen(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: The eleventh of July is good for me.", "Ben: For me too.",
                                    "Cleo: Yes, the eleventh it is."};
    DECISION(a, "The eleventh it is (\"The eleventh of July is good for me\")");
    static const char *const b[] = {"Ann: Let us meet again at four.", "Ben: Can we make it five?",
                                    "Ann: Five it is."};
    DECISION(b, NULL);
}

static void a_wish_that_is_granted_is_a_decision(void **state)
{
    (void)state;
    static const char *const a[] = {
        "Ann: I'd like to work from home on Fridays, would that be possible?",
        "Ben: From my side, sure. Fridays from home until Christmas."};
    DECISION(a, "Fridays from home until Christmas");
}

static void who_is_asked_for_something_else_does_not_answer_the_decision(void **state)
{
    (void)state;
    static const char *const a[] = {
        "Ann: Can we sell the tickets before?", "Ben: I like that.",
        "Ann: Good. So we keep the raffle, and the tickets are sold before. Ben, will you print "
        "them?",
        "Ben: No, sorry, I can not."};
    DECISION(a, "We keep the raffle, and the tickets are sold before");
}

static void tasks_and_when_to_meet_are_no_decisions(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Good, then we speak on Wednesday.", "Ben: Great.",
                                    "Ann: Good, so Ben writes the report by Friday.", "Ben: Yes."};
    DECISION(a, NULL);
    static const char *const b[] = {"Ann: We can't simply decide that here about the roof.",
                                    "Ben: I agree."};
    DECISION(b, NULL);
}

static void a_summary_tells_decisions_and_whose_tasks_there_are(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Let us start with the garden.",
                                    "Ben: The garden needs a lot of water in the summer.",
                                    "Ann: The old pipe in the garden has three holes.",
                                    "Ben: A new pipe in the garden costs two hundred pounds.",
                                    "Ann: Good, then we buy the new pipe for the garden.",
                                    "Ben: Agreed. I will order the pipe tomorrow.",
                                    "Ann: The old pipe goes to the tip with the old chairs.",
                                    "Ben: Who brings the old chairs to the tip?",
                                    "Ann: I do not know yet."};
    struct made m = MAKE(a);
    const json_t *summary = json_object_get(m.minutes, "summary");
    assert_string_equal(json_string_value(json_object_get(summary, "short")),
                        "Topics: garden. Decided: we buy the new pipe for the garden. To do: Ben: "
                        "order the pipe (tomorrow). Open: Who brings the old chairs to the tip?");
    assert_true(json_array_size(json_object_get(summary, "evidence")) >= 3);
    done(&m);
}

static void greetings_are_no_topic(void **state)
{
    (void)state;
    static const char *const a[] = {"Ann: Hello everybody, it is nice to see you all today.",
                                    "Ben: The weekend at the lake was wonderful for the kids.",
                                    "Ann: So, the kitchen.",
                                    "Ben: The kitchen has a broken oven.",
                                    "Ann: The oven in the kitchen is a problem for the cook.",
                                    "Ben: A bad kitchen is a risk for the whole house."};
    struct made m = MAKE(a);
    assert_int_equal(count_of(m.minutes, "topics"), 1);
    assert_string_equal(text_at(m.minutes, "topics", 0, "title"), "Kitchen");
    assert_string_equal(json_string_value(json_object_get(m.minutes, "title")), "Kitchen");
    done(&m);
}

static void a_question_is_open_only_if_the_answer_does_not_give_one(void **state)
{
    (void)state;
    static const char *const a[] = {
        "Ann: What does the course in Berlin cost?",
        "Ben: The course is around nine hundred euros. I don't know whether we have that.",
        "Ann: Should we do the same for the other providers?",
        "Ben: Probably. I don't even know how many there are."};
    struct made m = MAKE(a);
    assert_int_equal(count_of(m.minutes, "open_questions"), 0);
    done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_to_be_agreed_is_a_decision),
        cmocka_unit_test(a_proposal_that_others_accept_is_a_decision),
        cmocka_unit_test(a_proposal_that_others_refuse_is_none),
        cmocka_unit_test(a_decision_that_is_taken_back_is_none),
        cmocka_unit_test(a_cut_never_turns_a_decision_into_its_opposite),
        cmocka_unit_test(a_question_without_an_answer_stays_open),
        cmocka_unit_test(a_worry_is_a_risk),
        cmocka_unit_test(figures_have_values_and_kinds),
        cmocka_unit_test(too_little_is_called_insufficient),
        cmocka_unit_test(a_few_words_that_settle_it_are_a_decision),
        cmocka_unit_test(a_ruling_is_a_decision),
        cmocka_unit_test(a_question_to_all_with_a_yes_is_a_decision),
        cmocka_unit_test(a_firm_proposal_needs_no_answer_but_may_be_refused),
        cmocka_unit_test(a_vote_that_is_carried_is_a_decision),
        cmocka_unit_test(a_choice_is_told_with_what_was_chosen),
        cmocka_unit_test(a_wish_that_is_granted_is_a_decision),
        cmocka_unit_test(who_is_asked_for_something_else_does_not_answer_the_decision),
        cmocka_unit_test(tasks_and_when_to_meet_are_no_decisions),
        cmocka_unit_test(a_summary_tells_decisions_and_whose_tasks_there_are),
        cmocka_unit_test(greetings_are_no_topic),
        cmocka_unit_test(a_question_is_open_only_if_the_answer_does_not_give_one),
        cmocka_unit_test(topics_are_cut_where_somebody_announces_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
