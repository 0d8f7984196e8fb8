#include <string.h>

#include "http/exchange.h"

enum { STREAM_BLOCK = 2048 };

void chip_request_wait(struct chip_request *req)
{
    chip_exchange_of(req)->waits = true;
}

void chip_request_wake(struct chip_request *req)
{
    chip_conn_wake(chip_exchange_of(req)->conn);
}

/** What libmicrohttpd calls whenever it could send more of a stream. */
static ssize_t pull(void *user, uint64_t position, char *buf, size_t max)
{
    (void)position;
    struct chip_exchange *x = user;
    for (;;) {
        if (x->gone)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (x->server->draining)
            return MHD_CONTENT_READER_END_OF_STREAM;
        ssize_t n = x->pull(&x->req, buf, max);
        if (n > 0)
            return n;
        if (n < 0)
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (chip_conn_suspend(x->conn, x->server))
            return 0; /* called again when it is woken */
    }
}

void chip_reply_stream(struct chip_request *req, int status, const char *type,
                       ssize_t (*pull_some)(struct chip_request *req, char *buf, size_t max))
{
    struct chip_exchange *x = chip_exchange_of(req);
    bool head = strcmp(req->method, "HEAD") == 0; /* the library would end it with a last chunk */
    struct MHD_Response *response =
        head ? MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT)
             : MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, pull, x, NULL);
    if (!x->answer.status && !head)
        x->pull = pull_some;
    if (strncmp(type, "text/event-stream", 17) == 0) {
        if (!chip_answer_header(x, "Cache-Control"))
            chip_reply_header(req, "Cache-Control", "no-cache");
        chip_reply_header(req, "X-Accel-Buffering", "no"); /* proxies: send it on at once */
    }
    chip_answer_set(x, status, type, response, NULL, -1);
}
