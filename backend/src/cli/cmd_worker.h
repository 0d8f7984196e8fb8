/** `chip worker`: does the service's jobs, by itself or as a child of `chip serve`. */
#pragma once

#include "cli/options.h"

/** Indices of its options. */
enum chip_worker_opt {
    CHIP_WORKER_DATA_DIR,
    CHIP_WORKER_MODEL,
    CHIP_WORKER_THREADS,
    CHIP_WORKER_CHILD_FD,
    CHIP_WORKER_HELP,
    CHIP_WORKER_N_OPTS,
};

extern const struct chip_command chip_worker_command;

/** Runs it; argv[0] is the command's name. @return the exit code */
int chip_cmd_worker(int argc, char **argv);
