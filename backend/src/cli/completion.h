/** Tab completion for shells, made from the table in commands.c. Pure. */
#pragma once

#include "base/str.h"

void chip_completion_add_bash(struct chip_str *out);
void chip_completion_add_zsh(struct chip_str *out);
void chip_completion_add_fish(struct chip_str *out);
