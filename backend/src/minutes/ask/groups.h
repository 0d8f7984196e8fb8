/** Words that people use for the same thing: "price", "cost", "pay". Pure; any thread. */
#pragma once

#include <stdint.h>

#include "minutes/plain.h"

/** @return a bit for each group that a stem (chip_plain_stem()) is in; two words that share one are
 * alike */
uint32_t chip_groups_of(const char *stem);
