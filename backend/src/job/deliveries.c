#include "job/deliveries.h"

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    DEFAULT_THREADS = 4,
    MAX_THREADS = 64,
    DEFAULT_POLL_MS = 15000,
    LEASE_S = 60, /* a try takes 20 s at most */
    LONGEST_WAIT_S = 86400,
    LATE_MS = 50,
    GRACE_MS = 2000, /* for what is being sent when we stop */
};

static const int default_waits_s[] = {5, 300, 1800, 7200, 18000, 36000, 36000, 0};

struct chip_deliveries {
    struct chip_store *store;
    const struct chip_guard *guard;
    struct chip_webhook_keys keys;
    int64_t poll_ms;
    const int *waits_s;
    pthread_t threads[MAX_THREADS];
    int n_threads;
    volatile bool cut_off; /* polled by requests */

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t wake;
    bool stop;
    int n_busy;           /* threads with a delivery in hand */
    pthread_cond_t idle;  /* that is 0 now */
    bool look;            /* there may be something that is due */
    int64_t next_ms;      /* chip_clock_ms() at which to look anyway */
    int64_t soonest_ms;   /* when the next one that we know of is due; past: none */
    bool store_is_silent; /* and that has been logged */
};

/* ---- one delivery ---------------------------------------------------------------------------- */

/* The wait after try number `n_tries` (1: the first), with up to a fifth more so that many do not
 * come back at once. @return 0: that was the last one */
static int next_wait_s(const struct chip_deliveries *d, size_t n_tries, int wished_s)
{
    for (size_t i = 0; d->waits_s[i]; i++) {
        if (i + 1 < n_tries)
            continue;
        unsigned random = 0;
        if (getrandom(&random, sizeof random, 0) != sizeof random)
            random = 0;
        int wait_s = d->waits_s[i];
        wait_s += (int)(random % ((unsigned)wait_s / 5 + 1));
        wait_s = wished_s > wait_s ? wished_s : wait_s;
        return wait_s < LONGEST_WAIT_S ? wait_s : LONGEST_WAIT_S;
    }
    return 0;
}

static const char *text_of(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));
    return text ? text : "";
}

/* A little late: the store counts by another clock, and who looks a millisecond too early finds
 * nothing and sleeps until the next poll. */
static void look_again_in(struct chip_deliveries *d, int wait_s)
{
    int64_t now_ms = chip_clock_ms(), at_ms = now_ms + wait_s * (int64_t)1000 + LATE_MS;
    pthread_mutex_lock(&d->lock);
    if (d->soonest_ms <= now_ms || at_ms < d->soonest_ms)
        d->soonest_ms = at_ms;
    if (at_ms < d->next_ms) {
        d->next_ms = at_ms;
        pthread_cond_broadcast(&d->wake); /* whoever sleeps until the old time */
    }
    pthread_mutex_unlock(&d->lock);
}

static void write_down(struct chip_deliveries *d, const json_t *row,
                       const struct chip_webhook_result *result)
{
    size_t n_tries = json_array_size(json_object_get(row, "tries")) + 1;
    int wait_s =
        result->verdict == CHIP_WEBHOOK_LATER ? next_wait_s(d, n_tries, result->retry_after_s) : 0;
    bool ok = result->verdict == CHIP_WEBHOOK_DELIVERED;
    json_t *args = json_pack("{s:s, s:b, s:i, s:i}", "id", text_of(row, "id"), "ok", ok,
                             "http_status", result->http_status, "ms", result->ms);
    if (args && !ok) {
        json_t *error = json_string(result->error);
        json_object_set_new(args, "error", error ? error : json_string("the error is not UTF-8"));
    }
    if (args && wait_s)
        json_object_set_new(args, "retry_seconds", json_integer(wait_s));

    struct chip_err err;
    if (chip_store_call(d->store, NULL, "finish_delivery", args, NULL, &err) != CHIP_OK)
        chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", text_of(row, "job_id")),
                 "how a webhook's delivery went cannot be written down (%s); it may be sent again",
                 err.message);
    else if (wait_s)
        look_again_in(d, wait_s);
    else if (!ok)
        chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", text_of(row, "job_id")),
                 "a webhook could not be delivered in %zu tries (%s), giving up", n_tries,
                 result->error);
}

static void deliver(struct chip_deliveries *d, const json_t *row)
{
    struct chip_webhook_result result = {.verdict = CHIP_WEBHOOK_GIVE_UP};
    char *body = json_dumps(json_object_get(row, "payload"), JSON_COMPACT);
    if (body) {
        struct chip_webhook webhook = {.url = text_of(row, "url"),
                                       .guard = d->guard,
                                       .keys = &d->keys,
                                       .id = text_of(row, "id"),
                                       .timestamp_s = (int64_t)time(NULL),
                                       .body = body,
                                       .n_body = strlen(body),
                                       .cancel = &d->cut_off};
        chip_webhook_send(&webhook, &result);
    } else {
        strcpy(result.error, "the payload cannot be written as JSON");
    }
    free(body);
    /* What was cut off by the stop does not count as a try; its lease will end. */
    bool unknown = d->cut_off && result.verdict == CHIP_WEBHOOK_LATER && !result.http_status;
    if (!unknown)
        write_down(d, row, &result);
}

/* ---- the threads ----------------------------------------------------------------------------- */

/* @return a delivery, to be released; NULL: none is due, or the store is silent */
static json_t *claim(struct chip_deliveries *d)
{
    struct chip_err err;
    json_t *rows = NULL, *row = NULL;
    enum chip_status status =
        chip_store_call(d->store, NULL, "claim_deliveries",
                        json_pack("{s:i, s:i}", "limit", 1, "lease_seconds", LEASE_S), &rows, &err);
    if (status == CHIP_OK)
        row = json_incref(json_array_get(rows, 0));
    json_decref(rows);

    pthread_mutex_lock(&d->lock);
    bool news = (status != CHIP_OK) != d->store_is_silent;
    d->store_is_silent = status != CHIP_OK;
    pthread_mutex_unlock(&d->lock);
    if (news && status != CHIP_OK)
        chip_log(CHIP_LOG_WARNING, NULL,
                 "webhooks wait: the store does not say which are due (%s); asking again every "
                 "%d s",
                 err.message, (int)(d->poll_ms / 1000));
    else if (news)
        chip_log(CHIP_LOG_NOTICE, NULL, "webhooks go on: the store answers again");
    return row;
}

static struct timespec time_of(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

/* Waits until it is time to look, with the lock. One thread looks at a time; when it has found
 * something it sends the next one to look for more. */
static void wait_for_work(struct chip_deliveries *d)
{
    while (!d->stop && !d->look && chip_clock_ms() < d->next_ms) {
        struct timespec until = time_of(d->next_ms);
        pthread_cond_timedwait(&d->wake, &d->lock, &until);
    }
    int64_t now_ms = chip_clock_ms();
    d->look = false;
    d->next_ms = now_ms + d->poll_ms;
    if (d->soonest_ms > now_ms && d->soonest_ms < d->next_ms)
        d->next_ms = d->soonest_ms;
}

static void become_idle(struct chip_deliveries *d)
{
    pthread_mutex_lock(&d->lock);
    if (--d->n_busy == 0)
        pthread_cond_broadcast(&d->idle);
    pthread_mutex_unlock(&d->lock);
}

static void *work(void *user)
{
    struct chip_deliveries *d = user;
    for (;;) {
        pthread_mutex_lock(&d->lock);
        wait_for_work(d);
        bool stop = d->stop;
        d->n_busy += !stop;
        pthread_mutex_unlock(&d->lock);
        if (stop)
            return NULL;
        json_t *row = claim(d);
        if (row) {
            chip_deliveries_wake(d); /* there may be more, for others */
            deliver(d, row);
            json_decref(row);
            chip_deliveries_wake(d);
        }
        become_idle(d);
    }
}

/* ---- their life ------------------------------------------------------------------------------ */

enum chip_status chip_deliveries_start(struct chip_deliveries **out,
                                       const struct chip_deliveries_settings *settings,
                                       struct chip_err *err)
{
    struct chip_deliveries *d = calloc(1, sizeof *d);
    if (!d)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    d->store = settings->store;
    d->guard = settings->guard;
    d->keys = *settings->keys;
    d->poll_ms = settings->poll_ms ? settings->poll_ms : DEFAULT_POLL_MS;
    d->waits_s = settings->waits_s ? settings->waits_s : default_waits_s;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC); /* as chip_clock_ms() */
    pthread_cond_init(&d->wake, &monotonic);
    pthread_cond_init(&d->idle, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&d->lock, NULL);
    int n = settings->n_threads ? settings->n_threads : DEFAULT_THREADS;
    for (; d->n_threads < n && d->n_threads < MAX_THREADS; d->n_threads++)
        if (pthread_create(&d->threads[d->n_threads], NULL, work, d) != 0) {
            chip_deliveries_free(d);
            return chip_fail(err, CHIP_E_NOMEM, "a thread cannot be started");
        }
    *out = d;
    return CHIP_OK;
}

void chip_deliveries_wake(struct chip_deliveries *d)
{
    pthread_mutex_lock(&d->lock);
    d->look = true;
    pthread_cond_signal(&d->wake);
    pthread_mutex_unlock(&d->lock);
}

/* Lets what is being sent come to its end, for a while; then cuts it off. */
static void stop(struct chip_deliveries *d)
{
    struct timespec until = time_of(chip_clock_ms() + GRACE_MS);
    int late = 0;
    pthread_mutex_lock(&d->lock);
    d->stop = true;
    pthread_cond_broadcast(&d->wake);
    while (d->n_busy > 0 && late == 0)
        late = pthread_cond_timedwait(&d->idle, &d->lock, &until);
    d->cut_off = true;
    pthread_mutex_unlock(&d->lock);
}

void chip_deliveries_free(struct chip_deliveries *d)
{
    if (!d)
        return;
    stop(d);
    for (int i = 0; i < d->n_threads; i++)
        pthread_join(d->threads[i], NULL);
    pthread_cond_destroy(&d->wake);
    pthread_cond_destroy(&d->idle);
    pthread_mutex_destroy(&d->lock);
    free(d);
}
