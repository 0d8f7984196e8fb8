/**
 * PATCH /api/jobs/{id}/analysis: from the stored analysis and a client's changes to the columns
 * that change. Pure but for the clock; any thread.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"

/**
 * Whatever changes the transcript changes speakers and metrics with it. Every change is noted in
 * the receipt, so that the result can be made again from the recording.
 *
 * @param row     a row of meeting_analysis
 * @param body    what the client sent
 * @param user_id who it is; NULL: the service
 * @param version the one that the changes are made to
 * @param changes {columns} for save_analysis; a new reference
 * @return CHIP_OK; CHIP_E_INVAL with the place of what makes no sense; CHIP_E_CONFLICT if `version`
 *         is not that of the row; CHIP_E_UNSUPPORTED if there is no transcript to change; what
 *         chip_edits_apply() returns
 */
CHIP_MUST_CHECK
enum chip_status chip_analysis_edit(const json_t *row, const json_t *body, const char *user_id,
                                    int64_t *version, json_t **changes, struct chip_err *err);
