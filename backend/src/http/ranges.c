#include "http/ranges.h"

#include <stddef.h>
#include <strings.h>

/** @return the number, at most INT64_MAX / 10; -1 if there is none */
static int64_t take_number(const char **text)
{
    int64_t n = -1;
    for (; **text >= '0' && **text <= '9'; ++*text) {
        n = n < 0 ? 0 : n;
        if (n < INT64_MAX / 100)
            n = n * 10 + (**text - '0');
    }
    return n;
}

enum chip_range chip_range_parse(const char *header, int64_t size, int64_t *first, int64_t *last)
{
    if (!header || strncasecmp(header, "bytes=", 6) != 0)
        return CHIP_RANGE_WHOLE;
    header += 6;
    int64_t from = take_number(&header);
    if (*header != '-')
        return CHIP_RANGE_WHOLE;
    header++;
    int64_t to = take_number(&header);
    if (*header != '\0' || (from < 0 && to < 0) || (from >= 0 && to >= 0 && to < from))
        return CHIP_RANGE_WHOLE; /* several, or none that means anything */

    if (from < 0) { /* the last `to` bytes */
        if (to == 0 || size == 0)
            return CHIP_RANGE_NONE;
        from = to < size ? size - to : 0;
        to = size - 1;
    }
    if (from >= size)
        return CHIP_RANGE_NONE;
    *first = from;
    *last = to < 0 || to >= size ? size - 1 : to;
    return CHIP_RANGE_PART;
}
