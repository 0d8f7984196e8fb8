/**
 * Phrases as people say them: "could|can|would you ?please". Words are apart by blanks, each may
 * have alternatives, and those after a '?' may be missing. '*' is any word. A '^' in front wants it
 * at the beginning, after words that only open a sentence ("okay, so", "and"); a '$' at the end
 * wants nothing after it.
 *
 * Pure; any thread.
 */
#pragma once

#include "minutes/said.h"

/** How sure a phrase makes us of something. Tables of them end with a NULL pattern. */
struct chip_phrase {
    const char *pattern;
    float weight;
};

/**
 * Is the pattern here?
 *
 * @param in  words to look at; it has to begin at in.from
 * @param end one past its last word; may be NULL
 */
bool chip_pattern_at(const struct chip_said *talk, struct chip_range in, const char *pattern,
                     size_t *end);

/** Where is it first? @param found may be NULL */
bool chip_pattern_find(const struct chip_said *talk, struct chip_range in, const char *pattern,
                       struct chip_range *found);

/** The phrase of the greatest weight that is there; NULL: none. @param found may be NULL */
const struct chip_phrase *chip_phrase_find(const struct chip_said *talk, struct chip_range in,
                                           const struct chip_phrase *phrases,
                                           struct chip_range *found);

/** Where a sentence begins to say something: after "well", "okay", "and". May be in.to. */
size_t chip_pattern_opening(const struct chip_said *talk, struct chip_range in);
