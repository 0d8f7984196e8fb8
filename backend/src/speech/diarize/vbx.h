/**
 * VBx: which speaker each window belongs to and how many there are, by variational Bayes. Speakers
 * compete for windows; those that explain too little lose their prior and are gone. Any thread.
 * Source: Landini, Profant, Diez & Burget 2022 (arXiv:2012.14952), with the probability of staying
 * with a speaker at 0, so that the order of windows does not matter
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct chip_vbx_options {
    double acoustic; /* Fa: how much a window counts, windows being less than independent */
    double speaker;  /* Fb: how much another speaker costs */
    double sureness; /* log odds of the first labels over others */
    int max_rounds;
    double least_gain; /* of the bound, below which it stops */
};

/** Fa 0.07, Fb 0.8, 7, 20 rounds, 1e-4: those of pyannote's community-1. */
struct chip_vbx_options chip_vbx_defaults(void);

/**
 * @param feature [n][dim] from chip_plda_features()
 * @param phi     [dim] variance of speakers in each coordinate
 * @param label   [n] first labels, 0..k-1, from chip_ahc_cut() say
 * @param share   [n][k] receives how likely each window is each speaker's
 * @param prior   [k] receives how likely each speaker is; near 0: there is no such speaker
 * @return CHIP_OK; CHIP_E_INVAL for a label outside 0..k-1 or factors not above 0; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_vbx(const double *feature, size_t n, size_t dim, const double *phi,
                          const int *label, size_t k, const struct chip_vbx_options *options,
                          double *share, double *prior, struct chip_err *err);
