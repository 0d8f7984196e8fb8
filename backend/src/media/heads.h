/** What FFmpeg does not tell, read from a file's first bytes. Pure functions of memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether an mp4/mov starts with its samples, so that its index (moov) comes after them. */
bool chip_mov_index_is_late(const unsigned char *head, size_t n);

/** Whether a Matroska file calls itself webm. */
bool chip_matroska_is_webm(const unsigned char *head, size_t n);

/**
 * How large a wav file says that it is, from byte 0 to the end of its samples.
 *
 * @return bytes; -1 when that is not in the head, or is one of the values that programs write which
 *         do not know it yet (0, and what is near 2 or 4 GiB)
 */
int64_t chip_wav_claimed_bytes(const unsigned char *head, size_t n);
