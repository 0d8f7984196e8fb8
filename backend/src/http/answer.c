#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/exchange.h"

/* A client that reads more slowly than that, after a minute, is cut off. */
enum { ANSWER_SECONDS = 60, ANSWER_BYTES_PER_SECOND = 1024 };

void chip_answer_set(struct chip_exchange *x, int status, const char *type,
                     struct MHD_Response *response, const char *text, int64_t n)
{
    struct chip_answer *a = &x->answer;
    if (a->status) {
        chip_log(CHIP_LOG_ERROR, json_pack("{s:s}", "requestId", x->id),
                 "a second answer was given, with status %d; the first, with %d, is sent", status,
                 a->status);
        if (response)
            MHD_destroy_response(response);
        return;
    }
    a->status = status;
    a->response = response;
    a->text = text;
    a->n = n;
    a->type = type ? strdup(type) : NULL;
}

void chip_answer_free(struct chip_answer *answer)
{
    if (answer->response)
        MHD_destroy_response(answer->response);
    for (size_t i = 0; i < answer->n_headers; i++) {
        free(answer->names[i]);
        free(answer->values[i]);
    }
    free(answer->type);
    *answer = (struct chip_answer){0};
}

const char *chip_answer_header(const struct chip_exchange *x, const char *name)
{
    for (size_t i = 0; i < x->answer.n_headers; i++)
        if (strcasecmp(x->answer.names[i], name) == 0)
            return x->answer.values[i];
    return NULL;
}

void chip_reply_header(struct chip_request *req, const char *name, const char *value)
{
    struct chip_exchange *x = chip_exchange_of(req);
    struct chip_answer *a = &x->answer;
    bool clean = !strpbrk(name, "\r\n") && !strpbrk(value, "\r\n");
    char *n = clean && a->n_headers < CHIP_MAX_REPLY_HEADERS ? strdup(name) : NULL;
    char *v = n ? strdup(value) : NULL;
    if (!v) {
        free(n);
        chip_log(CHIP_LOG_ERROR, json_pack("{s:s}", "requestId", x->id),
                 "the header %s of an answer is left out", name);
        return;
    }
    a->names[a->n_headers] = n;
    a->values[a->n_headers++] = v;
}

static void add_cors(struct chip_exchange *x,
                     void (*add)(void *user, const char *name, const char *value), void *user)
{
    const struct chip_cors *cors = &x->server->cors;
    const char *origin = chip_request_header(&x->req, "Origin");
    if (!origin || !chip_cors_allows(cors, origin))
        return;
    add(user, "Access-Control-Allow-Origin", cors->any ? "*" : origin);
    add(user, "Access-Control-Expose-Headers", chip_cors_expose_headers);
}

void chip_answer_headers(struct chip_exchange *x,
                         void (*add)(void *user, const char *name, const char *value), void *user)
{
    const struct chip_answer *a = &x->answer;
    const struct chip_cors *cors = &x->server->cors;
    if (a->type)
        add(user, "Content-Type", a->type);
    for (size_t i = 0; i < a->n_headers; i++)
        add(user, a->names[i], a->values[i]);
    add(user, "X-Request-Id", x->id);
    add(user, "X-Content-Type-Options", "nosniff");
    if (a->type && strncmp(a->type, "text/html", 9) == 0 &&
        !chip_answer_header(x, "Content-Security-Policy"))
        add(user, "Content-Security-Policy", "frame-ancestors 'none'");
    if (!chip_answer_header(x, "Cache-Control"))
        add(user, "Cache-Control",
            chip_answer_header(x, "ETag") ? "private, no-cache" : "no-store");
    add_cors(x, add, user);
    bool by_origin = cors->n > 0 && !cors->any;
    if (by_origin || a->by_encoding)
        add(user, "Vary",
            !a->by_encoding ? "Origin"
            : by_origin     ? "Origin, Accept-Encoding"
                            : "Accept-Encoding");
    if (x->hopeless || x->server->draining || x->sent_raw)
        add(user, "Connection", "close");
}

static void add_to_response(void *user, const char *name, const char *value)
{
    MHD_add_response_header(user, name, value);
}

enum MHD_Result chip_answer_queue(struct chip_exchange *x)
{
    struct chip_answer *a = &x->answer;
    if (!a->response)
        return MHD_NO; /* no memory, not even to say so */
    chip_answer_headers(x, add_to_response, a->response);
    if (a->n >= 0)
        x->conn->deadline_ms =
            chip_clock_ms() + ANSWER_SECONDS * 1000LL + a->n * 1000 / ANSWER_BYTES_PER_SECOND;
    enum MHD_Result queued = MHD_queue_response(x->mhd, (unsigned)a->status, a->response);
    MHD_destroy_response(a->response); /* it holds its own reference */
    a->response = NULL;
    a->text = NULL;
    return queued;
}
