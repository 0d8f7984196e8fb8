/** Times as text; the decimal separator never depends on the locale. Pure; any thread. */
#pragma once

#include <stdint.h>

#include "base/str.h"

/** Appends hh:mm:ss and, with a separator other than 0, the milliseconds: "01:02:03,456". */
void chip_stamp_add(struct chip_str *out, int64_t ms, char separator);

/** Appends seconds with three decimals: "3723.456". */
void chip_stamp_add_seconds(struct chip_str *out, int64_t ms);
