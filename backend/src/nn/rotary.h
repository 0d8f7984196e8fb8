/**
 * Rotary position embedding on interleaved pairs (Su et al. 2021, arXiv:2104.09864): in each head
 * the first `dims` values are rotated, the rest stay (Moonshine rotates 32 of 52 or 36).
 */
#pragma once

#include "nn/kernels.h"
#include "base/err.h"

struct chip_rotary {
    size_t n_positions, dims;
    float *cos, *sin; /* [n_positions][dims], in the form that kernels.h rotate() takes; owned */
};

/** Tables for positions 0..n_positions-1. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_rotary_init(struct chip_rotary *r, size_t n_positions, size_t dims,
                                  double theta, struct chip_err *err);
void chip_rotary_done(struct chip_rotary *r);

/** Rotates one row of n_heads heads, `head_dim` apart, for a position < n_positions. */
void chip_rotary_apply(const struct chip_rotary *r, const struct chip_kernels *kernels,
                       size_t position, size_t n_heads, size_t head_dim, float *row);
