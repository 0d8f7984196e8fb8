#include "../test.h"

#include "cli/commands.h"
#include "cli/exit.h"
#include "cli/help.h"
#include "cli/man.h"

/* Every way to spell an option of a command, one after the other. */
static size_t spellings(const struct chip_command *c, char names[][64], size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_opts; i++) {
        const struct chip_opt *opt = &c->opts[i];
        assert_true(n + 2 <= max);
        snprintf(names[n++], 64, "--%s", opt->name);
        if (opt->letter)
            snprintf(names[n++], 64, "-%c", opt->letter);
        char alias[64];
        for (const char *list = opt->aliases; chip_opts_next_word(&list, alias, sizeof alias);) {
            assert_true(n < max);
            alias[strcspn(alias, "=")] = '\0';
            memcpy(names[n++], alias, sizeof alias);
        }
    }
    char word[64];
    for (const struct chip_foreign *f = c->foreign; f && f->names; f++) {
        for (const char *list = f->names; chip_opts_next_word(&list, word, sizeof word);) {
            assert_true(n < max);
            memcpy(names[n++], word, sizeof word);
        }
    }
    return n;
}

static void no_two_options_of_a_command_share_a_spelling(void **state)
{
    (void)state;
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++) {
        char names[128][64];
        size_t n = spellings(c, names, 128);
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                if (strcmp(names[i], names[j]) == 0)
                    fail_msg("chip %s: %s is there twice", c->name, names[i]);
    }
}

static void every_option_is_complete(void **state)
{
    (void)state;
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++) {
        assert_in_range(c->n_opts, 1, CHIP_OPTS_MAX);
        assert_true(c->summary[0] && c->about && c->operands && c->examples);
        for (size_t i = 0; i < c->n_opts; i++) {
            const struct chip_opt *opt = &c->opts[i];
            assert_true(opt->name && opt->help && opt->help[0]);
            assert_null(strchr(opt->name, '_'));
            assert_true((opt->kind == CHIP_OPT_FLAG) == !opt->value);
            if (opt->kind == CHIP_OPT_CHOICE || opt->kind == CHIP_OPT_SET)
                assert_non_null(opt->choices);
            if (opt->kind == CHIP_OPT_NUMBER)
                assert_true(opt->min < opt->max);
        }
    }
}

static void format_choices_are_the_formats(void **state)
{
    (void)state;
    const struct chip_command *c = chip_command_find("transcribe");
    const char *const *choices = c->opts[CHIP_TRANSCRIBE_FORMAT].choices;
    int n = 0;
    for (; choices[n + 1]; n++) {
        enum chip_format format;
        assert_true(chip_format_by_name(choices[n], &format));
        assert_int_equal(format, n);
    }
    assert_int_equal(n, CHIP_FORMAT_CHOICE_ALL);
    assert_string_equal(choices[n], "all");
}

static void help_mentions_every_option_and_fits_80_columns(void **state)
{
    (void)state;
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++) {
        struct chip_str text = {0};
        chip_help_add(&text, c);
        assert_false(text.failed);
        for (size_t i = 0; i < c->n_opts; i++) {
            char name[64];
            snprintf(name, sizeof name, "--%s", c->opts[i].name);
            if (!strstr(text.data, name))
                fail_msg("chip %s --help lacks %s", c->name, name);
        }
        for (char *line = text.data, *end; (end = strchr(line, '\n')); line = end + 1)
            if (end - line > 80)
                fail_msg("chip %s --help: %.*s", c->name, (int)(end - line), line);
        chip_str_done(&text);
    }
}

static void examples_come_before_options(void **state)
{
    (void)state;
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++) {
        struct chip_str text = {0};
        chip_help_add(&text, c);
        const char *examples = strstr(text.data, "\nExamples:\n");
        const char *options = strstr(text.data, "\nOptions:\n");
        assert_true(examples && options && examples < options);
        chip_str_done(&text);
    }
}

static void help_of_the_program_lists_every_command(void **state)
{
    (void)state;
    struct chip_str text = {0};
    chip_help_add(&text, &chip_program);
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++) {
        char row[64];
        snprintf(row, sizeof row, "\n  %s ", c->name);
        assert_non_null(strstr(text.data, row));
    }
    chip_str_done(&text);
}

static void help_of_transcribe_lists_exit_codes_and_environment(void **state)
{
    (void)state;
    struct chip_str text = {0};
    chip_help_add(&text, chip_command_find("transcribe"));
    for (const struct chip_exit_line *e = chip_exit_lines; e->meaning; e++)
        assert_non_null(strstr(text.data, e->codes));
    for (const struct chip_env_line *e = chip_env_lines; e->name; e++)
        assert_non_null(strstr(text.data, e->name));
    chip_str_done(&text);
}

static void wrapped_text_keeps_words_and_indent(void **state)
{
    (void)state;
    struct chip_str out = {0};
    chip_help_wrap(&out,
                   "one two three four five six seven eight nine ten eleven twelve thirteen "
                   "fourteen fifteen\n\nnext",
                   4, 0);
    assert_string_equal(out.data,
                        "one two three four five six seven eight nine ten eleven twelve thirteen\n"
                        "    fourteen fifteen\n\n    next\n");
    chip_str_done(&out);
}

/* In roff a line that begins with a dot or a quote is a command; only ours may. */
static void man_page_has_only_macros_that_we_wrote(void **state)
{
    (void)state;
    static const char *const macros[] = {".TH ", ".SH ", ".SS ", ".TP",
                                         ".PP",  ".B ",  ".BR ", ".br"};
    struct chip_str text = {0};
    chip_man_add(&text);
    assert_false(text.failed);
    for (char *line = text.data, *end; (end = strchr(line, '\n')); line = end + 1) {
        bool known = line[0] != '.' && line[0] != '\'';
        for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++)
            known = known || strncmp(line, macros[i], strlen(macros[i])) == 0;
        if (!known)
            fail_msg("%.*s", (int)(end - line), line);
    }
    chip_str_done(&text);
}

static void statuses_have_the_documented_exit_codes(void **state)
{
    (void)state;
    static const struct {
        enum chip_status status;
        int arguments, model, input, output;
    } rows[] = {
        {CHIP_OK, 0, 0, 0, 0},          {CHIP_E_INVAL, 2, 5, 3, 1},
        {CHIP_E_NOMEM, 1, 1, 1, 1},     {CHIP_E_IO, 1, 5, 3, 1},
        {CHIP_E_NOT_FOUND, 1, 5, 3, 1}, {CHIP_E_FORMAT, 1, 5, 4, 1},
        {CHIP_E_NO_AUDIO, 1, 5, 4, 1},  {CHIP_E_UNSUPPORTED, 1, 5, 4, 1},
        {CHIP_E_LIMIT, 1, 5, 4, 1},     {CHIP_E_NETWORK, 1, 1, 1, 1},
        {CHIP_E_CHECKSUM, 1, 5, 1, 1},  {CHIP_E_CANCELLED, 1, 130, 130, 130},
        {CHIP_E_INTERNAL, 1, 1, 1, 1},  {CHIP_E_CONFLICT, 1, 1, 1, 1},
        {CHIP_E_DENIED, 1, 1, 1, 1},    {CHIP_E_UNAVAILABLE, 1, 1, 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum chip_status s = rows[i].status;
        assert_int_equal(s, i);
        assert_int_equal(chip_exit_code(s, CHIP_STAGE_ARGUMENTS), rows[i].arguments);
        assert_int_equal(chip_exit_code(s, CHIP_STAGE_MODEL), rows[i].model);
        assert_int_equal(chip_exit_code(s, CHIP_STAGE_INPUT), rows[i].input);
        assert_int_equal(chip_exit_code(s, CHIP_STAGE_OUTPUT), rows[i].output);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_options_of_a_command_share_a_spelling),
        cmocka_unit_test(every_option_is_complete),
        cmocka_unit_test(format_choices_are_the_formats),
        cmocka_unit_test(help_mentions_every_option_and_fits_80_columns),
        cmocka_unit_test(examples_come_before_options),
        cmocka_unit_test(help_of_the_program_lists_every_command),
        cmocka_unit_test(help_of_transcribe_lists_exit_codes_and_environment),
        cmocka_unit_test(wrapped_text_keeps_words_and_indent),
        cmocka_unit_test(man_page_has_only_macros_that_we_wrote),
        cmocka_unit_test(statuses_have_the_documented_exit_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
