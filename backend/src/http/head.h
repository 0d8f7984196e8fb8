/**
 * The head of a request: what is refused before anything else looks at it, its ids, and who sent
 * it. Heads that a proxy in front of us might read differently (smuggling) are refused.
 */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

enum { CHIP_REQUEST_ID = 65, CHIP_TRACE_ID = 33, CHIP_ADDRESS = 46 };

struct chip_head {
    int64_t length; /* Content-Length; -1: chunked; 0: no body */
    bool expect;    /* the client waits for "100 Continue" */
};

/**
 * @param max_bytes of all headers together, names and values
 * @param status    on failure: 400, 431 or 501
 * @return NULL if all is well; else what is wrong, for the client
 */
const char *chip_head_check(struct MHD_Connection *connection, const char *version,
                            size_t max_bytes, struct chip_head *head, int *status);

/** The client's X-Request-Id if it is a modest one, else `fallback`. */
void chip_head_request_id(struct MHD_Connection *connection, const char *fallback,
                          char id[CHIP_REQUEST_ID]);

/** From traceparent, else X-Cloud-Trace-Context; "" without either. */
void chip_head_trace(struct MHD_Connection *connection, char trace[CHIP_TRACE_ID]);

/**
 * The client's address: the peer's, or with `proxies` in front of us the one that the first of
 * them has put into X-Forwarded-For. What a client writes there itself lies further left.
 */
void chip_head_address(struct MHD_Connection *connection, int proxies, char address[CHIP_ADDRESS]);
