#include "cli/command.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/help.h"
#include "cli/term.h"

enum chip_exit chip_command_print(struct chip_str *text)
{
    bool is_whole = !text->failed;
    bool printed =
        is_whole && fputs(text->data ? text->data : "", stdout) >= 0 && fflush(stdout) == 0;
    if (!printed && errno != EPIPE)
        fprintf(stderr, "chip: %s\n", is_whole ? strerror(errno) : "out of memory");
    chip_str_done(text);
    return printed ? CHIP_EXIT_OK : CHIP_EXIT_FAILURE;
}

enum chip_exit chip_command_fail(const struct chip_err *err, enum chip_stage stage)
{
    struct chip_str line = {0};
    chip_term_add(&line, err->message, SIZE_MAX);
    fprintf(stderr, "chip: %s\n", line.data ? line.data : "out of memory");
    chip_str_done(&line);
    return chip_exit_code(err->code, stage);
}

int chip_usage_error(const char *command, const char *message)
{
    struct chip_str line = {0};
    chip_term_add(&line, message, SIZE_MAX);
    fprintf(stderr, "chip: %s\n", line.data ? line.data : "out of memory");
    fprintf(stderr, "Try 'chip%s%s --help'.\n", command ? " " : "", command ? command : "");
    chip_str_done(&line);
    return CHIP_EXIT_USAGE;
}

int chip_command_begin(const char *name, int argc, char **argv, struct chip_parsed *out)
{
    const struct chip_command *command = chip_command_find(name);
    struct chip_err err;
    if (chip_opts_parse(command, argc, argv, out, &err) != CHIP_OK)
        return chip_usage_error(name, err.message);
    if (out->wants_help)
        return chip_help_print(command);
    if (!command->operands[0] && out->n_operands > 0) {
        chip_fail(&err, CHIP_E_INVAL, "'%s' takes no file or name, but '%s' was given", name,
                  out->operands[0]);
        return chip_usage_error(name, err.message);
    }
    return -1;
}

int chip_command_check_files(const char *command, const struct chip_parsed *args)
{
    if (args->n_operands == 0)
        return chip_usage_error(command, "which file? Name one, or '-' for standard input");
    for (int i = 0; i < args->n_operands; i++) {
        const char *file = args->operands[i];
        if (strncasecmp(file, "http://", 7) != 0 && strncasecmp(file, "https://", 8) != 0)
            continue;
        struct chip_err err;
        chip_fail(&err, CHIP_E_INVAL,
                  "'%s' is an address, and chip reads files: curl -sL ADDRESS | chip %s -", file,
                  command);
        return chip_usage_error(command, err.message);
    }
    return -1;
}
