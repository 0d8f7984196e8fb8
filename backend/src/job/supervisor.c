#include "job/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/child.h"
#include "job/link.h"

enum {
    GRACE_MS = 8000,
    FIRST_WAIT_MS = 100, /* before the first restart in a row, then twice as long each time */
    LONGEST_WAIT_MS = 10000,
    STEADY_MS = 30000, /* who lived so long did not die of its start */
    REAP_MS = 10,      /* between two looks at a process that has closed its socket */
    DEAF_MS = 2000,    /* after which one that only closed it is killed */
};

struct worker {
    struct chip_child child; /* pid 0: not running */
    bool ready, closed;      /* closed: has ended its side, so it is dying */
    char job[CHIP_UUID_TEXT];
    int64_t started_ms, closed_ms, start_at_ms;
    int64_t asked_ms; /* when it was asked to end; 0: it was not */
    int wait_ms;      /* before the next restart */
};

struct chip_supervisor {
    struct chip_supervisor_settings settings;
    struct worker *workers; /* [settings.n_workers]; the thread's own */
    int control[2];         /* a byte wakes the thread; [0] is read */
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    struct chip_workers_state state;
    bool wake, stop, hold;
    bool has_ended; /* the thread; of chip_supervisor_halt() and _stop() alone */
};

/* ---- what is known of them ---- */

/* @param held what was done last was done under that */
static void publish(struct chip_supervisor *s, bool held)
{
    int alive = 0, ready = 0, busy = 0;
    for (int i = 0; i < s->settings.n_workers; i++) {
        const struct worker *w = &s->workers[i];
        alive += w->child.pid != 0;
        ready += w->child.pid && w->ready;
        busy += w->child.pid && w->job[0];
    }
    pthread_mutex_lock(&s->lock);
    s->state.alive = alive;
    s->state.ready = ready;
    s->state.busy = busy;
    s->state.at_rest = held && s->hold && alive == 0;
    if (ready)
        s->state.why[0] = '\0';
    pthread_mutex_unlock(&s->lock);
}

static void count_stage(struct chip_supervisor *s, const struct chip_link_message *m)
{
    pthread_mutex_lock(&s->lock);
    struct chip_workers_state *state = &s->state;
    int i = 0;
    while (i < state->n_stages && strcmp(state->stages[i].stage, m->text) != 0)
        i++;
    if (i == state->n_stages && i < CHIP_MAX_STAGE_COUNTS) {
        snprintf(state->stages[i].stage, sizeof state->stages[i].stage, "%s", m->text);
        state->n_stages++;
    }
    if (i < state->n_stages) {
        state->stages[i].n++;
        state->stages[i].seconds += (double)m->ms / 1e3;
        state->stages[i].recording_seconds += (double)m->recording_ms / 1e3;
    }
    pthread_mutex_unlock(&s->lock);
}

static void say_why(struct chip_supervisor *s, const char *why)
{
    pthread_mutex_lock(&s->lock);
    snprintf(s->state.why, sizeof s->state.why, "%s", why);
    pthread_mutex_unlock(&s->lock);
}

static void hear(struct chip_supervisor *s, struct worker *w, const struct chip_link_message *m)
{
    switch ((enum chip_link_kind)m->kind) {
    case CHIP_LINK_READY:
        w->ready = true;
        break;
    case CHIP_LINK_FAILED:
        say_why(s, m->text);
        break;
    case CHIP_LINK_JOB:
        snprintf(w->job, sizeof w->job, "%s", m->job);
        break;
    case CHIP_LINK_STAGE:
        count_stage(s, m);
        break;
    case CHIP_LINK_IDLE:
        w->job[0] = '\0';
        pthread_mutex_lock(&s->lock);
        s->state.jobs++;
        pthread_mutex_unlock(&s->lock);
        break;
    }
}

static void listen_to(struct chip_supervisor *s, struct worker *w)
{
    struct chip_link_message m;
    enum chip_link_got got;
    while ((got = chip_link_receive(w->child.fd, &m)) == CHIP_LINK_MESSAGE)
        hear(s, w, &m);
    if (got == CHIP_LINK_CLOSED && !w->closed) {
        w->closed = true;
        w->closed_ms = chip_clock_ms();
    }
}

/* ---- birth and death ---- */

static void start(struct chip_supervisor *s, struct worker *w, int64_t now)
{
    struct chip_err err;
    const char *program = s->settings.program ? s->settings.program : "/proc/self/exe";
    struct chip_child child;
    if (chip_child_start(&child, program, s->settings.argv, &err) != CHIP_OK) {
        w->start_at_ms = now + LONGEST_WAIT_MS;
        say_why(s, err.message);
        chip_log(CHIP_LOG_ERROR, NULL, "no worker: %s; trying again in %d s", err.message,
                 LONGEST_WAIT_MS / 1000);
        return;
    }
    *w = (struct worker){.child = child, .started_ms = now, .wait_ms = w->wait_ms};
}

static void say_how_it_ended(const struct worker *w, int status)
{
    json_t *fields = json_pack("{s:i}", "pid", (int)w->child.pid);
    if (fields && w->job[0])
        json_object_set_new(fields, "job", json_string(w->job));
    const char *job = w->job[0] ? "; its job goes on from what was kept" : "";
    if (WIFSIGNALED(status))
        chip_log(CHIP_LOG_ERROR, fields,
                 "a worker was killed by signal %d (%s)%s; starting another", WTERMSIG(status),
                 strsignal(WTERMSIG(status)), job);
    else
        chip_log(CHIP_LOG_ERROR, fields, "a worker ended with status %d%s; starting another",
                 WEXITSTATUS(status), job);
}

static void bury(struct chip_supervisor *s, struct worker *w, int status, bool asked_for)
{
    int64_t now = chip_clock_ms();
    if (w->child.fd >= 0)
        listen_to(s, w); /* its last words */
    if (!asked_for) {
        say_how_it_ended(w, status);
        if (now - w->started_ms > STEADY_MS || !w->wait_ms)
            w->wait_ms = FIRST_WAIT_MS;
        else
            w->wait_ms = w->wait_ms * 2 < LONGEST_WAIT_MS ? w->wait_ms * 2 : LONGEST_WAIT_MS;
        w->start_at_ms = now + w->wait_ms;
        pthread_mutex_lock(&s->lock);
        s->state.restarts++;
        pthread_mutex_unlock(&s->lock);
    }
    close(w->child.fd);
    w->child = (struct chip_child){.fd = -1};
    w->ready = w->closed = false;
    w->asked_ms = 0;
    w->job[0] = '\0';
}

/* Collects it if it is dead. One that has closed its socket but lives on can no longer be asked to
 * do anything; one that was asked to end has so long for it. */
static void look_after(struct chip_supervisor *s, struct worker *w, bool hold, int64_t now)
{
    if (!w->child.pid) {
        if (!hold && now >= w->start_at_ms)
            start(s, w, now);
        return;
    }
    int status;
    if (waitpid(w->child.pid, &status, WNOHANG) == w->child.pid) {
        bury(s, w, status, w->asked_ms != 0);
    } else if (hold && !w->asked_ms) {
        kill(w->child.pid, SIGTERM);
        w->asked_ms = now;
    } else if ((w->closed && now - w->closed_ms > DEAF_MS) ||
               (w->asked_ms && now - w->asked_ms > s->settings.grace_ms)) {
        kill(w->child.pid, SIGKILL);
    }
}

static void stop_all(struct chip_supervisor *s)
{
    int64_t deadline = chip_clock_ms() + s->settings.grace_ms;
    for (int i = 0; i < s->settings.n_workers; i++)
        if (s->workers[i].child.pid)
            kill(s->workers[i].child.pid, SIGTERM);
    for (int i = 0; i < s->settings.n_workers; i++) {
        struct worker *w = &s->workers[i];
        int status;
        while (w->child.pid && waitpid(w->child.pid, &status, WNOHANG) == 0) {
            if (chip_clock_ms() >= deadline) {
                chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", w->job),
                         "a worker did not end within %d ms and is killed; its lease ends by "
                         "itself",
                         s->settings.grace_ms);
                kill(w->child.pid, SIGKILL);
                waitpid(w->child.pid, &status, 0);
                break;
            }
            poll(NULL, 0, REAP_MS);
        }
        if (w->child.pid)
            bury(s, w, 0, true);
    }
    publish(s, true);
}

/* ---- the thread ---- */

/* How long nothing has to be done by itself. */
static int idle_ms(const struct chip_supervisor *s, bool hold, int64_t now)
{
    int64_t wait = -1;
    for (int i = 0; i < s->settings.n_workers; i++) {
        const struct worker *w = &s->workers[i];
        int64_t own = -1;
        if (!w->child.pid && !hold)
            own = w->start_at_ms > now ? w->start_at_ms - now : 0;
        else if (w->child.pid && (w->closed || w->asked_ms))
            own = REAP_MS;
        if (own >= 0 && (wait < 0 || own < wait))
            wait = own;
    }
    return (int)wait;
}

static void sleep_until_news(struct chip_supervisor *s, bool hold)
{
    struct pollfd fds[1 + CHIP_MAX_WORKERS] = {{.fd = s->control[0], .events = POLLIN}};
    int n = s->settings.n_workers;
    for (int i = 0; i < n; i++) {
        const struct worker *w = &s->workers[i];
        bool hears = w->child.pid && !w->closed;
        fds[1 + i] = (struct pollfd){.fd = hears ? w->child.fd : -1, .events = POLLIN};
    }
    if (poll(fds, (nfds_t)n + 1, idle_ms(s, hold, chip_clock_ms())) < 0)
        return;
    char bytes[64];
    while (fds[0].revents && read(s->control[0], bytes, sizeof bytes) == sizeof bytes)
        ;
    for (int i = 0; i < n; i++)
        if (fds[1 + i].revents)
            listen_to(s, &s->workers[i]);
}

static void *supervise(void *user)
{
    struct chip_supervisor *s = user;
    for (;;) {
        pthread_mutex_lock(&s->lock);
        bool stop = s->stop, wake = s->wake, hold = s->hold;
        s->wake = false;
        pthread_mutex_unlock(&s->lock);
        if (stop)
            break;
        int64_t now = chip_clock_ms();
        for (int i = 0; i < s->settings.n_workers; i++) {
            struct worker *w = &s->workers[i];
            look_after(s, w, hold, now);
            if (wake && w->child.pid && !w->closed)
                send(w->child.fd, "w", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        }
        publish(s, hold);
        sleep_until_news(s, hold);
    }
    stop_all(s);
    return NULL;
}

/* ---- for others ---- */

static void discard(struct chip_supervisor *s)
{
    if (s->control[0] >= 0) {
        close(s->control[0]);
        close(s->control[1]);
    }
    pthread_mutex_destroy(&s->lock);
    free(s->workers);
    free(s);
}

enum chip_status chip_supervisor_start(struct chip_supervisor **out,
                                       const struct chip_supervisor_settings *settings,
                                       struct chip_err *err)
{
    if (settings->n_workers < 1 || settings->n_workers > CHIP_MAX_WORKERS)
        return chip_fail(err, CHIP_E_INVAL, "%d workers: give a number from 1 to %d",
                         settings->n_workers, CHIP_MAX_WORKERS);
    struct chip_supervisor *s = calloc(1, sizeof *s);
    if (!s)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for workers");
    s->settings = *settings;
    if (!s->settings.grace_ms)
        s->settings.grace_ms = GRACE_MS;
    s->state.n_workers = settings->n_workers;
    s->hold = settings->is_held;
    s->control[0] = s->control[1] = -1;
    pthread_mutex_init(&s->lock, NULL);
    s->workers = calloc((size_t)settings->n_workers, sizeof *s->workers);
    enum chip_status status = CHIP_OK;
    if (!s->workers)
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for workers");
    else if (pipe2(s->control, O_CLOEXEC | O_NONBLOCK) < 0)
        status = chip_fail(err, CHIP_E_IO, "open a pipe: %s", strerror(errno));
    else if (pthread_create(&s->thread, NULL, supervise, s) != 0)
        status = chip_fail(err, CHIP_E_NOMEM, "start a thread for workers");
    if (status != CHIP_OK) {
        discard(s);
        return status;
    }
    *out = s;
    return CHIP_OK;
}

static void tell(struct chip_supervisor *s, bool *what, bool value)
{
    pthread_mutex_lock(&s->lock);
    *what = value;
    s->state.at_rest = false; /* the thread says when it is so */
    pthread_mutex_unlock(&s->lock);
    /* A full pipe has enough bytes in it to wake the thread. */
    if (write(s->control[1], "x", 1) < 0)
        return;
}

void chip_supervisor_wake(struct chip_supervisor *supervisor)
{
    tell(supervisor, &supervisor->wake, true);
}

void chip_supervisor_hold(struct chip_supervisor *supervisor, bool hold)
{
    tell(supervisor, &supervisor->hold, hold);
}

void chip_supervisor_state(struct chip_supervisor *supervisor, struct chip_workers_state *out)
{
    pthread_mutex_lock(&supervisor->lock);
    *out = supervisor->state;
    pthread_mutex_unlock(&supervisor->lock);
}

void chip_supervisor_halt(struct chip_supervisor *supervisor)
{
    if (supervisor->has_ended)
        return;
    tell(supervisor, &supervisor->stop, true);
    pthread_join(supervisor->thread, NULL);
    supervisor->has_ended = true;
}

void chip_supervisor_stop(struct chip_supervisor *supervisor)
{
    if (!supervisor)
        return;
    chip_supervisor_halt(supervisor);
    discard(supervisor);
}
