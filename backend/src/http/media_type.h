/** What a browser must be told to play a recording. Pure; any thread. */
#pragma once

#include <stddef.h>

enum { CHIP_MEDIA_TYPE_BYTES = 64 }; /* of its beginning, if there are so many */

/**
 * The media type by the first bytes. Only told, never trusted: what is decoded is probed by the
 * decoder, in a process of its own.
 *
 * @return "audio/wav"; "application/octet-stream" for what is not known. Static
 */
const char *chip_media_type(const unsigned char *bytes, size_t n);
