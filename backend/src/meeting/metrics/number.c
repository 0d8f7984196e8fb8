#include "meeting/metrics/number.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void chip_number_add(struct chip_str *out, double value, int decimals)
{
    int64_t scale = 1;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    int64_t parts = llround(fabs(value) * (double)scale);
    chip_str_addf(out, "%s%" PRId64, value < 0 && parts ? "-" : "", parts / scale);
    if (decimals)
        chip_str_addf(out, ".%0*" PRId64, decimals, parts % scale);
}

void chip_number_add_time(struct chip_str *out, double seconds)
{
    if (seconds < 9.95) {
        chip_number_add(out, seconds, 1);
        return;
    }
    int64_t s = llround(seconds);
    if (s < 60)
        chip_str_addf(out, "%" PRId64, s);
    else if (s < 3600)
        chip_str_addf(out, "%" PRId64 ":%02" PRId64, s / 60, s % 60);
    else
        chip_str_addf(out, "%" PRId64 ":%02" PRId64 ":%02" PRId64, s / 3600, s / 60 % 60, s % 60);
}

static bool is_time(const char *unit)
{
    return strcmp(unit, "s") == 0;
}

/* How many decimals of a figure say something. */
static int decimals_of(const char *unit, double value)
{
    if (is_time(unit))
        return value < 9.95 ? 1 : 0;
    if (strcmp(unit, "share") == 0)
        return value > 0 && value < 0.0995 ? 1 : 0;
    if (strcmp(unit, "count") == 0 || strcmp(unit, "words/min") == 0)
        return 0;
    return value > 0 && value < 0.995 ? 2 : value < 9.95 ? 1 : 0;
}

void chip_number_add_figure(struct chip_str *out, const char *unit, double value)
{
    if (is_time(unit))
        chip_number_add_time(out, value);
    else
        chip_number_add(out, strcmp(unit, "share") == 0 ? value * 100 : value,
                        decimals_of(unit, value));
}

void chip_number_add_doubt(struct chip_str *out, const char *unit, const char *mark, double value,
                           double off)
{
    double shown = strcmp(unit, "share") == 0 ? off * 100 : off;
    int decimals = decimals_of(unit, value);
    if (shown < (decimals == 2 ? 0.005 : decimals == 1 ? 0.05 : 0.5))
        return;
    chip_str_add(out, mark);
    if (is_time(unit) && off >= 59.5)
        chip_number_add_time(out, off);
    else
        chip_number_add(out, shown, decimals);
}
