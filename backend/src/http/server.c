#include "http/server.h"

#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/exchange.h"
#include "http/listen.h"

enum {
    MAX_CONNECTIONS = 4096,
    MAX_PER_ADDRESS = 256,
    MAX_HEADER_BYTES = 16384,
    MAX_BODY_MEMORY = 64 << 20,
    HEADER_SECONDS = 15,
    IDLE_SECONDS = 75,
    BODY_SECONDS = 20,
    OTHER_FILES = 256,      /* that the process may have open beside connections */
    LAST_ANSWERS_MS = 1000, /* for answers of requests that waited when the server stops */
};

static void fill_in(struct chip_server_settings *s)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    s->host = s->host ? s->host : "127.0.0.1";
    s->threads = s->threads > 0 ? s->threads : (int)(cores > 0 ? 2 * cores : 2);
    s->threads = s->threads > 1 ? s->threads : 2; /* a pool is two or more */
    s->max_connections = s->max_connections > 0 ? s->max_connections : MAX_CONNECTIONS;
    long files = chip_open_files(s->max_connections + OTHER_FILES);
    if (files < s->max_connections + OTHER_FILES)
        s->max_connections = files > 2 * OTHER_FILES ? (int)files - OTHER_FILES : OTHER_FILES;
    bool shared = s->trusted_proxies > 0 || chip_is_loopback(s->host);
    if (s->max_per_address <= 0)
        s->max_per_address = shared ? 0 : MAX_PER_ADDRESS;
    s->max_header_bytes = s->max_header_bytes ? s->max_header_bytes : MAX_HEADER_BYTES;
    s->max_body_memory = s->max_body_memory ? s->max_body_memory : MAX_BODY_MEMORY;
    s->header_seconds = s->header_seconds > 0 ? s->header_seconds : HEADER_SECONDS;
    s->idle_seconds = s->idle_seconds > 0 ? s->idle_seconds : IDLE_SECONDS;
    s->body_seconds = s->body_seconds > 0 ? s->body_seconds : BODY_SECONDS;
}

static enum chip_status make_parts(struct chip_server *server, struct chip_err *err)
{
    const struct chip_server_settings *s = &server->settings;
    struct chip_meters *meters = s->app ? s->app->meters : NULL;
    unsigned char random[8];
    server->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!server->sha256 || RAND_bytes(random, sizeof random) != 1)
        return chip_fail(err, CHIP_E_INTERNAL, "OpenSSL gives no SHA-256 or no random numbers");
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(server->id_prefix + 2 * i, 3, "%02x", random[i]);

    enum chip_status st = chip_router_new(&server->router, s->tables, s->n_tables, err);
    if (st == CHIP_OK)
        st = chip_cors_init(&server->cors, s->origins, err);
    if (st == CHIP_OK)
        st = chip_request_meters_new(&server->meters, meters, server->router, err);
    if (st == CHIP_OK)
        st = chip_linger_new(&server->linger, err);
    if (st == CHIP_OK && s->app && s->app->store)
        st = chip_audit_log_new(&server->audit, s->app->store,
                                chip_meter_series(chip_meters_family(
                                    meters, CHIP_COUNTER, "chip_audit_dropped_total",
                                    "Entries of the audit log that were lost.", "", NULL, 0)),
                                err);
    return st == CHIP_OK ? chip_conns_start(server, err) : st;
}

/** Paths are decoded by target.c; what libmicrohttpd would do is left out. */
static size_t leave_escaped(void *user, struct MHD_Connection *mhd, char *text)
{
    (void)user;
    (void)mhd;
    return strlen(text);
}

static enum chip_status start_daemon(struct chip_server *server, struct chip_err *err)
{
    const struct chip_server_settings *s = &server->settings;
    int per_thread = (s->max_connections + s->threads - 1) / s->threads;
    /* A head needs its bytes and an entry for each header; a reply's head about 1 KiB. */
    size_t memory = 2 * s->max_header_bytes;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0, NULL, NULL,
        chip_dispatch, server, MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)s->threads, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)(per_thread * s->threads), MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)s->max_per_address, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        chip_dispatch_uri, server, MHD_OPTION_NOTIFY_COMPLETED, chip_dispatch_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, chip_conns_notify, server, MHD_OPTION_END);
    if (!server->daemon)
        return chip_fail(err, CHIP_E_IO, "the HTTP server does not start (%d threads)", s->threads);
    return CHIP_OK;
}

enum chip_status chip_server_start(struct chip_server **out,
                                   const struct chip_server_settings *settings,
                                   struct chip_err *err)
{
    struct chip_server *server = calloc(1, sizeof *server);
    if (!server)
        return chip_fail(err, CHIP_E_NOMEM, "out of memory");
    server->settings = *settings;
    server->listen_fd = -1;
    server->open = !settings->auth || settings->open;
    fill_in(&server->settings);
    const char *host = server->settings.host;
    enum chip_status st = CHIP_OK;
    if (server->open && !settings->allow_open && !chip_is_loopback(host))
        st = chip_fail(err, CHIP_E_DENIED,
                       "will not listen on %s, where others can reach it, without authentication: "
                       "set API_KEY (or SUPABASE_URL, for users' tokens), or HOST=127.0.0.1",
                       host);
    if (st == CHIP_OK)
        st = chip_listen(host, settings->port, &server->listen_fd, &server->port, err);
    if (st == CHIP_OK)
        st = make_parts(server, err);
    if (st == CHIP_OK)
        st = start_daemon(server, err);
    if (st != CHIP_OK) {
        chip_server_stop(server);
        return st;
    }
    *out = server;
    return CHIP_OK;
}

int chip_server_port(const struct chip_server *server)
{
    return server->port;
}

/** Accepts no more. The socket's number stays taken until all threads are gone. */
static void stop_accepting(struct chip_server *server)
{
    if (atomic_exchange(&server->draining, true) || !server->daemon)
        return;
    MHD_quiesce_daemon(server->daemon);
    shutdown(server->listen_fd, SHUT_RDWR); /* clients are refused instead of kept waiting */
    chip_conns_wake_all(server, true);
}

int chip_server_drain(struct chip_server *server, int seconds)
{
    stop_accepting(server);
    return (int)chip_conns_wait(&server->conns, seconds * 1000LL);
}

void chip_server_stop(struct chip_server *server)
{
    if (!server)
        return;
    if (server->daemon) {
        stop_accepting(server);
        server->closing = true;
        chip_conns_wake_all(server, false);
        chip_conns_wait(&server->conns, LAST_ANSWERS_MS);
        MHD_stop_daemon(server->daemon);
    }
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    chip_conns_stop(&server->conns);
    chip_audit_log_free(server->audit);
    chip_linger_free(server->linger);
    chip_request_meters_free(server->meters);
    chip_router_free(server->router);
    chip_cors_done(&server->cors);
    EVP_MD_free(server->sha256);
    free(server);
}
