#include "speech/pieces.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { CAPACITY = 128 };

struct chip_pieces {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t filled, emptied;
    struct chip_piece ring[CAPACITY];
    size_t n_put, n_taken; /* the oldest is ring[n_taken % CAPACITY] */
    size_t n_samples, max_samples;
    bool ended, stopped;
};

enum chip_status chip_pieces_new(struct chip_pieces **out, size_t max_samples, struct chip_err *err)
{
    struct chip_pieces *q = calloc(1, sizeof *q);
    if (!q)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a queue");
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, &monotonic);
    pthread_cond_init(&q->emptied, &monotonic);
    pthread_condattr_destroy(&monotonic);
    q->max_samples = max_samples;
    *out = q;
    return CHIP_OK;
}

void chip_pieces_free(struct chip_pieces *q)
{
    if (!q)
        return;
    for (; q->n_taken < q->n_put; q->n_taken++)
        chip_speech_done(&q->ring[q->n_taken % CAPACITY].speech);
    pthread_cond_destroy(&q->filled);
    pthread_cond_destroy(&q->emptied);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

static bool is_full(const struct chip_pieces *q)
{
    return q->n_samples > q->max_samples || q->n_put - q->n_taken == CAPACITY;
}

bool chip_pieces_put(struct chip_pieces *q, struct chip_speech *speech)
{
    pthread_mutex_lock(&q->lock);
    while (!q->stopped && is_full(q))
        pthread_cond_wait(&q->emptied, &q->lock);
    bool accepted = !q->stopped;
    if (accepted) {
        struct chip_piece *piece = &q->ring[q->n_put % CAPACITY];
        piece->index = q->n_put++;
        piece->speech = *speech;
        q->n_samples += speech->n_samples;
        pthread_cond_signal(&q->filled);
    }
    pthread_mutex_unlock(&q->lock);
    if (accepted)
        *speech = (struct chip_speech){0};
    else
        chip_speech_done(speech);
    return accepted;
}

static void set(struct chip_pieces *q, bool *flag)
{
    pthread_mutex_lock(&q->lock);
    *flag = true;
    pthread_cond_broadcast(&q->filled);
    pthread_cond_broadcast(&q->emptied);
    pthread_mutex_unlock(&q->lock);
}

void chip_pieces_end(struct chip_pieces *q)
{
    set(q, &q->ended);
}

void chip_pieces_stop(struct chip_pieces *q)
{
    set(q, &q->stopped);
}

static struct timespec deadline_in(int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_nsec -= 1000000000;
        t.tv_sec++;
    }
    return t;
}

enum chip_pieces_got chip_pieces_take(struct chip_pieces *q, int wait_ms, struct chip_piece *out)
{
    struct timespec deadline = deadline_in(wait_ms < 0 ? 0 : wait_ms);
    bool late = wait_ms == 0;
    pthread_mutex_lock(&q->lock);
    while (q->n_taken == q->n_put && !q->ended && !q->stopped && !late) {
        if (wait_ms < 0)
            pthread_cond_wait(&q->filled, &q->lock);
        else
            late = pthread_cond_timedwait(&q->filled, &q->lock, &deadline) != 0;
    }
    enum chip_pieces_got got = CHIP_PIECES_WAIT;
    if (q->n_taken < q->n_put && !q->stopped) {
        got = CHIP_PIECES_GOT;
        *out = q->ring[q->n_taken++ % CAPACITY];
        q->n_samples -= out->speech.n_samples;
        pthread_cond_signal(&q->emptied);
    } else if (q->ended || q->stopped) {
        got = CHIP_PIECES_END;
    }
    pthread_mutex_unlock(&q->lock);
    return got;
}
