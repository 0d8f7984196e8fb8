#include "job/lease.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "job/failure.h"
#include "job/news.h"

enum {
    NEWS_MS = 1000,         /* progress is written at most so often */
    LOOK_MS = 100,          /* the stop flag is looked at so often */
    AGAIN_MS = 1000,        /* a store that does not answer is asked again so often */
    FAREWELL_MS = 3000,     /* patience once the worker is to stop */
    LONGEST_LOOK_MS = 1000, /* what two looks are further apart, the machine has slept */
    HANG_MS = 30000         /* at most between being cancelled and being given up */
};

struct chip_lease {
    struct chip_store *store;
    char job_id[CHIP_UUID_TEXT], token[CHIP_UUID_TEXT];
    int seconds, patience_ms;
    const volatile bool *stop;
    volatile bool cancel;
    void (*hung)(void *user);
    void *user;
    atomic_uint signs; /* of life */

    pthread_t thread;
    bool runs;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    enum chip_lease_state state;
    struct chip_news news;
    bool writing, ending, hurry, away, attends;
    int64_t written_ms, next_try_ms;
    int64_t stall_ms, still_ms, looked_ms; /* still_ms: since the last sign of life */
    unsigned seen;                         /* of the signs */
};

/* ---- writing ---- */

static json_t *leased(const struct chip_lease *lease, json_t *args)
{
    if (!args || json_object_set_new(args, "id", json_string(lease->job_id)) != 0 ||
        json_object_set_new(args, "lease_token", json_string(lease->token)) != 0) {
        json_decref(args);
        return NULL;
    }
    return args;
}

static enum chip_status call(struct chip_lease *lease, const char *function, json_t *args,
                             json_t **result, struct chip_err *err)
{
    return chip_store_call(lease->store, NULL, function, leased(lease, args), result, err);
}

static enum chip_status write_kept(struct chip_lease *lease, struct chip_news *news,
                                   struct chip_err *err)
{
    while (news->keep && json_array_size(news->keep) > 0) {
        json_t *kept = json_deep_copy(json_array_get(news->keep, 0));
        const char *function = json_object_get(kept, "stage") ? "checkpoint_job" : "put_waveform";
        enum chip_status s = call(lease, function, kept, NULL, err);
        if (chip_failure_may_pass(s) || chip_failure_is_lost(s))
            return s;
        if (s != CHIP_OK)
            chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", lease->job_id),
                     "%s: not kept: %s; going on without", function, err->message);
        json_array_remove(news->keep, 0);
    }
    return CHIP_OK;
}

static enum chip_status write_news(struct chip_lease *lease, struct chip_news *news,
                                   struct chip_err *err)
{
    enum chip_status s = write_kept(lease, news, err);
    return s == CHIP_OK
               ? call(lease, "heartbeat_job", chip_news_heartbeat(news, lease->seconds), NULL, err)
               : s;
}

/* ---- the thread ---- */

/* Under the lock: what became of writing `news`. */
static void note_result(struct chip_lease *lease, struct chip_news *news, enum chip_status s,
                        const struct chip_err *err)
{
    int64_t now = chip_clock_ms();
    if (s == CHIP_OK) {
        if (lease->away)
            chip_log(CHIP_LOG_NOTICE, json_pack("{s:s}", "job", lease->job_id),
                     "the store answers again; the lease is renewed");
        lease->away = false;
        lease->written_ms = now;
        chip_news_done(news);
    } else if (chip_failure_is_lost(s)) {
        chip_log(CHIP_LOG_NOTICE, json_pack("{s:s}", "job", lease->job_id),
                 "the job is not this worker's any more: %s; leaving it", err->message);
        lease->state = CHIP_LEASE_LOST;
        lease->cancel = true;
        chip_news_done(news);
    } else if (chip_failure_may_pass(s)) {
        if (!lease->away)
            chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", lease->job_id),
                     "cannot tell how far the job is: %s; going on, and trying again",
                     err->message);
        lease->away = true;
        lease->next_try_ms = now + AGAIN_MS;
        chip_news_put_back(&lease->news, news);
    } else {
        chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", lease->job_id),
                 "the store refuses a heartbeat: %s; going on without it", err->message);
        lease->written_ms = now;
        chip_news_done(news);
    }
}

static bool is_due(const struct chip_lease *lease, int64_t now)
{
    if (now < lease->next_try_ms)
        return false;
    int64_t since = now - lease->written_ms;
    return since >= (lease->attends ? NEWS_MS : (int64_t)lease->seconds * 1000 / 3) ||
           (chip_news_any(&lease->news) && (lease->hurry || since >= NEWS_MS));
}

static void wait_a_little(struct chip_lease *lease)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&lease->changed, &lease->lock, &until);
}

/* Under the lock. @return true: the work hangs */
static bool look_for_life(struct chip_lease *lease)
{
    int64_t now = chip_clock_ms(), since = now - lease->looked_ms;
    unsigned signs = lease->signs;
    lease->looked_ms = now;
    if (lease->stall_ms == 0 || signs != lease->seen) {
        lease->seen = signs;
        lease->still_ms = 0;
        return false;
    }
    lease->still_ms += since < LONGEST_LOOK_MS ? since : LONGEST_LOOK_MS;
    if (lease->still_ms < lease->stall_ms)
        return false;
    if (lease->state == CHIP_LEASE_HELD)
        lease->state = CHIP_LEASE_STALLED;
    lease->cancel = true;
    int64_t longer = lease->stall_ms < HANG_MS ? lease->stall_ms : HANG_MS;
    return lease->still_ms >= lease->stall_ms + longer;
}

static void *keep_alive(void *user)
{
    struct chip_lease *lease = user;
    pthread_mutex_lock(&lease->lock);
    while (!lease->ending && lease->state != CHIP_LEASE_LOST) {
        if (*lease->stop && lease->state == CHIP_LEASE_HELD) {
            lease->state = CHIP_LEASE_STOPPING;
            lease->cancel = true;
        }
        if (look_for_life(lease) && lease->hung) {
            pthread_mutex_unlock(&lease->lock);
            lease->hung(lease->user);
            pthread_mutex_lock(&lease->lock);
            lease->hung = NULL;
        }
        if (!is_due(lease, chip_clock_ms())) {
            wait_a_little(lease);
            continue;
        }
        struct chip_news news = lease->news;
        lease->news = (struct chip_news){.progress = news.progress};
        lease->writing = true;
        pthread_mutex_unlock(&lease->lock);
        struct chip_err err;
        enum chip_status s = write_news(lease, &news, &err);
        pthread_mutex_lock(&lease->lock);
        note_result(lease, &news, s, &err);
        lease->writing = false;
        pthread_cond_broadcast(&lease->changed);
    }
    pthread_mutex_unlock(&lease->lock);
    return NULL;
}

enum chip_status chip_lease_start(struct chip_lease **out,
                                  const struct chip_lease_settings *settings, struct chip_err *err)
{
    struct chip_lease *lease = calloc(1, sizeof *lease);
    if (!lease)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a lease");
    lease->store = settings->store;
    lease->seconds = settings->seconds;
    lease->patience_ms = settings->patience_seconds * 1000;
    lease->stop = settings->stop;
    lease->hung = settings->hung;
    lease->user = settings->user;
    lease->written_ms = lease->looked_ms = chip_clock_ms();
    snprintf(lease->job_id, sizeof lease->job_id, "%s", settings->job_id);
    snprintf(lease->token, sizeof lease->token, "%s", settings->token);
    pthread_mutex_init(&lease->lock, NULL);
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&lease->changed, &steady);
    pthread_condattr_destroy(&steady);
    lease->runs = pthread_create(&lease->thread, NULL, keep_alive, lease) == 0;
    if (!lease->runs) {
        chip_lease_free(lease);
        return chip_fail(err, CHIP_E_NOMEM, "start a thread for a lease");
    }
    *out = lease;
    return CHIP_OK;
}

static void end_thread(struct chip_lease *lease)
{
    if (!lease->runs)
        return;
    pthread_mutex_lock(&lease->lock);
    lease->ending = true;
    pthread_cond_broadcast(&lease->changed);
    pthread_mutex_unlock(&lease->lock);
    pthread_join(lease->thread, NULL);
    lease->runs = false;
}

void chip_lease_free(struct chip_lease *lease)
{
    if (!lease)
        return;
    end_thread(lease);
    chip_news_done(&lease->news);
    pthread_cond_destroy(&lease->changed);
    pthread_mutex_destroy(&lease->lock);
    free(lease);
}

/* ---- telling ---- */

const volatile bool *chip_lease_cancel(const struct chip_lease *lease)
{
    return &lease->cancel;
}

void chip_lease_cut(struct chip_lease *lease)
{
    lease->cancel = true;
}

void chip_lease_watch(struct chip_lease *lease, int64_t stall_ms)
{
    pthread_mutex_lock(&lease->lock);
    lease->stall_ms = stall_ms;
    lease->still_ms = 0;
    pthread_mutex_unlock(&lease->lock);
}

void chip_lease_alive(struct chip_lease *lease)
{
    lease->signs++;
}

void chip_lease_attend(struct chip_lease *lease, bool attends)
{
    pthread_mutex_lock(&lease->lock);
    lease->attends = attends;
    pthread_mutex_unlock(&lease->lock);
}

enum chip_lease_state chip_lease_state(struct chip_lease *lease)
{
    pthread_mutex_lock(&lease->lock);
    enum chip_lease_state state = lease->state;
    pthread_mutex_unlock(&lease->lock);
    return state;
}

void chip_lease_tell(struct chip_lease *lease, const struct chip_lease_progress *progress)
{
    pthread_mutex_lock(&lease->lock);
    lease->news.progress = *progress;
    lease->news.moved = true;
    pthread_mutex_unlock(&lease->lock);
}

void chip_lease_title(struct chip_lease *lease, const char *title)
{
    pthread_mutex_lock(&lease->lock);
    snprintf(lease->news.title, sizeof lease->news.title, "%s", title);
    pthread_mutex_unlock(&lease->lock);
}

void chip_lease_event(struct chip_lease *lease, const char *kind, json_t *data)
{
    pthread_mutex_lock(&lease->lock);
    chip_news_append(&lease->news.events, json_pack("{s:s, s:o}", "kind", kind, "data", data));
    pthread_mutex_unlock(&lease->lock);
}

void chip_lease_segment(struct chip_lease *lease, json_t *segment)
{
    pthread_mutex_lock(&lease->lock);
    chip_news_append(&lease->news.segments, segment);
    pthread_mutex_unlock(&lease->lock);
}

void chip_lease_waveform(struct chip_lease *lease, json_t *waveform)
{
    if (!waveform)
        return;
    pthread_mutex_lock(&lease->lock);
    chip_news_append(&lease->news.keep, json_pack("{s:o}", "data", waveform));
    pthread_mutex_unlock(&lease->lock);
}

void chip_lease_checkpoint(struct chip_lease *lease, const char *stage, int slice, json_t *data)
{
    pthread_mutex_lock(&lease->lock);
    chip_news_append(&lease->news.keep,
                     json_pack("{s:s, s:i, s:o}", "stage", stage, "slice", slice, "data", data));
    pthread_mutex_unlock(&lease->lock);
}

static int64_t patience_ms(const struct chip_lease *lease)
{
    return *lease->stop && lease->patience_ms > FAREWELL_MS ? FAREWELL_MS : lease->patience_ms;
}

static enum chip_status fail_lost(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_CONFLICT, "the job is not this worker's any more");
}

enum chip_status chip_lease_flush(struct chip_lease *lease, struct chip_err *err)
{
    int64_t started = chip_clock_ms();
    pthread_mutex_lock(&lease->lock);
    lease->hurry = true;
    pthread_cond_broadcast(&lease->changed);
    while (lease->runs && lease->state != CHIP_LEASE_LOST &&
           (lease->writing || chip_news_any(&lease->news)) &&
           chip_clock_ms() - started < patience_ms(lease))
        wait_a_little(lease);
    lease->hurry = false;
    bool lost = lease->state == CHIP_LEASE_LOST;
    bool left = lease->runs && (lease->writing || chip_news_any(&lease->news));
    pthread_mutex_unlock(&lease->lock);
    if (lost)
        return fail_lost(err);
    return left ? chip_fail(err, CHIP_E_UNAVAILABLE, "the store did not answer for too long")
                : CHIP_OK;
}

enum chip_status chip_lease_end(struct chip_lease *lease, const char *function, json_t *args,
                                json_t **result, struct chip_err *err)
{
    const struct timespec pause = {.tv_nsec = AGAIN_MS / 4 * 1000000L};
    int64_t started = chip_clock_ms();
    enum chip_status s = CHIP_E_CONFLICT;
    end_thread(lease);
    while (lease->state != CHIP_LEASE_LOST) {
        s = call(lease, function, json_copy(args), result, err);
        if (!chip_failure_may_pass(s))
            break;
        if (chip_clock_ms() - started >= patience_ms(lease)) {
            lease->state = CHIP_LEASE_LOST; /* sooner or later */
            break;
        }
        nanosleep(&pause, NULL);
    }
    json_decref(args);
    if (chip_failure_is_lost(s)) {
        lease->state = CHIP_LEASE_LOST;
        return fail_lost(err);
    }
    return s;
}
