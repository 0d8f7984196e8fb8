/** The name under which a browser saves an answer (RFC 6266). Pure; any thread. */
#pragma once

#include "base/err.h"

/**
 * A value for Content-Disposition: "attachment", with the title as file name, once in ASCII and
 * once in UTF-8 (RFC 8187). What file systems or headers do not take is replaced.
 *
 * @param title     NULL or blank: "transcript"
 * @param extension "srt"
 * @param out       malloc'ed
 */
CHIP_MUST_CHECK
enum chip_status chip_export_name(const char *title, const char *extension, char **out,
                                  struct chip_err *err);
