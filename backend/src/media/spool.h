/** Input that cannot seek but must: written to an unlinked temporary file first. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "media/source.h"

/**
 * Whether an mp4/mov starts with its samples, so that its index (moov) comes after them.
 *
 * @param head [n] first bytes of the file
 */
bool chip_mov_index_is_late(const unsigned char *head, size_t n);

/**
 * Copies all of a source (with its peeked head) to a temporary file and makes it seekable.
 *
 * @param limit_bytes > 0
 * @param temp_dir    NULL: $TMPDIR, else /tmp
 * @return CHIP_OK; CHIP_E_LIMIT; CHIP_E_IO when the source fails or the file cannot be written;
 *         CHIP_E_CANCELLED
 */
CHIP_MUST_CHECK
enum chip_status chip_source_spool(struct chip_source *source, int64_t limit_bytes,
                                   const char *temp_dir, struct chip_err *err);
