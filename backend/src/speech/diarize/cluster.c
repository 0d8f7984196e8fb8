#include "speech/diarize/cluster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels.h"
#include "speech/diarize/alike.h"
#include "speech/diarize/points.h"
#include "speech/diarize/spectral.h"

enum { ROUNDS = 3, LEAST_WINDOWS = 4, LEAST_SECONDS = 8 };

static const double LEAST_SHARE = 0.1;

/* How many speakers are allowed. */
struct range {
    size_t least, most;
    bool is_exact;
};

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
}

static enum chip_status check(const struct chip_points *p, const struct chip_cluster_options *o,
                              struct range *range, struct chip_err *err)
{
    const int given[] = {o->n_speakers, o->min_speakers, o->max_speakers};
    for (size_t i = 0; i < 3; i++)
        if (given[i] < 0 || given[i] > CHIP_CLUSTER_MAX_SPEAKERS)
            return chip_fail(err, CHIP_E_INVAL, "a number of speakers must be 0 to %d, not %d",
                             CHIP_CLUSTER_MAX_SPEAKERS, given[i]);
    if (!o->n_speakers && o->max_speakers && o->min_speakers > o->max_speakers)
        return chip_fail(err, CHIP_E_INVAL, "at least %d and at most %d speakers cannot be",
                         o->min_speakers, o->max_speakers);
    if (p->dim == 0)
        return chip_fail(err, CHIP_E_INVAL, "voices of no numbers");
    for (size_t i = 0; i < p->n; i++) {
        const float square = chip_kernels()->dot(p->x + i * p->dim, p->x + i * p->dim, p->dim);
        if (!(fabsf(square - 1) < 1e-2F) || !(p->weight[i] > 0) || !isfinite(p->weight[i]))
            return chip_fail(err, CHIP_E_INVAL, "window %zu has no voice of length 1", i);
    }
    const int least = o->n_speakers ? o->n_speakers : o->min_speakers;
    const int most = o->n_speakers ? o->n_speakers : o->max_speakers;
    range->is_exact = o->n_speakers > 0;
    range->least = least > 1 ? (size_t)least : 1;
    range->most = most ? (size_t)most : CHIP_SPECTRAL_MAX_K;
    if (range->most < range->least)
        range->most = range->least;
    return CHIP_OK;
}

/* The smallest group if it is too small to be a speaker, -1 otherwise. */
static int too_small(const struct chip_points *p, const int *label, size_t k, double scale,
                     double *weight)
{
    chip_points_weights(p, label, k, weight);
    double all = 0;
    size_t least = 0, windows = 0;
    for (size_t j = 0; j < k; j++) {
        all += weight[j];
        if (weight[j] < weight[least])
            least = j;
    }
    for (size_t i = 0; i < p->n; i++)
        windows += label[i] == (int)least;
    const bool small = weight[least] * scale < fmin(LEAST_SECONDS, LEAST_SHARE * all * scale) ||
                       windows < LEAST_WINDOWS;
    return small ? (int)least : -1;
}

/* scale: seconds of the recording for a second of p */
static enum chip_status drop_small(const struct chip_points *p, size_t least, double scale,
                                   int *label, size_t *k, struct chip_err *err)
{
    float *center = malloc(*k * p->dim * sizeof *center);
    double *weight = malloc(*k * sizeof *weight);
    const bool ok = center && weight;
    enum chip_status st =
        ok ? chip_points_regroup(p, ROUNDS, *k, label, center, err) : no_memory(err);
    while (ok && st == CHIP_OK && *k > least) {
        const int gone = too_small(p, label, *k, scale, weight);
        if (gone < 0)
            break;
        chip_points_drop(p, center, *k, gone, label);
        --*k;
        st = chip_points_regroup(p, ROUNDS, *k, label, center, err);
    }
    free(weight);
    free(center);
    return st;
}

/* Steps 1 to 3 on at most CHIP_CLUSTER_SAMPLE windows. */
static enum chip_status find_speakers(const struct chip_points *p, const struct range *range,
                                      double scale, int *label, size_t *k, struct chip_err *err)
{
    if (p->n < LEAST_WINDOWS && !range->is_exact) {
        memset(label, 0, p->n * sizeof *label);
        *k = 1;
        return CHIP_OK;
    }
    enum chip_status st = chip_spectral(p->x, p->n, p->dim, range->least, range->most,
                                        range->is_exact ? 0 : 1, label, k, err);
    if (st != CHIP_OK || range->is_exact)
        return st;
    st = drop_small(p, range->least, scale, label, k, err);
    return st == CHIP_OK ? chip_alike_merge(p, range->least, label, k, err) : st;
}

/* The i-th of m windows that are evenly spread over n. */
static size_t sampled(size_t i, size_t m, size_t n)
{
    return i * n / m;
}

/* Steps 1 to 3 on a part of the windows, and from their centers to all of them. */
static enum chip_status find_in_sample(const struct chip_points *p, const struct range *range,
                                       int *label, size_t *k, struct chip_err *err)
{
    const size_t m = CHIP_CLUSTER_SAMPLE, dim = p->dim;
    float *x = malloc(m * dim * sizeof *x), *seconds = malloc(m * sizeof *seconds);
    int *part = malloc(m * sizeof *part);
    float *center = malloc(m * dim * sizeof *center);
    const bool ok = x && seconds && part && center;
    for (size_t i = 0; ok && i < m; i++) {
        const size_t from = sampled(i, m, p->n);
        memcpy(x + i * dim, p->x + from * dim, dim * sizeof *x);
        seconds[i] = p->weight[from];
    }
    const struct chip_points sample = {x, seconds, m, dim};
    enum chip_status st =
        ok ? find_speakers(&sample, range, (double)p->n / (double)m, part, k, err) : no_memory(err);
    if (ok && st == CHIP_OK) {
        chip_points_centers(&sample, part, *k, center);
        chip_points_assign(p, center, *k, label);
        for (size_t i = 0; i < m; i++) /* so that no group is empty */
            label[sampled(i, m, p->n)] = part[i];
        st = chip_points_regroup(p, ROUNDS, *k, label, center, err);
    }
    if (st == CHIP_OK && !range->is_exact) /* seen as a whole, a group may be like another */
        st = chip_alike_merge(p, range->least, label, k, err);
    free(center);
    free(part);
    free(seconds);
    free(x);
    return st;
}

static float confidence_of(const float *x, const float *center, size_t k, size_t dim, int label)
{
    float next = -1;
    const float own = chip_kernels()->dot(x, center + (size_t)label * dim, dim);
    for (size_t j = 0; j < k; j++)
        if ((int)j != label)
            next = fmaxf(next, chip_kernels()->dot(x, center + j * dim, dim));
    return k < 2 ? 1 : fminf(fmaxf((own - next) / fmaxf(1 - next, 1e-6F), 0), 1);
}

/* Step 4, order, and confidence. */
static enum chip_status finish(const struct chip_points *p, const struct range *range, int *label,
                               float *confidence, size_t *k, struct chip_err *err)
{
    enum chip_status st = chip_points_fit_count(p, range->least, range->most, label, k, err);
    if (st != CHIP_OK)
        return st;
    float *center = calloc(*k * p->dim, sizeof *center);
    if (!center)
        return no_memory(err);
    st = chip_points_regroup(p, ROUNDS, *k, label, center, err);
    if (st == CHIP_OK)
        st = chip_labels_in_order(p->n, label, k, err);
    if (st == CHIP_OK && confidence) {
        chip_points_centers(p, label, *k, center);
        for (size_t i = 0; i < p->n; i++)
            confidence[i] = confidence_of(p->x + i * p->dim, center, *k, p->dim, label[i]);
    }
    free(center);
    return st;
}

enum chip_status chip_cluster(const float *voices, const float *seconds, size_t n, size_t dim,
                              const struct chip_cluster_options *options, int *label,
                              float *confidence, size_t *n_speakers, struct chip_err *err)
{
    const struct chip_cluster_options automatic = {0};
    const struct chip_points p = {voices, seconds, n, dim};
    struct range range = {1, CHIP_SPECTRAL_MAX_K, false};
    size_t k = 0;
    enum chip_status st = check(&p, options ? options : &automatic, &range, err);
    if (st == CHIP_OK && n > 0) {
        st = n > CHIP_CLUSTER_SAMPLE ? find_in_sample(&p, &range, label, &k, err)
                                     : find_speakers(&p, &range, 1, label, &k, err);
        if (st == CHIP_OK)
            st = finish(&p, &range, label, confidence, &k, err);
    }
    if (st == CHIP_OK)
        *n_speakers = k;
    return st;
}
