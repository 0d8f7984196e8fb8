/**
 * Moonshine (tiny, base; float or int8): from its two ONNX files to a model folder.
 *
 * What is written, tensor by tensor, is in docs/MODELS.md.
 */
#pragma once

#include "base/err.h"

/**
 * Writes model.safetensors and config.json.
 *
 * @param encoder_path encoder_model.onnx
 * @param decoder_path decoder_model_merged.onnx
 * @param folder       existing, empty
 * @return CHIP_OK; CHIP_E_FORMAT or CHIP_E_UNSUPPORTED if a weight is missing, has another shape,
 *         is used twice, or is there but unknown
 */
CHIP_MUST_CHECK
enum chip_status chip_import_moonshine(const char *encoder_path, const char *decoder_path,
                                       const char *folder, struct chip_err *err);
