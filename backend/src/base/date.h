/** Calendar dates as days since 1970-01-01. Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CHIP_DATE_TEXT = 11 }; /* "2026-11-24" and its NUL */

/** 9999-12-31 */
enum { CHIP_DATE_LAST = 2932896 };

/** @param text exactly that form, 1970 to 9999. @return false for what is no date */
bool chip_date_parse(const char *text, int32_t *days);

/** @param days 0 or more, up to the year 9999 */
void chip_date_format(int32_t days, char text[CHIP_DATE_TEXT]);
