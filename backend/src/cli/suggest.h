/** "Did you mean": the nearest of some names. Pure; any thread. */
#pragma once

#include <stddef.h>

/**
 * Edits between two short words: letters added, removed, changed, or swapped with their neighbour.
 *
 * @return the number of edits; words of more than 63 bytes are as far apart as they are long
 */
size_t chip_word_distance(const char *a, const char *b);

/** Collects candidates one by one; start with {.typed = word}. */
struct chip_suggest {
    const char *typed;
    const char *best; /* the nearest so far, borrowed; NULL: none is near */
    size_t distance;
};

/** Considers a name: near means that a third of the letters differ at most, or that it begins so.
 */
void chip_suggest_add(struct chip_suggest *suggest, const char *name);
