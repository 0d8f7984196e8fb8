#include "job/arrival.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { LOOK_MS = 200, BLOCK_BYTES = 64 * 1024 };

struct chip_arrival {
    struct chip_arrival_settings settings;
    char id[CHIP_UUID_TEXT];
    int file, from, to; /* the upload's bytes; the two ends of the pipe, -1 once closed */
    int64_t handed_on;  /* bytes that went into the pipe */
    pthread_t thread;
    bool runs;
    atomic_bool give_up;
    _Atomic(double) share;
    enum chip_status status; /* after the thread's end */
    struct chip_err err;
};

static bool is_over(const struct chip_arrival *a)
{
    return *a->settings.cancel || a->give_up;
}

static enum chip_status fail_over(struct chip_arrival *a)
{
    return chip_fail(&a->err, CHIP_E_CANCELLED, "stopped while the upload arrived");
}

/* ---- into the pipe ---- */

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Waits for room. The reader takes its time, and may have had enough: then nothing goes there any
 * more. */
static enum chip_status put(struct chip_arrival *a, const char *bytes, size_t n)
{
    while (n > 0 && a->to >= 0) {
        struct pollfd room = {.fd = a->to, .events = POLLOUT};
        if (is_over(a))
            return fail_over(a);
        if (poll(&room, 1, LOOK_MS) <= 0)
            continue;
        ssize_t wrote = write(a->to, bytes, n);
        if (wrote < 0 && errno == EPIPE)
            close_end(&a->to);
        else if (wrote < 0 && errno != EAGAIN && errno != EINTR)
            return chip_fail(&a->err, CHIP_E_IO, "hand an upload on: %s", strerror(errno));
        if (wrote > 0) {
            a->handed_on += wrote;
            bytes += wrote;
            n -= (size_t)wrote;
        }
    }
    return CHIP_OK;
}

static enum chip_status hand_on(struct chip_arrival *a, int64_t until)
{
    char block[BLOCK_BYTES];
    enum chip_status s = CHIP_OK;
    while (s == CHIP_OK && a->to >= 0 && a->handed_on < until) {
        int64_t left = until - a->handed_on;
        ssize_t got =
            pread(a->file, block, left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES, a->handed_on);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return chip_fail(&a->err, CHIP_E_IO, "an upload cannot be read: %s",
                             got < 0 ? strerror(errno) : "it has become shorter");
        s = put(a, block, (size_t)got);
    }
    return s;
}

/* ---- the thread ---- */

static enum chip_status follow(struct chip_arrival *a)
{
    struct chip_upload upload = {0};
    int64_t came = 0, came_ms = chip_clock_ms();
    for (;;) {
        if (is_over(a))
            return fail_over(a);
        enum chip_status s =
            chip_upload_wait(a->settings.uploads, a->id, came, LOOK_MS, &upload, &a->err);
        if (s != CHIP_OK)
            return s;
        a->settings.alive(a->settings.user);
        if (upload.length > 0)
            a->share = (double)upload.offset / (double)upload.length;
        if (upload.offset > came) {
            came = upload.offset;
            s = hand_on(a, came);
            came_ms = chip_clock_ms(); /* the time that the reader took is not the upload's */
        }
        if (s != CHIP_OK || (upload.finished && upload.offset == came))
            return s;
        if (chip_clock_ms() - came_ms > a->settings.stall_ms)
            return chip_fail(&a->err, CHIP_E_LIMIT,
                             "the upload stopped after %lld bytes and did not go on for %lld "
                             "minutes: upload the recording again",
                             (long long)came, (long long)(a->settings.stall_ms / 60000));
    }
}

static void *feed(void *user)
{
    struct chip_arrival *a = user;
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    a->status = follow(a);
    if (a->status == CHIP_OK)
        close_end(&a->to);
    else if (a->status != CHIP_E_CANCELLED)
        a->settings.failed(a->settings.user);
    return NULL;
}

/* ---- for others ---- */

static enum chip_status open_ends(struct chip_arrival *a, struct chip_err *err)
{
    char path[CHIP_UPLOAD_PATH];
    int ends[2];
    enum chip_status s = chip_upload_path(a->settings.uploads, a->id, path, err);
    if (s != CHIP_OK)
        return s;
    a->file = open(path, O_RDONLY | O_CLOEXEC);
    if (a->file < 0)
        return chip_fail(err, errno == ENOENT ? CHIP_E_NOT_FOUND : CHIP_E_IO, "open an upload: %s",
                         strerror(errno));
    if (pipe2(ends, O_CLOEXEC) < 0)
        return chip_fail(err, CHIP_E_IO, "open a pipe: %s", strerror(errno));
    a->from = ends[0];
    a->to = ends[1];
    if (fcntl(a->to, F_SETFL, O_NONBLOCK) < 0)
        return chip_fail(err, CHIP_E_IO, "open a pipe: %s", strerror(errno));
    return CHIP_OK;
}

enum chip_status chip_arrival_start(struct chip_arrival **out,
                                    const struct chip_arrival_settings *settings,
                                    struct chip_err *err)
{
    struct chip_arrival *a = calloc(1, sizeof *a);
    if (!a)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to follow an upload");
    a->settings = *settings;
    snprintf(a->id, sizeof a->id, "%s", settings->upload_id);
    a->file = a->from = a->to = -1;
    a->share = -1.0;
    enum chip_status s = open_ends(a, err);
    if (s == CHIP_OK) {
        a->runs = pthread_create(&a->thread, NULL, feed, a) == 0;
        if (!a->runs)
            s = chip_fail(err, CHIP_E_NOMEM, "start a thread to follow an upload");
    }
    if (s != CHIP_OK) {
        chip_arrival_free(a);
        return s;
    }
    *out = a;
    return CHIP_OK;
}

int chip_arrival_fd(const struct chip_arrival *arrival)
{
    return arrival->from;
}

double chip_arrival_share(const struct chip_arrival *arrival)
{
    return arrival->share;
}

enum chip_status chip_arrival_wait(struct chip_arrival *a, struct chip_err *err)
{
    close_end(&a->from);
    if (a->runs)
        pthread_join(a->thread, NULL);
    a->runs = false;
    if (a->status != CHIP_OK && err)
        *err = a->err;
    return a->status;
}

void chip_arrival_free(struct chip_arrival *a)
{
    if (!a)
        return;
    a->give_up = true;
    if (a->runs)
        pthread_join(a->thread, NULL);
    close_end(&a->from);
    close_end(&a->to);
    close_end(&a->file);
    free(a);
}
