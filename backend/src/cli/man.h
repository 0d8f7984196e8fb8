/** The man page chip(1), made from the table in commands.c. Pure. */
#pragma once

#include "base/str.h"

/** Appends the whole page in man(7) macros. */
void chip_man_add(struct chip_str *out);
