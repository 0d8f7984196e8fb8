#include "meeting/stamp.h"

#include <inttypes.h>

void chip_stamp_add(struct chip_str *out, int64_t ms, char separator)
{
    int64_t s = ms / 1000;
    chip_str_addf(out, "%02" PRId64 ":%02d:%02d", s / 3600, (int)(s / 60 % 60), (int)(s % 60));
    if (separator)
        chip_str_addf(out, "%c%03d", separator, (int)(ms % 1000));
}

void chip_stamp_add_seconds(struct chip_str *out, int64_t ms)
{
    chip_str_addf(out, "%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000));
}
