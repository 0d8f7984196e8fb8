#include "http/cors.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char chip_cors_allow_headers[] =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Range, "
    "Tus-Resumable, Upload-Checksum, Upload-Concat, Upload-Defer-Length, Upload-Length, "
    "Upload-Metadata, Upload-Offset, X-API-Key, X-HTTP-Method-Override, X-Request-Id, "
    "X-Requested-With, traceparent";

const char chip_cors_expose_headers[] =
    "Accept-Ranges, Content-Disposition, Content-Range, ETag, Location, Retry-After, "
    "Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, "
    "Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset, X-Request-Id";

static const char *after_scheme(const char *origin)
{
    if (strncasecmp(origin, "https://", 8) == 0)
        return origin + 8;
    return strncasecmp(origin, "http://", 7) == 0 ? origin + 7 : NULL;
}

enum chip_status chip_cors_init(struct chip_cors *cors, const char *origins, struct chip_err *err)
{
    *cors = (struct chip_cors){0};
    if (!origins || !*origins)
        return CHIP_OK;
    size_t most = 1;
    for (const char *c = origins; *c; c++)
        most += *c == ',';
    cors->text = strdup(origins);
    cors->origins = calloc(most, sizeof *cors->origins);
    if (!cors->text || !cors->origins) {
        chip_cors_done(cors);
        return chip_fail(err, CHIP_E_NOMEM, "out of memory");
    }
    char *rest = NULL;
    for (char *o = strtok_r(cors->text, ", \t", &rest); o; o = strtok_r(NULL, ", \t", &rest)) {
        const char *host = after_scheme(o);
        if (strcmp(o, "*") == 0) {
            cors->any = true;
        } else if (host && *host && !strchr(host, '/') && !strchr(host, '*')) {
            cors->origins[cors->n++] = o;
        } else {
            chip_fail(err, CHIP_E_INVAL,
                      "'%s' is no origin that could be allowed: write https://name or "
                      "https://name:port without a path, or * for all",
                      o);
            chip_cors_done(cors);
            return CHIP_E_INVAL;
        }
    }
    return CHIP_OK;
}

void chip_cors_done(struct chip_cors *cors)
{
    free(cors->text);
    free(cors->origins);
    *cors = (struct chip_cors){0};
}

bool chip_cors_allows(const struct chip_cors *cors, const char *origin)
{
    for (size_t i = 0; i < cors->n; i++)
        if (strcasecmp(cors->origins[i], origin) == 0)
            return true;
    return cors->any;
}

bool chip_cors_same(const char *origin, const char *host)
{
    const char *own = after_scheme(origin);
    return own && host && strcasecmp(own, host) == 0;
}
