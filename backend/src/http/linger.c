#include "http/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { MAX_SOCKETS = 64, LINGER_MS = 2000, MAX_BYTES = 64 << 20 };

struct chip_linger {
    pthread_t thread;
    int event; /* written when there is something new */
    pthread_mutex_t lock;
    int fresh[MAX_SOCKETS]; /* under lock; ours */
    size_t n_fresh, n_all;  /* under lock */
    bool stop;              /* under lock */
};

struct last {
    int64_t until_ms[MAX_SOCKETS], bytes[MAX_SOCKETS];
    struct pollfd fds[MAX_SOCKETS + 1]; /* the last one is `event` */
    size_t n;
};

/** @return false: at its end, or more than enough */
static bool read_past(struct last *l, size_t i, char *scrap, size_t size)
{
    for (;;) {
        ssize_t n = recv(l->fds[i].fd, scrap, size, MSG_DONTWAIT);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        l->bytes[i] += n;
        if (n == 0 || l->bytes[i] > MAX_BYTES)
            return false;
    }
}

static void forget(struct chip_linger *linger, struct last *l, size_t i)
{
    close(l->fds[i].fd);
    l->n--;
    l->fds[i] = l->fds[l->n];
    l->until_ms[i] = l->until_ms[l->n];
    l->bytes[i] = l->bytes[l->n];
    pthread_mutex_lock(&linger->lock);
    linger->n_all--;
    pthread_mutex_unlock(&linger->lock);
}

/** @return false: stop */
static bool take_fresh(struct chip_linger *linger, struct last *l)
{
    uint64_t count;
    ssize_t n = read(linger->event, &count, sizeof count);
    (void)n; /* only empties it */
    pthread_mutex_lock(&linger->lock);
    bool stop = linger->stop;
    for (size_t i = 0; i < linger->n_fresh; i++) {
        l->fds[l->n] = (struct pollfd){.fd = linger->fresh[i], .events = POLLIN};
        l->until_ms[l->n] = chip_clock_ms() + LINGER_MS;
        l->bytes[l->n++] = 0;
    }
    linger->n_fresh = 0;
    pthread_mutex_unlock(&linger->lock);
    return !stop;
}

static void *read_past_all(void *user)
{
    struct chip_linger *linger = user;
    struct last *l = calloc(1, sizeof *l);
    char *scrap = malloc(65536);
    while (l && scrap && take_fresh(linger, l)) {
        int64_t now = chip_clock_ms();
        for (size_t i = 0; i < l->n;) {
            if (l->until_ms[i] <= now || !read_past(l, i, scrap, 65536))
                forget(linger, l, i);
            else
                i++;
        }
        l->fds[l->n] = (struct pollfd){.fd = linger->event, .events = POLLIN};
        poll(l->fds, l->n + 1, l->n ? 250 : -1);
    }
    for (size_t i = 0; l && i < l->n; i++)
        close(l->fds[i].fd);
    free(l);
    free(scrap);
    return NULL;
}

enum chip_status chip_linger_new(struct chip_linger **out, struct chip_err *err)
{
    struct chip_linger *linger = calloc(1, sizeof *linger);
    if (!linger)
        return chip_fail(err, CHIP_E_NOMEM, "out of memory");
    pthread_mutex_init(&linger->lock, NULL);
    linger->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (linger->event < 0 || pthread_create(&linger->thread, NULL, read_past_all, linger) != 0) {
        if (linger->event >= 0)
            close(linger->event);
        pthread_mutex_destroy(&linger->lock);
        free(linger);
        return chip_fail(err, CHIP_E_NOMEM, "cannot start the thread that closes connections");
    }
    *out = linger;
    return CHIP_OK;
}

static void tell(struct chip_linger *linger)
{
    uint64_t one = 1;
    ssize_t n = write(linger->event, &one, sizeof one);
    (void)n; /* it is full only when it has been told already */
}

void chip_linger_free(struct chip_linger *linger)
{
    if (!linger)
        return;
    pthread_mutex_lock(&linger->lock);
    linger->stop = true;
    pthread_mutex_unlock(&linger->lock);
    tell(linger);
    pthread_join(linger->thread, NULL);
    close(linger->event);
    for (size_t i = 0; i < linger->n_fresh; i++)
        close(linger->fresh[i]);
    pthread_mutex_destroy(&linger->lock);
    free(linger);
}

void chip_linger_add(struct chip_linger *linger, int fd)
{
    shutdown(fd, SHUT_WR);
    pthread_mutex_lock(&linger->lock);
    if (linger->n_all < MAX_SOCKETS && !linger->stop) {
        int kept = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (kept >= 0) {
            linger->fresh[linger->n_fresh++] = kept;
            linger->n_all++;
        }
    }
    pthread_mutex_unlock(&linger->lock);
    tell(linger);
}
