/** The tone of words, never of voices. Pure; any thread. */
#pragma once

#include <jansson.h>

#include "minutes/analyst/reading.h"

/**
 * By a small list of words that are good or bad in any meeting, with "not" before them turned
 * round.
 *
 * @param sentences [from, to)
 * @return {label, score -1..1}, or {insufficient_evidence: "too-few-words"}: a new reference; NULL:
 *         out of memory
 */
json_t *chip_sentiment_of(const struct chip_reading *r, struct chip_range sentences);
