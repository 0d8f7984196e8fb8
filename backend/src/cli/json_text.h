/** JSON strings from text that may not be UTF-8, such as file names. Any thread. */
#pragma once

#include <jansson.h>

/** @return a new string; broken bytes become U+FFFD; NULL only without memory */
json_t *chip_json_text(const char *text);
