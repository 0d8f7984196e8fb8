/** Figures as text; the decimal point never depends on the locale. Pure; any thread. */
#pragma once

#include "base/str.h"

/** Appends a finite number, rounded, with so many decimals (0 to 6): "-0.250". */
void chip_number_add(struct chip_str *out, double value, int decimals);

/** Appends a length of time as people say it: "9.3" seconds, "14:05", "1:02:03". */
void chip_number_add_time(struct chip_str *out, double seconds);

/**
 * Appends a figure for people, in its unit: shares as "26" of 100, lengths of time as above, and
 * other numbers with one or two decimals where these say something.
 *
 * @param unit of struct chip_metric_info
 */
void chip_number_add_figure(struct chip_str *out, const char *unit, double value);

/**
 * Appends how far a figure may be off, as exactly as the figure itself is given, with a mark in
 * front: " ±3". Nothing when that rounds to nothing.
 */
void chip_number_add_doubt(struct chip_str *out, const char *unit, const char *mark, double value,
                           double off);
