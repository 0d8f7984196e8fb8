/**
 * The connections: deadlines against slow clients, requests that wait, clients that went away.
 *
 * libmicrohttpd forgets connections on which nothing happens; it knows no limit for a head or a
 * body that comes in drop by drop, and looks at no connection while its request waits. One thread
 * looks over all of them twice a second.
 */
#pragma once

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct chip_exchange;
struct chip_server;

struct chip_conn {
    struct chip_conn *prev, *next; /* under chip_conns.lock */
    struct MHD_Connection *mhd;
    int fd;
    bool linger;                 /* to be closed with care, see linger.h; its own thread only */
    _Atomic int64_t deadline_ms; /* cut off after it; 0: none */

    pthread_mutex_t lock;           /* of what follows; taken after chip_conns.lock */
    struct chip_exchange *exchange; /* NULL between requests */
    bool suspended, woken;
};

struct chip_conns {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* an exchange ended, or `stop` */
    struct chip_conn *first;
    size_t n, n_exchanges; /* connections; requests in progress */
    bool stop;
    pthread_t thread;
    bool running;
};

CHIP_MUST_CHECK
enum chip_status chip_conns_start(struct chip_server *server, struct chip_err *err);
void chip_conns_stop(struct chip_conns *conns);

/** What libmicrohttpd calls for each connection at its start and at its end. */
void chip_conns_notify(void *server, struct MHD_Connection *mhd, void **context,
                       enum MHD_ConnectionNotificationCode code);

void chip_conns_begin(struct chip_conn *conn, struct chip_exchange *x);
void chip_conns_end(struct chip_conn *conn, struct chip_server *server);

/** Puts the connection to sleep unless it has been woken. @return false: go on at once */
bool chip_conn_suspend(struct chip_conn *conn, struct chip_server *server);
/** Any thread. */
void chip_conn_wake(struct chip_conn *conn);

/** Wakes all that sleep, or only streams. */
void chip_conns_wake_all(struct chip_server *server, bool only_streams);

/** Waits until no request is in progress, up to `ms`. @return how many are */
size_t chip_conns_wait(struct chip_conns *conns, int64_t ms);
