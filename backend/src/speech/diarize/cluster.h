/**
 * Who speaks in which window of a recording, by voice alone. Any thread; the result depends on the
 * arguments only.
 *
 * 1. Spectral clustering (spectral.h) finds how many speakers stand out, and makes one group more.
 *    Of more than CHIP_CLUSTER_SAMPLE windows it sees as many, evenly spread over the recording.
 * 2. Three rounds of spherical k-means; groups of less than 8 seconds (or a tenth of the
 *    recording's, if that is less) or of less than four windows go to the speaker they are most
 *    like.
 * 3. Groups that are as alike as one speaker's own windows are one speaker (alike.h).
 * 4. All windows are given to the speakers' centers, in three more rounds.
 *
 * A number that is asked for is always met: groups are merged, or split, until it is. Then nothing
 * is dropped or merged for other reasons. docs/DIARIZATION.md says why it is done this way.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

enum {
    CHIP_CLUSTER_SAMPLE = 1000,
    CHIP_CLUSTER_MAX_SPEAKERS = 100, /* that can be asked for */
};

/** Zero-initialise; zeros: automatic. */
struct chip_cluster_options {
    int n_speakers;   /* exactly so many; the other two are then ignored */
    int min_speakers; /* at least */
    int max_speakers; /* at most; without it, 8 or min_speakers are found at most */
};

/**
 * @param voices     [n][dim] windows in order of time, each of length 1; borrowed
 * @param seconds    [n] length of each window, > 0; borrowed
 * @param dim        > 0
 * @param options    NULL: all automatic
 * @param label      [n] receives speakers, numbered in the order in which they are first heard
 * @param confidence [n] receives 0..1: by how much nearer (one less the cosine) the window is to
 * its speaker's center than to the next one's; 1 with one speaker. May be NULL.
 * @param n_speakers how many there are; less than asked for only when fewer windows differ
 * @return CHIP_OK; CHIP_E_INVAL for options out of 0..CHIP_CLUSTER_MAX_SPEAKERS or min > max, for
 *         a voice that is not of length 1, or a length that is not above 0; CHIP_E_NOMEM. What the
 *         outputs hold then is not defined.
 * Source of the window similarity's simplified silhouette: Hruschka, de Castro & Campello 2004
 */
CHIP_MUST_CHECK
enum chip_status chip_cluster(const float *voices, const float *seconds, size_t n, size_t dim,
                              const struct chip_cluster_options *options, int *label,
                              float *confidence, size_t *n_speakers, struct chip_err *err);
