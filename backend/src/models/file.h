/** Whole files: mapped for reading, replaced atomically on writing. Any thread. */
#pragma once

#include <jansson.h>
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

/** Writes a file completely (temporary file, fsync, rename) or not at all. */
CHIP_MUST_CHECK
enum chip_status chip_file_write(const char *path, const void *data, size_t size,
                                 struct chip_err *err);

/** Reads a JSON file whose top is an object. @param out json_decref() it */
CHIP_MUST_CHECK
enum chip_status chip_file_read_json(json_t **out, const char *path, size_t max_bytes,
                                     struct chip_err *err);

/** Writes JSON, indented, with a newline at the end, as chip_file_write() does. */
CHIP_MUST_CHECK
enum chip_status chip_file_write_json(const char *path, const json_t *json, struct chip_err *err);
