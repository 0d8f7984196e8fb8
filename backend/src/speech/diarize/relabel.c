#include "speech/diarize/relabel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "speech/diarize/ahc.h"
#include "speech/diarize/points.h"

enum { ROUNDS = 3 };

static enum chip_status check(const struct chip_relabel_input *in, size_t k, struct chip_err *err)
{
    if (k == 0 || in->dim == 0 || in->pitch < in->dim)
        return chip_fail(err, CHIP_E_INVAL, "nobody can be told apart as %zu speakers", k);
    if (in->n > CHIP_RELABEL_MAX_N)
        return chip_fail(err, CHIP_E_LIMIT, "%zu stretches of speech are more than %d", in->n,
                         CHIP_RELABEL_MAX_N);
    for (size_t i = 0; i < in->n; i++) {
        if (!(in->seconds[i] > 0) || !isfinite(in->seconds[i]))
            return chip_fail(err, CHIP_E_INVAL, "stretch %zu has no duration", i);
        if (in->label && (in->label[i] < 0 || (size_t)in->label[i] >= in->n_speakers))
            return chip_fail(err, CHIP_E_INVAL, "stretch %zu has a speaker that is not there", i);
    }
    return CHIP_OK;
}

/* Rows of length 1. @return false when one has no direction */
static bool unpack(const struct chip_relabel_input *in, float *x)
{
    for (size_t i = 0; i < in->n; i++) {
        const int8_t *row = in->voices + i * in->pitch;
        int64_t square = 0;
        for (size_t d = 0; d < in->dim; d++)
            square += row[d] * row[d];
        if (square == 0)
            return false;
        const float scale = 1 / sqrtf((float)square);
        for (size_t d = 0; d < in->dim; d++)
            x[i * in->dim + d] = scale * row[d];
    }
    return true;
}

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory to label speakers again");
}

static enum chip_status cut_and_regroup(const struct chip_points *p, size_t k, int *label,
                                        size_t *found, struct chip_err *err)
{
    struct chip_merge *tree = malloc(p->n * sizeof *tree);
    float *center = malloc(k * p->dim * sizeof *center);
    enum chip_status st = tree && center ? CHIP_OK : no_memory(err);
    if (st == CHIP_OK)
        st = chip_ahc(p->x, p->weight, p->n, p->dim, CHIP_LINKAGE_AVERAGE, tree, err);
    if (st == CHIP_OK)
        st = chip_ahc_cut_count(tree, p->n, k, label, err);
    if (st == CHIP_OK)
        st = chip_points_regroup(p, ROUNDS, k, label, center, err);
    free(center);
    free(tree);
    return st == CHIP_OK ? chip_labels_in_order(p->n, label, found, err) : st;
}

enum chip_status chip_relabel(const struct chip_relabel_input *input, size_t k, int *label,
                              size_t *found, struct chip_err *err)
{
    enum chip_status st = check(input, k, err);
    if (st != CHIP_OK)
        return st;
    if (input->n == 0) {
        *found = 0;
        return CHIP_OK;
    }
    if (input->label && k == input->n_speakers) {
        memcpy(label, input->label, input->n * sizeof *label);
        *found = k;
        return CHIP_OK;
    }
    float *x = malloc(input->n * input->dim * sizeof *x);
    if (!x)
        return no_memory(err);
    const struct chip_points p = {x, input->seconds, input->n, input->dim};
    if (unpack(input, x))
        st = cut_and_regroup(&p, k < p.n ? k : p.n, label, found, err);
    else
        st = chip_fail(err, CHIP_E_INVAL, "a voice of zeros belongs to nobody");
    free(x);
    return st;
}
