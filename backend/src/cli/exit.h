/** Exit codes: what scripts can rely on. */
#pragma once

#include "base/err.h"

enum chip_exit {
    CHIP_EXIT_OK = 0,
    CHIP_EXIT_FAILURE = 1,
    CHIP_EXIT_USAGE = 2,
    CHIP_EXIT_INPUT = 3,
    CHIP_EXIT_MEDIA = 4,
    CHIP_EXIT_MODEL = 5,
    CHIP_EXIT_INTERRUPTED = 130, /* 128 + SIGINT */
    CHIP_EXIT_TERMINATED = 143,  /* 128 + SIGTERM */
};

/** What was being done when it failed: the same status means different things. */
enum chip_stage {
    CHIP_STAGE_ARGUMENTS, /* reading the command line */
    CHIP_STAGE_MODEL,     /* opening the model */
    CHIP_STAGE_INPUT,     /* opening, decoding and transcribing a recording */
    CHIP_STAGE_OUTPUT,    /* writing the transcript */
};

/** CHIP_E_CANCELLED is CHIP_EXIT_INTERRUPTED; the caller knows the signal. */
enum chip_exit chip_exit_code(enum chip_status status, enum chip_stage stage);

/** The lines of the table in help and man page: code and meaning; ends with a NULL meaning. */
struct chip_exit_line {
    const char *codes, *meaning;
};
extern const struct chip_exit_line chip_exit_lines[];
