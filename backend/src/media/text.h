/** Text that comes out of files: made safe to print and to put into JSON. */
#pragma once

#include <stddef.h>

/**
 * Copies text, cut at a character to fit `cap` bytes with its NUL. The result is valid UTF-8;
 * control characters but newline and tab, and bytes that are not UTF-8, become '?'. Blanks at both
 * ends are dropped.
 *
 * @param dst caller's buffer of `cap` > 0 bytes
 * @param src NUL-terminated, any bytes; NULL reads as ""
 */
void chip_media_clean(char *dst, size_t cap, const char *src);
