/* chip: which command is it? Everything else is in cmd_*.c. */

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd_jobs.h"
#include "cli/cmd_metrics.h"
#include "cli/cmd_migrate.h"
#include "cli/cmd_ask.h"
#include "cli/cmd_minutes.h"
#include "cli/cmd_models.h"
#include "cli/cmd_relabel.h"
#include "cli/cmd_serve.h"
#include "cli/cmd_voices.h"
#include "cli/cmd_worker.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/suggest.h"
#include "cli/version.h"
#include "job/decoder.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"transcribe", chip_cmd_transcribe},
    {"probe", chip_cmd_probe},
    {"metrics", chip_cmd_metrics},
    {"minutes", chip_cmd_minutes},
    {"ask", chip_cmd_ask},
    {"relabel", chip_cmd_relabel},
    {"voices", chip_cmd_voices},
    {"serve", chip_cmd_serve},
    {"worker", chip_cmd_worker},
    {"jobs", chip_cmd_jobs},
    {"migrate", chip_cmd_migrate},
    {"models", chip_cmd_models},
    {"doctor", chip_cmd_doctor},
    {"completion", chip_cmd_completion},
    {"help", chip_cmd_help},
    {"decode-media", chip_decoder_main}, /* what workers run; not for people, so not in the help */
};

static int fail_unknown(const char *name)
{
    struct chip_suggest suggest = {.typed = name};
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
        chip_suggest_add(&suggest, c->name);
    struct chip_err err;
    if (suggest.best)
        chip_fail(&err, CHIP_E_INVAL, "there is no command '%s'; did you mean '%s'?", name,
                  suggest.best);
    else if (access(name, F_OK) == 0)
        chip_fail(&err, CHIP_E_INVAL, "'%s' is no command; to transcribe it: chip transcribe %s",
                  name, name);
    else
        chip_fail(&err, CHIP_E_INVAL, "there is no command '%s'", name);
    return chip_usage_error(NULL, err.message);
}

/* `chip --help`, `chip --version`, `chip --wrong`. */
static int program_options(int argc, char **argv)
{
    struct chip_parsed args;
    struct chip_err err;
    if (chip_opts_parse(&chip_program, argc, argv, &args, &err) != CHIP_OK)
        return chip_usage_error(NULL, err.message);
    if (args.wants_help)
        return chip_help_print(&chip_program);
    return chip_version_print();
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, ""); /* names in the terminal's alphabet; numbers stay as they are */
    if (argc < 2) {
        struct chip_str help = {0};
        chip_help_add(&help, &chip_program);
        fputs(help.failed ? "chip: out of memory\n" : help.data, stderr);
        chip_str_done(&help);
        return CHIP_EXIT_USAGE;
    }
    if (argv[1][0] == '-' && argv[1][1])
        return program_options(argc, argv);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return fail_unknown(argv[1]);
}
