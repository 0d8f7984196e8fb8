/** Transcripts that `chip transcribe --format json` wrote, read again by other commands. */
#pragma once

#include "base/err.h"

/**
 * @param path "-" is standard input
 * @param out  free it with chip_transcript_free(); untouched on failure
 * @return CHIP_OK; CHIP_E_FORMAT with what to do when it is no transcript; as chip_file_map() and
 *         chip_transcript_from_json()
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_file_read(const char *path, struct chip_transcript **out,
                                           struct chip_err *err);
