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
 * @param name  printed into a copy
 * @param shape [rank]
 * @param data  receives the uninitialised bytes that the caller fills; owned by the set
 * @return CHIP_OK, CHIP_E_NOMEM, or CHIP_E_LIMIT for a shape that is too large
 */
CHIP_MUST_CHECK
enum chip_status chip_tensors_add(struct chip_tensors *set, const char *name, enum chip_dtype dtype,
                                  int rank, const size_t *shape, void **data, struct chip_err *err);

/** Adds a copy. */
CHIP_MUST_CHECK
enum chip_status chip_tensors_copy(struct chip_tensors *set, const char *name,
                                   enum chip_dtype dtype, int rank, const size_t *shape,
                                   const void *data, struct chip_err *err);
