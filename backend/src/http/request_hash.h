/** Whether two requests for a job ask for the same. Pure; any thread. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

enum { CHIP_REQUEST_HASH = 65 };

/**
 * Hashes the arguments of enqueue_job, without `id`. Of the recording's address, the parts of its
 * query that sign it are left out: a signed URL is made anew for each try, and means the same file.
 *
 * @param out SHA-256 in hex. @return false when out of memory
 */
bool chip_request_hash(const json_t *args, char out[CHIP_REQUEST_HASH]);
