/**
 * How sure the numbers are: the metrics of many scenes in which what is doubtful falls out another
 * way (a parametric bootstrap; Efron and Tibshirani 1993, chapter 6). One thread at a time.
 */
#pragma once

#include "meeting/metrics/measure.h"

enum { CHIP_BOUNDS_ROUNDS = 200 };

struct chip_bounds {
    double *values; /* owned, [n_cells][CHIP_BOUNDS_ROUNDS] */
    unsigned *n;    /* owned, [n_cells] values with evidence */
    size_t n_cells; /* (n_speakers + 1) * CHIP_N_METRICS */
};

/** @return CHIP_OK, or CHIP_E_NOMEM; free it with chip_bounds_done() in either case */
CHIP_MUST_CHECK
enum chip_status chip_bounds_init(struct chip_bounds *bounds, size_t n_cells, struct chip_err *err);
void chip_bounds_done(struct chip_bounds *bounds);

/**
 * Changes a scene that is as the talk has it: both ends of each piece move by up to 250 ms, and a
 * piece with confidence c belongs to a neighbouring speaker with probability exp(-8 c) / 2. Pieces
 * that did not overlap do not overlap then either: a boundary between two speakers moves as one.
 *
 * @param seed state of the random numbers; not 0
 */
void chip_bounds_disturb(struct chip_scene *scene, uint64_t *seed);

/** Adds the numbers of one round. @param samples [n_cells] */
void chip_bounds_add(struct chip_bounds *bounds, const struct chip_sample *samples);

/** 2.5th and 97.5th percentile of a cell over the rounds, moved to include value. */
void chip_bounds_of(struct chip_bounds *bounds, size_t cell, double value, double *low,
                    double *high);
