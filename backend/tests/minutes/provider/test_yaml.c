#include "../../test.h"

#include <stdlib.h>

#include "minutes/yaml.h"

static json_t *read_ok(const char *text)
{
    json_t *value = NULL;
    struct chip_err err;
    if (chip_yaml_read(text, strlen(text), &value, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return value;
}

static void expect_refused(const char *text, const char *said)
{
    json_t *value = NULL;
    struct chip_err err;
    assert_int_equal(chip_yaml_read(text, strlen(text), &value, &err), CHIP_E_FORMAT);
    assert_null(value);
    if (!strstr(err.message, said))
        fail_msg("'%s' does not say '%s'", err.message, said);
}

static void mappings_lists_and_texts_are_what_json_would_be(void **state)
{
    (void)state;
    json_t *got = read_ok("# comment\n"
                          "values:\n"
                          "  - name: Candour   # of all\n"
                          "    description: >\n"
                          "      We say openly\n"
                          "      what is difficult.\n"
                          "    examples: [\"admits: mistakes\", 'it''s hard', 7, yes]\n"
                          "  - {name: Thrift}\n");
    json_t *want =
        json_loads("{\"values\": [{\"name\": \"Candour\", \"description\": \"We say openly "
                   "what is difficult.\\n\", \"examples\": [\"admits: mistakes\", "
                   "\"it's hard\", \"7\", \"yes\"]}, {\"name\": \"Thrift\"}]}",
                   0, NULL);
    assert_true(json_equal(got, want));
    json_decref(got);
    json_decref(want);
}

static void what_could_mean_more_than_it_says_is_refused_with_its_line(void **state)
{
    (void)state;
    expect_refused("a: 1\nb: &x [1]\nc: *x\n", "line 2: anchors");
    expect_refused("a: *x\n", "line 1: anchors");
    expect_refused("a: !!int 7\n", "line 1: anchors");
    expect_refused("a: 1\na: 2\n", "line 2: this key is there twice");
    expect_refused("? [a]\n: b\n", "line 1: a key must be");
    expect_refused("a: 1\n---\nb: 2\n", "line 2: only one document");
    expect_refused("", "it is empty");
    expect_refused("[[[[[[[[[[[x]]]]]]]]]]]", "nested too deeply");
    expect_refused("a: [1\n", "line 2: ");
    expect_refused("\ta: b\n", "line 1: ");
}

static void any_bytes_are_read_or_refused(void **state)
{
    (void)state;
    static const char seed[] =
        "values:\n- name: \"A\"\n  examples: [x, 'y']\n  description: |\n   z\n";
    unsigned random = 7;
    for (int round = 0; round < 3000; round++) {
        char text[sizeof seed];
        memcpy(text, seed, sizeof seed);
        for (int i = 0; i < 4; i++) {
            random = random * 1103515245 + 12345;
            text[(random >> 8) % (sizeof seed - 1)] = (char)(random >> 16);
        }
        json_t *value = NULL;
        struct chip_err err;
        enum chip_status status = chip_yaml_read(text, sizeof seed - 1, &value, &err);
        assert_true(status == CHIP_OK ? value != NULL : value == NULL);
        json_decref(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mappings_lists_and_texts_are_what_json_would_be),
        cmocka_unit_test(what_could_mean_more_than_it_says_is_refused_with_its_line),
        cmocka_unit_test(any_bytes_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
