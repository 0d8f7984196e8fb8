#include "speech/diarize/community_cluster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "speech/diarize/ahc.h"
#include "speech/diarize/vbx.h"

enum { PEOPLE = CHIP_COMMUNITY_PEOPLE, DIM = CHIP_RESNET_DIM, FRAMES = CHIP_COMMUNITY_FRAMES };

static const double CUT = 0.6, GONE = 1e-7;

/* ---- who is clustered ---- */

size_t chip_community_pick(const struct chip_community_chunk *chunks, size_t n, size_t *index)
{
    size_t found = 0;
    for (size_t c = 0; c < n; c++) {
        size_t alone[PEOPLE] = {0};
        for (size_t t = 0; t < FRAMES; t++)
            for (int p = 0; p < PEOPLE; p++)
                alone[p] += chunks[c].active[t] == 1 << p;
        for (size_t p = 0; p < PEOPLE; p++)
            if (5 * alone[p] >= FRAMES)
                index[found++] = PEOPLE * c + p;
    }
    return found;
}

/* Evenly spread ones of n, at most CHIP_COMMUNITY_SAMPLE. */
static size_t thin_out(size_t *index, size_t n)
{
    if (n <= CHIP_COMMUNITY_SAMPLE)
        return n;
    for (size_t i = 0; i < CHIP_COMMUNITY_SAMPLE; i++)
        index[i] = index[i * n / CHIP_COMMUNITY_SAMPLE];
    return CHIP_COMMUNITY_SAMPLE;
}

/* ---- centers ---- */

/* Means of voices, each counting for every speaker with its share [n][ld]. */
static enum chip_status mean_voices(const float *voice, size_t n, const double *share, size_t ld,
                                    const size_t *speaker, size_t k, float **centers,
                                    struct chip_err *err)
{
    float *out = calloc(k ? k : 1, DIM * sizeof *out);
    if (!out)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    for (size_t j = 0; j < k; j++) {
        double sum[DIM] = {0}, shares = 0.0;
        for (size_t i = 0; i < n; i++) {
            const double w = share[i * ld + speaker[j]];
            shares += w;
            for (size_t d = 0; d < DIM; d++)
                sum[d] += w * voice[i * DIM + d];
        }
        for (size_t d = 0; d < DIM; d++)
            out[j * DIM + d] = (float)(sum[d] / shares);
    }
    *centers = out;
    return CHIP_OK;
}

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
}

enum chip_status chip_community_centers(const float *voice, const float *unit,
                                        const double *feature, const double *phi, size_t n,
                                        size_t dim, float **centers, size_t *k,
                                        struct chip_err *err)
{
    struct chip_merge *tree = malloc(n * sizeof *tree);
    int *label = malloc(n * sizeof *label);
    size_t groups = 0;
    enum chip_status s = tree && label ? CHIP_OK : no_memory(err);
    if (s == CHIP_OK)
        s = chip_ahc(unit, NULL, n, DIM, CHIP_LINKAGE_CENTROID, tree, err);
    if (s == CHIP_OK)
        s = chip_ahc_cut(tree, n, CUT, label, &groups, err);
    double *share = malloc((n * groups + 1) * sizeof *share);
    double *prior = malloc((groups + 1) * sizeof *prior);
    size_t *kept = malloc((groups + 1) * sizeof *kept), n_kept = 0;
    if (s == CHIP_OK && !(share && prior && kept))
        s = no_memory(err);
    const struct chip_vbx_options options = chip_vbx_defaults();
    if (s == CHIP_OK)
        s = chip_vbx(feature, n, dim, phi, label, groups, &options, share, prior, err);
    for (size_t j = 0; s == CHIP_OK && j < groups; j++)
        if (prior[j] > GONE)
            kept[n_kept++] = j;
    if (s == CHIP_OK)
        s = mean_voices(voice, n, share, groups, kept, n_kept, centers, err);
    if (s == CHIP_OK)
        *k = n_kept;
    free(tree);
    free(label);
    free(share);
    free(prior);
    free(kept);
    return s;
}

/* The same for exactly k speakers, 1 <= k <= n, from the tree alone. */
static enum chip_status cut_centers(const float *voice, const float *unit, size_t n, size_t k,
                                    float **centers, struct chip_err *err)
{
    struct chip_merge *tree = malloc(n * sizeof *tree);
    int *label = malloc(n * sizeof *label);
    double *share = calloc(n * k, sizeof *share);
    size_t *all = malloc(k * sizeof *all);
    enum chip_status s = tree && label && share && all ? CHIP_OK : no_memory(err);
    if (s == CHIP_OK)
        s = chip_ahc(unit, NULL, n, DIM, CHIP_LINKAGE_CENTROID, tree, err);
    if (s == CHIP_OK)
        s = chip_ahc_cut_count(tree, n, k, label, err);
    if (s == CHIP_OK) {
        for (size_t i = 0; i < n; i++)
            share[i * k + (size_t)label[i]] = 1.0;
        for (size_t j = 0; j < k; j++)
            all[j] = j;
        s = mean_voices(voice, n, share, k, all, k, centers, err);
    }
    free(tree);
    free(label);
    free(share);
    free(all);
    return s;
}

/* ---- all of it ---- */

static bool options_valid(const struct chip_cluster_options *o)
{
    const int most = CHIP_CLUSTER_MAX_SPEAKERS;
    return o->n_speakers >= 0 && o->n_speakers <= most && o->min_speakers >= 0 &&
           o->min_speakers <= most && o->max_speakers >= 0 && o->max_speakers <= most &&
           (o->n_speakers || !o->max_speakers || o->min_speakers <= o->max_speakers);
}

/* How many there shall be, when k were found among n voices. */
static size_t wanted(const struct chip_cluster_options *o, size_t k, size_t n)
{
    if (o->n_speakers)
        k = (size_t)o->n_speakers;
    else if (o->max_speakers && k > (size_t)o->max_speakers)
        k = (size_t)o->max_speakers;
    else if (k < (size_t)o->min_speakers)
        k = (size_t)o->min_speakers;
    return k < n ? k : n;
}

struct picked {
    size_t n;
    float *voice, *unit; /* [n][256] */
    double *feature;     /* [n][128] */
    double phi[CHIP_COMMUNITY_FEATURES];
};

static void picked_done(struct picked *p)
{
    free(p->voice);
    free(p->unit);
    free(p->feature);
}

static enum chip_status pick(const struct chip_community_chunk *chunks, size_t n,
                             const struct chip_plda *plda, struct picked *out, struct chip_err *err)
{
    size_t *index = malloc(n * PEOPLE * sizeof *index);
    if (!index)
        return no_memory(err);
    out->n = thin_out(index, chip_community_pick(chunks, n, index));
    out->voice = malloc((out->n + 1) * DIM * sizeof *out->voice);
    out->unit = malloc((out->n + 1) * DIM * sizeof *out->unit);
    out->feature = malloc((out->n + 1) * CHIP_COMMUNITY_FEATURES * sizeof *out->feature);
    const bool fits = out->voice && out->unit && out->feature;
    for (size_t i = 0; fits && i < out->n; i++) {
        const float *voice = chunks[index[i] / PEOPLE].voice[index[i] % PEOPLE];
        double length = 0.0;
        for (size_t d = 0; d < DIM; d++)
            length += (double)voice[d] * voice[d];
        memcpy(out->voice + i * DIM, voice, DIM * sizeof *voice);
        for (size_t d = 0; d < DIM; d++)
            out->unit[i * DIM + d] = (float)(voice[d] / fmax(sqrt(length), 1e-12));
    }
    free(index);
    if (!fits)
        return no_memory(err);
    if (out->n < 2)
        return CHIP_OK;
    return chip_plda_features(plda, out->voice, out->n, CHIP_COMMUNITY_FEATURES, out->feature,
                              out->phi, err);
}

enum chip_status chip_community_cluster(const struct chip_community_chunk *chunks, size_t n,
                                        const struct chip_plda *plda,
                                        const struct chip_cluster_options *options,
                                        int (*label)[PEOPLE], size_t *n_speakers,
                                        struct chip_err *err)
{
    static const struct chip_cluster_options automatic = {0};
    options = options ? options : &automatic;
    if (!options_valid(options))
        return chip_fail(err, CHIP_E_INVAL, "so many speakers make no sense");
    struct picked picked = {0};
    float *centers = NULL;
    size_t k = 1;
    bool alone = false; /* with less than two voices everybody is one */
    enum chip_status s = pick(chunks, n, plda, &picked, err);
    if (s == CHIP_OK && picked.n >= 2) {
        s = chip_community_centers(picked.voice, picked.unit, picked.feature, picked.phi, picked.n,
                                   CHIP_COMMUNITY_FEATURES, &centers, &k, err);
        const size_t want = s == CHIP_OK ? wanted(options, k, picked.n) : k;
        alone = want == k;
        if (s == CHIP_OK && !alone) {
            free(centers);
            centers = NULL;
            k = want;
            s = cut_centers(picked.voice, picked.unit, picked.n, k, &centers, err);
        }
    } else if (s == CHIP_OK) {
        centers = calloc(DIM, sizeof *centers);
        s = centers ? CHIP_OK : no_memory(err);
    }
    if (s == CHIP_OK) {
        chip_community_assign(chunks, n, centers, k, alone, label);
        *n_speakers = k;
    }
    free(centers);
    picked_done(&picked);
    return s;
}
