/** `chip --help` and `chip COMMAND --help`, made from the table in commands.c. */
#pragma once

#include "base/str.h"
#include "cli/options.h"

/** Appends the help of a command, or of the program when it is chip_program. */
void chip_help_add(struct chip_str *out, const struct chip_command *command);

/** Prints it on standard output. @return exit code */
int chip_help_print(const struct chip_command *command);

/** Appends text wrapped to 79 columns; lines begin with `indent` blanks, the first where it is. */
void chip_help_wrap(struct chip_str *out, const char *text, size_t indent, size_t column);
