/* bash: one function that looks at the command, the word before, and the word at the cursor. */

#include "cli/completion.h"

#include "cli/commands.h"

static void add_words(struct chip_str *out, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        chip_str_addf(out, "%s%s", i ? " " : "", words[i]);
}

/* What may follow an option: "    transcribe:-f | transcribe:--format)". */
static void add_value_case(struct chip_str *out, const struct chip_command *command,
                           const struct chip_opt *opt)
{
    if (opt->kind == CHIP_OPT_FLAG)
        return;
    chip_str_add(out, "    ");
    if (opt->letter)
        chip_str_addf(out, "%s:-%c | ", command->name, opt->letter);
    chip_str_addf(out, "%s:--%s)\n", command->name, opt->name);
    switch (opt->kind) {
    case CHIP_OPT_FLAG:
    case CHIP_OPT_NUMBER:
        break;
    case CHIP_OPT_TEXT:
        if (!opt->choices)
            break;
        chip_str_add(out, "        COMPREPLY=($(compgen -d -W '");
        add_words(out, opt->choices);
        chip_str_add(out, "' -- \"$cur\"))\n");
        break;
    case CHIP_OPT_DIR:
        chip_str_add(out, "        _chip_paths -d\n");
        break;
    case CHIP_OPT_FILE:
        chip_str_add(out, "        _chip_paths -f\n");
        break;
    case CHIP_OPT_CHOICE:
        chip_str_add(out, "        COMPREPLY=($(compgen -W '");
        add_words(out, opt->choices);
        chip_str_add(out, "' -- \"$cur\"))\n");
        break;
    case CHIP_OPT_SET:
        chip_str_add(out, "        local before=\n"
                          "        [[ $cur == *,* ]] && before=${cur%,*},\n"
                          "        COMPREPLY=($(compgen -P \"$before\" -W '");
        add_words(out, opt->choices);
        chip_str_add(out, "' -- \"${cur##*,}\"))\n");
        break;
    }
    chip_str_add(out, "        return ;;\n");
}

static void add_options(struct chip_str *out, const struct chip_command *command)
{
    for (size_t i = 0; i < command->n_opts; i++) {
        const struct chip_opt *opt = &command->opts[i];
        if (opt->letter)
            chip_str_addf(out, " -%c", opt->letter);
        chip_str_addf(out, " --%s", opt->name);
    }
}

static void add_commands(struct chip_str *out)
{
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
        chip_str_addf(out, " %s", c->name);
}

static bool is_help(const struct chip_command *command)
{
    return command->operands[0] == '[';
}

static void add_command_case(struct chip_str *out, const struct chip_command *command)
{
    chip_str_addf(out, "    %s)\n        words='", command->name);
    add_options(out, command);
    chip_str_add(out, "'\n");
    chip_str_add(out, "        [[ $cur == -* ]] || ");
    if (command->takes_files) {
        chip_str_add(out, "{ _chip_paths -f; return; } ;;\n");
        return;
    }
    chip_str_add(out, "words='");
    if (command->words)
        add_words(out, command->words);
    if (is_help(command))
        add_commands(out);
    for (const struct chip_subcommand *s = command->subcommands; s && s->name; s++)
        chip_str_addf(out, " %s", s->name);
    chip_str_add(out, "' ;;\n");
}

void chip_completion_add_bash(struct chip_str *out)
{
    chip_str_add(out, "# bash completion for chip; made by 'chip completion bash'\n"
                      "_chip_paths()\n"
                      "{\n"
                      "    local IFS=$'\\n'\n"
                      "    compopt -o filenames 2>/dev/null\n"
                      "    COMPREPLY=($(compgen \"$1\" -- \"$cur\"))\n"
                      "}\n\n"
                      "_chip()\n"
                      "{\n"
                      "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                      "    local words command=${COMP_WORDS[1]}\n"
                      "    COMPREPLY=()\n"
                      "    # --format=srt arrives as three words.\n"
                      "    [[ $prev == '=' ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
                      "    [[ $cur == '=' ]] && cur=\n"
                      "    case $command:$prev in\n");
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
        for (size_t i = 0; i < c->n_opts; i++)
            add_value_case(out, c, &c->opts[i]);
    chip_str_add(out, "    esac\n"
                      "    ((COMP_CWORD == 1)) && command=\n"
                      "    case $command in\n"
                      "    '') words='");
    add_commands(out);
    add_options(out, &chip_program);
    chip_str_add(out, "' ;;\n");
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
        add_command_case(out, c);
    chip_str_add(out, "    esac\n"
                      "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                      "}\n"
                      "complete -F _chip chip\n");
}
