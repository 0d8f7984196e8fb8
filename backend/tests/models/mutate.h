/**
 * Damaging files at random, the same way every time.
 *
 * Each mutation is one to four of: a flipped bit, a byte, a digit or a length changed to an extreme
 * one, bytes left out, doubled or exchanged, the end cut off.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct mutator {
    uint64_t state; /* any seed but 0 */
};

/** 0 .. n - 1; 0 for n = 0. */
size_t mutator_pick(struct mutator *m, size_t n);

/**
 * Makes a damaged copy.
 *
 * @param data     [n]
 * @param n_head   most damage is done in data[0..n_head); n: anywhere
 * @param n_out    bytes of the copy
 * @return malloc'ed
 */
unsigned char *mutator_copy(struct mutator *m, const void *data, size_t n, size_t n_head,
                            size_t *n_out);
