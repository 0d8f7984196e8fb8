/** Arrays out of NumPy's npz files. */
#pragma once

#include "models/tensors.h"
#include "models/zip.h"

/**
 * Adds an array as 32-bit floats, row by row.
 *
 * @param zip   the open npz file
 * @param array its name there
 * @param rank, shape what it must be, 1 or 2 dimensions
 * @param name  what it is called in `set`
 * @return CHIP_OK; CHIP_E_FORMAT if it is missing, has another shape, or is no array of f4 or f8
 */
CHIP_MUST_CHECK
enum chip_status chip_npz_read(const struct chip_zip *zip, const char *array, int rank,
                               const size_t *shape, struct chip_tensors *set, const char *name,
                               struct chip_err *err);
