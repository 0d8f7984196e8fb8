/** `chip jobs list|show|cancel|redo|delete|export`: the service's jobs, from the command line. */
#pragma once

#include "cli/options.h"

/** Indices of its options. */
enum chip_jobs_opt {
    CHIP_JOBS_JSON,
    CHIP_JOBS_STATUS,
    CHIP_JOBS_LIMIT,
    CHIP_JOBS_STAGE,
    CHIP_JOBS_FORMAT,
    CHIP_JOBS_HELP,
    CHIP_JOBS_N_OPTS,
};

extern const struct chip_command chip_jobs_command;

/** Runs it; argv[0] is the command's name. @return the exit code */
int chip_cmd_jobs(int argc, char **argv);
