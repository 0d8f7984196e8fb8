/** Transcripts and metrics as the JSON values that the store keeps. Any thread. */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "media/waveform.h"

/** Of docs/TRANSCRIPT.md. @param out a new reference. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_document_of_transcript(const struct chip_transcript *transcript, json_t **out,
                                             struct chip_err *err);

/** @param out free it with chip_transcript_free(). @return as chip_transcript_from_json() */
CHIP_MUST_CHECK
enum chip_status chip_document_to_transcript(const json_t *document, struct chip_transcript **out,
                                             struct chip_err *err);

/** Of docs/METRICS.md: measures the transcript. @return as chip_metrics_compute() */
CHIP_MUST_CHECK
enum chip_status chip_document_of_metrics(const struct chip_transcript *transcript, json_t **out,
                                          struct chip_err *err);

/**
 * {"version": 1, "duration_ms", "point_ms", "peaks": base64 of a byte for each point}
 *
 * @param waveform has ended
 * @return NULL when out of memory
 */
json_t *chip_document_of_waveform(const struct chip_waveform *waveform);

/**
 * Appends segments, words and audit notes of a later piece, whose model and language it takes when
 * it has none.
 *
 * @return as chip_transcript_append()
 */
CHIP_MUST_CHECK
enum chip_status chip_document_join(struct chip_transcript *transcript,
                                    const struct chip_transcript *more, struct chip_err *err);
