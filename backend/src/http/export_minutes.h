/** Minutes in exports. Pure; any thread. */
#pragma once

#include <jansson.h>

#include "base/err.h"

enum chip_export_minutes {
    CHIP_EXPORT_WITHOUT_MINUTES,
    CHIP_EXPORT_WITH_MINUTES, /* where there are any */
    CHIP_EXPORT_ONLY_MINUTES,
};

/** May a file of this format hold minutes? */
bool chip_export_has_minutes(enum chip_format format);

/**
 * Puts minutes before a transcript, or in its place.
 *
 * @param stored     minutes as the store keeps them; no object: there are none
 * @param transcript whose they are
 * @param how        not WITHOUT
 * @param text       the transcript's file; replaced. For ONLY it may be NULL
 * @return CHIP_OK; CHIP_E_NOT_FOUND for ONLY where there are none; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_export_add_minutes(const json_t *stored,
                                         const struct chip_transcript *transcript,
                                         enum chip_format format, enum chip_export_minutes how,
                                         char **text, struct chip_err *err);
