/**
 * Classes that stand for sets of speakers: nobody, one of three, or two of three at once.
 * Pure functions; any thread.
 * Source: Plaquet & Bredin 2023 (arXiv:2310.13025)
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    CHIP_POWERSET_SPEAKERS = 3,
    CHIP_POWERSET_CLASSES = 7, /* -, A, B, C, AB, AC, BC */
};

/**
 * The likeliest class of each frame as its set of speakers.
 *
 * @param logits [n][CHIP_POWERSET_CLASSES], or log probabilities
 * @param active [n] bit s: speaker s speaks
 */
void chip_powerset_decode(const float *logits, size_t n, uint8_t *active);
