/** Which web pages of other origins may call (the Fetch standard's CORS protocol). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct chip_cors {
    char *text;           /* owned */
    const char **origins; /* owned array into text */
    size_t n;
    bool any; /* "*" */
};

/**
 * @param origins "https://a.example,http://localhost:3000" or "*"; NULL or "": none
 * @return CHIP_OK; CHIP_E_INVAL for what is no origin, with the reason; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_cors_init(struct chip_cors *cors, const char *origins, struct chip_err *err);
void chip_cors_done(struct chip_cors *cors);

bool chip_cors_allows(const struct chip_cors *cors, const char *origin);

/**
 * Whether `origin` is that of the server itself, as the client calls it.
 *
 * @param host the request's Host header; NULL: no
 */
bool chip_cors_same(const char *origin, const char *host);

/** What pages may send and see. */
extern const char chip_cors_allow_headers[], chip_cors_expose_headers[];
