#include "cli/housekeeping.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "store/recordings.h"

enum { MINUTE_MS = 60000, DELETE_AT_ONCE = 100 };

struct chip_housekeeping {
    struct chip_housekeeping_settings settings;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stop; /* under lock */
};

/* The job is there, or it cannot be told. */
static bool job_exists(void *user, const char *id)
{
    struct chip_housekeeping *h = user;
    return chip_store_call(h->settings.store, NULL, "get_job", json_pack("{s:s}", "id", id), NULL,
                           NULL) != CHIP_E_NOT_FOUND;
}

static void remove_recordings(struct chip_housekeeping *h, const json_t *ids)
{
    size_t i;
    const json_t *id;
    json_array_foreach(ids, i, id)
    {
        struct chip_err err;
        if (chip_recording_remove(h->settings.data_dir, json_string_value(id), &err) != CHIP_OK)
            chip_log(CHIP_LOG_WARNING, json_pack("{s:O}", "job", id),
                     "the recording of a deleted job is still there, the next sweep takes it: %s",
                     err.message);
    }
}

/* @return true when there may be more to delete at once */
static bool expire_jobs(struct chip_housekeeping *h)
{
    json_t *result = NULL;
    struct chip_err err;
    if (chip_store_call(h->settings.store, NULL, "expire_jobs",
                        json_pack("{s:i, s:i}", "retain_days", h->settings.retain_days, "limit",
                                  DELETE_AT_ONCE),
                        &result, &err) != CHIP_OK) {
        chip_log(CHIP_LOG_WARNING, NULL, "old jobs could not be tidied up, trying again later: %s",
                 err.message);
        return false;
    }
    const json_t *deleted = json_object_get(result, "deleted");
    size_t n = json_array_size(deleted);
    json_int_t failed = json_integer_value(json_object_get(result, "failed"));
    remove_recordings(h, deleted);
    if (n || failed)
        chip_log(CHIP_LOG_NOTICE,
                 json_pack("{s:I, s:I}", "deleted", (json_int_t)n, "failed", failed),
                 "tidied up jobs");
    json_decref(result);
    return n == DELETE_AT_ONCE;
}

static void tidy_up(struct chip_housekeeping *h)
{
    while (expire_jobs(h))
        ;
    int uploads = chip_uploads_expire(h->settings.uploads, job_exists, h);
    int recordings = chip_recordings_sweep(h->settings.data_dir, job_exists, h);
    if (uploads || recordings)
        chip_log(CHIP_LOG_NOTICE,
                 json_pack("{s:i, s:i}", "uploads", uploads, "recordings", recordings),
                 "removed files that nobody needs any more");
}

/* @return false when it is time to stop */
static bool wait_for_next(struct chip_housekeeping *h)
{
    int every_ms = h->settings.every_ms ? h->settings.every_ms : MINUTE_MS;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += every_ms / 1000;
    until.tv_nsec += every_ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&h->lock);
    int rc = 0;
    while (!h->stop && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&h->changed, &h->lock, &until);
    bool go_on = !h->stop;
    pthread_mutex_unlock(&h->lock);
    return go_on;
}

static void *run(void *user)
{
    struct chip_housekeeping *h = user;
    do {
        tidy_up(h);
    } while (wait_for_next(h));
    return NULL;
}

enum chip_status chip_housekeeping_start(struct chip_housekeeping **out,
                                         const struct chip_housekeeping_settings *settings,
                                         struct chip_err *err)
{
    struct chip_housekeeping *h = calloc(1, sizeof *h);
    if (!h)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tidy up");
    h->settings = *settings;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&h->thread, NULL, run, h) != 0) {
        pthread_cond_destroy(&h->changed);
        pthread_mutex_destroy(&h->lock);
        free(h);
        return chip_fail(err, CHIP_E_NOMEM, "no thread could be started to tidy up");
    }
    *out = h;
    return CHIP_OK;
}

void chip_housekeeping_stop(struct chip_housekeeping *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
    free(h);
}
