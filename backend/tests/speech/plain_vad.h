/**
 * The voice detector's network written down once more, plainly and in double precision, with
 * weights that are random numbers: tests of the fast one need no model then.
 */
#pragma once

#include <stddef.h>

struct plain_vad;

/** Random weights; the same for the same seed. */
struct plain_vad *plain_vad_new(unsigned seed);
void plain_vad_free(struct plain_vad *vad);

/** What may be wrong with a model file. */
enum plain_fault { PLAIN_NO_FAULT, PLAIN_NO_HEAD, PLAIN_WRONG_SHAPE, PLAIN_OTHER_SPECTRUM };

/** Writes `<dir>/model.safetensors`. */
void plain_vad_write(const struct plain_vad *vad, const char *dir, enum plain_fault fault);

/** Probabilities of the chunks of a recording; the last is filled up with zeros. */
void plain_vad_run(const struct plain_vad *vad, const float *pcm, size_t n, double *probs);

/** The next of a row of numbers -1..1, the same on every machine. */
float plain_noise(unsigned *state);
