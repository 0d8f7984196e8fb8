/** SHA-256 of files and of bytes, as 64 lower-case hexadecimal digits. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define CHIP_SHA256_HEX 65 /* with the NUL */

/** @param hex untouched on failure */
CHIP_MUST_CHECK
enum chip_status chip_sha256_file(const char *path, char hex[CHIP_SHA256_HEX],
                                  struct chip_err *err);

CHIP_MUST_CHECK
enum chip_status chip_sha256_bytes(const void *data, size_t size, char hex[CHIP_SHA256_HEX],
                                   struct chip_err *err);

/** Is it 64 lower-case hexadecimal digits? NULL is not. */
bool chip_sha256_valid(const char *hex);
