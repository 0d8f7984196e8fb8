/**
 * Other numbers of speakers for a recording that is already clustered, from what is kept of it:
 * stretches of one label with their mean voices in 8 bits. Any thread; nothing is random.
 *
 * The number that the stretches were labelled with gives these labels back. Any other comes from
 * the tree of chip_ahc() (average linkage, weighted by duration) and three rounds of k-means.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CHIP_RELABEL_MAX_N = 4096 }; /* stretches */

struct chip_relabel_input {
    const int8_t *voices; /* [n] rows of dim, of any length but 0; the first byte of the first */
    size_t pitch;         /* bytes from one row to the next, at least dim */
    const float *seconds; /* [n] > 0 */
    const int *label;     /* [n] 0..n_speakers-1, each used: as it was labelled; NULL: not known */
    size_t n, dim, n_speakers;
};

/**
 * @param input borrowed
 * @param k     speakers wanted, at least 1
 * @param label [input->n] receives 0..*found-1, in order of first appearance unless they are
 *              input->label
 * @param found k, or the number of stretches if that is less
 * @return CHIP_OK; CHIP_E_INVAL for k == 0 and for input that is not as above; CHIP_E_LIMIT for too
 *         many stretches; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_relabel(const struct chip_relabel_input *input, size_t k, int *label,
                              size_t *found, struct chip_err *err);
