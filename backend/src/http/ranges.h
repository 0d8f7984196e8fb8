/** Byte ranges of a request (RFC 9110, section 14). Pure. */
#pragma once

#include <stdint.h>

enum chip_range {
    CHIP_RANGE_WHOLE, /* none asked for, several, or one that is to be ignored */
    CHIP_RANGE_PART,
    CHIP_RANGE_NONE, /* nothing of the file lies in it: 416 */
};

/**
 * @param header value of Range, "bytes=0-99"; NULL: not sent
 * @param size   of the file
 * @param first  with CHIP_RANGE_PART: first and last byte
 */
enum chip_range chip_range_parse(const char *header, int64_t size, int64_t *first, int64_t *last);
