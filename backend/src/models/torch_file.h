/** Weights out of a file of torch.save(). Nothing in it is executed: see pickle.h. */
#pragma once

#include "models/tensors.h"

/**
 * Adds every tensor of 32-bit floats that has a name.
 *
 * @param path a zip archive, as torch writes since 1.6
 * @return CHIP_OK; what chip_zip_open() and chip_pickle_tensors() return; CHIP_E_FORMAT if a tensor
 *         is not inside its storage, or two have one name; CHIP_E_UNSUPPORTED for one that is not
 *         row-major
 */
CHIP_MUST_CHECK
enum chip_status chip_torch_read(const char *path, struct chip_tensors *set, struct chip_err *err);
