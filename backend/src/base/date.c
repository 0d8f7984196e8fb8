#include "base/date.h"

#include <stdio.h>
#include <string.h>

/* Days from civil dates of the Gregorian calendar: Hinnant, "chrono-compatible low-level date
 * algorithms". Years are 1970..9999. */
static int32_t days_of(int32_t year, int32_t month, int32_t day)
{
    year -= month <= 2;
    int32_t era = year / 400, of_era = year - era * 400;
    int32_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void chip_date_format(int32_t days, char text[CHIP_DATE_TEXT])
{
    int32_t shifted = days + 719468, era = shifted / 146097, of_era = shifted - era * 146097;
    int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * year + year / 4 - year / 100), m = (5 * of_year + 2) / 153;
    int32_t day = of_year - (153 * m + 2) / 5 + 1, month = m < 10 ? m + 3 : m - 9;
    snprintf(text, CHIP_DATE_TEXT, "%04d-%02d-%02d", (int)(year + era * 400 + (month <= 2)) % 10000,
             (int)month, (int)day);
}

bool chip_date_parse(const char *text, int32_t *days)
{
    int year, month, day, used = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10 || text[10] ||
        year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    char again[CHIP_DATE_TEXT];
    int32_t found = days_of(year, month, day);
    chip_date_format(found, again);
    if (strcmp(again, text) != 0) /* the 31st of a month that has none */
        return false;
    *days = found;
    return true;
}
