/**
 * A transcript as OpenAI's speech API answers: json, text, srt, vtt, verbose_json, diarized_json.
 * Pure; any thread.
 */
#pragma once

#include <jansson.h>

#include "base/str.h"
#include "http/openai_request.h"

/**
 * @param out  malloc'ed, NUL-terminated; the caller frees it
 * @param type its Content-Type
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_openai_answer(const struct chip_openai_request *request,
                                    const struct chip_transcript *transcript, char **out,
                                    const char **type, struct chip_err *err);

/** Appends all that is said, with blanks between segments. */
void chip_openai_text(struct chip_str *out, const struct chip_transcript *transcript);

/** "A", "B", ... "Z", "AA"; a name that a person gave goes first. */
enum { CHIP_SPEAKER_LETTERS = 8 };
const char *chip_openai_speaker(const struct chip_transcript *transcript, int speaker,
                                char letters[CHIP_SPEAKER_LETTERS]);

/** {"type": "transcript.text.segment", "id", "start", "end", "text", "speaker"} */
json_t *chip_openai_segment(const struct chip_transcript *transcript, size_t segment);

/** The job's error as OpenAI would say it: {"message", "type", "param", "code"}. */
json_t *chip_openai_error(const json_t *error, int *status);
