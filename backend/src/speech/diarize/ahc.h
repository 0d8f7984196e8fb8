/**
 * Agglomerative clustering: every point starts alone, and the two nearest groups are made one until
 * all are. The tree says it for every number of groups at once. Any thread.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

enum chip_linkage {
    CHIP_LINKAGE_AVERAGE,  /* cosine distance, weighted mean over all pairs (UPGMA) */
    CHIP_LINKAGE_CENTROID, /* Euclidean distance of the weighted means (UPGMC); may go down */
};

enum { CHIP_AHC_MAX_N = 4096 }; /* points: 8 n^2 bytes of memory */

/**
 * One merge. Groups are numbered 0..n-1 for the points, and n + i for what the i-th merge makes;
 * a < b.
 */
struct chip_merge {
    int a, b;
    double distance;
    double weight; /* of both together */
};

/**
 * @param x      [n][dim]; for CHIP_LINKAGE_AVERAGE of length 1
 * @param weight [n], > 0; NULL: 1 each
 * @param n      1..CHIP_AHC_MAX_N
 * @param tree   [n - 1] the merges in the order in which they are made
 * @return CHIP_OK; CHIP_E_LIMIT for too many points; CHIP_E_NOMEM
 * Source: the updates of Lance & Williams 1967; the nearest neighbours kept as in Muellner 2011
 * (arXiv:1109.2378), "generic"
 */
CHIP_MUST_CHECK
enum chip_status chip_ahc(const float *x, const float *weight, size_t n, size_t dim,
                          enum chip_linkage linkage, struct chip_merge *tree, struct chip_err *err);

/**
 * The groups of which no merge within is above `distance`.
 *
 * @param label [n] in order of first appearance
 * @param k     how many there are
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_ahc_cut(const struct chip_merge *tree, size_t n, double distance, int *label,
                              size_t *k, struct chip_err *err);

/** The groups before the last k - 1 merges; 1 <= k <= n. As above. */
CHIP_MUST_CHECK
enum chip_status chip_ahc_cut_count(const struct chip_merge *tree, size_t n, size_t k, int *label,
                                    struct chip_err *err);
