/** `chip minutes`: its options, for the table of commands. */
#pragma once

#include "cli/options.h"

/** Indices of its options. */
enum chip_minutes_opt {
    CHIP_MINUTES_OPT_DATE,
    CHIP_MINUTES_OPT_PROVIDER,
    CHIP_MINUTES_OPT_MODEL,
    CHIP_MINUTES_OPT_TEMPLATE,
    CHIP_MINUTES_OPT_LANGUAGE,
    CHIP_MINUTES_OPT_VALUES,
    CHIP_MINUTES_OPT_FORMAT,
    CHIP_MINUTES_OPT_OUTPUT,
    CHIP_MINUTES_OPT_HELP,
    CHIP_MINUTES_N_OPTS,
};

extern const struct chip_command chip_minutes_command;

/** Runs it; argv[0] is the command's name. @return the exit code */
int chip_cmd_minutes(int argc, char **argv);
