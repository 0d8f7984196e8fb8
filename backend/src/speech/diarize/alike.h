/**
 * When two groups of voices are one speaker. Any thread.
 *
 * A speaker's own windows say how alike one person sounds in this recording: the mean cosine of a
 * window to the center of the speaker's other windows, the ones beside it left out because they
 * share sound with it. Two groups are one speaker when their centers are about as alike as that. No
 * fixed threshold would do: the same person's windows are at 0.55 in a reverberant room and at 0.9
 * in synthesised speech.
 */
#pragma once

#include <stddef.h>

#include "speech/diarize/points.h"

/**
 * @param p     windows in order of time
 * @param label [p->n] in 0..k-1, no group empty
 * @param own   [k] receives each group's likeness with itself, 0 where too few windows say so
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_alike_own(const struct chip_points *p, const int *label, size_t k, float *own,
                                struct chip_err *err);

/**
 * Merges groups that are one speaker, the most alike first, regrouping after each, down to `least`.
 *
 * @param label  [p->n] replaced
 * @param k      number of groups; replaced
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_alike_merge(const struct chip_points *p, size_t least, int *label, size_t *k,
                                  struct chip_err *err);
