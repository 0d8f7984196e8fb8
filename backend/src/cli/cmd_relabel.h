/** `chip relabel`: its options, for the table of commands. */
#pragma once

#include "cli/options.h"

/** Indices of its options. */
enum chip_relabel_opt {
    CHIP_RELABEL_OPT_SPEAKERS,
    CHIP_RELABEL_OPT_FORMAT,
    CHIP_RELABEL_OPT_OUTPUT,
    CHIP_RELABEL_OPT_HELP,
    CHIP_RELABEL_N_OPTS,
};

extern const struct chip_command chip_relabel_command;

/** Runs it; argv[0] is the command's name. @return the exit code */
int chip_cmd_relabel(int argc, char **argv);
