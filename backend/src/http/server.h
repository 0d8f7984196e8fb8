/**
 * The HTTP server: HTTP/1.1 on a few threads (libmicrohttpd, epoll), in front of tables of routes.
 *
 *     struct chip_server *server;
 *     struct chip_server_settings s = {.host = "127.0.0.1", .tables = tables, .n_tables = 2,
 *                                      .app = &app, .auth = auth};
 *     if (chip_server_start(&server, &s, &err) == CHIP_OK)
 *         ... until SIGTERM ...
 *     chip_server_drain(server, 5);
 *     chip_server_stop(server);
 *
 * It does what no route should have to: ids and traces, authentication, rate limits, CORS, sizes
 * and times of requests, compression, the access log, the audit log, and counting.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "http/app.h"
#include "http/http.h"

struct chip_auth;
struct chip_limit;
struct chip_server;

/** Which requests have a line in the log. */
enum chip_access_log {
    CHIP_ACCESS_LOG_CHANGES, /* what changes something (POST, PUT, ...) and what fails */
    CHIP_ACCESS_LOG_ALL,
    CHIP_ACCESS_LOG_FAILURES,
    CHIP_ACCESS_LOG_NONE,
};

/** Zero is a fit default where nothing else is said. All is borrowed until chip_server_stop(). */
struct chip_server_settings {
    const char *host; /* address to listen on; NULL: 127.0.0.1 */
    int port;         /* 0: a free one, see chip_server_port() */
    const struct chip_route_table *tables;
    size_t n_tables;
    struct chip_app *app;

    const struct chip_auth *auth; /* NULL: everybody is the service, as with `open` */
    bool open;           /* `auth` lets everybody in: refused unless on loopback or allow_open */
    bool allow_open;     /* everybody may, from anywhere: something in front of us checks */
    const char *origins; /* "https://a.example,https://b.example" or "*" may call from browsers */
    int trusted_proxies; /* how many proxies in front of us add to X-Forwarded-For */
    struct chip_limit *limit; /* of each key, user or address; NULL: none */

    int threads;             /* 0: two for each core, at least 2 */
    int max_connections;     /* 0: 4096 */
    int max_per_address;     /* 0: 256; not on loopback and not behind proxies, who share one */
    size_t max_header_bytes; /* 0: 16384, the request line included; more is 431 */
    size_t max_body_memory;  /* of all bodies that are being collected; 0: 64 MiB; more is 503 */
    int header_seconds;      /* 0: 15; a request's head has to come within that */
    int idle_seconds;        /* 0: 75; how long a connection is kept between requests */
    int body_seconds;        /* 0: 20; after that a body has to come at 1 KiB/s on average */

    enum chip_access_log access_log;
    const char *trace_project; /* Google Cloud project that trace ids belong to; NULL: none */
};

/**
 * Starts to answer.
 *
 * @return CHIP_OK; CHIP_E_INVAL for an address or a table of routes that makes no sense;
 *         CHIP_E_DENIED for an address that others can reach, without authentication;
 *         CHIP_E_IO if the address is taken or not ours; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_server_start(struct chip_server **out,
                                   const struct chip_server_settings *settings,
                                   struct chip_err *err);

/** The port that it listens on. */
int chip_server_port(const struct chip_server *server);

/**
 * Accepts no more connections, ends streams and idle connections, and waits up to `seconds` for
 * requests that are being answered.
 *
 * @return requests that were not finished in time; chip_server_stop() cuts them off
 */
int chip_server_drain(struct chip_server *server, int seconds);

/** Stops at once: requests that wait are answered 503, others cut off. NULL is accepted. */
void chip_server_stop(struct chip_server *server);
