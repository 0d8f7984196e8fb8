#include "http/sse.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum chip_status chip_sse_add(struct chip_str *out, int64_t id, const char *kind,
                              const json_t *data, struct chip_err *err)
{
    char *text = json_dumps(data, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    if (!text)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for an event");
    if (id)
        chip_str_addf(out, "id: %" PRId64 "\n", id);
    if (kind)
        chip_str_addf(out, "event: %s\n", kind);
    chip_str_add(out, "data: ");
    chip_str_add(out, text);
    chip_str_add(out, "\n\n");
    free(text);
    return out->failed ? chip_fail(err, CHIP_E_NOMEM, "not enough memory for an event") : CHIP_OK;
}

int64_t chip_sse_last_id(const char *text, int64_t last)
{
    if (!text || !isdigit((unsigned char)*text))
        return 0;
    char *end;
    errno = 0;
    long long id = strtoll(text, &end, 10);
    return errno || *end || id > last ? 0 : id;
}
