/** The file of voice profiles: JSON, "chip.voices/1". Any thread. */
#pragma once

#include "speech/diarize/profiles.h"

/**
 * @param list malloc'ed [*n] in order of name; NULL with *n = 0 when there is no file
 * @return CHIP_OK, CHIP_E_IO, CHIP_E_FORMAT with what is wrong where, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_profiles_file_read(const char *path, struct chip_profile **list, size_t *n,
                                         struct chip_err *err);

CHIP_MUST_CHECK
enum chip_status chip_profiles_file_write(const char *path, const struct chip_profile *list,
                                          size_t n, struct chip_err *err);
