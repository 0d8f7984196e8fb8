#include "speech/diarize/ahc.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "nn/kernels.h"

/* Groups live in the slots of points; a merge leaves the result in the slot of one of both. */
struct work {
    size_t n, n_slots;
    enum chip_linkage linkage;
    size_t *slots;  /* [n_slots] those that hold a group, in order */
    double *far;    /* [n][n] distances (squared for centroids) */
    double *weight; /* [n] */
    int *name;      /* [n]: number of the group in the slot */
    size_t *near;   /* [n]: a nearest other slot */
};

static double *far(const struct work *w, size_t i, size_t j)
{
    return w->far + i * w->n + j;
}

static double squared_distance(const float *a, const float *b, size_t dim)
{
    double sum = 0;
    for (size_t d = 0; d < dim; d++) {
        const double diff = (double)a[d] - (double)b[d];
        sum += diff * diff;
    }
    return sum;
}

static void measure(const struct work *w, const float *x, size_t dim)
{
    const struct chip_kernels *kernels = chip_kernels();
    for (size_t i = 0; i < w->n; i++) {
        *far(w, i, i) = INFINITY;
        for (size_t j = 0; j < i; j++) {
            const float *a = x + i * dim, *b = x + j * dim;
            *far(w, i, j) = *far(w, j, i) = w->linkage == CHIP_LINKAGE_AVERAGE
                                                ? 1 - (double)kernels->dot(a, b, dim)
                                                : squared_distance(a, b, dim);
        }
    }
}

static void find_near(const struct work *w, size_t i)
{
    const double *row = far(w, i, 0);
    size_t best = i; /* at infinity */
    for (size_t s = 0; s < w->n_slots; s++)
        if (row[w->slots[s]] < row[best])
            best = w->slots[s];
    w->near[i] = best;
}

/* Distance of slot k to what i and j become. */
static double joined(const struct work *w, size_t i, size_t j, size_t k)
{
    const double all = w->weight[i] + w->weight[j], a = w->weight[i] / all, b = w->weight[j] / all;
    const double mean = a * *far(w, i, k) + b * *far(w, j, k);
    return w->linkage == CHIP_LINKAGE_AVERAGE ? mean : mean - a * b * *far(w, i, j);
}

/* Slot j takes in slot i; nearest neighbours are kept true. */
static void join(struct work *w, size_t i, size_t j)
{
    size_t kept = 0;
    for (size_t s = 0; s < w->n_slots; s++)
        if (w->slots[s] != i)
            w->slots[kept++] = w->slots[s];
    w->n_slots = kept;
    for (size_t s = 0; s < w->n_slots; s++) {
        const size_t k = w->slots[s];
        if (k != j)
            *far(w, j, k) = *far(w, k, j) = joined(w, i, j, k);
    }
    w->weight[j] += w->weight[i];
    for (size_t s = 0; s < w->n_slots; s++) {
        const size_t k = w->slots[s];
        if (k == j || w->near[k] == i || w->near[k] == j)
            find_near(w, k);
        else if (*far(w, j, k) < *far(w, k, w->near[k]))
            w->near[k] = j;
    }
}

static size_t nearest_slot(const struct work *w)
{
    size_t best = w->slots[0];
    for (size_t s = 1; s < w->n_slots; s++) {
        const size_t i = w->slots[s];
        if (*far(w, i, w->near[i]) < *far(w, best, w->near[best]))
            best = i;
    }
    return best;
}

static void build(struct work *w, struct chip_merge *tree)
{
    for (size_t i = 0; i < w->n; i++)
        find_near(w, i);
    for (size_t step = 0; step + 1 < w->n; step++) {
        const size_t i = nearest_slot(w), j = w->near[i];
        const double distance = *far(w, i, j);
        struct chip_merge *m = &tree[step];
        m->a = w->name[i] < w->name[j] ? w->name[i] : w->name[j];
        m->b = w->name[i] < w->name[j] ? w->name[j] : w->name[i];
        m->distance = w->linkage == CHIP_LINKAGE_CENTROID ? sqrt(fmax(distance, 0)) : distance;
        m->weight = w->weight[i] + w->weight[j];
        join(w, i, j);
        w->name[j] = (int)(w->n + step);
    }
}

enum chip_status chip_ahc(const float *x, const float *weight, size_t n, size_t dim,
                          enum chip_linkage linkage, struct chip_merge *tree, struct chip_err *err)
{
    if (n > CHIP_AHC_MAX_N)
        return chip_fail(err, CHIP_E_LIMIT, "%zu voices are more than can be put into a tree", n);
    struct work w = {.n = n, .n_slots = n, .linkage = linkage};
    w.slots = malloc(n * sizeof *w.slots);
    w.far = malloc(n * n * sizeof *w.far);
    w.weight = malloc(n * sizeof *w.weight);
    w.name = malloc(n * sizeof *w.name);
    w.near = malloc(n * sizeof *w.near);
    const bool ok = w.slots && w.far && w.weight && w.name && w.near;
    if (ok) {
        for (size_t i = 0; i < n; i++) {
            w.weight[i] = weight ? (double)weight[i] : 1;
            w.name[i] = (int)i;
            w.slots[i] = i;
        }
        measure(&w, x, dim);
        build(&w, tree);
    }
    free(w.near);
    free(w.name);
    free(w.weight);
    free(w.far);
    free(w.slots);
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory for a tree of voices");
}

/* Labels of the groups when only some merges stand, each of them with all merges inside it. */
static enum chip_status label_groups(const struct chip_merge *tree, size_t n, const bool *stands,
                                     int *label, size_t *k, struct chip_err *err)
{
    int *group = malloc(2 * n * sizeof *group), *name = malloc(2 * n * sizeof *name);
    const bool ok = group && name;
    int next = 0;
    for (size_t i = 0; ok && i < 2 * n; i++) {
        group[i] = (int)i;
        name[i] = -1;
    }
    for (size_t m = n - 1; ok && m-- > 0;)
        if (stands[m])
            group[tree[m].a] = group[tree[m].b] = group[n + m];
    for (size_t i = 0; ok && i < n; i++) {
        if (name[group[i]] < 0)
            name[group[i]] = next++;
        label[i] = name[group[i]];
    }
    *k = (size_t)next;
    free(name);
    free(group);
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory to cut a tree");
}

enum chip_status chip_ahc_cut(const struct chip_merge *tree, size_t n, double distance, int *label,
                              size_t *k, struct chip_err *err)
{
    bool *stands = malloc(n * sizeof *stands);
    if (!stands)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to cut a tree");
    /* Distances may go down again: a merge stands only if those inside it do. */
    for (size_t m = 0; m + 1 < n; m++) {
        const int parts[] = {tree[m].a, tree[m].b};
        stands[m] = tree[m].distance <= distance;
        for (size_t i = 0; i < 2; i++)
            if (parts[i] >= (int)n)
                stands[m] &= stands[parts[i] - (int)n];
    }
    const enum chip_status st = label_groups(tree, n, stands, label, k, err);
    free(stands);
    return st;
}

enum chip_status chip_ahc_cut_count(const struct chip_merge *tree, size_t n, size_t k, int *label,
                                    struct chip_err *err)
{
    assert(k >= 1 && k <= n);
    bool *stands = malloc(n * sizeof *stands);
    if (!stands)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to cut a tree");
    for (size_t m = 0; m + 1 < n; m++)
        stands[m] = m < n - k;
    size_t found;
    const enum chip_status st = label_groups(tree, n, stands, label, &found, err);
    free(stands);
    return st;
}
