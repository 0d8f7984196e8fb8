/**
 * Paragraphs to read: new ones begin with another speaker, after a silence, or once one is long.
 * Pure; any thread.
 */
#pragma once

#include "meeting/flow.h"

struct chip_paragraph {
    size_t first_word, n_words; /* flow->words[first_word ...] */
};

/**
 * Finds the paragraph that begins with a word.
 *
 * @param flow       made with max_chars 0
 * @param first_word where it begins, < flow->n_words
 * @return it; the next one begins where it ends
 */
struct chip_paragraph chip_paragraph_at(const struct chip_flow *flow, size_t first_word);
