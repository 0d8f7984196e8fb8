/** Writing a file so that it is there completely or not at all. Any thread. */
#pragma once

#include <stddef.h>

#include "base/err.h"

/**
 * Writes a temporary file beside `path` and renames it, so that a reader never sees half of it and
 * a full disk leaves the old one alone. A symbolic link is replaced, not followed.
 *
 * @param text [n] bytes
 * @return CHIP_OK; CHIP_E_IO with the path and the reason; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_file_replace(const char *path, const char *text, size_t n,
                                   struct chip_err *err);
