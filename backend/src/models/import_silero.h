/** Silero VAD v5: from its ONNX file to a model folder. The network is in docs/MODELS.md. */
#pragma once

#include "base/err.h"

/**
 * Writes model.safetensors and config.json.
 *
 * @param onnx_path silero_vad_v5.onnx
 * @param folder    existing, empty
 * @return CHIP_OK; CHIP_E_FORMAT or CHIP_E_UNSUPPORTED if it is another network
 */
CHIP_MUST_CHECK
enum chip_status chip_import_silero(const char *onnx_path, const char *folder,
                                    struct chip_err *err);
