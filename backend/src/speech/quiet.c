#include "speech/quiet.h"

#include <math.h>

enum {
    STEP = CHIP_QUIET_STEP,
    CHUNK = 512,
    SIDE = 5,           /* steps before and after the point that count for loudness: 80 ms in all */
    AROUND = 10 * STEP, /* samples before and after it that count for the probability: 160 ms */
};

#define DB_OF_ONE 40.0f /* so many decibels weigh as much as a probability of 1 */

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Sum of squares of the i-th step; what lies after the end is 0. */
static float energy(const float *pcm, size_t n, size_t i)
{
    float sum = 0.0f;
    for (size_t k = i * STEP; k < min((i + 1) * STEP, n); k++)
        sum += pcm[k] * pcm[k];
    return sum;
}

/* Mean probability of the samples from..to-1. */
static float mean_prob(const float *probs, size_t from, size_t to)
{
    float sum = 0.0f;
    for (size_t i = from, end; i < to; i = end) {
        end = min((i / CHUNK + 1) * CHUNK, to);
        sum += probs[i / CHUNK] * (float)(end - i);
    }
    return sum / (float)(to - from);
}

size_t chip_quietest(const float *pcm, size_t n, const float *probs, size_t from, size_t to)
{
    size_t best = to;
    float lowest = INFINITY;
    float around[2 * SIDE] = {0}; /* energies of the steps near the point, the i-th at i % 10 */
    const size_t first = (from + STEP - 1) / STEP;
    for (size_t i = first > SIDE ? first - SIDE : 0; i < first + SIDE - 1; i++)
        around[i % (2 * SIDE)] = energy(pcm, n, i);

    for (size_t i = first; i * STEP <= to; i++) {
        around[(i + SIDE - 1) % (2 * SIDE)] = energy(pcm, n, i + SIDE - 1);
        float sum = 0.0f;
        for (size_t k = 0; k < 2 * SIDE; k++)
            sum += around[k];
        const size_t t = i * STEP, begin = i > SIDE ? t - SIDE * STEP : 0;
        const float mean = sum / (float)(min(t + SIDE * STEP, n) - begin);
        const float score = 10.0f * log10f(mean + 1e-10f) / DB_OF_ONE +
                            mean_prob(probs, t > AROUND ? t - AROUND : 0, min(t + AROUND, n));
        if (score <= lowest) {
            lowest = score;
            best = t;
        }
    }
    return best;
}
