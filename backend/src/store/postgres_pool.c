#include "store/postgres_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { WAIT_S = 10 };

struct chip_pg_pool {
    struct chip_pg_target target;
    pthread_mutex_t lock;
    pthread_cond_t given;
    PGconn **idle;           /* under lock: [n_idle], the last one used last */
    int n_idle, n_out, most; /* under lock: n_out are taken or being opened */
};

enum chip_status chip_pg_pool_new(struct chip_pg_pool **out, const char *url, int connections,
                                  struct chip_err *err)
{
    struct chip_pg_pool *pool = calloc(1, sizeof *pool);
    PGconn **idle = calloc((size_t)connections, sizeof *idle);
    if (!pool || !idle) {
        free(pool);
        free(idle);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for database connections");
    }
    enum chip_status status = chip_pg_target_parse(&pool->target, url, err);
    if (status != CHIP_OK) {
        free(pool);
        free(idle);
        return status;
    }
    pool->idle = idle;
    pool->most = connections;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->given, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *out = pool;
    return CHIP_OK;
}

void chip_pg_pool_free(struct chip_pg_pool *pool)
{
    if (!pool)
        return;
    for (int i = 0; i < pool->n_idle; i++)
        PQfinish(pool->idle[i]);
    free(pool->idle);
    chip_pg_target_done(&pool->target);
    pthread_cond_destroy(&pool->given);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

/* Takes an idle connection, or a place for a new one (NULL). @return false when there is neither */
static bool take_place(struct chip_pg_pool *pool, PGconn **out)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_S;

    pthread_mutex_lock(&pool->lock);
    int late = 0;
    while (pool->n_out == pool->most && late == 0)
        late = pthread_cond_timedwait(&pool->given, &pool->lock, &until);
    bool found = pool->n_out < pool->most;
    *out = NULL;
    if (found && pool->n_idle > 0)
        *out = pool->idle[--pool->n_idle];
    if (found)
        pool->n_out++;
    pthread_mutex_unlock(&pool->lock);
    return found;
}

/* Gives a place back, with its connection if there is one. */
static void give_place(struct chip_pg_pool *pool, PGconn *conn)
{
    pthread_mutex_lock(&pool->lock);
    pool->n_out--;
    if (conn)
        pool->idle[pool->n_idle++] = conn;
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->lock);
}

enum chip_status chip_pg_pool_take(struct chip_pg_pool *pool, PGconn **out, struct chip_err *err)
{
    PGconn *conn;
    if (!take_place(pool, &conn))
        return chip_fail(err, CHIP_E_UNAVAILABLE,
                         "all %d connections to PostgreSQL are busy for %d seconds", pool->most,
                         WAIT_S);
    if (conn && !chip_pg_is_alive(conn)) {
        PQfinish(conn);
        conn = NULL;
    }
    if (!conn) {
        enum chip_status status = chip_pg_connect(&conn, &pool->target, err);
        if (status != CHIP_OK) {
            give_place(pool, NULL);
            return status;
        }
    }
    *out = conn;
    return CHIP_OK;
}

void chip_pg_pool_give(struct chip_pg_pool *pool, PGconn *conn)
{
    bool good = PQstatus(conn) == CONNECTION_OK && PQtransactionStatus(conn) == PQTRANS_IDLE &&
                PQpipelineStatus(conn) == PQ_PIPELINE_OFF;
    if (!good)
        PQfinish(conn);
    give_place(pool, good ? conn : NULL);
}
