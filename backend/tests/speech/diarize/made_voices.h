/** Voices of people who do not exist: a meeting of them, as embeddings of windows. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { VOICE_DIM = 128, VOICE_MAX_PEOPLE = 16 };

struct made {
    float *voice;   /* [n][VOICE_DIM], length 1 */
    float *seconds; /* [n] 1.5 */
    int *who;       /* [n] who really speaks */
    size_t n;
};

/** Uniform in 0..1 from a seed that it moves on. */
double made_uniform(uint64_t *seed);

/**
 * Turns of 3 to 12 windows. People vary in 20 of the 128 directions, so that some are rather alike;
 * two windows of one person have a cosine of about likeness squared.
 *
 * @param share    [people] how often each gets the turn; NULL: equally often
 * @param likeness cosine of a window to its person, as embeddings have it: 0.65 to 0.85
 */
struct made made_meeting(uint64_t seed, size_t n, size_t people, const double *share,
                         double likeness);
void made_done(struct made *m);

/** Share of windows whose label is the one that most windows of that person have, and no other's.
 */
double made_agreement(const struct made *m, const int *label, size_t k);
