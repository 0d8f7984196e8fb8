/* zsh: _arguments specifications, one for each option. */

#include "cli/completion.h"

#include "cli/commands.h"

/* Text inside single quotes, and inside "[...]" or before ":" of a specification. */
static void add_quoted(struct chip_str *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            chip_str_add(out, "'\\''");
        else if (*text == '[' || *text == ']' || *text == ':' || *text == '\\')
            chip_str_addf(out, "\\%c", *text);
        else
            chip_str_add_n(out, text, 1);
    }
}

static void add_words(struct chip_str *out, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        chip_str_addf(out, "%s%s", i ? " " : "", words[i]);
}

static void add_value(struct chip_str *out, const struct chip_opt *opt)
{
    if (opt->kind == CHIP_OPT_FLAG)
        return;
    chip_str_addf(out, ":%s:", opt->value);
    switch (opt->kind) {
    case CHIP_OPT_FLAG:
    case CHIP_OPT_NUMBER:
        break;
    case CHIP_OPT_TEXT:
        if (!opt->choices)
            break;
        /* The blank keeps _arguments from adding options of its own. */
        chip_str_add(out, " _alternative \"names\\:name\\:(");
        add_words(out, opt->choices);
        chip_str_add(out, ")\" \"folders\\:folder\\:_files -/\"");
        break;
    case CHIP_OPT_DIR:
        chip_str_add(out, "_files -/");
        break;
    case CHIP_OPT_FILE:
        chip_str_add(out, "_files");
        break;
    case CHIP_OPT_CHOICE:
        chip_str_add(out, "(");
        add_words(out, opt->choices);
        chip_str_add(out, ")");
        break;
    case CHIP_OPT_SET:
        chip_str_addf(out, "_values -s , %s ", opt->name);
        add_words(out, opt->choices);
        break;
    }
}

static void add_option(struct chip_str *out, const struct chip_opt *opt)
{
    if (opt->letter)
        chip_str_addf(out, "        '(-%c --%s)'{-%c,--%s}'[", opt->letter, opt->name, opt->letter,
                      opt->name);
    else
        chip_str_addf(out, "        '--%s[", opt->name);
    add_quoted(out, opt->help);
    chip_str_add(out, "]");
    add_value(out, opt);
    chip_str_add(out, "' \\\n");
}

static void add_operands(struct chip_str *out, const struct chip_command *command)
{
    if (command->takes_files) {
        chip_str_add(out, "        '*:file:_files'\n");
    } else if (command->words) {
        chip_str_add(out, "        '1:name:(");
        add_words(out, command->words);
        chip_str_add(out, ")'\n");
    } else if (command->subcommands) {
        chip_str_add(out, "        '1:command:(");
        for (const struct chip_subcommand *s = command->subcommands; s->name; s++)
            chip_str_addf(out, "%s%s", s == command->subcommands ? "" : " ", s->name);
        chip_str_add(out, ")' '*:file:_files'\n");
    } else if (command->operands[0]) {
        chip_str_add(out, "        '1:command:(");
        for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
            chip_str_addf(out, "%s%s", at == chip_commands ? "" : " ", c->name);
        chip_str_add(out, ")'\n");
    } else {
        chip_str_add(out, "        ':: :'\n");
    }
}

void chip_completion_add_zsh(struct chip_str *out)
{
    chip_str_add(out, "#compdef chip\n"
                      "# zsh completion for chip; made by 'chip completion zsh'\n"
                      "_chip() {\n"
                      "    local curcontext=$curcontext state line\n"
                      "    local -a commands\n"
                      "    typeset -A opt_args\n"
                      "    commands=(\n");
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++) {
        chip_str_addf(out, "        '%s:", c->name);
        add_quoted(out, c->summary);
        chip_str_add(out, "'\n");
    }
    chip_str_add(out, "    )\n"
                      "    _arguments -C \\\n");
    for (size_t i = 0; i < chip_program.n_opts; i++)
        add_option(out, &chip_program.opts[i]);
    chip_str_add(out, "        '1:command:->command' '*::argument:->argument'\n"
                      "    case $state in\n"
                      "    command) _describe command commands; return ;;\n"
                      "    argument) ;;\n"
                      "    *) return ;;\n"
                      "    esac\n"
                      "    case $words[1] in\n");
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++) {
        chip_str_addf(out, "    %s)\n        _arguments -s \\\n", c->name);
        for (size_t i = 0; i < c->n_opts; i++)
            add_option(out, &c->opts[i]);
        add_operands(out, c);
        chip_str_add(out, "        ;;\n");
    }
    chip_str_add(out, "    esac\n"
                      "}\n"
                      "if [[ $funcstack[1] == _chip ]]; then\n"
                      "    _chip \"$@\"\n"
                      "else\n"
                      "    compdef _chip chip\n"
                      "fi\n");
}
