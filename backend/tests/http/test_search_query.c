#include "../test.h"

#include "http/search_query.h"

/* The terms as one line: words as they are, "phrases" in quotes, * and - as typed. */
static const char *terms_of(const char *text)
{
    static char line[4096];
    json_t *terms = NULL;
    const json_t *term;
    struct chip_err err;
    size_t i;
    line[0] = '\0';
    if (chip_search_parse(text, &terms, &err) != CHIP_OK)
        return err.code == CHIP_E_INVAL && strstr(err.message, "q: ") ? "refused" : "failed";
    json_array_foreach(terms, i, term)
    {
        size_t n = strlen(line);
        snprintf(line + n, sizeof line - n, "%s%s[%s]%s", i ? " " : "",
                 json_is_true(json_object_get(term, "exclude")) ? "-" : "",
                 json_string_value(json_object_get(term, "text")),
                 json_is_true(json_object_get(term, "prefix")) ? "*" : "");
    }
    json_decref(terms);
    return line;
}

static void words_phrases_beginnings_and_exclusions_are_told_apart(void **state)
{
    (void)state;
    assert_string_equal(terms_of("  budget\tlaunch "), "[budget] [launch]");
    assert_string_equal(terms_of("\"next week\" port*"), "[next week] [port]*");
    assert_string_equal(terms_of("budget -\"next week\" -pri*"), "[budget] -[next week] -[pri]*");
    assert_string_equal(terms_of("\"two wee*\""), "[two wee]*");
    assert_string_equal(terms_of("\"two wee\"* x"), "[two wee]* [x]");
    assert_string_equal(terms_of("\342\200\234next week\342\200\235 on"), "[next week] [on]");
    assert_string_equal(terms_of("one-on-one"), "[one-on-one]");
    assert_string_equal(terms_of("caf\303\251"), "[caf\303\251]");
}

static void what_is_half_typed_is_taken_as_it_is(void **state)
{
    (void)state;
    assert_string_equal(terms_of("\"next wee"), "[next wee]");
    assert_string_equal(terms_of("say \"\" - * now"), "[say] [now]");
    assert_string_equal(terms_of("foo\"bar baz\""), "[foo] [bar baz]");
    assert_string_equal(terms_of("--x a"), "-[-x] [a]");
}

static void a_search_for_nothing_is_refused_with_an_example(void **state)
{
    (void)state;
    static const char *const nothing[] = {"", "   ", "\"", "***", "-", "-price", "!?", "\"...\""};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        assert_string_equal(terms_of(nothing[i]), "refused");
}

static void too_much_is_refused(void **state)
{
    (void)state;
    char text[1100];
    memset(text, 'a', sizeof text);
    text[1001] = '\0';
    assert_string_equal(terms_of(text), "refused");
    for (int i = 0; i < 33; i++)
        memcpy(text + 2 * i, "a ", 3);
    assert_string_equal(terms_of(text), "refused");
    text[64] = '\0';
    assert_string_not_equal(terms_of(text), "refused");
}

static void a_text_is_cut_where_it_matches(void **state)
{
    (void)state;
    json_t *matches = json_pack("[[i,i],[i,i]]", 0, 2, 4, 6);
    json_t *pieces = chip_search_pieces("\303\204h, \303\244h!", matches);
    json_t *expected = json_pack("[{s:s,s:b},{s:s,s:b},{s:s,s:b},{s:s,s:b}]", "text", "\303\204h",
                                 "match", 1, "text", ", ", "match", 0, "text", "\303\244h", "match",
                                 1, "text", "!", "match", 0);
    assert_true(json_equal(pieces, expected));
    json_decref(expected);
    json_decref(pieces);
    pieces = chip_search_pieces("short", matches);
    assert_int_equal(json_array_size(pieces), 3);
    json_decref(pieces);
    json_decref(matches);
}

static void more_matches_in_fewer_words_score_more(void **state)
{
    (void)state;
    json_t *one = json_pack("[[i,i]]", 0, 1), *two = json_pack("[[i,i],[i,i]]", 0, 1, 2, 3);
    double a = chip_search_score("a b", one), b = chip_search_score("a b", two);
    double c = chip_search_score("a b c d e f g h i j k l m n o p q r s", one);
    assert_true(0 < c && c < a && a < b && b < 1);
    json_decref(one);
    json_decref(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_phrases_beginnings_and_exclusions_are_told_apart),
        cmocka_unit_test(what_is_half_typed_is_taken_as_it_is),
        cmocka_unit_test(a_search_for_nothing_is_refused_with_an_example),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(a_text_is_cut_where_it_matches),
        cmocka_unit_test(more_matches_in_fewer_words_score_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
