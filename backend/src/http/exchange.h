/**
 * A request on its way through the server, its connection, and the server itself: what the files
 * of this folder share. Routes see only `req`, the first member of an exchange.
 */
#pragma once

#include <microhttpd.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/audit_log.h"
#include "http/auth.h"
#include "http/conns.h"
#include "http/cors.h"
#include "http/head.h"
#include "http/http.h"
#include "http/linger.h"
#include "http/request_meters.h"
#include "http/router.h"
#include "http/server.h"
#include "http/target.h"

enum { CHIP_MAX_REPLY_HEADERS = 24 };

/** The answer, from chip_reply_*() until it is handed over. */
struct chip_answer {
    int status;                    /* 0: none yet */
    struct MHD_Response *response; /* owned until it is queued */
    const char *text;              /* [n] its body if that lies in memory, owned by `response` */
    int64_t n;                     /* bytes of the body; -1: a stream */
    char *type;                    /* of the body, owned; NULL: none */
    bool by_encoding;              /* another Accept-Encoding, another body */
    char *names[CHIP_MAX_REPLY_HEADERS], *values[CHIP_MAX_REPLY_HEADERS]; /* owned */
    size_t n_headers;
};

struct chip_exchange {
    struct chip_request req; /* first: the address of one is that of the other */
    struct chip_server *server;
    struct chip_conn *conn;
    struct MHD_Connection *mhd;
    int64_t started_ns;

    char *uri; /* owned; as it was sent */
    struct chip_target target;
    struct chip_head head;
    struct chip_identity identity;
    bool by_session;           /* it was a browser's session that told who it is */
    struct chip_caller caller; /* what req.caller points to, of a user */
    struct chip_match match;
    const struct chip_route *route; /* NULL until one is found */
    char id[CHIP_REQUEST_ID], trace[CHIP_TRACE_ID], address[CHIP_ADDRESS];

    bool begun;    /* the first look at the head is over */
    bool hopeless; /* the connection may not be used any further */
    bool entered;  /* a function of the route has been called: `done` is due */
    bool sinking;  /* the sink has begun */
    bool whole;    /* the body has arrived */
    bool sent_raw; /* the answer went out past the library; see early.h */
    bool gone;     /* the client is */
    char *body;    /* owned; what is collected */
    size_t n_body, body_size;
    int64_t n_received, n_past; /* bytes of the body; of these, read past */
    int64_t body_since_ms;

    struct chip_answer answer;
    bool waits; /* chip_request_wait() was called */
    ssize_t (*pull)(struct chip_request *req, char *buf, size_t max);

    char *audit_job; /* owned; NULL: {id} of the path */
    json_t *audit_detail;
};

struct chip_server {
    struct chip_server_settings settings; /* with defaults filled in */
    struct MHD_Daemon *daemon;
    int listen_fd, port;
    struct chip_router *router;
    struct chip_cors cors;
    struct chip_request_meters *meters;
    struct chip_audit_log *audit;
    struct chip_linger *linger;
    struct chip_conns conns;
    bool open; /* nobody is asked who they are */
    EVP_MD *sha256;
    char id_prefix[17];
    _Atomic uint64_t n_ids;
    _Atomic bool draining, closing;
    _Atomic size_t body_memory; /* held by collected bodies */
};

static inline struct chip_exchange *chip_exchange_of(const struct chip_request *req)
{
    return (struct chip_exchange *)req;
}

/* dispatch.c: what libmicrohttpd calls */
void *chip_dispatch_uri(void *server, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result chip_dispatch(void *server, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *n_data, void **exchange);
void chip_dispatch_completed(void *server, struct MHD_Connection *mhd, void **exchange,
                             enum MHD_RequestTerminationCode how);

/* admit.c: whether the request may reach its route; answers it if not */
bool chip_admit(struct chip_exchange *x, const char *version);

/* identify.c */
/** Fills x->identity; x->route is found. For servers that ask who is calling. */
enum chip_auth_result chip_identify(struct chip_exchange *x, const char **why);

/* body.c: a body that comes piece by piece; on failure answers */
void chip_body_add(struct chip_exchange *x, const char *data, size_t n);
void chip_body_free(struct chip_exchange *x);

/* answer.c: keeps the answer, and hands it over */
/**
 * @param response its reference is taken; NULL: out of memory
 * @param text     [n], see struct chip_answer
 */
void chip_answer_set(struct chip_exchange *x, int status, const char *type,
                     struct MHD_Response *response, const char *text, int64_t n);
/** A header of the answer to come; NULL if it was not set. */
const char *chip_answer_header(const struct chip_exchange *x, const char *name);
enum MHD_Result chip_answer_queue(struct chip_exchange *x);
void chip_answer_free(struct chip_answer *answer);
/** Calls `add` for each header of the answer, the server's own included. */
void chip_answer_headers(struct chip_exchange *x,
                         void (*add)(void *user, const char *name, const char *value), void *user);

/* account.c: the request is over: counts it, logs it, notes it in the audit log */
void chip_account(struct chip_exchange *x);

/* early.c: an answer in the middle of a body */
void chip_early_send(struct chip_exchange *x);
