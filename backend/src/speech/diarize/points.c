#include "speech/diarize/points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels.h"

static const float *point(const struct chip_points *p, size_t i)
{
    return p->x + i * p->dim;
}

static void normalize(float *x, size_t dim)
{
    const float length = sqrtf(chip_kernels()->dot(x, x, dim));
    for (size_t d = 0; d < dim && length > 0; d++)
        x[d] /= length;
}

void chip_points_centers(const struct chip_points *p, const int *label, size_t k, float *center)
{
    const struct chip_kernels *kernels = chip_kernels();
    memset(center, 0, k * p->dim * sizeof *center);
    for (size_t i = 0; i < p->n; i++)
        kernels->axpy(p->weight[i], point(p, i), p->dim, center + (size_t)label[i] * p->dim);
    for (size_t j = 0; j < k; j++)
        normalize(center + j * p->dim, p->dim);
}

void chip_points_weights(const struct chip_points *p, const int *label, size_t k, double *weight)
{
    memset(weight, 0, k * sizeof *weight);
    for (size_t i = 0; i < p->n; i++)
        weight[label[i]] += (double)p->weight[i];
}

/* The most alike of k centers but `except` (-1: none). */
static int most_alike(const float *x, const float *center, size_t k, size_t dim, int except)
{
    const struct chip_kernels *kernels = chip_kernels();
    int best = -1;
    float best_cosine = 0;
    for (size_t j = 0; j < k; j++) {
        if ((int)j == except)
            continue;
        const float cosine = kernels->dot(x, center + j * dim, dim);
        if (best < 0 || cosine > best_cosine) {
            best = (int)j;
            best_cosine = cosine;
        }
    }
    return best;
}

void chip_points_assign(const struct chip_points *p, const float *center, size_t k, int *label)
{
    for (size_t i = 0; i < p->n; i++)
        label[i] = most_alike(point(p, i), center, k, p->dim, -1);
}

/* One round into `next`. @return whether it keeps all groups and changes something */
static bool regroup_once(const struct chip_points *p, size_t k, const float *center,
                         const int *label, int *next, size_t *count)
{
    bool changed = false;
    memset(count, 0, k * sizeof *count);
    chip_points_assign(p, center, k, next);
    for (size_t i = 0; i < p->n; i++) {
        count[next[i]]++;
        changed |= next[i] != label[i];
    }
    for (size_t j = 0; j < k; j++)
        if (count[j] == 0)
            return false;
    return changed;
}

enum chip_status chip_points_regroup(const struct chip_points *p, int rounds, size_t k, int *label,
                                     float *center, struct chip_err *err)
{
    int *next = malloc(p->n * sizeof *next);
    size_t *count = malloc(k * sizeof *count);
    const bool ok = next && count;
    if (ok)
        chip_points_centers(p, label, k, center);
    for (int r = 0; ok && r < rounds; r++) {
        if (!regroup_once(p, k, center, label, next, count))
            break;
        memcpy(label, next, p->n * sizeof *label);
        chip_points_centers(p, label, k, center);
    }
    free(count);
    free(next);
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory to group voices");
}

void chip_points_drop(const struct chip_points *p, const float *center, size_t k, int gone,
                      int *label)
{
    for (size_t i = 0; i < p->n; i++) {
        if (label[i] == gone)
            label[i] = most_alike(point(p, i), center, k, p->dim, gone);
        if (label[i] > gone)
            label[i]--;
    }
}

void chip_points_merge(size_t n, int a, int b, int *label)
{
    for (size_t i = 0; i < n; i++) {
        if (label[i] == b)
            label[i] = a;
        else if (label[i] > b)
            label[i]--;
    }
}

enum chip_status chip_labels_in_order(size_t n, int *label, size_t *k, struct chip_err *err)
{
    int *name = malloc((n ? n : 1) * sizeof *name);
    if (!name)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to number voices");
    for (size_t i = 0; i < n; i++)
        name[i] = -1;
    int next = 0;
    for (size_t i = 0; i < n; i++) {
        if (name[label[i]] < 0)
            name[label[i]] = next++;
        label[i] = name[label[i]];
    }
    *k = (size_t)next;
    free(name);
    return CHIP_OK;
}
