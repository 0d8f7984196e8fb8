/** What POST /v1/audio/transcriptions asks for, read from its form. */
#pragma once

#include "http/openai_models.h"
#include "http/upload_form.h"

enum chip_openai_format {
    CHIP_SPEECH_JSON,
    CHIP_SPEECH_TEXT,
    CHIP_SPEECH_SRT,
    CHIP_SPEECH_VTT,
    CHIP_SPEECH_VERBOSE,
    CHIP_SPEECH_DIARIZED,
};

struct chip_openai_request {
    char model[CHIP_SPEECH_MODEL]; /* an installed one */
    char language[8];              /* "en"; "": the model's own */
    enum chip_openai_format format;
    bool words, segments; /* of verbose_json */
    bool stream;
    bool keep; /* the job stays after the answer */
};

/** Why it cannot be answered. */
struct chip_openai_problem {
    int status;
    const char *code, *param; /* param: the field; NULL: none in particular */
    struct chip_err err;
};

/**
 * Reads the fields. Those that change nothing here (temperature, include, chunking_strategy) are
 * checked where a wrong value would be a mistake, and fields that nobody knows are ignored, as
 * OpenAI does.
 *
 * @param usual the default model
 * @param out   untouched on failure
 * @return false: `problem` says why
 */
CHIP_MUST_CHECK
bool chip_openai_request_read(const struct chip_form *form, const char *usual,
                              struct chip_openai_request *out, struct chip_openai_problem *problem);

/**
 * The job's options: docs/STORE.md; a new reference, NULL when out of memory.
 *
 * @param form where `prompt` and `keywords` are, which become hotwords
 */
json_t *chip_openai_options(const struct chip_openai_request *request,
                            const struct chip_form *form);
