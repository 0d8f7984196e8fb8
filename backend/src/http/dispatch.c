#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/exchange.h"

/**
 * libmicrohttpd calls chip_dispatch() when the head of a request is there, for each piece of its
 * body, and when all is there; it takes an answer at the first of these (and closes the connection
 * after it) and at the last. In between there is only chip_early_send().
 */

/* A body that is of no use, or what is left of it, is read past if it is as short as this. */
enum { PAST_BYTES = 256 << 10, BODY_BYTES_PER_SECOND = 1024 };

void *chip_dispatch_uri(void *user, const char *uri, struct MHD_Connection *mhd)
{
    struct chip_server *server = user;
    struct chip_conn *conn =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    struct chip_exchange *x = conn ? calloc(1, sizeof *x) : NULL;
    if (!x)
        return NULL;
    x->server = server;
    x->conn = conn;
    x->mhd = mhd;
    x->started_ns = chip_clock_ns();
    x->uri = strdup(uri ? uri : "");
    x->req.method = x->req.path = x->req.body = "";
    x->req.id = x->id;
    x->req.trace = x->trace;
    x->req.address = x->address;
    chip_conns_begin(conn, x);
    chip_request_meters_in_progress(server->meters, 1);
    return x;
}

static bool has_body(const struct chip_exchange *x)
{
    return x->head.length != 0;
}

/** Puts off the time at which a body that comes too slowly is cut off. */
static void extend_deadline(struct chip_exchange *x)
{
    x->conn->deadline_ms = x->body_since_ms + x->server->settings.body_seconds * 1000LL +
                           x->n_received * 1000 / BODY_BYTES_PER_SECOND;
}

/** The head is there. */
static enum MHD_Result begin(struct chip_exchange *x, const char *version)
{
    x->begun = true;
    x->conn->deadline_ms = 0;
    bool admitted = chip_admit(x, version);
    if (x->hopeless) {
        x->conn->linger = true;
        return chip_answer_queue(x);
    }
    if (admitted && x->route->sink) {
        x->entered = x->sinking = true;
        if (x->route->sink->begin)
            x->route->sink->begin(&x->req);
    } else if (admitted && x->head.length > 0) {
        size_t most = x->route->max_body ? x->route->max_body : CHIP_MAX_JSON_BODY;
        if ((uint64_t)x->head.length > most)
            chip_reply_error(&x->req, 413, "too_large", "the body of the request is too large",
                             json_pack("{s:I}", "maxBytes", (json_int_t)most));
    }
    if (!has_body(x))
        return MHD_YES; /* comes again at once, as whole */
    x->body_since_ms = chip_clock_ms();
    extend_deadline(x);
    if (!x->answer.status)
        return MHD_YES;
    if (!x->head.expect && x->head.length <= PAST_BYTES)
        return MHD_YES; /* a short body is read past, which spares the connection */
    x->conn->linger = true;
    return chip_answer_queue(x);
}

/** A piece of the body is there. */
static enum MHD_Result receive(struct chip_exchange *x, const char *data, size_t n)
{
    x->n_received += (int64_t)n;
    extend_deadline(x);
    if (!x->answer.status) {
        if (x->sinking)
            x->route->sink->data(&x->req, data, n);
        else
            chip_body_add(x, data, n);
    } else {
        x->n_past += (int64_t)n;
    }
    if (!x->answer.status || x->n_past <= PAST_BYTES)
        return MHD_YES;
    chip_early_send(x);
    return MHD_NO; /* closes it, with care */
}

static enum MHD_Result run(struct chip_exchange *x)
{
    while (!x->answer.status) {
        if (x->gone)
            return MHD_NO;
        if (x->server->closing) {
            chip_reply_header(&x->req, "Retry-After", "2");
            chip_reply_error(&x->req, 503, "stopping", "the server is being stopped; try again",
                             NULL);
            break;
        }
        x->waits = false;
        x->entered = true;
        x->route->handle(&x->req);
        if (x->answer.status)
            break;
        if (!x->waits) {
            chip_log(CHIP_LOG_ERROR, json_pack("{s:s}", "requestId", x->id),
                     "%s %s gave no answer; the client is told so", x->route->method,
                     x->route->path);
            chip_reply_error(&x->req, 500, "internal", "the server gave no answer", NULL);
            break;
        }
        if (chip_conn_suspend(x->conn, x->server))
            return MHD_YES; /* comes again when it is woken */
    }
    return chip_answer_queue(x);
}

enum MHD_Result chip_dispatch(void *user, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *n_data, void **exchange)
{
    (void)user;
    (void)mhd;
    (void)url;
    struct chip_exchange *x = *exchange;
    if (!x)
        return MHD_NO; /* no memory */
    if (!x->begun) {
        x->req.method = method;
        return begin(x, version);
    }
    if (*n_data) {
        size_t n = *n_data;
        *n_data = 0;
        return receive(x, data, n);
    }
    if (!x->whole) {
        x->whole = true;
        x->conn->deadline_ms = 0;
        x->req.body = x->body ? x->body : "";
        x->req.n_body = x->n_body;
    }
    return run(x);
}

void chip_dispatch_completed(void *user, struct MHD_Connection *mhd, void **exchange,
                             enum MHD_RequestTerminationCode how)
{
    (void)mhd;
    struct chip_server *server = user;
    struct chip_exchange *x = *exchange;
    *exchange = NULL;
    if (!x)
        return;
    if (how != MHD_REQUEST_TERMINATED_COMPLETED_OK && !x->sent_raw)
        x->gone = true;
    if (x->sinking && !x->whole && !x->answer.status && x->route->sink->cut)
        x->route->sink->cut(&x->req);
    if (x->begun)
        chip_account(x);
    if (x->entered && x->route->done)
        x->route->done(&x->req);
    chip_request_meters_in_progress(server->meters, -1);
    chip_conns_end(x->conn, server);

    chip_body_free(x);
    chip_answer_free(&x->answer);
    chip_identity_done(&x->identity);
    chip_target_done(&x->target);
    free(x->uri);
    free(x->audit_job);
    json_decref(x->audit_detail);
    free(x);
}
