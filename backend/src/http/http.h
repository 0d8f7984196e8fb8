/**
 * What a route sees of the server: a request with its caller, and ways to answer it.
 *
 *     static void get_job(struct chip_request *req)
 *     {
 *         json_t *job;
 *         struct chip_err err;
 *         if (chip_store_call(chip_request_app(req)->store, req->caller, "get_job",
 *                             json_pack("{s:s}", "id", req->params[0]), &job, &err) != CHIP_OK)
 *             chip_reply_failure(req, &err);
 *         else
 *             chip_reply_json(req, 200, job);
 *     }
 *
 *     static const struct chip_route routes[] = {
 *         {"GET", "/api/jobs/{id}", .handle = get_job},
 *     };
 *
 * A handler answers exactly once, or calls chip_request_wait() and is called again later. It runs
 * on one of the server's few threads: store calls are fine there, anything slower is not. All
 * handlers of one request run on one thread at a time. An answer that is given before the body has
 * arrived reaches the client too: the rest of the body is read past, or the connection closed in a
 * way that lets the answer through.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "store/store.h"

enum { CHIP_MAX_PARAMS = 4, CHIP_MAX_JSON_BODY = 1 << 20 };

struct chip_app; /* what all routes share; see app.h */

/** All strings are borrowed and live as long as the request. */
struct chip_request {
    const char *method;                  /* "GET"; HEAD is handled as GET without a body */
    const char *path;                    /* decoded, without the query */
    const char *params[CHIP_MAX_PARAMS]; /* what stands for {..} in the route's path, in order */
    const char *id;                      /* X-Request-Id, ours if the client sent none */
    const char *trace;                   /* trace id (32 hex digits); "" without */
    const char *address; /* of the client; behind a trusted proxy, the one it says */
    const struct chip_caller
        *caller;      /* NULL: the service itself (API key, or no auth on loopback) */
    const char *body; /* [n_body], NUL-terminated; "" for routes with a sink */
    size_t n_body;
    void *state; /* the route's own across chip_request_wait() and its sink; NULL at the start */
};

/** For bodies that are not kept in memory: uploads. Data comes as it arrives. */
struct chip_sink {
    /** At first, also for an empty body; may answer (a refusal), then no data follows. */
    void (*begin)(struct chip_request *req);
    /** Each piece; may answer as well. */
    void (*data)(struct chip_request *req, const char *bytes, size_t n);
    /**
     * The connection died before the end, and nothing was answered: keep what is worth keeping.
     * `state` is still there; `done` follows. May be NULL.
     */
    void (*cut)(struct chip_request *req);
};

enum chip_route_access {
    CHIP_ROUTE_USER,    /* a user or the service: as most */
    CHIP_ROUTE_SERVICE, /* the service only */
    CHIP_ROUTE_PUBLIC,  /* anybody: health, documents, CORS */
};

struct chip_route {
    const char *method, *path;
    enum chip_route_access access;
    size_t max_body; /* 0: CHIP_MAX_JSON_BODY; ignored with a sink, which counts itself */
    const struct chip_sink *sink;             /* NULL: the body is collected first */
    void (*handle)(struct chip_request *req); /* after the whole body has arrived */
    /** The request is over, after any of the above was called: free `state`. May be NULL. */
    void (*done)(struct chip_request *req);
    bool own_errors;     /* errors in OpenAI's shape: {"error":{"message","type","param","code"}} */
    bool token_in_query; /* accepts ?token=, for EventSource and media elements */
    bool override;       /* reached by POST with X-HTTP-Method-Override as well: tus */
    const char *audit;   /* action written to the audit log, "job.read"; NULL: none */
};

struct chip_route_table {
    const struct chip_route *routes; /* borrowed as long as the server runs */
    size_t n;
};

/* ---- the request ---- */

struct chip_app *chip_request_app(const struct chip_request *req);

/** A header by its name in any case; NULL if it was not sent. */
const char *chip_request_header(const struct chip_request *req, const char *name);

/** A parameter of the query, decoded; NULL if it is not there. */
const char *chip_request_query(const struct chip_request *req, const char *name);

/** For `done`: the client went away, or the server stops, before the whole answer was sent. */
bool chip_request_gone(const struct chip_request *req);

/**
 * Says which job the entry of the audit log is about, when it is not {id} of the path.
 *
 * @param detail more for the entry, an object whose reference is taken, or NULL
 */
void chip_request_audit(struct chip_request *req, const char *job_id, json_t *detail);

/**
 * Parses the body as a JSON object, strictly: no duplicate members, no trailing text, at most 32
 * levels. Answers 400 or 415 itself when it is not one.
 *
 * @return a new reference; NULL: already answered
 */
json_t *chip_request_json(struct chip_request *req);

/**
 * Refuses members that are not in `allowed` ("jobId fileUrl ..."), by a 400 that names them.
 *
 * @param where "" or the path of the object, "options."
 * @return false: already answered
 */
bool chip_request_only(struct chip_request *req, const json_t *object, const char *allowed,
                       const char *where);

/* ---- the answer ---- */

/** Adds a header to the answer to come. */
void chip_reply_header(struct chip_request *req, const char *name, const char *value);

/** Takes the reference of `body`. Compressed when large; with ETag and 304 for GET. */
void chip_reply_json(struct chip_request *req, int status, json_t *body);

/** What chip_reply_json() sends for `body`, whose reference is taken; NULL: out of memory. */
char *chip_reply_dump(json_t *body);

/** Takes `text`, malloc'ed; NULL is lack of memory. */
void chip_reply_text(struct chip_request *req, int status, const char *type, char *text, size_t n);

/** No body: 204, 304, or a status with headers only. */
void chip_reply_empty(struct chip_request *req, int status);

/** A file, with ranges (RFC 9110, section 14) and Last-Modified; 404 if it is gone. */
void chip_reply_file(struct chip_request *req, const char *path, const char *type);

/**
 * {"error": {"code", "message", "details"?}}, or OpenAI's shape for routes with own_errors.
 *
 * @param code    "not_found"; stable, for programs
 * @param details an object whose reference is taken, or NULL
 */
void chip_reply_error(struct chip_request *req, int status, const char *code, const char *message,
                      json_t *details);

/** The same from a failure: CHIP_E_NOT_FOUND is 404, _CONFLICT 409, _UNAVAILABLE 503, ... */
void chip_reply_failure(struct chip_request *req, const struct chip_err *err);

/* ---- answers that wait ---- */

/**
 * Leaves the request unanswered; `handle` is called again after chip_request_wake(), with `state`
 * as it is. While a request waits, a client that closes its side of the connection is taken to
 * have gone: `done` follows within a second, without another call of `handle`.
 */
void chip_request_wait(struct chip_request *req);

/** Any thread, until `done` returns; a wake before the wait is not lost. */
void chip_request_wake(struct chip_request *req);

/**
 * Answers with a body that is made bit by bit: server-sent events.
 *
 * @param pull puts up to `max` bytes into `buf` and returns how many; 0: nothing now, it is called
 *             again after chip_request_wake(); -1: the end
 */
void chip_reply_stream(struct chip_request *req, int status, const char *type,
                       ssize_t (*pull)(struct chip_request *req, char *buf, size_t max));
