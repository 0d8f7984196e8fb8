/**
 * From what language models answer (templates/minutes.schema.json) to minutes (docs/MINUTES.md),
 * and many parts into one. Times come from the transcript, never from the model. Pure; any thread.
 */
#pragma once

#include "minutes/minutes.h"

/** Minutes with nothing in them. @return a new reference; NULL: out of memory */
json_t *chip_merge_start(void);

/**
 * Adds what was found in a part. Speakers, dates and segments that do not exist become null;
 * confidences are moved into 0..1. What an earlier part has found already is left out.
 *
 * @param part     fits the schema; borrowed
 * @param score    values as the model scored them, a flat array that grows (values.h)
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_merge_part(json_t *minutes, json_t *scores, const json_t *part,
                                 const struct chip_transcript *transcript, struct chip_err *err);
