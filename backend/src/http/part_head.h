/** The head of one part of a form, and parameters of header fields. Pure; any thread. */
#pragma once

#include "http/multipart.h"

/**
 * Finds a parameter of a header field: boundary of "multipart/form-data; boundary=x".
 *
 * Quoted values are read as browsers and others write them: backslash before quote and backslash,
 * %22 for a quote in names.
 *
 * @param value what stands behind "Name:"
 * @param out   [size]; longer values are cut, between characters
 * @return false if it is not there
 */
bool chip_parameter(const char *value, const char *name, char *out, size_t size);

/**
 * Reads the head of a part.
 *
 * @param head lines with CRLF between them
 * @return CHIP_OK; CHIP_E_FORMAT without a Content-Disposition that is form-data and has a name;
 *         CHIP_E_UNSUPPORTED for a transfer encoding, which nobody has used for long
 */
CHIP_MUST_CHECK
enum chip_status chip_part_head(const char *head, struct chip_part *out, struct chip_err *err);
