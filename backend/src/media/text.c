#include "media/text.h"

#include <libavutil/avstring.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

void chip_media_clean(char *dst, size_t cap, const char *src)
{
    if (!src)
        src = "";
    while (is_blank(*src))
        src++;

    const uint8_t *in = (const uint8_t *)src, *end = in + strlen(src);
    size_t len = 0;
    while (in < end) {
        const uint8_t *from = in;
        int32_t code;
        bool ok = av_utf8_decode(&code, &in, end, 0) >= 0;
        if (!ok)
            in = from + 1;
        /* C1 controls (0x80..0x9F) drive terminals as well as C0 do. */
        if (ok && code != '\n' && code != '\t' && (code < 0x20 || (code >= 0x7F && code < 0xA0)))
            ok = false;
        size_t n = ok ? (size_t)(in - from) : 1;
        if (len + n >= cap)
            break;
        memcpy(dst + len, ok ? (const char *)from : "?", n);
        len += n;
    }
    while (len > 0 && is_blank(dst[len - 1]))
        len--;
    dst[len] = '\0';
}
