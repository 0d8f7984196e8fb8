/* docs/METRICS.md, the argument, says what the table of metrics says. */

#include "../test.h"

#include "base/file.h"
#include "base/str.h"
#include "meeting/metrics/catalogue.h"

static const char *doc_path;

static int read_doc(void **state)
{
    struct chip_file file;
    struct chip_err err;
    if (chip_file_map(&file, doc_path, 1 << 20, &err) != CHIP_OK) {
        print_error("%s\n", err.message);
        return -1;
    }
    char *text = calloc(1, file.size + 1);
    if (!text)
        return -1;
    memcpy(text, file.data, file.size);
    chip_file_unmap(&file);
    *state = text;
    return 0;
}

static int free_doc(void **state)
{
    free(*state);
    return 0;
}

/* One blank for each run of white space: the document may be wrapped anywhere. */
static void squeeze(char *text)
{
    char *to = text;
    for (char *from = text; *from; from++) {
        bool is_blank = *from == ' ' || *from == '\n';
        if (is_blank && to > text && to[-1] == ' ')
            continue;
        *to++ = is_blank ? ' ' : *from;
    }
    *to = '\0';
}

static void add_section(struct chip_str *out, const struct chip_metric_info *info)
{
    static const char *const scopes[] = {
        [CHIP_FOR_SPEAKERS] = "each speaker",
        [CHIP_FOR_MEETING] = "the meeting",
        [CHIP_FOR_SPEAKERS | CHIP_FOR_MEETING] = "each speaker and the meeting",
    };
    chip_str_addf(out,
                  "### %s: `%s`\n\n%s\n\n"
                  "For %s; unit: %s; evidence: %s, at least %d. Source: %s.\n\n",
                  info->title, info->key, info->definition, scopes[info->scope], info->unit,
                  info->evidence, info->min_evidence, info->source);
}

static void every_metric_is_documented_as_it_is_computed(void **state)
{
    const struct chip_metric_info *info;
    squeeze(*state);
    for (size_t i = 0; (info = chip_metric_info(i)); i++) {
        struct chip_str want = {0};
        add_section(&want, info);
        char *shown = strdup(want.data);
        squeeze(want.data);
        if (!strstr(*state, want.data))
            fail_msg("docs/METRICS.md lacks:\n%s", shown);
        free(shown);
        chip_str_done(&want);
    }
}

static void no_metric_is_documented_that_is_not_computed(void **state)
{
    size_t n = 0;
    for (const char *at = *state; (at = strstr(at, "\n### ")); n++)
        at += 5;
    assert_int_equal(n, CHIP_N_METRICS);
}

static void every_reason_for_no_value_is_documented(void **state)
{
    for (int lack = CHIP_LACK_SPEAKERS; lack <= CHIP_LACK_FEW; lack++) {
        char cell[64];
        snprintf(cell, sizeof cell, "| `%s` |", chip_lack_name((enum chip_lack)lack));
        if (!strstr(*state, cell))
            fail_msg("docs/METRICS.md lacks %s", cell);
    }
}

static void every_metric_is_found_by_its_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHIP_N_METRICS; i++)
        assert_int_equal(chip_metric_find(chip_metric_info(i)->key), i);
    assert_int_equal(chip_metric_find("mood"), -1);
    assert_int_equal(chip_metric_find(NULL), -1);
    assert_null(chip_metric_info(CHIP_N_METRICS));
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: test_metrics_docs METRICS.md\n", stderr);
        return 1;
    }
    doc_path = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_metric_is_documented_as_it_is_computed, read_doc,
                                        free_doc),
        cmocka_unit_test_setup_teardown(no_metric_is_documented_that_is_not_computed, read_doc,
                                        free_doc),
        cmocka_unit_test_setup_teardown(every_reason_for_no_value_is_documented, read_doc,
                                        free_doc),
        cmocka_unit_test(every_metric_is_found_by_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
