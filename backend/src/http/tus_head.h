/** What tus (tus.io, protocol 1.0.0) says in header fields. Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/uploads.h"

#define CHIP_TUS_VERSION "1.0.0"
#define CHIP_TUS_EXTENSIONS "creation,creation-with-upload,termination,checksum,expiration"
#define CHIP_TUS_HASHES "sha1,sha256"

/** Upload-Length, Upload-Offset: digits only. @return false for anything else, and for NULL */
bool chip_tus_number(const char *text, int64_t *out);

/**
 * Checks Upload-Metadata and finds the file's name in it ("filename", else "name").
 *
 * @param text NULL: none
 * @param name "" if there is none; untrusted
 * @return CHIP_OK; CHIP_E_INVAL for what is no list of `key base64`; CHIP_E_LIMIT when too long
 */
CHIP_MUST_CHECK
enum chip_status chip_tus_metadata(const char *text, char name[CHIP_UPLOAD_NAME],
                                   struct chip_err *err);

/**
 * Reads Upload-Checksum: "sha1 BASE64".
 *
 * @return CHIP_OK; CHIP_E_UNSUPPORTED for another algorithm; CHIP_E_INVAL for a value that is none
 */
CHIP_MUST_CHECK
enum chip_status chip_tus_checksum(const char *text, struct chip_upload_check *out,
                                   struct chip_err *err);

enum { CHIP_TUS_DATE = 32 };

/** Upload-Expires: "Tue, 24 Nov 2026 12:00:00 GMT". */
void chip_tus_date(int64_t ms, char text[CHIP_TUS_DATE]);
