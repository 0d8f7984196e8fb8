/** `chip metrics`: its options, for the table of commands. */
#pragma once

#include "cli/options.h"

/** Indices of its options. */
enum chip_metrics_opt {
    CHIP_METRICS_OPT_FORMAT,
    CHIP_METRICS_OPT_CHART,
    CHIP_METRICS_OPT_OUTPUT,
    CHIP_METRICS_OPT_HELP,
    CHIP_METRICS_N_OPTS,
};

extern const struct chip_command chip_metrics_command;

/** Runs it; argv[0] is the command's name. @return the exit code */
int chip_cmd_metrics(int argc, char **argv);
