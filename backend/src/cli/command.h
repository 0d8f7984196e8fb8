/** The commands: each reads its own arguments and returns the exit code. Called from main only. */
#pragma once

#include "base/str.h"
#include "cli/commands.h"
#include "cli/exit.h"

/** argv[0] is the command's name. */
int chip_cmd_transcribe(int argc, char **argv);
int chip_cmd_probe(int argc, char **argv);
int chip_cmd_doctor(int argc, char **argv);
int chip_cmd_completion(int argc, char **argv);
int chip_cmd_help(int argc, char **argv);

/**
 * What all commands do first: reads the arguments, shows help if it was asked for, says what is
 * wrong with them.
 *
 * @return -1: go on; otherwise the exit code to return
 */
int chip_command_begin(const char *name, int argc, char **argv, struct chip_parsed *out);

/** Refuses a command without files, and addresses, which are no files. @return as above */
int chip_command_check_files(const char *command, const struct chip_parsed *args);

/** Prints text on standard output and frees it. */
enum chip_exit chip_command_print(struct chip_str *text);

/** Says "chip: message". @return the exit code for it */
enum chip_exit chip_command_fail(const struct chip_err *err, enum chip_stage stage);

/** Says "chip: message" and where help is; @return CHIP_EXIT_USAGE */
int chip_usage_error(const char *command, const char *message);
