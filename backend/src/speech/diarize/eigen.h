/**
 * Eigenvalues and eigenvectors of symmetric matrices: all of a small one, the smallest few of a
 * graph's Laplacian. Any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/**
 * All eigenpairs, smallest first, by Jacobi rotations (Golub & Van Loan, Matrix Computations, 8.5):
 * accurate to rounding, a few n^3, so for n up to some 50.
 *
 * @param a      [n][n] symmetric; destroyed
 * @param value  [n]
 * @param vector [n][n], one eigenvector of length 1 a row
 */
void chip_eigen_small(double *a, size_t n, double *value, double *vector);

/**
 * A graph between n points, in which each point has picked p others: the weight of an edge is 1
 * when both picked each other and 1/2 when one did. A point may have picked itself, to no effect.
 */
struct chip_graph {
    const uint16_t *picks; /* [n][stride], borrowed: the first p of each row count */
    size_t n, stride, p;
};

enum { CHIP_EIGEN_BLOCK = 12, CHIP_EIGEN_GOOD = 9, CHIP_GRAPH_MAX = 4096 };

/** Scratch, and what was found: the next graph of the same points starts from there. */
struct chip_spectrum;

/**
 * @param n     points, 2 * CHIP_EIGEN_BLOCK to CHIP_GRAPH_MAX
 * @param max_p picks of a point in any graph that it is used for
 * @return NULL: no memory
 */
struct chip_spectrum *chip_spectrum_new(size_t n, size_t max_p);
void chip_spectrum_free(struct chip_spectrum *s);
CHIP_DEFINE_AUTO(chip_spectrum)

/**
 * The smallest CHIP_EIGEN_GOOD eigenvalues of the graph's Laplacian (degrees less weights), their
 * vectors, and its largest eigenvalue: Chebyshev-filtered subspace iteration (Zhou, Saad, Tiago &
 * Chelikowsky 2006). Values are good to about 1e-3 of the largest.
 *
 * @param value   [CHIP_EIGEN_GOOD], smallest first
 * @param largest the largest eigenvalue, to about 2 %
 * @return [n][CHIP_EIGEN_BLOCK]: column j holds the vector of value[j]; the spectrum's, valid until
 *         its next use
 */
const float *chip_spectrum_of(struct chip_spectrum *s, const struct chip_graph *graph,
                              double *value, double *largest);
