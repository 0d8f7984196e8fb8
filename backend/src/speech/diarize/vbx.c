#include "speech/diarize/vbx.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

struct work {
    size_t n, dim, k;
    const double *x, *phi;
    struct chip_vbx_options options;
    double *share, *prior; /* as in vbx.h */
    double *mean;          /* [k][dim] of each speaker's latent variable */
    double *variance;      /* [k][dim] of it */
    double *offset;        /* [k]: what a speaker's windows lose for its own length */
};

struct chip_vbx_options chip_vbx_defaults(void)
{
    return (struct chip_vbx_options){0.07, 0.8, 7, 20, 1e-4};
}

/* The softmax of `sureness` for the first label and 0 for the others. */
static void start(const struct work *w, const int *label)
{
    const double others = 1 / (exp(w->options.sureness) + (double)w->k - 1);
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->k; j++)
            w->share[i * w->k + j] =
                (int)j == label[i] ? others * exp(w->options.sureness) : others;
    for (size_t j = 0; j < w->k; j++)
        w->prior[j] = 1 / (double)w->k;
}

/* Eq. 16 and 17: each speaker from the windows it has. @return the speakers' part of the bound */
static double update_speakers(const struct work *w)
{
    const double ratio = w->options.acoustic / w->options.speaker;
    double bound = 0;
    for (size_t j = 0; j < w->k; j++) {
        double *mean = w->mean + j * w->dim, *variance = w->variance + j * w->dim, has = 0;
        for (size_t i = 0; i < w->n; i++)
            has += w->share[i * w->k + j];
        w->offset[j] = 0;
        for (size_t d = 0; d < w->dim; d++) {
            double sum = 0;
            for (size_t i = 0; i < w->n; i++)
                sum += w->share[i * w->k + j] * w->x[i * w->dim + d];
            variance[d] = 1 / (1 + ratio * has * w->phi[d]);
            mean[d] = ratio * variance[d] * sum * sqrt(w->phi[d]);
            const double square = variance[d] + mean[d] * mean[d];
            w->offset[j] += 0.5 * square * w->phi[d];
            bound += log(variance[d]) - square + 1;
        }
    }
    return w->options.speaker * 0.5 * bound;
}

static double log_sum(const double *x, size_t n)
{
    double max = x[0], sum = 0;
    for (size_t i = 1; i < n; i++)
        max = fmax(max, x[i]);
    for (size_t i = 0; i < n; i++)
        sum += exp(x[i] - max);
    return max + log(sum);
}

/* Eq. 23 without transitions: each window's shares. @return the windows' part of the bound */
static double update_shares(const struct work *w)
{
    double bound = 0;
    for (size_t i = 0; i < w->n; i++) {
        const double *x = w->x + i * w->dim;
        double *share = w->share + i * w->k, square = 0;
        for (size_t d = 0; d < w->dim; d++)
            square += x[d] * x[d];
        for (size_t j = 0; j < w->k; j++) {
            double fit = -w->offset[j] - 0.5 * (square + (double)w->dim * log(2 * M_PI));
            for (size_t d = 0; d < w->dim; d++)
                fit += x[d] * sqrt(w->phi[d]) * w->mean[j * w->dim + d];
            share[j] = w->options.acoustic * fit + log(w->prior[j] + 1e-8);
        }
        const double all = log_sum(share, w->k);
        for (size_t j = 0; j < w->k; j++)
            share[j] = exp(share[j] - all);
        bound += all;
    }
    return bound;
}

static void update_priors(const struct work *w)
{
    for (size_t j = 0; j < w->k; j++) {
        w->prior[j] = 0;
        for (size_t i = 0; i < w->n; i++)
            w->prior[j] += w->share[i * w->k + j] / (double)w->n;
    }
}

enum chip_status chip_vbx(const double *feature, size_t n, size_t dim, const double *phi,
                          const int *label, size_t k, const struct chip_vbx_options *options,
                          double *share, double *prior, struct chip_err *err)
{
    if (!(options->acoustic > 0) || !(options->speaker > 0))
        return chip_fail(err, CHIP_E_INVAL, "VBx needs factors above 0");
    for (size_t i = 0; i < n; i++)
        if (label[i] < 0 || (size_t)label[i] >= k)
            return chip_fail(err, CHIP_E_INVAL, "window %zu has no first label", i);
    struct work w = {n, dim, k, feature, phi, *options, share, prior, NULL, NULL, NULL};
    w.mean = malloc(k * dim * sizeof *w.mean);
    w.variance = malloc(k * dim * sizeof *w.variance);
    w.offset = malloc(k * sizeof *w.offset);
    const bool ok = w.mean && w.variance && w.offset;
    double before = -INFINITY;
    if (ok)
        start(&w, label);
    for (int round = 0; ok && round < options->max_rounds; round++) {
        double bound = update_speakers(&w);
        bound += update_shares(&w);
        update_priors(&w);
        if (bound - before < options->least_gain)
            break;
        before = bound;
    }
    free(w.offset);
    free(w.variance);
    free(w.mean);
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory to cluster voices");
}
