/* How fast jobs go through a store when nothing has to be done for them. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"
#include "bench.h"
#include "store/store.h"

enum { MAX_THREADS = 64, LEASE_SECONDS = 600 };

struct queue {
    struct chip_store *store;
    pthread_mutex_t lock;
    long done, twice; /* under lock: completions, and completions that were refused */
    bool failed;      /* under lock */
    struct chip_err err;
};

static enum chip_status enqueue(struct chip_store *store, long n, struct chip_err *err)
{
    for (long i = 0; i < n; i++) {
        char id[CHIP_UUID_TEXT];
        chip_uuid_make(id);
        enum chip_status s =
            chip_store_call(store, NULL, "enqueue_job",
                            json_pack("{s:s, s:{s:s, s:s}}", "id", id, "source", "kind", "url",
                                      "url", "https://example.org/a.wav"),
                            NULL, err);
        if (s != CHIP_OK)
            return s;
    }
    return CHIP_OK;
}

static enum chip_status complete(struct queue *q, const json_t *job, struct chip_err *err)
{
    return chip_store_call(q->store, NULL, "complete_job",
                           json_pack("{s:O, s:O, s:{s:s}}", "id", json_object_get(job, "id"),
                                     "lease_token", json_object_get(job, "lease_token"), "analysis",
                                     "title", "nothing was done"),
                           NULL, err);
}

/* @return false when there is nothing more to do */
static bool work_once(struct queue *q)
{
    json_t *job = NULL;
    struct chip_err err;
    enum chip_status s = chip_store_call(q->store, NULL, "claim_job",
                                         json_pack("{s:s, s:s, s:i}", "worker", "bench", "node",
                                                   "bench", "lease_seconds", LEASE_SECONDS),
                                         &job, &err);
    bool empty = s == CHIP_OK && json_is_null(job);
    if (s == CHIP_OK && !empty)
        s = complete(q, job, &err);
    json_decref(job);
    pthread_mutex_lock(&q->lock);
    q->done += s == CHIP_OK && !empty;
    q->twice += s == CHIP_E_CONFLICT;
    if (s != CHIP_OK && s != CHIP_E_CONFLICT && !q->failed) {
        q->failed = true;
        q->err = err;
    }
    bool go_on = !empty && !q->failed;
    pthread_mutex_unlock(&q->lock);
    return go_on;
}

static void *worker(void *user)
{
    while (work_once(user))
        ;
    return NULL;
}

static enum chip_status run_workers(struct queue *q, int n_threads, struct chip_err *err)
{
    pthread_t threads[MAX_THREADS];
    int started = 0;
    while (started < n_threads && pthread_create(&threads[started], NULL, worker, q) == 0)
        started++;
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (started < n_threads)
        return chip_fail(err, CHIP_E_NOMEM, "%d threads could not be started", n_threads);
    if (q->failed) {
        *err = q->err;
        return err->code;
    }
    return CHIP_OK;
}

static enum chip_status count_completed(struct chip_store *store, json_int_t *n,
                                        struct chip_err *err)
{
    json_t *stats;
    enum chip_status s = chip_store_call(store, NULL, "queue_stats", json_object(), &stats, err);
    if (s != CHIP_OK)
        return s;
    *n = json_integer_value(json_object_get(stats, "completed"));
    json_decref(stats);
    return CHIP_OK;
}

/* queue ADDRESS JOBS THREADS: a PostgreSQL address, or a folder for SQLite; both without jobs */
enum chip_status bench_queue(int argc, char **argv, struct chip_err *err)
{
    (void)argc;
    bool is_url = strncmp(argv[0], "postgres", 8) == 0;
    long n_jobs = strtol(argv[1], NULL, 10);
    int n_threads = (int)strtol(argv[2], NULL, 10);
    if (n_jobs < 1 || n_threads < 1 || n_threads > MAX_THREADS)
        return chip_fail(err, CHIP_E_INVAL, "queue wants jobs, and 1 to %d threads", MAX_THREADS);
    const struct chip_store_settings settings = {.database_url = is_url ? argv[0] : NULL,
                                                 .data_dir = is_url ? NULL : argv[0],
                                                 .connections = n_threads};
    CHIP_AUTO(chip_store) store = NULL;
    enum chip_status s = chip_store_open(&store, &settings, err);
    if (s == CHIP_OK)
        s = chip_store_migrate(store, NULL, err);
    double started = bench_now();
    if (s == CHIP_OK)
        s = enqueue(store, n_jobs, err);
    double queued = bench_now();
    struct queue q = {.store = store, .lock = PTHREAD_MUTEX_INITIALIZER};
    if (s == CHIP_OK)
        s = run_workers(&q, n_threads, err);
    double ended = bench_now();
    json_int_t completed = 0;
    if (s == CHIP_OK)
        s = count_completed(store, &completed, err);
    pthread_mutex_destroy(&q.lock);
    if (s != CHIP_OK)
        return s;
    return bench_print(json_pack("{s:s, s:f, s:f, s:I, s:I, s:I}", "store", chip_store_kind(store),
                                 "enqueue_seconds", queued - started, "work_seconds",
                                 ended - queued, "done", (json_int_t)q.done, "twice",
                                 (json_int_t)q.twice, "completed", completed),
                       err);
}
