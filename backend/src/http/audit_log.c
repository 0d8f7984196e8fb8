#include "http/audit_log.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    ROOM = 8192,
    BATCH = 200,
    TRIES = 6,
    GATHER_MS = 50,
    LAST_MS = 5000,
    REPEAT_MS = 60000,
    SLOTS = 4096
};

struct chip_audit_log {
    struct chip_store *store;
    struct chip_series *dropped;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    json_t *entries[ROOM]; /* a ring; under lock, as what follows */
    size_t first, n;
    uint64_t seen[SLOTS]; /* hashes of what was noted, and when */
    int64_t seen_ms[SLOTS];
    size_t n_lost;   /* since the log was told */
    int64_t stop_ms; /* 0: go on; else give up then */
};

/** @return false when it shall stop; the lock is held */
static bool pause_for(struct chip_audit_log *a, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    bool running = !a->stop_ms;
    while (running == !a->stop_ms &&
           pthread_cond_timedwait(&a->changed, &a->lock, &until) != ETIMEDOUT)
        ;
    return !a->stop_ms || chip_clock_ms() < a->stop_ms;
}

/** Takes a batch out of the ring; the lock is held. */
static json_t *take_batch(struct chip_audit_log *a, size_t *n)
{
    json_t *batch = json_array();
    for (*n = 0; *n < BATCH && a->n > 0; ++*n, a->n--) {
        json_array_append_new(batch, a->entries[a->first]);
        a->first = (a->first + 1) % ROOM;
    }
    return batch;
}

static void lose(struct chip_audit_log *a, size_t n, const char *why)
{
    chip_series_add(a->dropped, (double)n);
    chip_log(CHIP_LOG_ERROR, NULL, "%zu entries of the audit log are lost: %s", n, why);
}

/** The lock is held, and given up while the store works. */
static void write_batch(struct chip_audit_log *a)
{
    size_t n;
    json_t *batch = take_batch(a, &n);
    int64_t wait_ms = 100;
    struct chip_err err = {.message = "out of memory"};
    bool written = false, again = true;
    for (int i = 0; again && !written && i < TRIES; i++, wait_ms *= 3) {
        if (i > 0 && !pause_for(a, wait_ms))
            break;
        pthread_mutex_unlock(&a->lock);
        enum chip_status st = chip_store_call(a->store, NULL, "add_audit",
                                              json_pack("{s:O}", "entries", batch), NULL, &err);
        pthread_mutex_lock(&a->lock);
        written = st == CHIP_OK;
        again = st == CHIP_E_UNAVAILABLE || st == CHIP_E_IO || st == CHIP_E_NOMEM;
    }
    if (!written)
        lose(a, n, err.message);
    json_decref(batch);
}

static void *write_all(void *user)
{
    struct chip_audit_log *a = user;
    pthread_mutex_lock(&a->lock);
    while (!a->stop_ms || (a->n > 0 && chip_clock_ms() < a->stop_ms)) {
        if (a->n == 0 && !a->stop_ms) {
            pthread_cond_wait(&a->changed, &a->lock);
            continue;
        }
        if (a->n < BATCH && !a->stop_ms)
            pause_for(a, GATHER_MS); /* more will come; one transaction for all */
        if (a->n > 0)
            write_batch(a);
        if (a->n_lost > 0) {
            lose(a, a->n_lost, "they came faster than the store took them");
            a->n_lost = 0;
        }
    }
    if (a->n > 0)
        lose(a, a->n, "the server stops and the store does not take them");
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

enum chip_status chip_audit_log_new(struct chip_audit_log **out, struct chip_store *store,
                                    struct chip_series *dropped, struct chip_err *err)
{
    struct chip_audit_log *a = calloc(1, sizeof *a);
    if (!a)
        return chip_fail(err, CHIP_E_NOMEM, "out of memory");
    a->store = store;
    a->dropped = dropped;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&a->changed, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&a->lock, NULL);
    if (pthread_create(&a->thread, NULL, write_all, a) != 0) {
        pthread_cond_destroy(&a->changed);
        pthread_mutex_destroy(&a->lock);
        free(a);
        return chip_fail(err, CHIP_E_NOMEM, "cannot start the thread of the audit log");
    }
    *out = a;
    return CHIP_OK;
}

void chip_audit_log_free(struct chip_audit_log *audit)
{
    if (!audit)
        return;
    pthread_mutex_lock(&audit->lock);
    audit->stop_ms = chip_clock_ms() + LAST_MS;
    pthread_cond_broadcast(&audit->changed);
    pthread_mutex_unlock(&audit->lock);
    pthread_join(audit->thread, NULL);
    for (size_t i = 0; i < audit->n; i++)
        json_decref(audit->entries[(audit->first + i) % ROOM]);
    pthread_cond_destroy(&audit->changed);
    pthread_mutex_destroy(&audit->lock);
    free(audit);
}

bool chip_audit_log_repeats(struct chip_audit_log *audit, const char *what)
{
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (; *what; what++)
        hash = (hash ^ (unsigned char)*what) * 0x100000001b3;
    size_t slot = (hash ^ hash >> 32) % SLOTS;
    int64_t now = chip_clock_ms();
    pthread_mutex_lock(&audit->lock);
    bool repeats = audit->seen[slot] == hash && now - audit->seen_ms[slot] < REPEAT_MS;
    if (!repeats) {
        audit->seen[slot] = hash;
        audit->seen_ms[slot] = now;
    }
    pthread_mutex_unlock(&audit->lock);
    return repeats;
}

void chip_audit_log_add(struct chip_audit_log *audit, json_t *entry)
{
    pthread_mutex_lock(&audit->lock);
    if (entry && audit->n < ROOM) {
        audit->entries[(audit->first + audit->n++) % ROOM] = entry;
        entry = NULL;
        if (audit->n == 1)
            pthread_cond_broadcast(&audit->changed);
    } else {
        audit->n_lost++;
        if (audit->n == 0) /* else its thread is at work and sees it */
            pthread_cond_broadcast(&audit->changed);
    }
    pthread_mutex_unlock(&audit->lock);
    json_decref(entry);
}
