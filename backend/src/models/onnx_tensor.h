/** One tensor of an ONNX file: checked, and seen as a struct chip_tensor. Any thread. */
#pragma once

#include <stdbool.h>

#include "models/onnx.h"
#include "onnx.pb-c.h"

/**
 * Reads a tensor.
 *
 * @param name      what it is called; borrowed by out
 * @param kept      false if its dtype is none that we read; out is untouched then
 * @param out       points into proto, or to *converted
 * @param converted NULL, or malloc'ed bytes that the caller frees when out is not used any more
 * @return CHIP_OK; CHIP_E_FORMAT if data and shape contradict each other; CHIP_E_LIMIT;
 *         CHIP_E_UNSUPPORTED for data in another file
 */
CHIP_MUST_CHECK
enum chip_status chip_onnx_tensor_read(const Onnx__TensorProto *proto, const char *name, bool *kept,
                                       struct chip_tensor *out, uint8_t **converted,
                                       struct chip_err *err);
