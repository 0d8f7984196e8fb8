#include "http/jwks.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/jwk.h"
#include "net/call.h"

enum { MAX_SET = 256 << 10 };

struct chip_jwks {
    struct chip_jwk_set *given; /* never changes; NULL: none */
    char *url;                  /* NULL: nothing is fetched, there is no thread */
    int64_t fresh_ms, again_ms, wait_ms;
    pthread_t thread;
    volatile bool stop; /* polled by the fetch as well */

    pthread_mutex_t lock;         /* of all below */
    pthread_cond_t wake;          /* the thread: stop or wanted */
    pthread_cond_t news;          /* those who wait: a fetch has ended */
    struct chip_jwk_set *fetched; /* NULL: never yet */
    bool wanted, fetching;
    int64_t asked_ms; /* when the last fetch began */
    int n_fetches;    /* ended */
};

/* ---- the thread ------------------------------------------------------------------------------ */

static struct timespec later(int64_t ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += ms % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

static enum chip_status fetch(struct chip_jwks *jwks, struct chip_jwk_set **set,
                              struct chip_err *err)
{
    static const char *const headers[] = {"Accept: application/json", NULL};
    struct chip_call call = {
        .url = jwks->url, .headers = headers, .max_answer = MAX_SET, .cancel = &jwks->stop};
    struct chip_answer answer;
    enum chip_status status = chip_call(&call, &answer, err);
    if (status != CHIP_OK)
        return status;
    if (answer.status == 200)
        status = chip_jwk_set_parse(answer.body, answer.n_body, set, err);
    else
        status = chip_fail(err, CHIP_E_NETWORK, "the server answers %d", answer.status);
    chip_answer_done(&answer);
    return status;
}

/* Fetches without the lock. @return until when nothing needs to be done */
static int64_t refresh(struct chip_jwks *jwks)
{
    struct chip_err err;
    struct chip_jwk_set *set = NULL;
    jwks->wanted = false;
    jwks->fetching = true;
    jwks->asked_ms = chip_clock_ms();
    pthread_mutex_unlock(&jwks->lock);

    enum chip_status status = fetch(jwks, &set, &err);
    if (status != CHIP_OK && !jwks->stop)
        chip_log(CHIP_LOG_WARNING, NULL,
                 "the keys of users' tokens cannot be fetched (%s); trying again in %d s, with the "
                 "old ones meanwhile",
                 err.message, (int)(jwks->again_ms / 1000));

    pthread_mutex_lock(&jwks->lock);
    if (status == CHIP_OK) {
        chip_jwk_set_free(jwks->fetched);
        jwks->fetched = set;
    }
    jwks->fetching = false;
    jwks->n_fetches++;
    pthread_cond_broadcast(&jwks->news);
    return chip_clock_ms() + (status == CHIP_OK ? jwks->fresh_ms : jwks->again_ms);
}

static void *keep_fresh(void *user)
{
    struct chip_jwks *jwks = user;
    int64_t next_ms = 0;
    pthread_mutex_lock(&jwks->lock);
    while (!jwks->stop) {
        int64_t rest_ms = next_ms - chip_clock_ms();
        if (jwks->wanted || rest_ms <= 0) {
            next_ms = refresh(jwks);
            continue;
        }
        struct timespec until = later(rest_ms);
        pthread_cond_timedwait(&jwks->wake, &jwks->lock, &until);
    }
    pthread_mutex_unlock(&jwks->lock);
    return NULL;
}

/* ---- its life -------------------------------------------------------------------------------- */

static enum chip_status start(struct chip_jwks *jwks, struct chip_err *err)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&jwks->lock, NULL);
    pthread_cond_init(&jwks->wake, &monotonic);
    pthread_cond_init(&jwks->news, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (jwks->url && pthread_create(&jwks->thread, NULL, keep_fresh, jwks) != 0) {
        free(jwks->url);
        jwks->url = NULL;
        return chip_fail(err, CHIP_E_NOMEM, "a thread cannot be started");
    }
    return CHIP_OK;
}

enum chip_status chip_jwks_new(struct chip_jwks **out, const struct chip_jwks_settings *settings,
                               struct chip_err *err)
{
    struct chip_jwks *jwks = calloc(1, sizeof *jwks);
    if (!jwks)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    jwks->fresh_ms = settings->fresh_ms ? settings->fresh_ms : 600 * 1000;
    jwks->again_ms = settings->again_ms ? settings->again_ms : 30 * 1000;
    jwks->wait_ms = settings->wait_ms ? settings->wait_ms : 2000;
    enum chip_status status = CHIP_OK;
    if (settings->text)
        status = chip_jwk_set_parse(settings->text, strlen(settings->text), &jwks->given, err);
    if (status == CHIP_OK && settings->url && !(jwks->url = strdup(settings->url)))
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    if (status != CHIP_OK) {
        chip_jwk_set_free(jwks->given);
        free(jwks);
        return status;
    }
    status = start(jwks, err);
    if (status != CHIP_OK)
        chip_jwks_free(jwks);
    else
        *out = jwks;
    return status;
}

void chip_jwks_free(struct chip_jwks *jwks)
{
    if (!jwks)
        return;
    if (jwks->url) {
        pthread_mutex_lock(&jwks->lock);
        jwks->stop = true;
        pthread_cond_broadcast(&jwks->wake);
        pthread_mutex_unlock(&jwks->lock);
        pthread_join(jwks->thread, NULL);
    }
    pthread_cond_destroy(&jwks->wake);
    pthread_cond_destroy(&jwks->news);
    pthread_mutex_destroy(&jwks->lock);
    chip_jwk_set_free(jwks->given);
    chip_jwk_set_free(jwks->fetched);
    free(jwks->url);
    free(jwks);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static const struct chip_jwk *find(const struct chip_jwks *jwks, const char *kid)
{
    const struct chip_jwk *key = jwks->given ? chip_jwk_find(jwks->given, kid) : NULL;
    if (!key && jwks->fetched)
        key = chip_jwk_find(jwks->fetched, kid);
    return key;
}

/* Waits for a fetch if one is under way or may be started now. Called with the lock. */
static const struct chip_jwk *find_by_fetching(struct chip_jwks *jwks, const char *kid)
{
    if (!jwks->url)
        return NULL;
    bool may_ask = chip_clock_ms() - jwks->asked_ms >= jwks->again_ms;
    if (!jwks->fetching && !may_ask && jwks->n_fetches > 0)
        return NULL;
    if (!jwks->fetching && may_ask) {
        jwks->wanted = true;
        pthread_cond_signal(&jwks->wake);
    }
    struct timespec until = later(jwks->wait_ms);
    int before = jwks->n_fetches, late = 0;
    while (jwks->n_fetches == before && late == 0)
        late = pthread_cond_timedwait(&jwks->news, &jwks->lock, &until);
    return find(jwks, kid);
}

enum chip_jwks_result chip_jwks_verify(struct chip_jwks *jwks, const char *kid, const char *alg,
                                       const void *data, size_t n, const unsigned char *signature,
                                       size_t n_signature)
{
    EVP_PKEY *key = NULL;
    const char *key_alg = NULL;
    pthread_mutex_lock(&jwks->lock);
    const struct chip_jwk *jwk = find(jwks, kid);
    if (!jwk)
        jwk = find_by_fetching(jwks, kid);
    if (jwk && EVP_PKEY_up_ref(jwk->key)) {
        key = jwk->key;
        key_alg = jwk->alg;
    }
    bool no_keys = jwks->url && !jwks->fetched;
    pthread_mutex_unlock(&jwks->lock);
    if (!key)
        return no_keys ? CHIP_JWKS_NO_KEYS : CHIP_JWKS_UNKNOWN;
    bool right =
        !strcmp(alg, key_alg) && chip_jwk_verify(key_alg, key, data, n, signature, n_signature);
    EVP_PKEY_free(key);
    return right ? CHIP_JWKS_RIGHT : CHIP_JWKS_WRONG;
}
