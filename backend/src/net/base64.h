/** Base64 (RFC 4648), strict in what it reads. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum chip_base64 {
    CHIP_BASE64,     /* + and /, padded with = */
    CHIP_BASE64_URL, /* - and _, without padding, as in JWTs */
};

/** @return malloc'ed and NUL-terminated; NULL without memory */
char *chip_base64_encode(enum chip_base64 kind, const void *data, size_t n);

/**
 * Reads exactly what chip_base64_encode() writes: no blanks, no missing or extra padding, no bits
 * left over.
 *
 * @param text [n]
 * @param out  malloc'ed, with a NUL behind its `*n_out` bytes
 * @return CHIP_OK; CHIP_E_FORMAT; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_base64_decode(enum chip_base64 kind, const char *text, size_t n,
                                    unsigned char **out, size_t *n_out, struct chip_err *err);
