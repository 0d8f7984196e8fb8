/** What the files that build a transcript share. Private to them. */
#pragma once

#include "base/err.h"

/** Cleans a text and stores it in the transcript. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_transcript_keep(struct chip_transcript *t, const char *text, const char **out,
                                      struct chip_err *err);
