/** Plain k-means for the few coordinates that spectral clustering leaves. Any thread. */
#pragma once

#include <stddef.h>

#include "base/err.h"

enum { CHIP_KMEANS_MAX_K = 16 };

/**
 * Lloyd's k-means, the best of four starts, each as in k-means++ (Arthur & Vassilvitskii 2007) with
 * a fixed seed.
 *
 * @param x      [n][stride], of which the first dim numbers of each row count
 * @param k      1..CHIP_KMEANS_MAX_K, at most n; dim at most CHIP_KMEANS_MAX_K too
 * @param label  [n] in 0..k-1; when points are equal, some labels may be unused
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_kmeans(const float *x, size_t n, size_t stride, size_t dim, size_t k,
                             int *label, struct chip_err *err);
