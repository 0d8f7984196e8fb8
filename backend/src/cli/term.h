/** Text for terminals: how wide it is, and without anything that could steer the terminal. */
#pragma once

#include <stddef.h>

#include "base/str.h"

/** Columns of the terminal at `fd`, or $COLUMNS, or 80; at least 1. Any thread. */
int chip_term_columns(int fd);

/**
 * Appends text as one line for people: control characters and broken bytes, which a file name may
 * hold, become '?'. In a locale that is not UTF-8 everything beyond ASCII does.
 *
 * @param columns at most so many columns are written; a longer text ends in "..." (of as many dots
 *                as fit); SIZE_MAX: no limit
 * @return columns written
 */
size_t chip_term_add(struct chip_str *out, const char *text, size_t columns);
