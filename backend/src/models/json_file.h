/** JSON files: read whole, replaced atomically. Any thread. */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"

/**
 * Reads a JSON file whose top is an object.
 *
 * @param out json_decref() it
 * @return CHIP_OK; CHIP_E_FORMAT with the line when it is no such file; as chip_file_map() does
 */
CHIP_MUST_CHECK
enum chip_status chip_file_read_json(json_t **out, const char *path, size_t max_bytes,
                                     struct chip_err *err);

/** Writes JSON, indented, with a newline at the end, as chip_file_replace() does. */
CHIP_MUST_CHECK
enum chip_status chip_file_write_json(const char *path, const json_t *json, struct chip_err *err);
