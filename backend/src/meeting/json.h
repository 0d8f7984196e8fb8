/** Transcripts as JSON: the schema of docs/TRANSCRIPT.md, saved and loaded. Any thread. */
#pragma once

#include "base/str.h"
#include "meeting/transcript.h"

#define CHIP_TRANSCRIPT_SCHEMA "chip.transcript/1"

/** Texts longer than this are not read: far beyond the longest recording's transcript. */
#define CHIP_TRANSCRIPT_MAX_BYTES (64u << 20)

/**
 * Writes a transcript. Reading it back gives the same transcript, with confidences rounded to four
 * decimals; writing that again gives the same bytes.
 *
 * @param out malloc'ed, NUL-terminated; the caller frees it
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_to_json(const struct chip_transcript *t, char **out,
                                         struct chip_err *err);

/**
 * Reads a transcript, trusting nothing. Members that the schema does not name are ignored.
 *
 * @param json   [n_json] bytes; need not be NUL-terminated
 * @param out    free it with chip_transcript_free(); untouched on failure
 * @return CHIP_OK; CHIP_E_FORMAT with the place and the reason ("segments[3].words[0].start: ...");
 *         CHIP_E_UNSUPPORTED for a later version of the schema; CHIP_E_LIMIT beyond
 *         CHIP_TRANSCRIPT_MAX_BYTES; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_from_json(const char *json, size_t n_json,
                                           struct chip_transcript **out, struct chip_err *err);

/** The same from JSON that is parsed already (jansson's json_t), such as what the store holds. */
struct json_t;
CHIP_MUST_CHECK
enum chip_status chip_transcript_from_value(const struct json_t *json, struct chip_transcript **out,
                                            struct chip_err *err);

/** Appends a JSON string, quotes and all; valid UTF-8 stays as it is. */
void chip_json_add_string(struct chip_str *out, const char *text);

/** Appends a confidence with four decimals: "0.9731". */
void chip_json_add_confidence(struct chip_str *out, float confidence);
