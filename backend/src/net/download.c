#include "net/download.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "net/curl_start.h"
#include "net/part.h"
#include "net/sha256.h"
#include "net/url.h"

#define MAX_REDIRECTS 5
#define MAX_ATTEMPTS 200
#define DEFAULT_MAX_BYTES ((uint64_t)8 << 30)

/* One request and what its answer's headers say. */
struct transfer {
    const struct chip_download *download;
    struct chip_part *part;
    CURL *curl;
    char url[4096];                       /* after redirects */
    char validator[CHIP_VALIDATOR_BYTES]; /* of the file that is being sent */
    uint64_t range_start;                 /* of a 206; UINT64_MAX: it did not say */
    uint64_t max_bytes;
    bool started; /* the first byte of the body has come */
    bool stalled; /* given up because nothing came for too long */
    int64_t last_byte_ms;
    enum chip_status status; /* set by the callbacks when they stop the transfer */
    struct chip_err *err;
};

/* ---- what comes in --------------------------------------------------------------------------- */

/* "Name: value\r\n" -> value without blanks around it; false for another header. */
static bool header_value(const char *line, size_t n, const char *name, char *out, size_t size)
{
    size_t name_len = strlen(name);
    if (n <= name_len || strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
        return false;
    const char *from = line + name_len + 1, *to = line + n;
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (from < to && strchr("\r\n \t", to[-1]))
        to--;
    if ((size_t)(to - from) >= size)
        return false;
    memcpy(out, from, (size_t)(to - from));
    out[to - from] = '\0';
    return true;
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    struct transfer *t = user;
    size_t n = size * count;
    char value[CHIP_VALIDATOR_BYTES] = "";
    if (n > 5 && !strncmp(line, "HTTP/", 5)) {
        t->validator[0] = '\0';
        t->range_start = UINT64_MAX;
    } else if (header_value(line, n, "ETag", value, sizeof value)) {
        /* If-Range takes strong validators only. */
        if (strncmp(value, "W/", 2) != 0)
            memcpy(t->validator, value, sizeof value);
    } else if (header_value(line, n, "Last-Modified", value, sizeof value)) {
        if (!t->validator[0])
            memcpy(t->validator, value, sizeof value);
    } else if (header_value(line, n, "Content-Range", value, sizeof value)) {
        uint64_t start;
        if (sscanf(value, "bytes %" SCNu64 "-", &start) == 1)
            t->range_start = start;
    }
    return n;
}

static enum chip_status check_length(struct transfer *t)
{
    curl_off_t length = -1;
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length < 0)
        return CHIP_OK;
    uint64_t total = t->part->size + (uint64_t)length;
    if (total > t->max_bytes)
        return chip_fail(t->err, CHIP_E_LIMIT,
                         "'%s' has %" PRIu64 " bytes, more than the limit of %" PRIu64, t->url,
                         total, t->max_bytes);
    if (t->download->size && total != t->download->size)
        return chip_fail(t->err, CHIP_E_CHECKSUM, "'%s' has %" PRIu64 " bytes instead of %" PRIu64,
                         t->url, total, t->download->size);
    return CHIP_OK;
}

/* Decides with the first byte of a good answer whether it continues what is there or starts again.
 */
static enum chip_status start_body(struct transfer *t, long code)
{
    enum chip_status status = CHIP_OK;
    if (code == 206 && t->range_start != t->part->size)
        return chip_fail(t->err, CHIP_E_NETWORK, "'%s': the server sent another range than asked",
                         t->url);
    if (code != 206)
        status = chip_part_restart(t->part, t->err);
    if (status == CHIP_OK)
        status = check_length(t);
    if (status == CHIP_OK && (code != 206 || t->validator[0]))
        chip_part_remember(t->part, t->download->url, t->validator);
    return status;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct transfer *t = user;
    size_t n = size * count;
    long code = 0;
    t->last_byte_ms = chip_clock_ms();
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
    if (code != 200 && code != 206)
        return n; /* the text of an error or a redirect */
    if (!t->started) {
        t->started = true;
        t->status = start_body(t, code);
    }
    if (t->status == CHIP_OK && t->part->size + n > t->max_bytes)
        t->status = chip_fail(t->err, CHIP_E_LIMIT, "'%s' is larger than %" PRIu64 " bytes", t->url,
                              t->max_bytes);
    if (t->status == CHIP_OK && !chip_part_append(t->part, data, n))
        t->status =
            chip_fail(t->err, CHIP_E_IO, "write '%s': %s", t->part->part_path, strerror(errno));
    return t->status == CHIP_OK ? n : CURL_WRITEFUNC_ERROR;
}

static int64_t stall_timeout_s(const struct chip_download *d)
{
    return d->stall_timeout_s ? d->stall_timeout_s : 30;
}

/* curl calls this at least once a second. */
static int on_tick(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
    struct transfer *t = user;
    (void)up_total;
    (void)up;
    const struct chip_download *d = t->download;
    if (d->cancel && *d->cancel) {
        t->status = chip_fail(t->err, CHIP_E_CANCELLED, "cancelled");
        return 1;
    }
    /* curl's own limit is a mean over five seconds; ours starts with the request. */
    t->stalled = chip_clock_ms() - t->last_byte_ms > stall_timeout_s(d) * 1000;
    if (t->stalled)
        return 1;
    if (d->on_progress && t->started) {
        uint64_t rest = total > now ? (uint64_t)(total - now) : 0;
        d->on_progress(d->user, t->part->size,
                       d->size ? d->size : (total > 0 ? t->part->size + rest : 0));
    }
    return 0;
}

/* ---- one request ----------------------------------------------------------------------------- */

static struct curl_slist *if_range(const struct transfer *t)
{
    if (!t->part->validator[0])
        return NULL;
    char header[CHIP_VALIDATOR_BYTES + 16];
    snprintf(header, sizeof header, "If-Range: %s", t->part->validator);
    return curl_slist_append(NULL, header);
}

static void set_options(struct transfer *t, struct curl_slist *headers, const char *range)
{
    const struct chip_download *d = t->download;
    CURL *c = t->curl;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, t->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); /* every hop is checked by us */
    curl_easy_setopt(c, CURLOPT_USERAGENT, "chip/" CHIP_VERSION);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, d->connect_timeout_s ? d->connect_timeout_s : 20L);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_RANGE, range);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_tick);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    if (chip_url_is_loopback(t->url))
        curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
}

/* Asks t->url once. @return curl's code; t->status is set if one of our callbacks stopped it */
static CURLcode ask(struct transfer *t)
{
    char range[32];
    /* Bytes of two versions of a file must not be mixed, unless a hash will tell. */
    bool resume = t->part->size > 0 && (t->part->validator[0] || t->download->sha256);
    struct curl_slist *headers = resume ? if_range(t) : NULL;
    snprintf(range, sizeof range, "%" PRIu64 "-", t->part->size);
    set_options(t, headers, resume ? range : NULL);
    t->started = t->stalled = false;
    t->last_byte_ms = chip_clock_ms();
    t->status = CHIP_OK;
    CURLcode code = curl_easy_perform(t->curl);
    curl_slist_free_all(headers);
    return code;
}

/* Takes the next address of a redirect. */
static enum chip_status follow(struct transfer *t)
{
    char *next = NULL;
    curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &next);
    if (!next || strlen(next) >= sizeof t->url)
        return chip_fail(t->err, CHIP_E_NETWORK, "'%s': a redirect without an address", t->url);
    enum chip_status status = chip_url_check(next, t->url, t->err);
    if (status == CHIP_OK)
        memmove(t->url, next, strlen(next) + 1);
    return status;
}

static enum chip_status answer(struct transfer *t, long code, bool *retry)
{
    *retry = code >= 500 || code == 408 || code == 429;
    if (code == 404 || code == 410)
        return chip_fail(t->err, CHIP_E_NOT_FOUND, "'%s' does not exist (%ld)", t->url, code);
    return chip_fail(t->err, CHIP_E_NETWORK, "'%s': the server answers %ld", t->url, code);
}

/*
 * Gets from the first address to the end of the file or to a failure.
 *
 * @param retry whether asking again can help
 */
static enum chip_status attempt(struct transfer *t, bool *retry)
{
    *retry = false;
    snprintf(t->url, sizeof t->url, "%s", t->download->url);
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
        CURLcode code = ask(t);
        if (t->status != CHIP_OK)
            return t->status;
        if (code != CURLE_OK) {
            *retry = code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_SSL_CACERT_BADFILE;
            return t->stalled ? chip_fail(t->err, CHIP_E_NETWORK, "'%s': nothing came for %d s",
                                          t->url, (int)stall_timeout_s(t->download))
                              : chip_fail(t->err, CHIP_E_NETWORK, "'%s': %s", t->url,
                                          curl_easy_strerror(code));
        }
        long http = 0;
        curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &http);
        if (http == 200 && !t->started)
            return start_body(t, http); /* an empty file has no first byte */
        if (http == 200 || http == 206)
            return CHIP_OK;
        if (http == 416 && t->part->size > 0) {
            /* What is there is longer than the file: it is of another one. */
            enum chip_status status = chip_part_restart(t->part, t->err);
            if (status != CHIP_OK)
                return status;
        } else if (http >= 300 && http < 400 && http != 304) {
            enum chip_status status = follow(t);
            if (status != CHIP_OK)
                return status;
        } else {
            return answer(t, http, retry);
        }
    }
    return chip_fail(t->err, CHIP_E_NETWORK, "'%s': more than %d redirects", t->download->url,
                     MAX_REDIRECTS);
}

/* ---- until it is there ----------------------------------------------------------------------- */

static void wait_ms(int64_t ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        ;
}

/* Repeats attempts as long as they bring bytes, and a few times when they do not. */
static enum chip_status transfer_all(struct transfer *t)
{
    int attempts = t->download->attempts ? t->download->attempts : 5;
    int64_t wait = t->download->retry_wait_ms;
    for (int failures = 0, total = 1;; total++) {
        uint64_t before = t->part->size;
        bool retry;
        enum chip_status status = attempt(t, &retry);
        if (status == CHIP_OK || !retry)
            return status;
        failures = t->part->size > before ? 1 : failures + 1;
        if (failures >= attempts || total >= MAX_ATTEMPTS)
            return status;
        wait_ms(wait << (failures - 1 < 6 ? failures - 1 : 6));
        if (t->download->cancel && *t->download->cancel)
            return chip_fail(t->err, CHIP_E_CANCELLED, "cancelled");
    }
}

static enum chip_status check_content(const struct transfer *t)
{
    const struct chip_download *d = t->download;
    if (d->size && t->part->size != d->size)
        return chip_fail(t->err, CHIP_E_CHECKSUM, "'%s' has %" PRIu64 " bytes instead of %" PRIu64,
                         d->url, t->part->size, d->size);
    if (!d->sha256)
        return CHIP_OK;
    char hex[CHIP_SHA256_HEX];
    enum chip_status status = chip_sha256_file(t->part->part_path, hex, t->err);
    if (status == CHIP_OK && strcmp(hex, d->sha256) != 0)
        status = chip_fail(t->err, CHIP_E_CHECKSUM, "'%s' has SHA-256 %s instead of %s", d->url,
                           hex, d->sha256);
    return status;
}

static enum chip_status download_part(struct transfer *t)
{
    const struct chip_download *d = t->download;
    bool resumed = t->part->size > 0;
    if (resumed && d->sha256 && t->part->size == d->size && check_content(t) == CHIP_OK)
        return CHIP_OK; /* everything was there but the name */
    enum chip_status status = transfer_all(t);
    if (status == CHIP_OK)
        status = check_content(t);
    if (status == CHIP_E_CHECKSUM && resumed) {
        /* The old bytes may have been the wrong ones: once more from the start. */
        status = chip_part_restart(t->part, t->err);
        if (status == CHIP_OK)
            status = transfer_all(t);
        if (status == CHIP_OK)
            status = check_content(t);
    }
    return status;
}

enum chip_status chip_download(const struct chip_download *download, struct chip_err *err)
{
    chip_curl_start();

    enum chip_status status = chip_url_check(download->url, NULL, err);
    if (status != CHIP_OK)
        return status;
    if (strlen(download->url) >= sizeof((struct transfer *)0)->url)
        return chip_fail(err, CHIP_E_INVAL, "the URL is too long");
    if (download->sha256 && !chip_sha256_valid(download->sha256))
        return chip_fail(err, CHIP_E_INVAL, "'%.80s' is not a SHA-256", download->sha256);

    struct chip_part part;
    status = chip_part_open(&part, download->path, download->url, download->sha256 != NULL, err);
    if (status != CHIP_OK)
        return status;
    struct transfer t = {.download = download, .part = &part, .err = err};
    t.max_bytes = download->max_bytes ? download->max_bytes
                  : download->size    ? download->size
                                      : DEFAULT_MAX_BYTES;
    t.curl = curl_easy_init();
    status = t.curl ? download_part(&t) : chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    curl_easy_cleanup(t.curl);

    if (status == CHIP_OK)
        return chip_part_finish(&part, err);
    if (status == CHIP_E_CHECKSUM || status == CHIP_E_LIMIT)
        chip_part_discard(&part);
    else
        chip_part_close(&part);
    return status;
}
