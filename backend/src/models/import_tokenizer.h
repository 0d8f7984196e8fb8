/**
 * The Llama tokenizer that Moonshine uses: from the npm package llama-tokenizer-js to
 * tokenizer.json.
 *
 * The package is one JavaScript file with the 32,000 pieces and their merges as base64 in string
 * literals. They are read, never executed.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

/**
 * Writes tokenizer.json in the layout of Hugging Face's tokenizers library, and
 * vocabulary.safetensors from it.
 *
 * @param js_path llama-tokenizer.js
 * @param n_vocab ids that the model knows; those beyond the file's 32,000 pieces become the added
 *                tokens <<ST_0>>, <<ST_1>>, ... which stand for no text
 * @param folder  existing
 * @return CHIP_OK; CHIP_E_FORMAT if the file does not hold that vocabulary
 */
CHIP_MUST_CHECK
enum chip_status chip_import_tokenizer(const char *js_path, size_t n_vocab, const char *folder,
                                       struct chip_err *err);
