#include "http/conns.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "http/exchange.h"

enum { LOOK_MS = 500 };

static struct timespec in_ms(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + ms % 1000 * 1000000;
    t.tv_sec += ms / 1000 + ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    return t;
}

/* ---- connections come and go ---- */

void chip_conns_notify(void *user, struct MHD_Connection *mhd, void **context,
                       enum MHD_ConnectionNotificationCode code)
{
    struct chip_server *server = user;
    struct chip_conns *conns = &server->conns;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct chip_conn *conn = calloc(1, sizeof *conn);
        *context = conn;
        if (!conn)
            return; /* its requests are refused */
        conn->mhd = mhd;
        conn->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        conn->deadline_ms = chip_clock_ms() + server->settings.header_seconds * 1000LL;
        pthread_mutex_init(&conn->lock, NULL);
        pthread_mutex_lock(&conns->lock);
        conn->next = conns->first;
        if (conn->next)
            conn->next->prev = conn;
        conns->first = conn;
        conns->n++;
        pthread_mutex_unlock(&conns->lock);
        return;
    }
    struct chip_conn *conn = *context;
    *context = NULL;
    if (!conn)
        return;
    pthread_mutex_lock(&conns->lock);
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        conns->first = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    conns->n--;
    pthread_mutex_unlock(&conns->lock);
    if (conn->linger)
        chip_linger_add(server->linger, conn->fd);
    pthread_mutex_destroy(&conn->lock);
    free(conn);
}

void chip_conns_begin(struct chip_conn *conn, struct chip_exchange *x)
{
    struct chip_server *server = x->server;
    conn->deadline_ms = chip_clock_ms() + server->settings.header_seconds * 1000LL;
    pthread_mutex_lock(&conn->lock);
    conn->exchange = x;
    conn->woken = false;
    pthread_mutex_unlock(&conn->lock);
    pthread_mutex_lock(&server->conns.lock);
    server->conns.n_exchanges++;
    pthread_mutex_unlock(&server->conns.lock);
}

void chip_conns_end(struct chip_conn *conn, struct chip_server *server)
{
    pthread_mutex_lock(&conn->lock);
    conn->exchange = NULL;
    pthread_mutex_unlock(&conn->lock);
    conn->deadline_ms = chip_clock_ms() + server->settings.idle_seconds * 1000LL;
    pthread_mutex_lock(&server->conns.lock);
    if (--server->conns.n_exchanges == 0 && server->draining)
        pthread_cond_broadcast(&server->conns.changed);
    pthread_mutex_unlock(&server->conns.lock);
}

/* ---- sleeping and waking ---- */

bool chip_conn_suspend(struct chip_conn *conn, struct chip_server *server)
{
    pthread_mutex_lock(&conn->lock);
    bool over = server->closing || (server->draining && conn->exchange->pull);
    bool stays = !conn->woken && !over;
    conn->woken = false;
    if (stays) {
        conn->suspended = true;
        MHD_suspend_connection(conn->mhd);
    }
    pthread_mutex_unlock(&conn->lock);
    return stays;
}

static void resume(struct chip_conn *conn)
{
    conn->suspended = false;
    MHD_resume_connection(conn->mhd);
}

void chip_conn_wake(struct chip_conn *conn)
{
    pthread_mutex_lock(&conn->lock);
    if (conn->suspended)
        resume(conn);
    else
        conn->woken = true;
    pthread_mutex_unlock(&conn->lock);
}

void chip_conns_wake_all(struct chip_server *server, bool only_streams)
{
    pthread_mutex_lock(&server->conns.lock);
    for (struct chip_conn *conn = server->conns.first; conn; conn = conn->next) {
        pthread_mutex_lock(&conn->lock);
        if (conn->suspended && (!only_streams || conn->exchange->pull))
            resume(conn);
        pthread_mutex_unlock(&conn->lock);
    }
    pthread_mutex_unlock(&server->conns.lock);
}

size_t chip_conns_wait(struct chip_conns *conns, int64_t ms)
{
    struct timespec until = in_ms(ms);
    pthread_mutex_lock(&conns->lock);
    while (conns->n_exchanges > 0 &&
           pthread_cond_timedwait(&conns->changed, &conns->lock, &until) != ETIMEDOUT)
        ;
    size_t n = conns->n_exchanges;
    pthread_mutex_unlock(&conns->lock);
    return n;
}

/* ---- the thread that looks over them ---- */

/**
 * What a client that has closed its side is to its connection. While its request waits, it has
 * gone. Else libmicrohttpd sees it by itself, unless the end came right behind the last bytes: it
 * waits for an event that epoll has given already. Closing our ear as well gives another one, and
 * loses nothing of what has come.
 */
static void hear_of_end(struct chip_conn *conn)
{
    pthread_mutex_lock(&conn->lock);
    if (conn->suspended) {
        conn->exchange->gone = true;
        resume(conn);
    } else {
        shutdown(conn->fd, SHUT_RD);
    }
    pthread_mutex_unlock(&conn->lock);
}

/** @param fds [conns->n] */
static void look_for_ends(struct chip_conns *conns, struct pollfd *fds)
{
    size_t n = 0;
    for (struct chip_conn *conn = conns->first; conn; conn = conn->next)
        fds[n++] = (struct pollfd){.fd = conn->fd, .events = POLLRDHUP};
    if (n == 0 || poll(fds, n, 0) <= 0)
        return;
    size_t i = 0; /* in the same order still: the lock was held */
    for (struct chip_conn *conn = conns->first; conn; conn = conn->next)
        if (fds[i++].revents & (POLLRDHUP | POLLHUP | POLLERR))
            hear_of_end(conn);
}

static void cut_off_slow(struct chip_conns *conns)
{
    int64_t now = chip_clock_ms();
    for (struct chip_conn *conn = conns->first; conn; conn = conn->next) {
        int64_t deadline = conn->deadline_ms;
        if (deadline && now > deadline)
            shutdown(conn->fd, SHUT_RDWR); /* its own thread sees that and closes it */
    }
}

static void *look_over(void *user)
{
    struct chip_conns *conns = user;
    struct pollfd *fds = NULL;
    size_t room = 0;
    pthread_mutex_lock(&conns->lock);
    while (!conns->stop) {
        if (conns->n > room) {
            struct pollfd *more = realloc(fds, (conns->n + 64) * sizeof *fds);
            room = more ? conns->n + 64 : room;
            fds = more ? more : fds;
        }
        cut_off_slow(conns);
        if (conns->n <= room)
            look_for_ends(conns, fds);
        struct timespec until = in_ms(LOOK_MS);
        while (!conns->stop &&
               pthread_cond_timedwait(&conns->changed, &conns->lock, &until) != ETIMEDOUT)
            ;
    }
    pthread_mutex_unlock(&conns->lock);
    free(fds);
    return NULL;
}

enum chip_status chip_conns_start(struct chip_server *server, struct chip_err *err)
{
    struct chip_conns *conns = &server->conns;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&conns->changed, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&conns->lock, NULL);
    if (pthread_create(&conns->thread, NULL, look_over, conns) != 0)
        return chip_fail(err, CHIP_E_NOMEM, "cannot start the thread that watches connections");
    conns->running = true;
    return CHIP_OK;
}

void chip_conns_stop(struct chip_conns *conns)
{
    if (!conns->running)
        return;
    pthread_mutex_lock(&conns->lock);
    conns->stop = true;
    pthread_cond_broadcast(&conns->changed);
    pthread_mutex_unlock(&conns->lock);
    pthread_join(conns->thread, NULL);
    conns->running = false;
    pthread_mutex_destroy(&conns->lock);
    pthread_cond_destroy(&conns->changed);
}
