/** Numbers and dates that were said: money, percentages, durations, counts, days. Any thread. */
#pragma once

#include <jansson.h>

#include "minutes/analyst/reading.h"

/**
 * The figures, each value once, in order of the talk; counts only from ten on.
 *
 * @param max at most so many: money and percentages first, counts last
 * @return {text, value, kind, evidence}: a new reference; NULL: out of memory
 */
json_t *chip_figures_json(const struct chip_reading *r, size_t max);
