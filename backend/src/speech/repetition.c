#include "speech/repetition.h"

#include <string.h>

enum { MAX_PERIOD = 8, ROUNDS = 4, SINGLE_ROUNDS = 6, MIN_TOKENS = 16, GRAM = 3 };

bool chip_repetition_tail(const int32_t *tokens, size_t n, size_t *kept)
{
    for (size_t period = 1; period <= MAX_PERIOD; period++) {
        size_t rounds = period == 1 ? SINGLE_ROUNDS : ROUNDS;
        if (n < period * rounds)
            return false;
        const int32_t *last = tokens + n - period;
        size_t found = 1;
        while ((found + 1) * period <= n &&
               memcmp(last - found * period, last, period * sizeof *last) == 0)
            found++;
        if (found >= rounds) {
            *kept = n - (found - 1) * period;
            return true;
        }
    }
    return false;
}

float chip_repetition_variety(const int32_t *tokens, size_t n)
{
    if (n < MIN_TOKENS)
        return 1.0f;
    size_t grams = n - GRAM + 1, different = 0;
    for (size_t i = 0; i < grams; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = memcmp(tokens + i, tokens + j, GRAM * sizeof *tokens) == 0;
        different += !seen;
    }
    return (float)different / (float)grams;
}
