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
        cmocka_unit_test(topics_are_cut_where_somebody_announces_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
