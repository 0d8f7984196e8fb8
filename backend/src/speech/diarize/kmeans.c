#include "speech/diarize/kmeans.h"

#include <assert.h>
#include <float.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { STARTS = 4, MAX_ROUNDS = 50, M = CHIP_KMEANS_MAX_K };

struct work {
    const float *x;
    size_t n, stride, dim, k;
    double center[M][M];
    double *near; /* [n]: squared distance to the nearest center */
    int *label;   /* [n] */
};

/* Uniform in 0..1: splitmix64 (Steele, Lea & Flood 2014). */
static double uniform(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double distance(const struct work *w, size_t i, size_t j)
{
    double sum = 0;
    for (size_t d = 0; d < w->dim; d++) {
        const double diff = (double)w->x[i * w->stride + d] - w->center[j][d];
        sum += diff * diff;
    }
    return sum;
}

static void center_on(struct work *w, size_t j, size_t i)
{
    for (size_t d = 0; d < w->dim; d++)
        w->center[j][d] = (double)w->x[i * w->stride + d];
    for (size_t m = 0; m < w->n; m++) {
        const double far = distance(w, m, j);
        if (j == 0 || far < w->near[m])
            w->near[m] = far;
    }
}

/* Points far from the centers so far are likely to be the next one. */
static void start(struct work *w, uint64_t *state)
{
    center_on(w, 0, (size_t)(uniform(state) * (double)w->n));
    for (size_t j = 1; j < w->k; j++) {
        double all = 0;
        for (size_t i = 0; i < w->n; i++)
            all += w->near[i];
        double left = uniform(state) * all;
        size_t i = 0;
        while (i + 1 < w->n && left >= w->near[i])
            left -= w->near[i++];
        center_on(w, j, i);
    }
}

/* Gives points to centers. @return the sum of squared distances */
static double assign(struct work *w)
{
    double cost = 0;
    for (size_t i = 0; i < w->n; i++) {
        double best = DBL_MAX;
        for (size_t j = 0; j < w->k; j++) {
            const double far = distance(w, i, j);
            if (far < best) {
                best = far;
                w->label[i] = (int)j;
            }
        }
        cost += best;
    }
    return cost;
}

static void move_centers(struct work *w)
{
    double sum[M][M] = {{0}};
    size_t count[M] = {0};
    for (size_t i = 0; i < w->n; i++) {
        count[w->label[i]]++;
        for (size_t d = 0; d < w->dim; d++)
            sum[w->label[i]][d] += (double)w->x[i * w->stride + d];
    }
    for (size_t j = 0; j < w->k; j++)
        for (size_t d = 0; d < w->dim && count[j] > 0; d++)
            w->center[j][d] = sum[j][d] / (double)count[j];
}

enum chip_status chip_kmeans(const float *x, size_t n, size_t stride, size_t dim, size_t k,
                             int *label, struct chip_err *err)
{
    assert(k >= 1 && k <= M && dim <= M && k <= n);
    struct work w = {.x = x, .n = n, .stride = stride, .dim = dim, .k = k};
    w.near = malloc(n * sizeof *w.near);
    w.label = calloc(n, sizeof *w.label);
    const bool ok = w.near && w.label;
    double best = DBL_MAX;
    uint64_t state = 3;
    for (int s = 0; ok && s < STARTS; s++) {
        start(&w, &state);
        double cost = assign(&w), before = DBL_MAX;
        for (int r = 0; r < MAX_ROUNDS && cost < before; r++) {
            before = cost;
            move_centers(&w);
            cost = assign(&w);
        }
        if (cost < best) {
            best = cost;
            memcpy(label, w.label, n * sizeof *label);
        }
    }
    free(w.label);
    free(w.near);
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory to group voices");
}
