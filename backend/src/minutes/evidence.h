/** The words that prove an item, as minutes show them (docs/MINUTES.md). Any thread. */
#pragma once

#include <jansson.h>

#include "minutes/said.h"

/**
 * Appends the words of a range of tokens: one entry for each segment, {segment, start, end, quote}.
 *
 * @param tokens   none makes no entry
 * @param evidence an array; what it holds already is not added again
 * @return false: out of memory
 */
bool chip_evidence_add(json_t *evidence, const struct chip_said *talk, struct chip_range tokens);
