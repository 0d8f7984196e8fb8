/** Output formats: the table behind chip_format_transcript(), one writer per file. Any thread. */
#pragma once

#include "base/str.h"

/** "srt" for CHIP_FORMAT_SRT, "json" for CHIP_FORMAT_WHISPERX; without the dot. Never NULL. */
const char *chip_format_extension(enum chip_format format);

/**
 * A writer of one format.
 *
 * @param t       borrowed
 * @param options complete: defaults filled in, limits checked
 * @param out     the text is appended; a lack of memory in appends is the caller's to see
 * @return CHIP_OK or CHIP_E_NOMEM
 */
typedef enum chip_status chip_format_fn(const struct chip_transcript *t,
                                        const struct chip_format_options *options,
                                        struct chip_str *out, struct chip_err *err);

chip_format_fn chip_format_json;
chip_format_fn chip_format_whisperx;
chip_format_fn chip_format_srt;
chip_format_fn chip_format_vtt;
chip_format_fn chip_format_txt;
chip_format_fn chip_format_md;
chip_format_fn chip_format_tsv;
chip_format_fn chip_format_rttm;
