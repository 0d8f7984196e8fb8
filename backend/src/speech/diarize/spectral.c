#include "speech/diarize/spectral.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels.h"
#include "speech/diarize/eigen.h"
#include "speech/diarize/kmeans.h"
#include "speech/diarize/points.h"

enum { MIN_PICKS = 6, SMALL = 48, N_PERCENTS = 9, WIDTH = CHIP_EIGEN_BLOCK };

static const int PERCENTS[N_PERCENTS] = {4, 6, 8, 10, 13, 16, 20, 25, 30};

struct work {
    size_t n, dim, stride;         /* stride: picks of the largest p */
    uint16_t *picks;               /* [n][stride], most alike first */
    struct chip_spectrum *iterate; /* NULL for few points */
    double *dense, *vectors;       /* [n][n] for few points, else NULL */
    float *best;                   /* [n][WIDTH]: eigenvectors of the best p */
};

static size_t n_picks(size_t n, int percent)
{
    const size_t p = (n * (size_t)percent + 50) / 100;
    const size_t least = p < MIN_PICKS ? MIN_PICKS : p;
    return least < n ? least : n;
}

/* ---- who sounds most like whom ---- */

/* Sorts by descending key, equals by index: a radix sort, one byte at a time. */
static void sort_by_key(const uint16_t *key, size_t n, uint16_t *order, uint16_t *scratch)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = (uint16_t)i;
    uint16_t *from = scratch, *to = order;
    for (int shift = 0; shift < 16; shift += 8) {
        size_t place[257] = {0};
        for (size_t i = 0; i < n; i++)
            place[256 - ((key[from[i]] >> shift) & 255)]++;
        for (size_t b = 1; b < 257; b++)
            place[b] += place[b - 1];
        for (size_t i = 0; i < n; i++)
            to[place[255 - ((key[from[i]] >> shift) & 255)]++] = from[i];
        uint16_t *swap = from;
        from = to;
        to = swap;
    }
    memcpy(order, from, n * sizeof *order);
}

/* A cosine in 16 bits: finer than it is known, and the same for every order of summation. */
static uint16_t cosine_key(float cosine)
{
    return (uint16_t)lrintf((fminf(fmaxf(cosine, -1), 1) + 1) * 32767);
}

static bool pick(struct work *w, const float *x)
{
    const struct chip_kernels *kernels = chip_kernels();
    uint16_t *key = malloc(3 * w->n * sizeof *key);
    if (!key)
        return false;
    uint16_t *order = key + w->n, *scratch = order + w->n;
    for (size_t i = 0; i < w->n; i++) {
        for (size_t j = 0; j < w->n; j++)
            key[j] = cosine_key(kernels->dot(x + i * w->dim, x + j * w->dim, w->dim));
        sort_by_key(key, w->n, order, scratch);
        memcpy(w->picks + i * w->stride, order, w->stride * sizeof *order);
    }
    free(key);
    return true;
}

/* ---- the graph's eigenvalues ---- */

/* Of few points: the matrix itself. Fills columns 0.. of `vectors` like the iteration does. */
static void dense_spectrum(const struct work *w, const struct chip_graph *g, double *value,
                           size_t n_values, double *largest, float *vectors)
{
    const size_t n = w->n;
    double all[SMALL];
    memset(w->dense, 0, n * n * sizeof *w->dense);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < g->p; j++) {
            const size_t other = g->picks[i * g->stride + j];
            w->dense[i * n + i] += 0.5;
            w->dense[other * n + other] += 0.5;
            w->dense[i * n + other] -= 0.5;
            w->dense[other * n + i] -= 0.5;
        }
    chip_eigen_small(w->dense, n, all, w->vectors);
    memcpy(value, all, n_values * sizeof *value);
    *largest = all[n - 1];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n_values; j++)
            vectors[i * WIDTH + j] = (float)w->vectors[j * n + i];
}

/* The largest gap behind the least-th to the most-th value. @return how many are before it */
static size_t widest_gap(const double *value, size_t least, size_t most, double *gap)
{
    size_t k = least;
    *gap = -1;
    for (size_t j = least; j <= most; j++)
        if (value[j] - value[j - 1] > *gap) {
            *gap = value[j] - value[j - 1];
            k = j;
        }
    return k;
}

/* Tries every p. @return the number of speakers, with the vectors of the p that decided in best */
static size_t count(struct work *w, size_t least, size_t most, float *scratch)
{
    const size_t n_values = w->n < CHIP_EIGEN_GOOD ? w->n : CHIP_EIGEN_GOOD;
    double best = INFINITY;
    size_t k = least;
    most = most < n_values - 1 ? most : n_values - 1;
    least = least < most ? least : most;
    for (size_t i = 0; i < N_PERCENTS; i++) {
        const struct chip_graph g = {w->picks, w->n, w->stride, n_picks(w->n, PERCENTS[i])};
        if (i > 0 && g.p == n_picks(w->n, PERCENTS[i - 1]))
            continue;
        double value[CHIP_EIGEN_GOOD], largest, gap;
        const float *vectors = scratch;
        if (w->dense)
            dense_spectrum(w, &g, value, n_values, &largest, scratch);
        else
            vectors = chip_spectrum_of(w->iterate, &g, value, &largest);
        const size_t found = widest_gap(value, least, most, &gap);
        const double ratio = (double)g.p / (double)w->n * largest / fmax(gap, 1e-12 * largest);
        if (ratio < best) {
            best = ratio;
            k = found;
            memcpy(w->best, vectors, w->n * WIDTH * sizeof *w->best);
        }
    }
    return k;
}

static enum chip_status cluster(struct work *w, const float *x, size_t least, size_t most,
                                size_t extra, int *label, size_t *k, struct chip_err *err)
{
    float *scratch = calloc(w->n * WIDTH, sizeof *scratch);
    const bool ok =
        scratch && w->picks && w->best && (w->iterate || (w->dense && w->vectors)) && pick(w, x);
    enum chip_status st = CHIP_OK;
    if (ok) {
        *k = count(w, least, most, scratch) + extra;
        st = chip_kmeans(w->best, w->n, WIDTH, *k, *k, label, err);
    } else {
        st = chip_fail(err, CHIP_E_NOMEM, "not enough memory to cluster %zu voices", w->n);
    }
    free(scratch);
    return st == CHIP_OK ? chip_labels_in_order(w->n, label, k, err) : st;
}

enum chip_status chip_spectral(const float *x, size_t n, size_t dim, size_t least, size_t most,
                               size_t extra, int *label, size_t *k, struct chip_err *err)
{
    assert(n >= 1 && n <= CHIP_SPECTRAL_MAX_N && least >= 1 && least <= most && extra <= 1);
    if (n < 3) { /* no room for a gap */
        for (size_t i = 0; i < n; i++)
            label[i] = 0;
        *k = 1;
        return CHIP_OK;
    }
    least = least < CHIP_SPECTRAL_MAX_K ? least : CHIP_SPECTRAL_MAX_K;
    most = most < CHIP_SPECTRAL_MAX_K ? most : CHIP_SPECTRAL_MAX_K;
    struct work w = {.n = n, .dim = dim, .stride = n_picks(n, PERCENTS[N_PERCENTS - 1])};
    w.picks = malloc(n * w.stride * sizeof *w.picks);
    w.best = calloc(n * WIDTH, sizeof *w.best);
    if (n > SMALL) {
        w.iterate = chip_spectrum_new(n, w.stride);
    } else {
        w.dense = malloc(n * n * sizeof *w.dense);
        w.vectors = malloc(n * n * sizeof *w.vectors);
    }
    const enum chip_status st = cluster(&w, x, least, most, extra, label, k, err);
    free(w.vectors);
    free(w.dense);
    chip_spectrum_free(w.iterate);
    free(w.best);
    free(w.picks);
    return st;
}
