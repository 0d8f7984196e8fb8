#include "http/compress.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum { LEVEL = 4, WINDOW_GZIP = 15 + 16, MEMORY = 8 };

bool chip_gzip_worth(const char *type)
{
    return strncmp(type, "text/", 5) == 0 || strstr(type, "json") || strstr(type, "yaml") ||
           strstr(type, "javascript") || strstr(type, "xml");
}

void *chip_gzip(const void *data, size_t n, size_t *n_out)
{
    z_stream z = {0};
    if (n > UINT32_MAX / 2 ||
        deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW_GZIP, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    unsigned char *out = malloc(n);
    int result = Z_MEM_ERROR;
    if (out) {
        z.next_in = (unsigned char *)data;
        z.avail_in = (unsigned)n;
        z.next_out = out;
        z.avail_out = (unsigned)n; /* more is of no use */
        result = deflate(&z, Z_FINISH);
    }
    *n_out = z.total_out;
    deflateEnd(&z);
    if (result == Z_STREAM_END)
        return out;
    free(out);
    return NULL;
}
