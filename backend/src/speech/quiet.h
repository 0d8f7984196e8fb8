/** Where to cut speech that is too long: between words, as far as sound can tell. Any thread. */
#pragma once

#include <stddef.h>

enum { CHIP_QUIET_STEP = 128 /* samples */ };

/**
 * The quietest point of a stretch of speech: where the probability of speech (over 160 ms) is low
 * and so is the loudness (over 80 ms); 20 dB weigh as much as a probability of 0.5.
 *
 * @param pcm      [n] samples at 16 kHz, the first being the first of a chunk of 512
 * @param probs    [ceil(n / 512)] probabilities of these chunks
 * @param from, to range of the result, from <= to <= n
 * @return a multiple of 128 samples in the range, the last of equals; `to` if there is none
 */
size_t chip_quietest(const float *pcm, size_t n, const float *probs, size_t from, size_t to);
