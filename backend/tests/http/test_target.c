#include "../test.h"

#include "http/target.h"

static enum chip_status parse(struct chip_target *t, const char *uri)
{
    struct chip_err err;
    return chip_target_parse(t, uri, &err);
}

static void a_path_is_cut_at_its_slashes_before_it_is_decoded(void **state)
{
    (void)state;
    struct chip_target t;
    assert_int_equal(parse(&t, "/api/j%6fbs/a%20b+c?x=1"), CHIP_OK);
    assert_int_equal(t.n_segments, 3);
    assert_string_equal(t.segments[1], "jobs");
    assert_string_equal(t.segments[2], "a b+c");
    assert_string_equal(t.path, "/api/jobs/a b+c");
    assert_string_equal(t.raw, "/api/j%6fbs/a%20b+c");
    chip_target_done(&t);
}

static void the_first_parameter_of_a_name_counts(void **state)
{
    (void)state;
    struct chip_target t;
    assert_int_equal(parse(&t, "/?a=1&a=2&&b&c=x+y%2B=&%64=%26"), CHIP_OK);
    assert_string_equal(chip_target_query(&t, "a"), "1");
    assert_string_equal(chip_target_query(&t, "b"), "");
    assert_string_equal(chip_target_query(&t, "c"), "x y+=");
    assert_string_equal(chip_target_query(&t, "d"), "&");
    assert_null(chip_target_query(&t, "e"));
    assert_string_equal(t.path, "/");
    chip_target_done(&t);
}

static void what_could_be_read_in_two_ways_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "/a%2fb",  "/a%2Fb", "/..",         "/a/../b", "/%2e%2e/b", "/.",    "/%00",
        "/a%00b",  "/%",     "/%1",         "/%g1",    "/%80",      "/\x80", "/%0a",
        "/a?b=%1", "x",      "/?x=%00",     "/?%ff=1", "/%7f",      "/\x01", "/a?b=%c3",
        "/%c0%af", "a/b",    "/%ed%a0%80/", "*x",      "/?a=%0a",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct chip_target t;
        if (parse(&t, bad[i]) != CHIP_E_INVAL)
            fail_msg("'%s' is taken", bad[i]);
        chip_target_done(&t);
    }
}

static void odd_but_clear_ones_are_taken(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"*", "*"},       {"http://h:1/a?b", "/a"}, {"HTTPS://h", "/"}, {"/a//b/", "/a//b/"},
        {"/...", "/..."}, {"/%C3%A4", "/ä"},        {"/a%25", "/a%"},   {"", "/"},
        {"?a=1", "/"},    {"http://h?x=1", "/"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct chip_target t;
        assert_int_equal(parse(&t, good[i][0]), CHIP_OK);
        assert_string_equal(t.path, good[i][1]);
        chip_target_done(&t);
    }
}

static void longer_than_allowed_is_refused(void **state)
{
    (void)state;
    struct chip_target t;
    char uri[4 * CHIP_MAX_QUERY + 8] = "/?";
    for (int i = 0; i < CHIP_MAX_QUERY; i++)
        strcat(uri, "a&");
    assert_int_equal(parse(&t, uri), CHIP_OK);
    chip_target_done(&t);
    strcat(uri, "a");
    assert_int_equal(parse(&t, uri), CHIP_E_INVAL);
    chip_target_done(&t);
}

/* Whatever the bytes are, nothing is read or written beside them (under AddressSanitizer). */
static void any_bytes_are_survived(void **state)
{
    (void)state;
    static const char alphabet[] = "/%?&=+.2fF0aA\x80\xc3*#";
    unsigned seed = 1;
    for (int round = 0; round < 20000; round++) {
        char uri[24];
        size_t n = seed % sizeof uri;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            uri[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        uri[n < sizeof uri ? n : n - 1] = '\0';
        seed = seed * 1664525 + 1013904223;
        struct chip_target t;
        if (parse(&t, uri) == CHIP_OK)
            assert_true(t.n_segments <= CHIP_MAX_SEGMENTS);
        chip_target_done(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_cut_at_its_slashes_before_it_is_decoded),
        cmocka_unit_test(the_first_parameter_of_a_name_counts),
        cmocka_unit_test(what_could_be_read_in_two_ways_is_refused),
        cmocka_unit_test(odd_but_clear_ones_are_taken),
        cmocka_unit_test(longer_than_allowed_is_refused),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
