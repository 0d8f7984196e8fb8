#include "media/heads.h"

#include <libavutil/intreadwrite.h>
#include <libavutil/macros.h>
#include <string.h>

bool chip_mov_index_is_late(const unsigned char *head, size_t n)
{
    size_t at = 0;
    while (n - at >= 8) {
        uint64_t size = AV_RB32(head + at);
        uint32_t type = AV_RB32(head + at + 4);
        if (type == MKBETAG('m', 'o', 'o', 'v') || type == MKBETAG('m', 'o', 'o', 'f') ||
            type == MKBETAG('s', 't', 'y', 'p') || type == MKBETAG('s', 'i', 'd', 'x'))
            return false;
        if (type == MKBETAG('m', 'd', 'a', 't'))
            return true;
        if (size == 1 && n - at >= 16)
            size = AV_RB64(head + at + 8);
        if (size < 8 || size > n - at)
            return true; /* cannot tell: a copy is right in any case */
        at += (size_t)size;
    }
    return true;
}

bool chip_matroska_is_webm(const unsigned char *head, size_t n)
{
    return n > 4 && memmem(head, n < 64 ? n : 64, "webm", 4) != NULL; /* its DocType */
}

int64_t chip_wav_claimed_bytes(const unsigned char *head, size_t n)
{
    const uint32_t unknown = 0x7FFF0000; /* and all above */
    if (n < 12 || memcmp(head, "RIFF", 4) != 0 || memcmp(head + 8, "WAVE", 4) != 0)
        return -1;
    size_t at = 12;
    while (n - at >= 8) {
        uint32_t size = AV_RL32(head + at + 4);
        bool is_data = !memcmp(head + at, "data", 4);
        at += 8;
        if (is_data)
            return size == 0 || size >= unknown ? -1 : (int64_t)at + size;
        size_t skip = (size_t)size + (size & 1);
        if (skip > n - at)
            return -1;
        at += skip;
    }
    return -1;
}
