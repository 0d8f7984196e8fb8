/**
 * Log lines: one JSON object per line on standard error, as Cloud Logging reads them.
 *
 *     chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", id), "worker lost its lease: %s", why);
 *     {"severity":"WARNING","time":"2026-11-24T12:00:00.123Z","message":"...","job":"..."}
 *
 * Libraries return errors; who handles one logs it, once, and says what happens next. Never log
 * what was said in a meeting, addresses with signatures, keys or tokens. Any thread; a line is
 * written in one piece.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"

enum chip_log_level {
    CHIP_LOG_DEBUG,
    CHIP_LOG_INFO,
    CHIP_LOG_NOTICE,
    CHIP_LOG_WARNING,
    CHIP_LOG_ERROR,
};

/** Lines below `level` are left out; INFO at the start. Set before threads run. */
void chip_log_set_level(enum chip_log_level level);

/** @param fields more members of the line, an object; its reference is taken; NULL: none */
void chip_log(enum chip_log_level level, json_t *fields, const char *fmt, ...) CHIP_PRINTF(3, 4);
