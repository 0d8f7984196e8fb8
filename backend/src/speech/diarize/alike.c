#include "speech/diarize/alike.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels.h"

enum { ROUNDS = 3 };

/*
 * Halves that k-means makes of one speaker lie a little apart by its very choice: measured 0.91
 * to 1.28 of the speaker's own likeness, different people at most 0.90 (docs/DIARIZATION.md).
 */
static const float ONE_SPEAKER = 0.91F;
/* Below this, windows say nothing of who speaks; groups of them are not merged for being alike. */
static const float LEAST_OWN = 0.2F;

static float cosine(const float *a, const float *b, size_t dim)
{
    const struct chip_kernels *kernels = chip_kernels();
    const float lengths = kernels->dot(a, a, dim) * kernels->dot(b, b, dim);
    return lengths > 0 ? kernels->dot(a, b, dim) / sqrtf(lengths) : 0;
}

/* The sum of a group without window i and those beside it. @return how many windows are left out */
static size_t others(const struct chip_points *p, const int *label, size_t i, const float *sum,
                     float *out)
{
    const size_t from = i > 0 ? i - 1 : 0, to = i + 1 < p->n ? i + 1 : i;
    size_t n = 0;
    memcpy(out, sum + (size_t)label[i] * p->dim, p->dim * sizeof *out);
    for (size_t j = from; j <= to; j++) {
        if (label[j] != label[i])
            continue;
        chip_kernels()->axpy(-p->weight[j], p->x + j * p->dim, p->dim, out);
        n++;
    }
    return n;
}

static void own_likeness(const struct chip_points *p, const int *label, size_t k, float *sum,
                         size_t *count, float *weight, float *own)
{
    for (size_t i = 0; i < p->n; i++) {
        chip_kernels()->axpy(p->weight[i], p->x + i * p->dim, p->dim,
                             sum + (size_t)label[i] * p->dim);
        count[label[i]]++;
    }
    memset(own, 0, k * sizeof *own);
    float *rest = sum + k * p->dim;
    for (size_t i = 0; i < p->n; i++) {
        if (others(p, label, i, sum, rest) == count[label[i]])
            continue;
        own[label[i]] += p->weight[i] * cosine(p->x + i * p->dim, rest, p->dim);
        weight[label[i]] += p->weight[i];
    }
    for (size_t j = 0; j < k; j++)
        own[j] = weight[j] > 0 ? own[j] / weight[j] : 0;
}

enum chip_status chip_alike_own(const struct chip_points *p, const int *label, size_t k, float *own,
                                struct chip_err *err)
{
    float *sum = calloc((k + 1) * p->dim, sizeof *sum);
    float *weight = calloc(p->n, sizeof *weight); /* k of them: no more groups than points */
    size_t *count = calloc(p->n, sizeof *count);
    const bool ok = sum && weight && count;
    if (ok)
        own_likeness(p, label, k, sum, count, weight, own);
    free(count);
    free(weight);
    free(sum);
    return ok ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory to compare voices");
}

/* The pair that is most alike for what its own windows are. @return how alike, 1: just as they */
static float most_alike_pair(const float *center, const float *own, size_t k, size_t dim, int *a,
                             int *b)
{
    float best = -INFINITY;
    for (size_t i = 0; i < k; i++)
        for (size_t j = i + 1; j < k; j++) {
            const float between = cosine(center + i * dim, center + j * dim, dim);
            const float ratio = between / fmaxf((own[i] + own[j]) / 2, LEAST_OWN);
            if (ratio > best) {
                best = ratio;
                *a = (int)i;
                *b = (int)j;
            }
        }
    return best;
}

static enum chip_status merge(const struct chip_points *p, size_t least, int *label, size_t *k,
                              float *center, float *own, struct chip_err *err)
{
    enum chip_status st = chip_points_regroup(p, 0, *k, label, center, err);
    while (st == CHIP_OK && *k > least) {
        int a = 0, b = 1;
        st = chip_alike_own(p, label, *k, own, err);
        if (st != CHIP_OK || most_alike_pair(center, own, *k, p->dim, &a, &b) < ONE_SPEAKER)
            break;
        chip_points_merge(p->n, a, b, label);
        --*k;
        st = chip_points_regroup(p, ROUNDS, *k, label, center, err);
    }
    return st;
}

enum chip_status chip_alike_merge(const struct chip_points *p, size_t least, int *label, size_t *k,
                                  struct chip_err *err)
{
    float *center = malloc(*k * p->dim * sizeof *center), *own = calloc(*k, sizeof *own);
    const enum chip_status st =
        center && own ? merge(p, least < 1 ? 1 : least, label, k, center, own, err)
                      : chip_fail(err, CHIP_E_NOMEM, "not enough memory to compare voices");
    free(own);
    free(center);
    return st;
}
