/** `chip models list|import|pull|verify|remove`. */
#pragma once

#include "cli/options.h"

/** Indices of its options. */
enum chip_models_opt {
    CHIP_MODELS_JSON,
    CHIP_MODELS_FORCE,
    CHIP_MODELS_FROM,
    CHIP_MODELS_CATALOGUE,
    CHIP_MODELS_HELP,
    CHIP_MODELS_N_OPTS,
};

/** The command for parser, help, man page and completions. */
extern const struct chip_command chip_models_command;

/**
 * Runs it.
 *
 * @param argv argv[0] is "models"
 * @return 0 ok, 1 failure, 2 usage, 130 or 143 interrupted
 */
int chip_cmd_models(int argc, char **argv);
