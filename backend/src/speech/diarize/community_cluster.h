/**
 * Who the people of all chunks are: clustering as in pyannote's community-1.
 *
 * 1. Voices of people who speak alone for at least a fifth of their chunk are clustered: a tree by
 *    centroids, cut at 0.6, then VBx in PLDA's coordinates (vbx.h, plda.h).
 * 2. Everybody goes to the speaker whose center is most like his voice, but never two people of one
 *    chunk to the same speaker: of all ways the one with the largest sum.
 *
 * Of more than CHIP_COMMUNITY_SAMPLE voices as many are clustered, evenly spread over the
 * recording. A number of speakers that is asked for cuts the tree where it has so many, where
 * pyannote uses k-means; then several people of one chunk may be one speaker. Pure functions; any
 * thread. Source: Bredin 2023 (pyannote.audio); Landini et al. 2022 (arXiv:2012.14952)
 */
#pragma once

#include "speech/diarize/cluster.h"
#include "speech/diarize/community.h"
#include "speech/diarize/plda.h"

enum {
    CHIP_COMMUNITY_SAMPLE = 2000,
    CHIP_COMMUNITY_FEATURES = 128, /* PLDA coordinates */
};

/**
 * @param options NULL: automatic
 * @param label   [n][3] receives the speaker, or -1 for who never speaks in his chunk or for whom
 * no speaker is left
 * @param n_speakers how many there are
 * @return CHIP_OK; CHIP_E_INVAL for options that make no sense; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_community_cluster(const struct chip_community_chunk *chunks, size_t n,
                                        const struct chip_plda *plda,
                                        const struct chip_cluster_options *options,
                                        int (*label)[CHIP_COMMUNITY_PEOPLE], size_t *n_speakers,
                                        struct chip_err *err);

/* ---- its steps, for tests ---- */

/**
 * Who is clustered: numbers 3 * chunk + person.
 *
 * @param index [3 n]
 * @return how many
 */
size_t chip_community_pick(const struct chip_community_chunk *chunks, size_t n, size_t *index);

/**
 * Centers of the speakers that VBx keeps.
 *
 * @param voice   [n][256] as they come
 * @param unit    [n][256] the same of length 1
 * @param feature [n][dim] in PLDA's coordinates, phi [dim]
 * @param centers malloc'ed [*k][256]
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_community_centers(const float *voice, const float *unit,
                                        const double *feature, const double *phi, size_t n,
                                        size_t dim, float **centers, size_t *k,
                                        struct chip_err *err);

/** @param alone true: never two people of one chunk to one speaker */
void chip_community_assign(const struct chip_community_chunk *chunks, size_t n,
                           const float *centers, size_t k, bool alone,
                           int (*label)[CHIP_COMMUNITY_PEOPLE]);
