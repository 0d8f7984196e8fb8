/** Server-sent events as text (WHATWG HTML, section 9.2). Pure; any thread. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/str.h"

/** What a stream begins with: how long a client waits before it connects again. */
#define CHIP_SSE_START "retry: 3000\n\n"

/** A comment that keeps proxies from closing an idle stream. */
#define CHIP_SSE_PING ": ping\n\n"

/**
 * Appends an event.
 *
 * @param id   its number; 0: none
 * @param kind its name; NULL: "message" at the client
 * @param data written on one line
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_sse_add(struct chip_str *out, int64_t id, const char *kind,
                              const json_t *data, struct chip_err *err);

/**
 * A Last-Event-ID as a number.
 *
 * @param text NULL: not sent
 * @param last the newest event that there is
 * @return 0 for what was never sent by us: all events are to be sent again
 */
int64_t chip_sse_last_id(const char *text, int64_t last);
