#include "speech/diarize/plda.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void set_length(double *x, size_t n, double length)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += x[i] * x[i];
    for (size_t i = 0; i < n && square > 0; i++)
        x[i] *= length / sqrt(square);
}

/* @param x [n_in] scratch, y [n_out] scratch */
static void project(const struct chip_plda *plda, const float *voice, double *x, double *y)
{
    for (size_t i = 0; i < plda->n_in; i++)
        x[i] = (double)voice[i] - (double)plda->mean_in[i];
    set_length(x, plda->n_in, sqrt((double)plda->n_in));
    for (size_t j = 0; j < plda->n_out; j++)
        y[j] = -(double)plda->mean_out[j];
    for (size_t i = 0; i < plda->n_in; i++)
        for (size_t j = 0; j < plda->n_out; j++)
            y[j] += x[i] * (double)plda->lda[i * plda->n_out + j];
    set_length(y, plda->n_out, sqrt((double)plda->n_out));
    for (size_t j = 0; j < plda->n_out; j++)
        y[j] -= (double)plda->mean[j];
}

/* Rows in order of falling psi, equals as they come. */
static void sort_rows(const float *psi, size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && psi[order[at - 1]] < psi[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

enum chip_status chip_plda_features(const struct chip_plda *plda, const float *voice, size_t n,
                                    size_t n_keep, double *feature, double *phi,
                                    struct chip_err *err)
{
    if (n_keep == 0 || n_keep > plda->n_out || plda->n_out > plda->n_in)
        return chip_fail(err, CHIP_E_INVAL,
                         "a PLDA from %zu over %zu to %zu numbers makes no sense", plda->n_in,
                         plda->n_out, n_keep);
    for (size_t i = 0; i < plda->n_out; i++)
        if (!(plda->psi[i] > 0))
            return chip_fail(err, CHIP_E_INVAL, "a PLDA with a variance of %g",
                             (double)plda->psi[i]);
    double *x = malloc(plda->n_in * sizeof *x), *y = malloc(plda->n_out * sizeof *y);
    size_t *order = calloc(plda->n_out, sizeof *order);
    const bool ok = x && y && order;
    if (ok)
        sort_rows(plda->psi, plda->n_out, order);
    for (size_t j = 0; ok && j < n_keep; j++)
        phi[j] = (double)plda->psi[order[j]];
    for (size_t i = 0; ok && i < n; i++) {
        project(plda, voice + i * plda->n_in, x, y);
        for (size_t j = 0; j < n_keep; j++) {
            double sum = 0;
            for (size_t d = 0; d < plda->n_out; d++)
                sum += y[d] * (double)plda->rows[order[j] * plda->n_out + d];
            feature[i * n_keep + j] = sum;
        }
    }
    free(order);
    free(y);
    free(x);
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory to project voices");
}
