/**
 * Probabilistic linear discriminant analysis as a change of coordinates: after it, the voices of
 * one speaker vary by 1 in every direction, and speakers by psi. Pure functions; any thread.
 * Source: Ioffe 2006; the chain of centering, length and projection as in Landini, Profant, Diez &
 * Burget 2022 (arXiv:2012.14952)
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

/** Trained arrays, borrowed. */
struct chip_plda {
    size_t n_in, n_out;    /* n_out <= n_in */
    const float *mean_in;  /* [n_in] of voices */
    const float *lda;      /* [n_in][n_out] */
    const float *mean_out; /* [n_out] of projected voices */
    const float *mean;     /* [n_out] of what PLDA was trained on */
    const float *rows;     /* [n_out][n_out]: the rows diagonalise both covariances */
    const float *psi;      /* [n_out] > 0: variance of speakers along each row */
};

/**
 * Takes voices to where VBx clusters them: (voice - mean_in) scaled to length sqrt(n_in), times
 * lda, less mean_out, scaled to length sqrt(n_out), less mean, times the rows in order of falling
 * psi.
 *
 * @param voice   [n][n_in]
 * @param n_keep  coordinates to keep, at most n_out
 * @param feature [n][n_keep]
 * @param phi     [n_keep] psi in that order
 * @return CHIP_OK; CHIP_E_INVAL for sizes that do not fit or psi that are not above 0; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_plda_features(const struct chip_plda *plda, const float *voice, size_t n,
                                    size_t n_keep, double *feature, double *phi,
                                    struct chip_err *err);
