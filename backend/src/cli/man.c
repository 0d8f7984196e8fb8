#include "cli/man.h"

#include <string.h>

#include "cli/commands.h"
#include "cli/exit.h"

/* Text as roff wants it: no line may begin with a control character, dashes stay dashes. */
static void add_text(struct chip_str *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        chip_str_add(out, "\\&");
    for (; *text; text++) {
        switch (*text) {
        case '\\':
            chip_str_add(out, "\\e");
            break;
        case '-':
            chip_str_add(out, "\\-");
            break;
        case '\'':
            chip_str_add(out, "\\(aq");
            break;
        case '~':
            chip_str_add(out, "\\(ti");
            break;
        case '^':
            chip_str_add(out, "\\(ha");
            break;
        case '`':
            chip_str_add(out, "\\(ga");
            break;
        default:
            chip_str_add_n(out, text, 1);
        }
    }
}

static void add_line(struct chip_str *out, const char *macro, const char *text)
{
    if (macro)
        chip_str_addf(out, "%s ", macro);
    add_text(out, text);
    chip_str_add(out, "\n");
}

/* Paragraphs are separated by empty lines. */
static void add_paragraphs(struct chip_str *out, const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t n = end ? (size_t)(end - text) : strlen(text);
        struct chip_str paragraph = {0};
        chip_str_add_n(&paragraph, text, n);
        chip_str_add(out, ".PP\n");
        if (paragraph.data)
            add_line(out, NULL, paragraph.data);
        chip_str_done(&paragraph);
        text += n + strspn(text + n, "\n");
    }
}

static void add_examples(struct chip_str *out, const struct chip_example *examples)
{
    for (const struct chip_example *e = examples; e && e->command; e++) {
        chip_str_add(out, ".TP\n");
        add_line(out, ".B", e->command);
        add_line(out, NULL, e->says);
    }
}

static void add_choices(struct chip_str *out, const struct chip_opt *opt)
{
    if (!opt->choices)
        return;
    chip_str_add(out, opt->kind == CHIP_OPT_SET    ? "; a comma list of: "
                      : opt->kind == CHIP_OPT_TEXT ? "; for example: "
                                                   : "; one of: ");
    for (size_t i = 0; opt->choices[i]; i++) {
        chip_str_add(out, i ? ", " : "");
        add_text(out, opt->choices[i]);
    }
}

static void add_option(struct chip_str *out, const struct chip_opt *opt)
{
    chip_str_add(out, ".TP\n");
    if (opt->letter)
        chip_str_addf(out, "\\fB\\-%c\\fR, ", opt->letter);
    chip_str_add(out, "\\fB\\-\\-");
    add_text(out, opt->name);
    chip_str_addf(out, "\\fR%s%s%s\n", opt->value ? " \\fI" : "", opt->value ? opt->value : "",
                  opt->value ? "\\fR" : "");
    add_text(out, opt->help);
    add_choices(out, opt);
    chip_str_add(out, ".\n");
    if (opt->env)
        chip_str_addf(out, "If it is not given, the environment variable %s is used.\n", opt->env);

    char alias[64];
    int n = 0;
    for (const char *list = opt->aliases; chip_opts_next_word(&list, alias, sizeof alias); n++) {
        char *fixed = strchr(alias, '=');
        if (fixed)
            *fixed++ = '\0';
        chip_str_add(out, n ? ", " : "Also ");
        add_text(out, alias);
        if (fixed)
            chip_str_addf(out, " (for %s)", fixed);
    }
    if (n)
        chip_str_add(out, ".\n");
}

static void add_command(struct chip_str *out, const struct chip_command *command)
{
    chip_str_addf(out, ".SS \"chip %s%s%s\"\n", command->name, command->operands[0] ? " " : "",
                  command->operands);
    chip_str_addf(out, "%c", command->summary[0] - ('a' - 'A'));
    add_text(out, command->summary + 1);
    chip_str_add(out, ".\n");
    add_paragraphs(out, command->about);
    for (const struct chip_subcommand *s = command->subcommands; s && s->name; s++) {
        chip_str_addf(out, ".TP\n\\fBchip %s %s\\fR %s\n", command->name, s->name, s->operands);
        add_line(out, NULL, s->summary);
    }
    for (size_t i = 0; i < command->n_opts; i++)
        if (strcmp(command->opts[i].name, "help") != 0)
            add_option(out, &command->opts[i]);
    chip_str_add(out, ".PP\nExamples:\n");
    add_examples(out, command->examples);
}

void chip_man_add(struct chip_str *out)
{
    chip_str_addf(out, ".TH CHIP 1 \"\" \"chip %s\" \"User Commands\"\n", chip_version());
    chip_str_add(out, ".SH NAME\nchip \\- ");
    add_line(out, NULL, chip_program.summary);
    chip_str_add(out, ".SH SYNOPSIS\n");
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
        chip_str_addf(out, ".B chip %s\n%s%s%s\n.br\n", c->name,
                      c->subcommands  ? "COMMAND "
                      : c->n_opts > 1 ? "[OPTION...] "
                                      : "",
                      c->operands, "");
    chip_str_add(out, ".B chip\n\\-\\-help | \\-\\-version\n");

    chip_str_add(out, ".SH DESCRIPTION\n");
    chip_str_add(out, "Turns recordings of meetings into text in which every word has its time.\n");
    add_paragraphs(out, chip_program.about);
    add_examples(out, chip_program.examples);

    chip_str_add(out, ".SH OPTIONS\n");
    for (size_t i = 0; i < chip_program.n_opts; i++)
        add_option(out, &chip_program.opts[i]);
    chip_str_add(out, ".SH COMMANDS\n");
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
        add_command(out, c);

    chip_str_add(out, ".SH \"EXIT STATUS\"\n");
    for (const struct chip_exit_line *e = chip_exit_lines; e->meaning; e++) {
        chip_str_addf(out, ".TP\n.B %s\n", e->codes);
        add_line(out, NULL, e->meaning);
    }
    chip_str_add(out, ".SH ENVIRONMENT\n");
    for (const struct chip_env_line *e = chip_env_lines; e->name; e++) {
        chip_str_addf(out, ".TP\n.B %s\n", e->name);
        add_line(out, NULL, e->meaning);
    }
    chip_str_add(out, ".SH \"SEE ALSO\"\n.BR ffprobe (1)\n");
}
