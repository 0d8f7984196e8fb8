#include "http/exchange.h"

#include <stdlib.h>
#include <string.h>

/** Bodies are collected as they come: room is taken for what is there, not for what is promised. */

static size_t max_body(const struct chip_exchange *x)
{
    return x->route->max_body ? x->route->max_body : CHIP_MAX_JSON_BODY;
}

static bool grow(struct chip_exchange *x, size_t size)
{
    struct chip_server *server = x->server;
    size_t more = size - x->body_size;
    if (atomic_fetch_add(&server->body_memory, more) + more > server->settings.max_body_memory) {
        atomic_fetch_sub(&server->body_memory, more);
        return false;
    }
    char *body = realloc(x->body, size);
    if (!body) {
        atomic_fetch_sub(&server->body_memory, more);
        return false;
    }
    x->body = body;
    x->body_size = size;
    chip_request_meters_bodies(server->meters, (double)more);
    return true;
}

void chip_body_add(struct chip_exchange *x, const char *data, size_t n)
{
    if (x->n_body + n > max_body(x)) {
        chip_body_free(x);
        chip_reply_error(&x->req, 413, "too_large", "the body of the request is too large",
                         json_pack("{s:I}", "maxBytes", (json_int_t)max_body(x)));
        return;
    }
    size_t needed = x->n_body + n + 1, size = x->body_size ? x->body_size : 1024;
    while (size < needed)
        size *= 2;
    if (x->head.length > 0 && size > (size_t)x->head.length + 1)
        size = (size_t)x->head.length + 1;
    if (size != x->body_size && !grow(x, size)) {
        chip_body_free(x);
        chip_reply_header(&x->req, "Retry-After", "1");
        chip_reply_error(&x->req, 503, "busy",
                         "too many large requests arrive at once; try again in a second", NULL);
        return;
    }
    memcpy(x->body + x->n_body, data, n);
    x->n_body += n;
    x->body[x->n_body] = '\0';
}

void chip_body_free(struct chip_exchange *x)
{
    if (!x->body)
        return;
    atomic_fetch_sub(&x->server->body_memory, x->body_size);
    chip_request_meters_bodies(x->server->meters, -(double)x->body_size);
    free(x->body);
    x->body = NULL;
    x->n_body = x->body_size = 0;
}
