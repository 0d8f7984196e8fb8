/** A growing set of tensors that owns its names and data: what an import has collected so far. */
#pragma once

#include "base/err.h"
#include "nn/safetensors.h"

struct chip_tensors {
    struct chip_tensor *items; /* owned, as are their names and data */
    size_t n;
};

void chip_tensors_done(struct chip_tensors *set);

/**
 * Adds a tensor with room for its data.
 *
 * @param name  copied
 * @param shape [rank]
 * @return the uninitialised bytes, which the caller fills and the set owns; NULL, with CHIP_E_NOMEM
 *         in err, if there is no memory for them
 */
CHIP_MUST_CHECK
void *chip_tensors_add(struct chip_tensors *set, const char *name, enum chip_dtype dtype, int rank,
                       const size_t *shape, struct chip_err *err);

/** Adds a copy. */
CHIP_MUST_CHECK
enum chip_status chip_tensors_copy(struct chip_tensors *set, const char *name,
                                   enum chip_dtype dtype, int rank, const size_t *shape,
                                   const void *data, struct chip_err *err);
