#include "media/day.h"

#include <string.h>
#include <strings.h>

#include "base/date.h"

enum { DAY_1990 = 7305 };

/* "2026-03-03T10:00:00.000000Z", "2026-03-03" */
static int32_t parse(const char *text)
{
    char day[CHIP_DATE_TEXT] = "";
    int32_t days;
    size_t n = strcspn(text, "T ");
    if (n != sizeof day - 1)
        return -1;
    memcpy(day, text, n);
    return chip_date_parse(day, &days) && days >= DAY_1990 ? days : -1;
}

int32_t chip_media_day(const struct chip_media_info *info)
{
    static const char *const keys[] = {"creation_time", "date"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (size_t i = 0; i < info->n_tags; i++) {
            int32_t day =
                strcasecmp(info->tags[i].key, keys[k]) == 0 ? parse(info->tags[i].value) : -1;
            if (day >= 0)
                return day;
        }
    return -1;
}
