/** JSON that only we can read or change: AES-256-GCM, as text for addresses and cookies. Any
 * thread. */
#pragma once

#include <jansson.h>

#include "base/err.h"

enum { CHIP_SEAL_KEY = 32, CHIP_MAX_SEALED = 16384 };

/**
 * @param object its reference is taken; NULL is refused as what is no UTF-8
 * @param out    malloc'ed, of characters that URLs and cookies take as they are
 * @return CHIP_OK; CHIP_E_INVAL for what is no JSON, or longer than CHIP_MAX_SEALED; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_seal(const unsigned char key[CHIP_SEAL_KEY], json_t *object, char **out,
                           struct chip_err *err);

/** @return a new reference; NULL: it is not one of ours, or there is no memory */
json_t *chip_unseal(const unsigned char key[CHIP_SEAL_KEY], const char *token);
