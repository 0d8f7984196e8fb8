#include "http/limit.h"

#include <arpa/inet.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { KEY = 64, DEFAULT_KEYS = 16384, NONE = -1, LONGEST_WAIT_S = 86400 };

struct bucket {
    char key[KEY];
    double tokens;
    int64_t at_ms;        /* when `tokens` was right */
    int32_t next;         /* in its chain */
    int32_t older, newer; /* in order of use */
};

struct chip_limit {
    double per_second, burst;
    uint64_t seed; /* so that nobody can choose keys that share a chain */

    pthread_mutex_t lock; /* of all below */
    struct bucket *buckets;
    int32_t *chains;
    size_t n_buckets, max_buckets, n_chains; /* n_chains is a power of two */
    int32_t newest, oldest;
};

enum chip_status chip_limit_new(struct chip_limit **out, const struct chip_limit_settings *settings,
                                struct chip_err *err)
{
    if (!(settings->per_second > 0) || !(settings->burst >= 1) ||
        settings->max_keys > INT32_MAX / 2)
        return chip_fail(err, CHIP_E_INVAL,
                         "a rate limit allows more than 0 requests per second and 1 or more at "
                         "once");
    struct chip_limit *limit = calloc(1, sizeof *limit);
    if (!limit)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    limit->per_second = settings->per_second;
    limit->burst = settings->burst;
    limit->max_buckets = settings->max_keys ? settings->max_keys : DEFAULT_KEYS;
    for (limit->n_chains = 16; limit->n_chains < limit->max_buckets;)
        limit->n_chains *= 2;
    limit->newest = limit->oldest = NONE;
    pthread_mutex_init(&limit->lock, NULL);
    limit->buckets = calloc(limit->max_buckets, sizeof *limit->buckets);
    limit->chains = malloc(limit->n_chains * sizeof *limit->chains);
    if (!limit->buckets || !limit->chains ||
        getrandom(&limit->seed, sizeof limit->seed, 0) != sizeof limit->seed) {
        chip_limit_free(limit);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    }
    for (size_t i = 0; i < limit->n_chains; i++)
        limit->chains[i] = NONE;
    *out = limit;
    return CHIP_OK;
}

void chip_limit_free(struct chip_limit *limit)
{
    if (!limit)
        return;
    pthread_mutex_destroy(&limit->lock);
    free(limit->buckets);
    free(limit->chains);
    free(limit);
}

/* ---- the table ------------------------------------------------------------------------------- */

static int32_t *chain_of(struct chip_limit *limit, const char *key)
{
    uint64_t hash = limit->seed;
    for (; *key; key++) {
        hash = (hash ^ (unsigned char)*key) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    return &limit->chains[hash & (limit->n_chains - 1)];
}

static void leave_order(struct chip_limit *limit, int32_t i)
{
    struct bucket *b = &limit->buckets[i];
    *(b->older == NONE ? &limit->oldest : &limit->buckets[b->older].newer) = b->newer;
    *(b->newer == NONE ? &limit->newest : &limit->buckets[b->newer].older) = b->older;
}

static void become_newest(struct chip_limit *limit, int32_t i)
{
    struct bucket *b = &limit->buckets[i];
    b->older = limit->newest;
    b->newer = NONE;
    *(limit->newest == NONE ? &limit->oldest : &limit->buckets[limit->newest].newer) = i;
    limit->newest = i;
}

static int32_t forget_oldest(struct chip_limit *limit)
{
    int32_t i = limit->oldest;
    int32_t *at = chain_of(limit, limit->buckets[i].key);
    while (*at != i)
        at = &limit->buckets[*at].next;
    *at = limit->buckets[i].next;
    leave_order(limit, i);
    return i;
}

/* The bucket of the key, a full one if it is new; the most recently used one from now on. */
static struct bucket *bucket_of(struct chip_limit *limit, const char *key, int64_t now_ms)
{
    for (int32_t i = *chain_of(limit, key); i != NONE; i = limit->buckets[i].next) {
        if (strcmp(limit->buckets[i].key, key) != 0)
            continue;
        leave_order(limit, i);
        become_newest(limit, i);
        return &limit->buckets[i];
    }
    int32_t i =
        limit->n_buckets < limit->max_buckets ? (int32_t)limit->n_buckets++ : forget_oldest(limit);
    struct bucket *b = &limit->buckets[i];
    int32_t *chain = chain_of(limit, key);
    *b = (struct bucket){.tokens = limit->burst, .at_ms = now_ms, .next = *chain};
    snprintf(b->key, sizeof b->key, "%s", key);
    *chain = i;
    become_newest(limit, i);
    return b;
}

/* ---- taking ---------------------------------------------------------------------------------- */

int chip_limit_take(struct chip_limit *limit, const char *key, double cost, int64_t now_ms)
{
    char short_key[KEY];
    snprintf(short_key, sizeof short_key, "%s", key);
    cost = fmin(cost, limit->burst);

    pthread_mutex_lock(&limit->lock);
    struct bucket *b = bucket_of(limit, short_key, now_ms);
    if (now_ms > b->at_ms) {
        double gained = (double)(now_ms - b->at_ms) / 1000 * limit->per_second;
        b->tokens = fmin(limit->burst, b->tokens + gained);
        b->at_ms = now_ms;
    }
    double missing = cost - b->tokens;
    if (missing <= 0)
        b->tokens -= cost;
    pthread_mutex_unlock(&limit->lock);

    if (missing <= 0)
        return 0;
    double wait_s = ceil(missing / limit->per_second);
    return wait_s < LONGEST_WAIT_S ? (int)fmax(1, wait_s) : LONGEST_WAIT_S;
}

void chip_limit_address(const char *address, char key[CHIP_LIMIT_ADDRESS])
{
    struct in6_addr v6;
    if (inet_pton(AF_INET6, address, &v6) != 1) {
        snprintf(key, CHIP_LIMIT_ADDRESS, "%s", address);
        return;
    }
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        inet_ntop(AF_INET, v6.s6_addr + 12, key, INET_ADDRSTRLEN);
        return;
    }
    memset(v6.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &v6, key, INET6_ADDRSTRLEN);
    strcat(key, "/64");
}
