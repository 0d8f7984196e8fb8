#include "http/compress.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <zlib.h>

enum { LEVEL = 4, WINDOW_GZIP = 15 + 16, MEMORY = 8 };

/** Whether the parameters after a coding's name say "q=0". */
static bool refused(const char *params, size_t n)
{
    for (const char *end = params + n; params < end; params++) {
        if (*params != ';' && *params != ' ' && *params != '\t') {
            if (end - params < 3 || strncasecmp(params, "q=0", 3) != 0)
                return false;
            for (params += 3; params < end && *params != ' '; params++)
                if (*params != '.' && *params != '0')
                    return false;
            return true;
        }
    }
    return false;
}

bool chip_gzip_accepted(const char *accept)
{
    int named = -1, any = -1;
    while (accept && *accept) {
        accept += strspn(accept, ", \t");
        size_t name = strcspn(accept, ",; \t"), all = strcspn(accept, ",");
        int ok = !refused(accept + name, all - name);
        if (name == 4 && strncasecmp(accept, "gzip", 4) == 0)
            named = ok;
        else if (name == 1 && *accept == '*')
            any = ok;
        accept += all;
    }
    return named >= 0 ? named : any > 0;
}

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
