/* fish: one `complete` line for each command and option. */

#include "cli/completion.h"

#include <string.h>

#include "cli/commands.h"

/* Text inside single quotes. */
static void add_quoted(struct chip_str *out, const char *text)
{
    chip_str_add(out, "'");
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            chip_str_add(out, "\\");
        chip_str_add_n(out, text, 1);
    }
    chip_str_add(out, "'");
}

static void add_words(struct chip_str *out, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        chip_str_addf(out, "%s%s", i ? " " : "", words[i]);
}

static void add_value(struct chip_str *out, const struct chip_opt *opt)
{
    switch (opt->kind) {
    case CHIP_OPT_FLAG:
        break;
    case CHIP_OPT_NUMBER:
        chip_str_add(out, " -x");
        break;
    case CHIP_OPT_TEXT:
        if (!opt->choices) {
            chip_str_add(out, " -x");
            break;
        }
        chip_str_add(out, " -x -a '");
        add_words(out, opt->choices);
        chip_str_add(out, " (__fish_complete_directories)'");
        break;
    case CHIP_OPT_DIR:
        chip_str_add(out, " -x -a '(__fish_complete_directories)'");
        break;
    case CHIP_OPT_FILE:
        chip_str_add(out, " -r -F");
        break;
    case CHIP_OPT_CHOICE:
        chip_str_add(out, " -x -a '");
        add_words(out, opt->choices);
        chip_str_add(out, "'");
        break;
    case CHIP_OPT_SET:
        chip_str_add(out, " -x -a '(__fish_complete_list , \"string split \\\\  -- ");
        for (size_t i = 0; opt->choices[i]; i++)
            chip_str_addf(out, "%s%s", i ? "\\\\ " : "", opt->choices[i]);
        chip_str_add(out, "\")'");
        break;
    }
}

static void add_option(struct chip_str *out, const char *when, const struct chip_opt *opt)
{
    chip_str_addf(out, "complete -c chip -n '%s'", when);
    if (opt->letter)
        chip_str_addf(out, " -s %c", opt->letter);
    chip_str_addf(out, " -l %s", opt->name);
    add_value(out, opt);
    chip_str_add(out, " -d ");
    add_quoted(out, opt->help);
    chip_str_add(out, "\n");
}

static void add_operands(struct chip_str *out, const char *when, const struct chip_command *command)
{
    if (command->takes_files || !command->operands[0])
        return;
    chip_str_addf(out, "complete -c chip -n '%s' -a '", when);
    if (command->words)
        add_words(out, command->words);
    else if (command->subcommands)
        for (const struct chip_subcommand *s = command->subcommands; s->name; s++)
            chip_str_addf(out, "%s%s", s == command->subcommands ? "" : " ", s->name);
    else
        for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
            chip_str_addf(out, "%s%s", at == chip_commands ? "" : " ", c->name);
    chip_str_add(out, "'\n");
}

void chip_completion_add_fish(struct chip_str *out)
{
    chip_str_add(out, "# fish completion for chip; made by 'chip completion fish'\n"
                      "complete -c chip -f\n");
    for (size_t i = 0; i < chip_program.n_opts; i++)
        add_option(out, "__fish_use_subcommand", &chip_program.opts[i]);
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++) {
        chip_str_addf(out, "complete -c chip -n __fish_use_subcommand -a %s -d ", c->name);
        add_quoted(out, c->summary);
        chip_str_add(out, "\n");
    }
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++) {
        struct chip_str when = {0};
        chip_str_addf(&when, "__fish_seen_subcommand_from %s", c->name);
        if (!when.failed) {
            if (c->takes_files)
                chip_str_addf(out, "complete -c chip -n '%s' -F\n", when.data);
            for (size_t i = 0; i < c->n_opts; i++)
                add_option(out, when.data, &c->opts[i]);
            add_operands(out, when.data, c);
        }
        chip_str_done(&when);
    }
}
