/** Input that cannot seek but must: written to an unlinked temporary file first. */
#pragma once

#include "media/source.h"

/**
 * Copies all of a source (with its peeked head) to a file and makes it seekable.
 *
 * @param limit_bytes > 0
 * @param spool_fd    an open, empty file; borrowed; 0: a temporary one is made
 * @param temp_dir    where; NULL: $TMPDIR, else /tmp
 * @return CHIP_OK; CHIP_E_LIMIT; CHIP_E_IO when the source fails or the file cannot be written;
 *         CHIP_E_CANCELLED
 */
CHIP_MUST_CHECK
enum chip_status chip_source_spool(struct chip_source *source, int64_t limit_bytes, int spool_fd,
                                   const char *temp_dir, struct chip_err *err);
