/**
 * What a person corrects in a transcript: the body of PATCH /api/jobs/{id}/analysis.
 *
 *     {"merge": [{"from": "S3", "into": "S1"}],          these in this order
 *      "add": [{"label": "S4", "name": "Dee"}],
 *      "words": [{"index": 17, "text": "Ljubljana,"}],
 *      "segments": [{"index": 4, "text": "...", "speaker": "S2"}],
 *      "speakers": [{"label": "S1", "name": "Ann"}]}
 *     {"speakerCount": 3}                                or this: told apart anew
 *
 * Numbers and labels are those of the transcript as it was. Pure; any thread.
 */
#pragma once

#include <jansson.h>

#include "meeting/transcript.h"

/** The members of `edits` that chip_edits_apply() looks at. */
#define CHIP_EDITS "speakerCount merge add words segments speakers"

/** Is there any of them in it? */
bool chip_edits_any(const json_t *edits);

/**
 * @param edits an object; other members are not looked at
 * @param out   the corrected transcript; untouched on failure
 * @return CHIP_OK; CHIP_E_INVAL with the place of what makes no sense; CHIP_E_UNSUPPORTED for
 *         speakerCount on a transcript without voices; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_edits_apply(const struct chip_transcript *from, const json_t *edits,
                                  struct chip_transcript **out, struct chip_err *err);
