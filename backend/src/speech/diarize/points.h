/**
 * Weighted points on the unit sphere in groups: the steps that every clustering of voices is made
 * of. "Like" means a large cosine; a group's center is the weighted mean of its points, scaled to
 * length 1. Labels are 0..k-1 without holes. Nothing is random. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct chip_points {
    const float *x;      /* [n][dim], each of length 1; borrowed */
    const float *weight; /* [n], seconds, > 0; borrowed */
    size_t n, dim;
};

/** The centers of k groups. @param center [k][dim]; of a group whose mean is zero: zeros */
void chip_points_centers(const struct chip_points *p, const int *label, size_t k, float *center);

/** Gives each point to the center that is most like it, the first of equals. */
void chip_points_assign(const struct chip_points *p, const float *center, size_t k, int *label);

/** Weight of each group. @param weight [k] */
void chip_points_weights(const struct chip_points *p, const int *label, size_t k, double *weight);

/**
 * Spherical k-means (Dhillon & Modha 2001): gives each point to the center that is most like it
 * (the first of equals), `rounds` times or until nothing changes. A round that would leave a group
 * empty is not made.
 *
 * @param label  [n] in 0..k-1, no group empty; replaced
 * @param center [k][dim] receives the centers of the result
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_points_regroup(const struct chip_points *p, int rounds, size_t k, int *label,
                                     float *center, struct chip_err *err);

/** Gives the points of group `gone` to the most alike of the other centers; k-1 groups remain. */
void chip_points_drop(const struct chip_points *p, const float *center, size_t k, int gone,
                      int *label);

/** Makes one group of two, a < b; those behind b move up. */
void chip_points_merge(size_t n, int a, int b, int *label);

/**
 * Merges the most alike groups while there are more than `most`, then splits while there are less
 * than `least`: always the group that gains the most by being two, from its two most unlike points.
 * Points that are equal cannot be split: fewer groups than `least` remain only when fewer points
 * differ.
 *
 * @param label [n] in 0..*k-1, no group empty; replaced
 * @param k     number of groups, 1..n; replaced
 * @param least 1 <= least <= most
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_points_fit_count(const struct chip_points *p, size_t least, size_t most,
                                       int *label, size_t *k, struct chip_err *err);

/**
 * Renumbers labels in order of first appearance, closing holes.
 *
 * @param label [n] in 0..n-1; replaced
 * @param k     how many there are
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_labels_in_order(size_t n, int *label, size_t *k, struct chip_err *err);
