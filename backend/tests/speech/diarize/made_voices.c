#include "../../test.h"

#include "made_voices.h"

#include <math.h>
#include <stdbool.h>

enum { DIRECTIONS = 20 };

double made_uniform(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double gauss(uint64_t *seed)
{
    return sqrt(-2 * log(1 - made_uniform(seed))) * cos(2 * M_PI * made_uniform(seed));
}

/* A random direction within the first `n` of VOICE_DIM. */
static void direction(uint64_t *seed, size_t n, double *x)
{
    double square = 0;
    memset(x, 0, VOICE_DIM * sizeof *x);
    for (size_t d = 0; d < n; d++) {
        x[d] = gauss(seed);
        square += x[d] * x[d];
    }
    for (size_t d = 0; d < n; d++)
        x[d] /= sqrt(square);
}

static int next_speaker(uint64_t *seed, size_t people, const double *share)
{
    double left = made_uniform(seed);
    for (size_t j = 0; j + 1 < people; j++) {
        left -= share ? share[j] : 1 / (double)people;
        if (left < 0)
            return (int)j;
    }
    return (int)people - 1;
}

struct made made_meeting(uint64_t seed, size_t n, size_t people, const double *share,
                         double likeness)
{
    static double person[VOICE_MAX_PEOPLE][VOICE_DIM];
    struct made m = {malloc((n + 1) * VOICE_DIM * sizeof(float)), malloc((n + 1) * sizeof(float)),
                     malloc((n + 1) * sizeof(int)), n};
    assert_true(people <= VOICE_MAX_PEOPLE);
    for (size_t j = 0; j < people; j++)
        direction(&seed, DIRECTIONS, person[j]);
    const double spread = sqrt(1 / (likeness * likeness) - 1);
    size_t left = 0, turn = 0;
    int who = 0;
    for (size_t i = 0; i < n; i++, left--) {
        if (left == 0) {
            who = turn < people ? (int)turn : next_speaker(&seed, people, share);
            turn++;
            left = 3 + (size_t)(made_uniform(&seed) * 10);
        }
        double noise[VOICE_DIM], square = 0;
        direction(&seed, VOICE_DIM / 2, noise);
        for (size_t d = 0; d < VOICE_DIM; d++) {
            noise[d] = person[who][d] + spread * noise[d];
            square += noise[d] * noise[d];
        }
        for (size_t d = 0; d < VOICE_DIM; d++)
            m.voice[i * VOICE_DIM + d] = (float)(noise[d] / sqrt(square));
        m.seconds[i] = 1.5F;
        m.who[i] = who;
    }
    return m;
}

void made_done(struct made *m)
{
    free(m->voice);
    free(m->seconds);
    free(m->who);
    *m = (struct made){0};
}

double made_agreement(const struct made *m, const int *label, size_t k)
{
    size_t right = 0;
    bool taken[VOICE_MAX_PEOPLE] = {false};
    for (size_t j = 0; j < k; j++) {
        size_t count[VOICE_MAX_PEOPLE] = {0}, best = 0;
        for (size_t i = 0; i < m->n; i++)
            count[m->who[i]] += label[i] == (int)j;
        for (size_t w = 1; w < VOICE_MAX_PEOPLE; w++)
            if (count[w] > count[best])
                best = w;
        right += taken[best] ? 0 : count[best];
        taken[best] = true;
    }
    return (double)right / (double)m->n;
}
