/** Reading what strangers wrote: what is missing or of another type is NULL. Pure. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/** @return the string of a member, borrowed; NULL: object is no object, or has no such string */
const char *chip_llm_text_of(const json_t *object, const char *name);

/** @return a count of tokens; -1: not there */
int64_t chip_llm_count_of(const json_t *object, const char *name);

/** Do both say the same? NULL never does. */
bool chip_llm_is(const char *text, const char *other);

/** Does the string end so? */
bool chip_llm_ends(const struct chip_str *text, const char *end);
