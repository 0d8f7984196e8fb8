#include "http/watch.h"

#include <pthread.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "store/store.h"

enum {
    INTERVAL_MS = 150,
    AWAY_MS = 1000, /* between questions while the store does not answer */
    MAX_IDS = 5000, /* that watch_jobs takes in one call */
};

/* A job that somebody watches. */
struct watched {
    char id[CHIP_UUID_TEXT];
    int64_t last;                  /* its last event as heard; 0 at the start */
    struct chip_watcher *watchers; /* list */
    struct watched *next, **link;  /* list of all of them */
};

struct chip_watcher {
    struct watched *job;
    int64_t after;    /* woken for events behind it */
    bool told_gone;   /* woken because there is no such job */
    int idle_ms;      /* 0: never */
    int64_t woken_ms; /* when last, or added */
    chip_watch_fn *wake;
    void *user;
    struct chip_watcher *next, **link; /* list of the job's */
};

struct chip_watch {
    struct chip_store *store;
    int interval_ms;
    pthread_t thread;
    pthread_mutex_t lock;  /* guards all below */
    pthread_cond_t change; /* stop, hurry, or something to watch at last */
    bool stop, hurry;
    void *by_id; /* tsearch() tree of struct watched */
    struct watched *jobs;
    bool is_away; /* the store did not answer; said once */
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct watched *)a)->id, ((const struct watched *)b)->id);
}

/* ---- waking ---- */

static void wake(struct chip_watcher *w, int64_t now)
{
    w->woken_ms = now;
    w->wake(w->user);
}

static void hear(struct watched *job, int64_t last, int64_t now)
{
    job->last = last;
    for (struct chip_watcher *w = job->watchers; w; w = w->next) {
        bool is_gone = last == CHIP_WATCH_GONE;
        if (is_gone ? w->told_gone : last <= w->after)
            continue;
        if (is_gone)
            w->told_gone = true;
        else
            w->after = last;
        wake(w, now);
    }
}

static void wake_idle(struct chip_watch *watch, int64_t now)
{
    for (struct watched *job = watch->jobs; job; job = job->next)
        for (struct chip_watcher *w = job->watchers; w; w = w->next)
            if (w->idle_ms && now - w->woken_ms >= w->idle_ms)
                wake(w, now);
}

/* ---- asking ---- */

/* The next ids from *at on, at most as many as one call takes. NULL: out of memory */
static json_t *some_ids(const struct watched **at)
{
    json_t *ids = json_array();
    for (int n = 0; ids && *at && n < MAX_IDS; n++, *at = (*at)->next) {
        if (json_array_append_new(ids, json_string((*at)->id)) != 0) {
            json_decref(ids);
            ids = NULL;
        }
    }
    return ids;
}

/* All ids in questions of the right size; the list may change while they are asked. */
static json_t *questions(const struct chip_watch *watch)
{
    json_t *all = json_array();
    for (const struct watched *at = watch->jobs; all && at;) {
        if (json_array_append_new(all, some_ids(&at)) != 0) {
            json_decref(all);
            all = NULL;
        }
    }
    return all;
}

static enum chip_status ask(struct chip_watch *watch, json_t *ids, json_t **answer,
                            struct chip_err *err)
{
    json_t *args = json_pack("{s:O}", "ids", ids);
    return chip_store_call(watch->store, NULL, "watch_jobs", args, answer, err);
}

/* Under the lock: hands an answer to those who were asked about and are still watched. */
static void take(struct chip_watch *watch, const json_t *ids, const json_t *answer)
{
    int64_t now = chip_clock_ms();
    size_t i;
    const json_t *id;
    json_array_foreach(ids, i, id)
    {
        struct watched key;
        snprintf(key.id, sizeof key.id, "%s", json_string_value(id));
        struct watched **found = tfind(&key, &watch->by_id, compare);
        if (!found)
            continue;
        const json_t *last = json_object_get(answer, key.id);
        hear(*found, json_is_integer(last) ? json_integer_value(last) : CHIP_WATCH_GONE, now);
    }
}

static void note(struct chip_watch *watch, enum chip_status st, const struct chip_err *err)
{
    bool is_away = st != CHIP_OK;
    if (is_away && !watch->is_away)
        chip_log(CHIP_LOG_WARNING, NULL, "live events wait, asking again every second: %s",
                 err->message);
    if (!is_away && watch->is_away)
        chip_log(CHIP_LOG_NOTICE, NULL, "live events go on");
    watch->is_away = is_away;
}

/* One round of questions. Called and left under the lock, which is free meanwhile. */
static void turn(struct chip_watch *watch)
{
    json_t *all = questions(watch);
    struct chip_err err = {.message = "not enough memory"};
    enum chip_status st = all ? CHIP_OK : CHIP_E_NOMEM;
    size_t i;
    json_t *ids;
    json_array_foreach(all, i, ids)
    {
        json_t *answer = NULL;
        pthread_mutex_unlock(&watch->lock);
        st = ask(watch, ids, &answer, &err);
        pthread_mutex_lock(&watch->lock);
        if (st == CHIP_OK)
            take(watch, ids, answer);
        json_decref(answer);
        if (st != CHIP_OK)
            break;
    }
    json_decref(all);
    note(watch, st, &err);
    wake_idle(watch, chip_clock_ms());
}

static void sleep_until_next(struct chip_watch *watch)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ms = watch->is_away ? AWAY_MS : watch->interval_ms;
    int64_t ns = until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    while (!watch->stop && !watch->hurry &&
           pthread_cond_timedwait(&watch->change, &watch->lock, &until) == 0)
        continue;
}

static void *run(void *user)
{
    struct chip_watch *watch = user;
    pthread_mutex_lock(&watch->lock);
    while (!watch->stop) {
        if (!watch->jobs) {
            pthread_cond_wait(&watch->change, &watch->lock);
            continue;
        }
        watch->hurry = false;
        turn(watch);
        sleep_until_next(watch);
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

/* ---- start and stop ---- */

enum chip_status chip_watch_start(struct chip_watch **out, struct chip_store *store,
                                  int interval_ms, struct chip_err *err)
{
    struct chip_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to watch jobs");
    watch->store = store;
    watch->interval_ms = interval_ms ? interval_ms : INTERVAL_MS;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->change, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&watch->lock, NULL);
    if (pthread_create(&watch->thread, NULL, run, watch) != 0) {
        pthread_mutex_destroy(&watch->lock);
        pthread_cond_destroy(&watch->change);
        free(watch);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a thread to watch jobs");
    }
    *out = watch;
    return CHIP_OK;
}

static void signal_change(struct chip_watch *watch, bool *flag)
{
    pthread_mutex_lock(&watch->lock);
    *flag = true;
    pthread_cond_signal(&watch->change);
    pthread_mutex_unlock(&watch->lock);
}

void chip_watch_hurry(struct chip_watch *watch)
{
    signal_change(watch, &watch->hurry);
}

static void drop_job(struct chip_watch *watch, struct watched *job)
{
    tdelete(job, &watch->by_id, compare);
    *job->link = job->next;
    if (job->next)
        job->next->link = job->link;
    free(job);
}

static void unlink_watcher(struct chip_watcher *w)
{
    *w->link = w->next;
    if (w->next)
        w->next->link = w->link;
}

void chip_watch_stop(struct chip_watch *watch)
{
    if (!watch)
        return;
    signal_change(watch, &watch->stop);
    pthread_join(watch->thread, NULL);
    while (watch->jobs) {
        struct watched *job = watch->jobs;
        for (struct chip_watcher *w = job->watchers, *next; w; w = next) {
            next = w->next;
            free(w);
        }
        drop_job(watch, job);
    }
    pthread_mutex_destroy(&watch->lock);
    pthread_cond_destroy(&watch->change);
    free(watch);
}

/* ---- watchers ---- */

/* Under the lock: the job, made when it is the first time. NULL: out of memory */
static struct watched *find_job(struct chip_watch *watch, const char *id)
{
    struct watched *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    snprintf(job->id, sizeof job->id, "%s", id);
    struct watched **found = tsearch(job, &watch->by_id, compare);
    if (!found || *found != job) {
        free(job);
        return found ? *found : NULL;
    }
    job->next = watch->jobs;
    job->link = &watch->jobs;
    if (job->next)
        job->next->link = &job->next;
    watch->jobs = job;
    return job;
}

struct chip_watcher *chip_watch_add(struct chip_watch *watch, const char *job_id, int64_t after_seq,
                                    int idle_ms, chip_watch_fn *wake_fn, void *user)
{
    struct chip_watcher *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    *w = (struct chip_watcher){.after = after_seq,
                               .idle_ms = idle_ms,
                               .woken_ms = chip_clock_ms(),
                               .wake = wake_fn,
                               .user = user};
    pthread_mutex_lock(&watch->lock);
    bool is_first = !watch->jobs;
    w->job = find_job(watch, job_id);
    if (!w->job) {
        pthread_mutex_unlock(&watch->lock);
        free(w);
        return NULL;
    }
    w->next = w->job->watchers;
    w->link = &w->job->watchers;
    if (w->next)
        w->next->link = &w->next;
    w->job->watchers = w;
    if (is_first)
        pthread_cond_signal(&watch->change);
    pthread_mutex_unlock(&watch->lock);
    return w;
}

void chip_watch_remove(struct chip_watch *watch, struct chip_watcher *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&watch->lock);
    unlink_watcher(w);
    if (!w->job->watchers)
        drop_job(watch, w->job);
    pthread_mutex_unlock(&watch->lock);
    free(w);
}

void chip_watch_after(struct chip_watch *watch, struct chip_watcher *w, int64_t after_seq)
{
    pthread_mutex_lock(&watch->lock);
    w->after = after_seq;
    pthread_mutex_unlock(&watch->lock);
}

int64_t chip_watch_last(struct chip_watch *watch, const struct chip_watcher *w)
{
    pthread_mutex_lock(&watch->lock);
    int64_t last = w->job->last;
    pthread_mutex_unlock(&watch->lock);
    return last;
}
