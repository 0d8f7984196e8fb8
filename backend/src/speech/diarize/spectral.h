/**
 * Spectral clustering of voices that finds their number itself: the normalised maximum eigengap of
 * Park, Han, Kumar & Narayanan 2020 (arXiv:2003.02405). Any thread.
 *
 * Every window picks the p windows that sound most like it; where speakers are few groups of such
 * a graph, as many eigenvalues of its Laplacian are small, and then comes a gap. For nine values of
 * p from 4 to 30 % of the windows (at least 6), the number is where the largest gap is; the p
 * with the largest gap for its size decides. k-means on the eigenvectors then gives the groups.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

enum {
    CHIP_SPECTRAL_MAX_N = 1500, /* windows */
    CHIP_SPECTRAL_MAX_K = 8,    /* speakers that it can count */
};

/**
 * @param x     [n][dim], each of length 1
 * @param n     1..CHIP_SPECTRAL_MAX_N
 * @param least, most  the number is sought in this range, 1 <= least <= most; above
 *              CHIP_SPECTRAL_MAX_K it is not sought
 * @param extra groups to make beyond that number, at most 1; never more than n
 * @param label [n] in 0..*k-1, in order of first appearance
 * @param k     how many groups there are
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_spectral(const float *x, size_t n, size_t dim, size_t least, size_t most,
                               size_t extra, int *label, size_t *k, struct chip_err *err);
