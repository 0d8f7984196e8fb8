/** Whole files: mapped for reading, replaced atomically on writing. Any thread. */
#pragma once

#include <stddef.h>

#include "base/err.h"

/** A file's bytes, mapped read-only; an empty file has no data. */
struct chip_file {
    const unsigned char *data;
    size_t size;
};

/**
 * @param file      unmap with chip_file_unmap(); untouched on failure
 * @param max_bytes CHIP_E_LIMIT beyond
 * @return CHIP_OK, CHIP_E_NOT_FOUND, CHIP_E_IO, CHIP_E_FORMAT if it is no regular file
 */
CHIP_MUST_CHECK
enum chip_status chip_file_map(struct chip_file *file, const char *path, size_t max_bytes,
                               struct chip_err *err);
void chip_file_unmap(struct chip_file *file);

/**
 * Writes a temporary file beside `path` and renames it, so that a reader never sees half of it and
 * a full disk leaves the old one alone. A symbolic link is replaced, not followed.
 *
 * @param data [n] bytes
 * @return CHIP_OK; CHIP_E_IO with the path and the reason; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_file_replace(const char *path, const void *data, size_t n,
                                   struct chip_err *err);
