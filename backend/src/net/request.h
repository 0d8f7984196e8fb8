/** One request of a transfer, and what its answer brings; internal to transfer.c and request.c. */
#pragma once

#include "net/transfer.h"

enum { CHIP_MAX_URL = 8192 };

struct chip_request_state {
    const struct chip_transfer *transfer;
    struct chip_part *part;
    CURL *curl;
    char url[CHIP_MAX_URL];               /* after redirects */
    char label[CHIP_LABEL];               /* of that */
    char validator[CHIP_VALIDATOR_BYTES]; /* of the file that is being sent */
    uint64_t range_start;                 /* of a 206; UINT64_MAX: it did not say */
    uint64_t range_total;                 /* of a 206; 0: it did not say */
    uint64_t next_room;                   /* size at which room is asked for again */
    bool started;                         /* the first byte of the body has come */
    bool stalled;                         /* given up because nothing came for too long */
    bool again;                           /* `status` is one that asking again can mend */
    int64_t last_byte_ms;
    enum chip_status status; /* set by the callbacks when they stop the transfer */
    struct chip_err *err;
};

/** Asks for url once. @return curl's code; `status` is set if one of our callbacks stopped it */
CURLcode chip_request_send(struct chip_request_state *r);

/** Decides whether a good answer continues what is there or starts again. */
CHIP_MUST_CHECK
enum chip_status chip_request_start_body(struct chip_request_state *r, long http);

/** Seconds without a byte that end a request. */
int chip_request_stall_s(const struct chip_request_state *r);
