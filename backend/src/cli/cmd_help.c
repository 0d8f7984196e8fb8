/* `chip help`, and the man page that the build makes with `chip help --man`. */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/man.h"
#include "cli/suggest.h"

static int print_man(void)
{
    struct chip_str text = {0};
    chip_man_add(&text);
    return chip_command_print(&text);
}

int chip_cmd_help(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--man") == 0)
        return print_man();
    struct chip_parsed args;
    int code = chip_command_begin("help", argc, argv, &args);
    if (code >= 0)
        return code;
    if (args.n_operands == 0)
        return chip_help_print(&chip_program);
    const struct chip_command *command = chip_command_find(args.operands[0]);
    if (command)
        return chip_help_print(command);

    struct chip_suggest suggest = {.typed = args.operands[0]};
    for (const struct chip_command *const *at = chip_commands, *c; (c = *at); at++)
        chip_suggest_add(&suggest, c->name);
    struct chip_err err;
    chip_fail(&err, CHIP_E_INVAL, "there is no command '%s'%s%s%s", args.operands[0],
              suggest.best ? "; did you mean '" : "", suggest.best ? suggest.best : "",
              suggest.best ? "'?" : "");
    return chip_usage_error(NULL, err.message);
}
