/**
 * Names of speech models as clients of OpenAI's API give them: the installed ones by their own
 * names, and OpenAI's, which all mean the default one.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"

enum { CHIP_SPEECH_MODEL = 65 }; /* bytes of a name, with the NUL */

/**
 * Finds the model that is meant.
 *
 * @param usual what "whisper-1" and the like mean
 * @param out   an installed model's name
 * @return CHIP_OK; CHIP_E_NOT_FOUND with a sentence that says what there is to choose from
 */
CHIP_MUST_CHECK
enum chip_status chip_openai_model(const char *name, const char *usual, char out[CHIP_SPEECH_MODEL],
                                   struct chip_err *err);

/** {"object": "list", "data": [...]}; NULL when out of memory. */
json_t *chip_openai_models(const char *usual);

/** {"id", "object": "model", "created", "owned_by"}; NULL if there is no such model. */
json_t *chip_openai_model_view(const char *name, const char *usual);
