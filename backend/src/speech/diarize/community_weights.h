/**
 * Weights of the public networks out of a model file, into memory of their own. The first failure
 * is kept and everything after it does nothing, so that callers check once, at the end.
 */
#pragma once

#include "base/arena.h"
#include "nn/safetensors.h"

struct chip_community_load {
    const struct chip_safetensors *st;
    struct chip_arena memory; /* what was loaded; chip_arena_done() frees it */
    enum chip_status status;
    struct chip_err *err;
};

/** Makes room for every tensor of the file twice: as it is, and laid out anew. */
void chip_community_load_begin(struct chip_community_load *load, const struct chip_safetensors *st,
                               struct chip_err *err);

/** Room for n floats. @return NULL after a failure */
float *chip_community_take(struct chip_community_load *load, size_t n);

/**
 * A tensor as it is.
 *
 * @param rank 1..4
 * @return [product of shape], or NULL: missing, of another shape, or with numbers that are none
 */
const float *chip_community_tensor(struct chip_community_load *load, const char *name, int rank,
                                   const size_t *shape);

/** `<layer>.<part>` with n numbers. */
const float *chip_community_vector(struct chip_community_load *load, const char *layer,
                                   const char *part, size_t n);
