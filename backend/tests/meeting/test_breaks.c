#include "../test.h"

#include "meeting/breaks.h"

static enum chip_break after(const char *word, const char *next)
{
    return chip_break_after(word, strlen(word), next, strlen(next));
}

static void sentences_end_at_their_marks_even_inside_quotes(void **state)
{
    (void)state;
    assert_int_equal(after("done.", "Next"), CHIP_BREAK_SENTENCE);
    assert_int_equal(after("done?", "Next"), CHIP_BREAK_SENTENCE);
    assert_int_equal(after("done!\xE2\x80\x9D", "Next"), CHIP_BREAK_SENTENCE);
    assert_int_equal(after("(done.)", "Next"), CHIP_BREAK_SENTENCE);
    assert_int_equal(after("3.5.", "Next"), CHIP_BREAK_SENTENCE);
    assert_int_equal(after("done.", ""), CHIP_BREAK_SENTENCE);
    assert_int_equal(after("I.", "Then"), CHIP_BREAK_SENTENCE);
    assert_int_equal(after("\xE3\x80\x82", "x"), CHIP_BREAK_CLAUSE); /* goes on in lower case */
    assert_int_equal(after("\xE3\x81\xA7\xE3\x81\x99\xE3\x80\x82", "\xE3\x81\x9D"),
                     CHIP_BREAK_SENTENCE);
}

static void a_full_stop_inside_a_sentence_does_not_end_it(void **state)
{
    (void)state;
    assert_int_equal(after("Mr.", "Patterson"), CHIP_BREAK_POOR);
    assert_int_equal(after("DR.", "Smith"), CHIP_BREAK_POOR);
    assert_int_equal(after("J.", "Smith"), CHIP_BREAK_NONE);
    assert_int_equal(after("e.g.", "this"), CHIP_BREAK_NONE);
    assert_int_equal(after("U.S.", "Government"), CHIP_BREAK_CLAUSE);
    assert_int_equal(after("well...", "maybe"), CHIP_BREAK_CLAUSE);
    assert_int_equal(after("well...", "Maybe"), CHIP_BREAK_SENTENCE);
    assert_int_equal(after("\"Who?\"", "asked"), CHIP_BREAK_CLAUSE);
}

static void clauses_end_at_commas_dashes_and_colons(void **state)
{
    (void)state;
    assert_int_equal(after("well,", "yes"), CHIP_BREAK_CLAUSE);
    assert_int_equal(after("agenda:", "first"), CHIP_BREAK_CLAUSE);
    assert_int_equal(after("but --", "no"), CHIP_BREAK_CLAUSE);
    assert_int_equal(after("\xE2\x80\x94", "no"), CHIP_BREAK_CLAUSE);
    assert_int_equal(after("\xE3\x80\x81", "x"), CHIP_BREAK_CLAUSE);
}

static void little_words_stay_with_what_they_belong_to(void **state)
{
    (void)state;
    assert_int_equal(after("the", "report"), CHIP_BREAK_POOR);
    assert_int_equal(after("The", "report"), CHIP_BREAK_POOR);
    assert_int_equal(after("report", "because"), CHIP_BREAK_PHRASE);
    assert_int_equal(after("report", "becauses"), CHIP_BREAK_NONE);
    assert_int_equal(after("report", "was"), CHIP_BREAK_NONE);
    assert_int_equal(after("", ""), CHIP_BREAK_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_end_at_their_marks_even_inside_quotes),
        cmocka_unit_test(a_full_stop_inside_a_sentence_does_not_end_it),
        cmocka_unit_test(clauses_end_at_commas_dashes_and_colons),
        cmocka_unit_test(little_words_stay_with_what_they_belong_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
