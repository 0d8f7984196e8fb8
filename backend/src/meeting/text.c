#include "meeting/text.h"

#include <string.h>

#define REPLACEMENT 0xFFFD

size_t chip_text_decode(const char *s, const char *end, uint32_t *cp)
{
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80) {
        *cp = u[0];
        return 1;
    }

    /* How many bytes follow, and between which values the first of them must be. */
    size_t more;
    unsigned char low = 0x80, high = 0xBF;
    if (u[0] >= 0xC2 && u[0] <= 0xDF) {
        more = 1;
    } else if (u[0] >= 0xE0 && u[0] <= 0xEF) {
        more = 2;
        low = u[0] == 0xE0 ? 0xA0 : low;
        high = u[0] == 0xED ? 0x9F : high;
    } else if (u[0] >= 0xF0 && u[0] <= 0xF4) {
        more = 3;
        low = u[0] == 0xF0 ? 0x90 : low;
        high = u[0] == 0xF4 ? 0x8F : high;
    } else {
        *cp = REPLACEMENT;
        return 1;
    }

    uint32_t value = u[0] & (0x3Fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if (s + i >= end || u[i] < low || u[i] > high) {
            *cp = REPLACEMENT;
            return i;
        }
        value = value << 6 | (u[i] & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    *cp = value;
    return more + 1;
}

size_t chip_text_chars(const char *s, size_t n)
{
    size_t chars = 0;
    for (size_t i = 0; i < n; i++)
        chars += ((unsigned char)s[i] & 0xC0) != 0x80;
    return chars;
}

/* Blanks and all that would end a line or ring a bell. The no-break space is text: it stays. */
static bool is_gap(uint32_t cp)
{
    return cp <= 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x2028 || cp == 0x2029;
}

void chip_text_clean(struct chip_str *out, const char *text)
{
    const char *end = text + strlen(text);
    bool first = true, gap = false;
    while (text < end) {
        uint32_t cp;
        size_t n = chip_text_decode(text, end, &cp);
        if (is_gap(cp)) {
            gap = true;
        } else {
            if (gap && !first)
                chip_str_add(out, " ");
            if (cp == REPLACEMENT)
                chip_str_add(out, "\xEF\xBF\xBD");
            else
                chip_str_add_n(out, text, n);
            first = gap = false;
        }
        text += n;
    }
}

bool chip_text_is_blank(const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        uint32_t cp;
        text += chip_text_decode(text, end, &cp);
        if (!is_gap(cp))
            return false;
    }
    return true;
}
