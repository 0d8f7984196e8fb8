/** Which file a URL means, whoever signed the link and until when. Any thread. */
#pragma once

#include "base/err.h"
#include "net/sha256.h"

/**
 * A hash of the URL without the parameters that signatures consist of and without its fragment.
 *
 * @return CHIP_OK; CHIP_E_INVAL for what is no URL; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_url_identity(const char *url, char hex[CHIP_SHA256_HEX],
                                   struct chip_err *err);
