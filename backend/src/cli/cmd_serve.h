/** `chip serve`: the service, all of it, until it is told to stop. */
#pragma once

#include "cli/options.h"

/** Indices of its options. */
enum chip_serve_opt {
    CHIP_SERVE_HOST,
    CHIP_SERVE_PORT,
    CHIP_SERVE_DATA_DIR,
    CHIP_SERVE_MODEL,
    CHIP_SERVE_WORKERS,
    CHIP_SERVE_THREADS,
    CHIP_SERVE_HELP,
    CHIP_SERVE_N_OPTS,
};

extern const struct chip_command chip_serve_command;

/** Runs it; argv[0] is the command's name. @return the exit code */
int chip_cmd_serve(int argc, char **argv);
