/** The API keys that let callers in as the service; kept as hashes. Immutable; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { CHIP_MAX_API_KEYS = 16, CHIP_API_KEY_HASH = 32 };

struct chip_api_keys {
    unsigned char hashes[CHIP_MAX_API_KEYS][CHIP_API_KEY_HASH];
    size_t n;
};

/**
 * @param text keys separated by commas, blanks around them do not count; NULL: none
 * @return CHIP_OK; CHIP_E_INVAL for keys shorter than 16 characters or more than 16 keys
 */
CHIP_MUST_CHECK
enum chip_status chip_api_keys_parse(const char *text, struct chip_api_keys *keys,
                                     struct chip_err *err);

/**
 * Is it one of the keys? Takes the same time whichever it is, and whether or not.
 *
 * @param name receives a short name of the key for rate limits: 16 hexadecimal digits and NUL
 */
bool chip_api_keys_have(const struct chip_api_keys *keys, const char *key, char name[17]);

/** Is one of the keys the one of that short name? */
bool chip_api_keys_named(const struct chip_api_keys *keys, const char *name);
