#include "store/supabase_http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "net/curl_start.h"
#include "net/url.h"

enum {
    WAIT_S = 10, /* for a connection to come back */
    CONNECT_S = 10,
    ANSWER_S = 120,
    STALL_S = 40,         /* longer than PostgreSQL lets a statement run */
    MAX_BODY = 128 << 20, /* an analysis with all its words */
    MAX_TOKEN = 16 << 10,
};

struct chip_supabase_http {
    char *url, *key; /* owned; the URL without a slash at its end */
    pthread_mutex_t lock;
    pthread_cond_t given;
    CURL **idle; /* under lock: [n_idle], the last one used last */
    int n_idle;
};

/* What may stand in a header: an end of line in a token would begin another one. */
static bool is_token(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && n <= MAX_TOKEN &&
           n == strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "-._~+/=");
}

static bool fill(struct chip_supabase_http *http, const char *url, const char *key, int connections)
{
    size_t n = strlen(url);
    while (n > 0 && url[n - 1] == '/')
        n--;
    http->url = strndup(url, n);
    http->key = strdup(key);
    http->idle = calloc((size_t)connections, sizeof(CURL *));
    for (; http->idle && http->n_idle < connections; http->n_idle++)
        if (!(http->idle[http->n_idle] = curl_easy_init()))
            return false;
    return http->url && http->key && http->idle;
}

enum chip_status chip_supabase_http_new(struct chip_supabase_http **out, const char *url,
                                        const char *key, int connections, struct chip_err *err)
{
    enum chip_status status = chip_url_check(url, NULL, err);
    if (status != CHIP_OK)
        return chip_fail_in(err, "the address of Supabase: ");
    if (!key || !is_token(key))
        return chip_fail(err, CHIP_E_INVAL,
                         "the service role key of Supabase is missing or damaged: copy it from the "
                         "project's settings, API keys");
    chip_curl_start();
    struct chip_supabase_http *http = calloc(1, sizeof *http);
    if (!http)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for connections to Supabase");
    pthread_mutex_init(&http->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&http->given, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (!fill(http, url, key, connections)) {
        chip_supabase_http_free(http);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for connections to Supabase");
    }
    *out = http;
    return CHIP_OK;
}

void chip_supabase_http_free(struct chip_supabase_http *http)
{
    if (!http)
        return;
    for (int i = 0; i < http->n_idle; i++)
        curl_easy_cleanup(http->idle[i]);
    free(http->idle);
    free(http->url);
    free(http->key);
    pthread_cond_destroy(&http->given);
    pthread_mutex_destroy(&http->lock);
    free(http);
}

const char *chip_supabase_http_url(const struct chip_supabase_http *http)
{
    return http->url;
}

/* @return NULL when none came back in time */
static CURL *take(struct chip_supabase_http *http)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_S;
    pthread_mutex_lock(&http->lock);
    int late = 0;
    while (http->n_idle == 0 && late == 0)
        late = pthread_cond_timedwait(&http->given, &http->lock, &until);
    CURL *curl = http->n_idle > 0 ? http->idle[--http->n_idle] : NULL;
    pthread_mutex_unlock(&http->lock);
    return curl;
}

static void give(struct chip_supabase_http *http, CURL *curl)
{
    curl_easy_reset(curl); /* keeps the connection */
    pthread_mutex_lock(&http->lock);
    http->idle[http->n_idle++] = curl;
    pthread_cond_signal(&http->given);
    pthread_mutex_unlock(&http->lock);
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
    struct chip_str *body = user;
    if (n > MAX_BODY - body->len)
        return CURL_WRITEFUNC_ERROR;
    chip_str_add_n(body, data, size * n);
    return body->failed ? CURL_WRITEFUNC_ERROR : n;
}

static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
    struct chip_str line = {0};
    chip_str_addf(&line, "%s%s", name, value);
    struct curl_slist *longer = line.failed ? NULL : curl_slist_append(*list, line.data);
    if (longer)
        *list = longer;
    chip_str_done(&line);
    return longer;
}

/* A new kind of key is no JWT, so it goes into `apikey` alone; the gateway makes the role of it. */
static bool make_headers(const struct chip_supabase_http *http, const char *jwt,
                         struct curl_slist **list)
{
    const char *bearer = jwt ? jwt : strncmp(http->key, "sb_", 3) == 0 ? NULL : http->key;
    return add_header(list, "Content-Type: ", "application/json") &&
           add_header(list, "Accept: ", "application/json") && add_header(list, "Expect:", "") &&
           add_header(list, "apikey: ", http->key) &&
           (!bearer || add_header(list, "Authorization: Bearer ", bearer));
}

static void set_up(CURL *curl, const char *url, const struct curl_slist *headers, const char *body,
                   struct chip_str *answer)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L); /* a key goes where we were told only */
    if (chip_url_is_loopback(url))
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "chip/" CHIP_VERSION);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ANSWER_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
}

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a request to Supabase");
}

static enum chip_status exchange(const struct chip_supabase_http *http, CURL *curl, const char *url,
                                 const struct curl_slist *headers, const char *body,
                                 struct chip_http_answer *answer, struct chip_err *err)
{
    struct chip_str got = {0};
    set_up(curl, url, headers, body, &got);
    CURLcode code = curl_easy_perform(curl);
    bool too_large = code == CURLE_WRITE_ERROR && !got.failed;
    if (code == CURLE_OK && !got.failed) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
        answer->n_body = got.len;
        return chip_str_finish(&got, &answer->body, err);
    }
    bool nomem = got.failed || code == CURLE_OUT_OF_MEMORY;
    chip_str_done(&got);
    if (too_large)
        return chip_fail(err, CHIP_E_LIMIT, "Supabase's answer is larger than %d MiB",
                         MAX_BODY >> 20);
    if (nomem)
        return no_memory(err);
    return chip_fail(err, CHIP_E_UNAVAILABLE, "Supabase at %s does not answer: %s", http->url,
                     curl_easy_strerror(code));
}

enum chip_status chip_supabase_http_post(struct chip_supabase_http *http, const char *path,
                                         const char *jwt, const char *body,
                                         struct chip_http_answer *answer, struct chip_err *err)
{
    if (jwt && !is_token(jwt))
        return chip_fail(err, CHIP_E_DENIED, "the user's token is none");
    CURL *curl = take(http);
    if (!curl)
        return chip_fail(err, CHIP_E_UNAVAILABLE,
                         "all connections to Supabase are busy for %d seconds", WAIT_S);
    struct curl_slist *headers = NULL;
    struct chip_str url = {0};
    chip_str_addf(&url, "%s%s", http->url, path);
    enum chip_status status = make_headers(http, jwt, &headers) && !url.failed
                                  ? exchange(http, curl, url.data, headers, body, answer, err)
                                  : no_memory(err);
    give(http, curl);
    curl_slist_free_all(headers);
    chip_str_done(&url);
    return status;
}
