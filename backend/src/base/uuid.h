/** UUIDs (RFC 9562), in lower case with dashes. Any thread. */
#pragma once

#include <stdbool.h>

enum { CHIP_UUID_TEXT = 37 }; /* 36 characters and NUL */

/** A random one (version 4). */
void chip_uuid_make(char text[CHIP_UUID_TEXT]);

/** The same for the same name, always, within a namespace that is a UUID itself (version 5). */
void chip_uuid_of_name(const char *space, const char *name, char text[CHIP_UUID_TEXT]);

/** @return false for what is no UUID; upper case counts */
bool chip_uuid_valid(const char *text);
