/* As many groups as are asked for: chip_points_fit_count() of points.h. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels.h"
#include "speech/diarize/points.h"

enum { ROUNDS = 3, HALVE_ROUNDS = 10 };

struct work {
    const struct chip_points *p;
    float *center; /* [n_centers][dim] */
    int *side;     /* [n]: 0 or 1 for the points of a group that is being halved */
    int *best;     /* [n]: `side` of the best group so far */
};

static float dot(const struct work *w, const float *a, const float *b)
{
    return chip_kernels()->dot(a, b, w->p->dim);
}

static const float *point(const struct work *w, size_t i)
{
    return w->p->x + i * w->p->dim;
}

static void most_alike_pair(const struct work *w, size_t k, int *a, int *b)
{
    float best = -FLT_MAX;
    for (size_t i = 0; i < k; i++)
        for (size_t j = i + 1; j < k; j++) {
            const float cosine = dot(w, w->center + i * w->p->dim, w->center + j * w->p->dim);
            if (cosine > best) {
                best = cosine;
                *a = (int)i;
                *b = (int)j;
            }
        }
}

/* The point of a group that is least like x; one that differs from x in some bit, if any does. */
static size_t most_unlike(const struct work *w, const int *label, int group, const float *x)
{
    size_t best = SIZE_MAX;
    float best_cosine = FLT_MAX;
    for (size_t i = 0; i < w->p->n; i++) {
        if (label[i] != group || memcmp(point(w, i), x, w->p->dim * sizeof *x) == 0)
            continue;
        const float cosine = dot(w, point(w, i), x);
        if (cosine < best_cosine) {
            best_cosine = cosine;
            best = i;
        }
    }
    return best;
}

/* Sums of both sides into center[0], center[1], not scaled. */
static void side_sums(const struct work *w, const int *label, int group)
{
    memset(w->center, 0, 2 * w->p->dim * sizeof *w->center);
    for (size_t i = 0; i < w->p->n; i++)
        if (label[i] == group)
            chip_kernels()->axpy(w->p->weight[i], point(w, i), w->p->dim,
                                 w->center + (size_t)w->side[i] * w->p->dim);
}

static double length(const struct work *w, const float *x)
{
    return sqrt((double)dot(w, x, x));
}

/* What k-means gains: the lengths of both sums less the length of their sum. */
static double gain(const struct work *w)
{
    const float *a = w->center, *b = w->center + w->p->dim;
    double whole = 0;
    for (size_t d = 0; d < w->p->dim; d++) {
        const double sum = (double)a[d] + (double)b[d];
        whole += sum * sum;
    }
    return length(w, a) + length(w, b) - sqrt(whole);
}

/*
 * Halves a group into w->side. The two points that it starts from stay on their sides, so that
 * neither side becomes empty.
 * @return what is gained, below 0 when all of its points are equal
 */
static double halve(const struct work *w, const int *label, int group)
{
    size_t first = 0;
    while (label[first] != group)
        first++;
    const size_t b = most_unlike(w, label, group, point(w, first));
    if (b == SIZE_MAX)
        return -1;
    const size_t a = most_unlike(w, label, group, point(w, b));
    memcpy(w->center, point(w, a), w->p->dim * sizeof *w->center);
    memcpy(w->center + w->p->dim, point(w, b), w->p->dim * sizeof *w->center);
    for (int round = 0; round < HALVE_ROUNDS; round++) {
        const double la = length(w, w->center), lb = length(w, w->center + w->p->dim);
        for (size_t i = 0; i < w->p->n; i++)
            if (label[i] == group)
                w->side[i] =
                    i == b ||
                    (i != a && (double)dot(w, point(w, i), w->center) * lb <
                                   (double)dot(w, point(w, i), w->center + w->p->dim) * la);
        side_sums(w, label, group);
    }
    return fmax(gain(w), 0);
}

/* Splits the group that gains the most. @return false when no group has two points that differ */
static bool split_one(const struct work *w, int *label, size_t k)
{
    int chosen = -1;
    double best = -1;
    for (size_t j = 0; j < k; j++) {
        const double gained = halve(w, label, (int)j);
        if (gained > best) {
            best = gained;
            chosen = (int)j;
            memcpy(w->best, w->side, w->p->n * sizeof *w->best);
        }
    }
    for (size_t i = 0; i < w->p->n && chosen >= 0; i++)
        if (label[i] == chosen && w->best[i])
            label[i] = (int)k;
    return chosen >= 0;
}

static enum chip_status fit(const struct work *w, size_t least, size_t most, int *label, size_t *k,
                            struct chip_err *err)
{
    enum chip_status st = chip_points_regroup(w->p, 0, *k, label, w->center, err);
    while (st == CHIP_OK && *k > most) {
        int a = 0, b = 1;
        most_alike_pair(w, *k, &a, &b);
        chip_points_merge(w->p->n, a, b, label);
        --*k;
        st = chip_points_regroup(w->p, ROUNDS, *k, label, w->center, err);
    }
    while (st == CHIP_OK && *k < least && split_one(w, label, *k)) {
        ++*k;
        st = chip_points_regroup(w->p, ROUNDS, *k, label, w->center, err);
    }
    return st;
}

enum chip_status chip_points_fit_count(const struct chip_points *p, size_t least, size_t most,
                                       int *label, size_t *k, struct chip_err *err)
{
    const size_t fits = least < p->n ? least : p->n, n_centers = 2 + (*k > fits ? *k : fits);
    struct work w = {p, malloc(n_centers * p->dim * sizeof(float)), calloc(p->n, sizeof(int)),
                     calloc(p->n, sizeof(int))};
    enum chip_status st = w.center && w.side && w.best
                              ? fit(&w, least, most, label, k, err)
                              : chip_fail(err, CHIP_E_NOMEM, "not enough memory to group voices");
    free(w.best);
    free(w.side);
    free(w.center);
    return st;
}
