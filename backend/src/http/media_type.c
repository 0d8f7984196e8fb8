#include "http/media_type.h"

#include <stdbool.h>
#include <string.h>

struct magic {
    size_t at;
    const char *bytes;
    size_t n;
    const char *type;
};

static const struct magic magics[] = {
    {0, "fLaC", 4, "audio/flac"},
    {0, "ID3", 3, "audio/mpeg"},
    {0, "OggS", 4, "audio/ogg"},
    {0, "caff", 4, "audio/x-caf"},
    {0, "#!AMR", 5, "audio/amr"},
    {0, "wvpk", 4, "audio/x-wavpack"},
    {0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", 8, "video/x-ms-asf"},
    {0, "FLV\x01", 4, "video/x-flv"},
    {8, "WAVE", 4, "audio/wav"},
    {8, "AVI ", 4, "video/x-msvideo"},
    {8, "AIFF", 4, "audio/aiff"},
    {8, "AIFC", 4, "audio/aiff"},
    {4, "ftypM4A", 7, "audio/mp4"},
    {4, "ftypM4B", 7, "audio/mp4"},
    {4, "ftypqt", 6, "video/quicktime"},
    {4, "ftyp", 4, "video/mp4"},
};

static bool has(const unsigned char *bytes, size_t n, const struct magic *m)
{
    return m->at + m->n <= n && memcmp(bytes + m->at, m->bytes, m->n) == 0;
}

const char *chip_media_type(const unsigned char *bytes, size_t n)
{
    static const unsigned char ebml[] = {0x1a, 0x45, 0xdf, 0xa3};
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (has(bytes, n, &magics[i]))
            return magics[i].type;
    if (n > 4 && memcmp(bytes, ebml, 4) == 0) {
        size_t seen = n < CHIP_MEDIA_TYPE_BYTES ? n : CHIP_MEDIA_TYPE_BYTES;
        return memmem(bytes, seen, "webm", 4) ? "video/webm" : "video/x-matroska";
    }
    if (n > 1 && bytes[0] == 0xff && (bytes[1] & 0xf6) == 0xf0)
        return "audio/aac";
    if (n > 1 && bytes[0] == 0xff && (bytes[1] & 0xe0) == 0xe0)
        return "audio/mpeg";
    if (n > 0 && bytes[0] == 0x47)
        return "video/mp2t";
    return "application/octet-stream";
}
