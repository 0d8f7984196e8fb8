/* `chip completion bash|zsh|fish`. */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/completion.h"

int chip_cmd_completion(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("completion", argc, argv, &args);
    if (code >= 0)
        return code;

    const char *shell = args.n_operands == 1 ? args.operands[0] : "";
    struct chip_str text = {0};
    if (strcmp(shell, "bash") == 0)
        chip_completion_add_bash(&text);
    else if (strcmp(shell, "zsh") == 0)
        chip_completion_add_zsh(&text);
    else if (strcmp(shell, "fish") == 0)
        chip_completion_add_fish(&text);
    else
        return chip_usage_error("completion", "which shell? bash, zsh or fish");
    return chip_command_print(&text);
}
