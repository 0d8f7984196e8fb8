/** Minutes for people. Pure; any thread. */
#pragma once

#include "minutes/minutes.h"

enum chip_minutes_look {
    CHIP_MINUTES_TEXT,
    CHIP_MINUTES_MARKDOWN,
};

/**
 * Writes minutes as text.
 *
 * @param minutes    docs/MINUTES.md; what is missing in them is left out
 * @param transcript whose they are, for names; borrowed
 * @param out        malloc'ed, NUL-terminated; the caller frees it
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_minutes_show(const json_t *minutes, const struct chip_transcript *transcript,
                                   enum chip_minutes_look look, char **out, struct chip_err *err);
