/**
 * A growing string, and small helpers for text.
 *
 * A `struct chip_str` starts zeroed ({0}). A failed allocation sets `failed` and makes later
 * appends do nothing, so a writer checks once at the end with chip_str_finish().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct chip_str {
    char *data; /* owned, always NUL-terminated when not NULL */
    size_t len, cap;
    bool failed;
};

void chip_str_done(struct chip_str *s);
void chip_str_reset(struct chip_str *s);
void chip_str_add(struct chip_str *s, const char *text);
void chip_str_add_n(struct chip_str *s, const char *text, size_t n);
void chip_str_addf(struct chip_str *s, const char *fmt, ...) CHIP_PRINTF(2, 3);

/**
 * Hands the text over.
 *
 * @param out receives a malloc'ed, NUL-terminated string (never NULL) that the caller frees
 * @return CHIP_OK, or CHIP_E_NOMEM if any append had failed; the chip_str is empty afterwards
 */
CHIP_MUST_CHECK
enum chip_status chip_str_finish(struct chip_str *s, char **out, struct chip_err *err);

/** Length in bytes of the UTF-8 character at `s`, 1 for a broken one, 0 at the end. */
size_t chip_utf8_len(const char *s);

/** Number of UTF-8 characters in `s`. */
size_t chip_utf8_count(const char *s);
