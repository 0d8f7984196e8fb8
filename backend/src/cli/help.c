#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"

enum { WIDTH = 79, OPTION_COLUMN = 26 };

void chip_help_wrap(struct chip_str *out, const char *text, size_t indent, size_t column)
{
    bool at_start = true;
    while (*text) {
        if (*text == '\n') {
            chip_str_add(out, "\n");
            text++;
            if (*text && *text != '\n')
                chip_str_addf(out, "%*s", (int)indent, "");
            column = indent;
            at_start = true;
            continue;
        }
        text += strspn(text, " ");
        size_t n = strcspn(text, " \n");
        if (!n)
            continue;
        if (!at_start && column + 1 + n > WIDTH) {
            chip_str_addf(out, "\n%*s", (int)indent, "");
            column = indent;
            at_start = true;
        }
        if (!at_start) {
            chip_str_add(out, " ");
            column++;
        }
        chip_str_add_n(out, text, n);
        column += n;
        text += n;
        at_start = false;
    }
    chip_str_add(out, "\n");
}

/* "  name   text": a name that is too long gets a line of its own. */
static void add_row(struct chip_str *out, const char *name, size_t column, const char *text)
{
    chip_str_addf(out, "  %s", name);
    size_t at = 2 + strlen(name);
    if (at + 2 > column) {
        chip_str_add(out, "\n");
        at = 0;
    }
    chip_str_addf(out, "%*s", (int)(column - at), "");
    chip_help_wrap(out, text, column, column);
}

static void add_option(struct chip_str *out, const struct chip_opt *opt)
{
    struct chip_str name = {0}, text = {0};
    if (opt->letter)
        chip_str_addf(&name, "-%c, ", opt->letter);
    else
        chip_str_add(&name, "    ");
    chip_str_addf(&name, "--%s%s%s", opt->name, opt->value ? " " : "",
                  opt->value ? opt->value : "");
    chip_str_add(&text, opt->help);
    if (opt->choices && opt->kind != CHIP_OPT_TEXT) {
        chip_str_add(&text, opt->kind == CHIP_OPT_SET ? "; a comma list of: " : "; one of: ");
        for (size_t i = 0; opt->choices[i]; i++)
            chip_str_addf(&text, "%s%s", i ? ", " : "", opt->choices[i]);
    }
    if (!name.failed && !text.failed)
        add_row(out, name.data, OPTION_COLUMN, text.data);
    chip_str_done(&name);
    chip_str_done(&text);
}

static void add_examples(struct chip_str *out, const struct chip_example *examples)
{
    if (!examples || !examples->command)
        return;
    chip_str_add(out, "\nExamples:\n");
    for (const struct chip_example *e = examples; e->command; e++)
        chip_str_addf(out, "  %s\n      %s\n", e->command, e->says);
}

static void add_commands(struct chip_str *out)
{
    chip_str_add(out, "\nCommands:\n");
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
        add_row(out, c->name, 15, c->summary);
}

static void add_subcommands(struct chip_str *out, const struct chip_command *command)
{
    if (!command->subcommands)
        return;
    chip_str_add(out, "\nCommands:\n");
    for (const struct chip_subcommand *s = command->subcommands; s->name; s++) {
        struct chip_str name = {0};
        chip_str_addf(&name, "%s%s%s", s->name, s->operands[0] ? " " : "", s->operands);
        if (!name.failed)
            add_row(out, name.data, OPTION_COLUMN, s->summary);
        chip_str_done(&name);
    }
}

static void add_environment(struct chip_str *out)
{
    chip_str_add(out, "\nEnvironment:\n");
    for (const struct chip_env_line *e = chip_env_lines; e->name; e++)
        add_row(out, e->name, OPTION_COLUMN, e->meaning);
}

static void add_exit_codes(struct chip_str *out)
{
    chip_str_add(out, "\nExit codes:\n");
    for (const struct chip_exit_line *e = chip_exit_lines; e->meaning; e++)
        add_row(out, e->codes, 15, e->meaning);
}

void chip_help_add(struct chip_str *out, const struct chip_command *command)
{
    bool is_program = command == &chip_program;
    chip_str_addf(out, "Usage: %s%s", is_program ? "" : "chip ", command->name);
    if (!is_program)
        chip_str_add(out, command->subcommands ? " COMMAND" : "");
    if (!is_program && command->n_opts > 1)
        chip_str_add(out, " [OPTION...]");
    chip_str_addf(out, "%s%s\n\n", command->operands[0] ? " " : "", command->operands);

    chip_str_addf(out, "%c%s.\n", command->summary[0] - ('a' - 'A'), command->summary + 1);
    add_examples(out, command->examples);
    if (command->about[0]) {
        chip_str_add(out, "\n");
        chip_help_wrap(out, command->about, 0, 0);
    }
    if (is_program)
        add_commands(out);
    add_subcommands(out, command);
    chip_str_add(out, "\nOptions:\n");
    for (size_t i = 0; i < command->n_opts; i++)
        add_option(out, &command->opts[i]);
    if (is_program) {
        chip_str_add(out, "\n'chip help COMMAND' or 'chip COMMAND --help' says more, and so does "
                          "'man chip'.\n");
        return;
    }
    if (strcmp(command->name, "transcribe") == 0) {
        add_environment(out);
        add_exit_codes(out);
    }
}

int chip_help_print(const struct chip_command *command)
{
    struct chip_str text = {0};
    chip_help_add(&text, command);
    return chip_command_print(&text);
}
