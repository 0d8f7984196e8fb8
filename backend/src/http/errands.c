#include "http/errands.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { USER_ID = 64, MAX_THREADS = 16 };

/* Two sides hold it, the request and the threads; the last one frees it. All under the lock of the
 * errands, but for `cancel`, which is only ever set. */
struct chip_errand {
    struct chip_errands *errands;
    struct chip_errand *next; /* in the queue */
    struct chip_request *req; /* NULL: it is over */
    char user[USER_ID];       /* "": the service */
    void (*run)(void *state, const volatile bool *cancel);
    void (*free_state)(void *state);
    void *state;
    volatile bool cancel;
    bool done;
    int holders;
    struct chip_errand *next_running, *prev_running;
};

struct chip_errands {
    struct chip_errands_settings settings;
    pthread_mutex_t lock;
    pthread_cond_t added;                        /* or `stop` */
    struct chip_errand *first, **last, *running; /* waiting in order; those in work */
    int n_waiting;
    bool stop;
    pthread_t threads[MAX_THREADS];
    int n_threads;
};

static void drop(struct chip_errand *errand)
{
    if (--errand->holders > 0)
        return;
    errand->free_state(errand->state);
    free(errand);
}

/* ---- the threads ------------------------------------------------------------------------------
 */

static struct chip_errand *take(struct chip_errands *all)
{
    struct chip_errand *errand = all->first;
    all->first = errand->next;
    if (!all->first)
        all->last = &all->first;
    all->n_waiting--;
    errand->next_running = all->running;
    if (all->running)
        all->running->prev_running = errand;
    all->running = errand;
    return errand;
}

static void put_down(struct chip_errands *all, struct chip_errand *errand)
{
    if (errand->prev_running)
        errand->prev_running->next_running = errand->next_running;
    else
        all->running = errand->next_running;
    if (errand->next_running)
        errand->next_running->prev_running = errand->prev_running;
    errand->done = true;
    if (errand->req)
        chip_request_wake(errand->req);
    drop(errand);
}

static void *work(void *user)
{
    struct chip_errands *all = user;
    pthread_mutex_lock(&all->lock);
    for (;;) {
        while (!all->first && !all->stop)
            pthread_cond_wait(&all->added, &all->lock);
        if (!all->first)
            break;
        struct chip_errand *errand = take(all);
        bool wanted = errand->req && !errand->cancel;
        pthread_mutex_unlock(&all->lock);
        if (wanted)
            errand->run(errand->state, &errand->cancel);
        pthread_mutex_lock(&all->lock);
        put_down(all, errand);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

enum chip_status chip_errands_start(struct chip_errands **out,
                                    const struct chip_errands_settings *settings,
                                    struct chip_err *err)
{
    struct chip_errands *all = calloc(1, sizeof *all);
    if (!all)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for slow requests");
    all->settings = *settings;
    all->last = &all->first;
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->added, NULL);
    int wanted = settings->threads > 0 ? settings->threads : 4;
    while (all->n_threads < wanted && all->n_threads < MAX_THREADS) {
        if (pthread_create(&all->threads[all->n_threads], NULL, work, all) != 0) {
            chip_errands_stop(all);
            return chip_fail(err, CHIP_E_NOMEM, "cannot start a thread for slow requests");
        }
        all->n_threads++;
    }
    *out = all;
    return CHIP_OK;
}

void chip_errands_stop(struct chip_errands *errands)
{
    if (!errands)
        return;
    pthread_mutex_lock(&errands->lock);
    errands->stop = true;
    for (struct chip_errand *e = errands->first; e; e = e->next)
        e->cancel = true;
    for (struct chip_errand *e = errands->running; e; e = e->next_running)
        e->cancel = true;
    pthread_cond_broadcast(&errands->added);
    pthread_mutex_unlock(&errands->lock);
    for (int i = 0; i < errands->n_threads; i++)
        pthread_join(errands->threads[i], NULL);
    pthread_cond_destroy(&errands->added);
    pthread_mutex_destroy(&errands->lock);
    free(errands);
}

/* ---- the requests -----------------------------------------------------------------------------
 */

static int count_of(const struct chip_errands *all, const char *user)
{
    int n = 0;
    for (const struct chip_errand *e = all->first; e; e = e->next)
        n += e->req && strcmp(e->user, user) == 0;
    for (const struct chip_errand *e = all->running; e; e = e->next_running)
        n += e->req && strcmp(e->user, user) == 0;
    return n;
}

static int or_else(int value, int otherwise)
{
    return value > 0 ? value : otherwise;
}

/* @return whether there is room for it; under the lock */
static enum chip_status check(const struct chip_errands *all, const char *user,
                              struct chip_err *err)
{
    if (user && count_of(all, user) >= or_else(all->settings.max_of_user, 2))
        return chip_fail(err, CHIP_E_LIMIT,
                         "%d questions of yours are being answered already; wait "
                         "for one of them",
                         or_else(all->settings.max_of_user, 2));
    if (all->n_waiting >= or_else(all->settings.max_waiting, 32))
        return chip_fail(err, CHIP_E_UNAVAILABLE,
                         "too many questions are waiting; try again in a moment");
    return CHIP_OK;
}

enum chip_status chip_errand_begin(struct chip_errands *errands, struct chip_request *req,
                                   const char *user,
                                   void (*run)(void *state, const volatile bool *cancel),
                                   void (*free_state)(void *state), void *state,
                                   struct chip_errand **out, struct chip_err *err)
{
    struct chip_errand *errand = calloc(1, sizeof *errand);
    if (!errand) {
        free_state(state);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the request");
    }
    *errand = (struct chip_errand){.errands = errands,
                                   .req = req,
                                   .run = run,
                                   .free_state = free_state,
                                   .state = state,
                                   .holders = 2};
    strncpy(errand->user, user ? user : "", sizeof errand->user - 1);
    pthread_mutex_lock(&errands->lock);
    enum chip_status status = check(errands, user, err);
    if (status == CHIP_OK) {
        *errands->last = errand;
        errands->last = &errand->next;
        errands->n_waiting++;
        pthread_cond_signal(&errands->added);
    }
    pthread_mutex_unlock(&errands->lock);
    if (status == CHIP_OK) {
        *out = errand;
        return CHIP_OK;
    }
    free_state(state);
    free(errand);
    return status;
}

bool chip_errand_is_done(struct chip_errand *errand)
{
    pthread_mutex_lock(&errand->errands->lock);
    bool done = errand->done;
    pthread_mutex_unlock(&errand->errands->lock);
    return done;
}

void *chip_errand_state(const struct chip_errand *errand)
{
    return errand->state;
}

void chip_errand_leave(struct chip_errand *errand)
{
    if (!errand)
        return;
    struct chip_errands *all = errand->errands;
    pthread_mutex_lock(&all->lock);
    errand->req = NULL;
    errand->cancel = true;
    drop(errand);
    pthread_mutex_unlock(&all->lock);
}
