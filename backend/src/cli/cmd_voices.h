/** `chip voices add|list|remove|revoke`: its options, for the table of commands. */
#pragma once

#include "cli/options.h"

/** Indices of its options. */
enum chip_voices_opt {
    CHIP_VOICES_OPT_CONSENT,
    CHIP_VOICES_OPT_DAYS,
    CHIP_VOICES_OPT_DIR,
    CHIP_VOICES_OPT_HELP,
    CHIP_VOICES_N_OPTS,
};

extern const struct chip_command chip_voices_command;

/** Runs it; argv[0] is the command's name. @return the exit code */
int chip_cmd_voices(int argc, char **argv);
