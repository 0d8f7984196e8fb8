/** `chip migrate`: brings the store's schema up to date. */
#pragma once

#include "cli/options.h"

extern const struct chip_command chip_migrate_command;

/** Runs it; argv[0] is the command's name. @return the exit code */
int chip_cmd_migrate(int argc, char **argv);
