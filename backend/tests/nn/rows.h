/** Rows of random numbers and how to compare them. */
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/** A small generator with a fixed sequence for each seed (Marsaglia 2003, xorshift). */
static inline uint32_t rows_next(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

/** x = uniform in -range..range. */
static inline void rows_random(float *x, size_t n, float range, unsigned seed)
{
    uint32_t state = seed * 2654435761u + 12345u;
    for (size_t i = 0; i < n; i++)
        x[i] = range * ((float)(rows_next(&state) >> 8) / 8388608.0f - 1.0f);
}

/** Each element within `tolerance`, absolute below 1 and relative above. */
static inline void rows_assert_close(const float *got, const float *want, size_t n, float tolerance)
{
    for (size_t i = 0; i < n; i++) {
        float scale = fabsf(want[i]) > 1.0f ? fabsf(want[i]) : 1.0f;
        if (!(fabsf(got[i] - want[i]) <= tolerance * scale)) {
            print_error("element %zu of %zu: got %.9g, want %.9g\n", i, n, (double)got[i],
                        (double)want[i]);
            fail();
        }
    }
}
