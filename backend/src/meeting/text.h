/** Text as it comes from models and files, made safe to write anywhere. Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/**
 * Decodes one UTF-8 character, strictly (no overlong forms, no surrogates).
 *
 * @param s   text
 * @param end one past its last byte; s < end
 * @param cp  the code point; U+FFFD for broken bytes
 * @return bytes it takes; for broken bytes as many as could have begun a character (>= 1), which is
 *         what the Unicode standard replaces by one U+FFFD (chapter 3.9, "maximal subpart")
 */
size_t chip_text_decode(const char *s, const char *end, uint32_t *cp);

/** Characters in n bytes of valid UTF-8. */
size_t chip_text_chars(const char *s, size_t n);

/**
 * Appends text as one clean line: broken UTF-8 becomes U+FFFD; control characters, line ends and
 * runs of blanks become one blank; none at the ends. Cleaning clean text changes nothing.
 */
void chip_text_clean(struct chip_str *out, const char *text);

/** Whether nothing would be left after cleaning. */
bool chip_text_is_blank(const char *text);
