/**
 * Writing model files; `chip models import` and tests use it.
 *
 * The file appears under its name only when it is complete (temporary file, fsync, rename), and its
 * bytes depend only on the tensors, not on their order. Without leaving holes, which the format
 * forbids, tensors are ordered so that each starts at a multiple of the largest power of two (up
 * to 64) that divides its size: every matrix of a usual size is aligned to 64 bytes.
 */
#pragma once

#include "nn/safetensors.h"

struct chip_metadata {
    const char *key, *value;
};

/**
 * Writes a file that chip_safetensors_open() accepts.
 *
 * @param path     replaced if it exists
 * @param tensors  [n_tensors] borrowed; names must differ, `bytes` must match the shape
 * @param metadata [n_metadata] strings for the header; NULL with 0
 * @return CHIP_OK; CHIP_E_INVAL for a bad or repeated tensor; CHIP_E_IO (nothing is left behind)
 */
CHIP_MUST_CHECK
enum chip_status chip_safetensors_write(const char *path, const struct chip_tensor *tensors,
                                        size_t n_tensors, const struct chip_metadata *metadata,
                                        size_t n_metadata, struct chip_err *err);
