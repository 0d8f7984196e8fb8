/**
 * Is a recogniser stuck in a loop? Decoders of this kind sometimes repeat a phrase until they are
 * stopped, mostly on noise; real speech rarely says the same words four times in a row.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Looks for a loop at the end: up to 8 tokens repeated at least 4 times, a single token 6 times.
 *
 * @param kept how many tokens are left when all but the first round are cut off
 * @return true if there is one; kept is written only then
 */
bool chip_repetition_tail(const int32_t *tokens, size_t n, size_t *kept);

/**
 * The share of different 3-grams in a longer text, 0..1; 1 below 16 tokens. Says what a
 * compression ratio says (below 0.5 the text would compress to less than half), for tokens.
 */
float chip_repetition_variety(const int32_t *tokens, size_t n);
