/** `chip ask`: its options, for the table of commands. */
#pragma once

#include "cli/options.h"

/** Indices of its options. */
enum chip_ask_opt {
    CHIP_ASK_OPT_PROVIDER,
    CHIP_ASK_OPT_MODEL,
    CHIP_ASK_OPT_DATE,
    CHIP_ASK_OPT_FORMAT,
    CHIP_ASK_OPT_HELP,
    CHIP_ASK_N_OPTS,
};

extern const struct chip_command chip_ask_command;

/** Runs it; argv[0] is the command's name. @return the exit code */
int chip_cmd_ask(int argc, char **argv);
