#include "net/transfer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "net/curl_start.h"
#include "net/request.h"

enum { MAX_REDIRECTS = 5, MAX_ATTEMPTS = 200, LONGEST_WAIT_MS = 300 * 1000 };

/* ---- one attempt: from the first address to the end of the file -------------------------------
 */

static enum chip_status go_to(struct chip_request_state *r, const char *url)
{
    const struct chip_transfer *t = r->transfer;
    if (strlen(url) >= sizeof r->url)
        return chip_fail(r->err, CHIP_E_INVAL, "'%s': the URL has more than %zu characters",
                         r->label, sizeof r->url - 1);
    enum chip_status status =
        t->rules->check(t->rules_user, url, r->url[0] ? r->url : NULL, r->err);
    if (status != CHIP_OK)
        return status;
    memmove(r->url, url, strlen(url) + 1);
    t->rules->label(url, r->label);
    return CHIP_OK;
}

static enum chip_status follow(struct chip_request_state *r)
{
    char *next = NULL;
    curl_easy_getinfo(r->curl, CURLINFO_REDIRECT_URL, &next);
    if (!next)
        return chip_fail(r->err, CHIP_E_NETWORK, "'%s': a redirect without an address", r->label);
    return go_to(r, next);
}

static enum chip_status no_answer(struct chip_request_state *r, CURLcode code, bool *retry)
{
    const struct chip_transfer *t = r->transfer;
    enum chip_status status =
        t->rules->unreachable ? t->rules->unreachable(t->rules_user, r->label, r->err) : CHIP_OK;
    if (status != CHIP_OK)
        return status;
    *retry = code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_SSL_CACERT_BADFILE;
    if (r->stalled)
        return chip_fail(r->err, CHIP_E_NETWORK, "'%s': nothing came for %d s", r->label,
                         chip_request_stall_s(r));
    return chip_fail(r->err, CHIP_E_NETWORK, "'%s': %s", r->label, curl_easy_strerror(code));
}

static enum chip_status finish(struct chip_request_state *r, long http, bool *retry)
{
    if (http == 200 && !r->started)
        return chip_request_start_body(r, http); /* an empty file has no first byte */
    if (http == 200 || r->range_total <= r->part->size)
        return CHIP_OK;
    *retry = true; /* a part of the file that ends before the file does */
    return chip_fail(r->err, CHIP_E_NETWORK, "'%s': the server sent less than was asked for",
                     r->label);
}

/* Nothing is left to be sent. @return whether that is because all of it is there */
static bool is_complete(const struct chip_request_state *r)
{
    return r->part->validator[0] && r->range_total == r->part->size &&
           (!r->validator[0] || !strcmp(r->validator, r->part->validator));
}

/* @param retry whether asking again can help */
static enum chip_status attempt(struct chip_request_state *r, bool *retry)
{
    const struct chip_transfer *t = r->transfer;
    *retry = false;
    r->url[0] = '\0';
    enum chip_status status = go_to(r, t->url);
    for (int hops = 0; status == CHIP_OK && hops <= MAX_REDIRECTS; hops++) {
        CURLcode code = chip_request_send(r);
        *retry = r->again;
        if (r->status != CHIP_OK)
            return r->status;
        if (code != CURLE_OK)
            return no_answer(r, code, retry);
        long http = 0;
        curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &http);
        if (http == 200 || http == 206)
            return finish(r, http, retry);
        if (http == 416 && r->part->size > 0) {
            if (is_complete(r))
                return CHIP_OK;
            /* What is there is longer than the file: it is of another one. */
            status = chip_part_restart(r->part, r->err);
        } else if (http >= 300 && http < 400 && http != 304) {
            status = follow(r);
        } else {
            *retry = http >= 500 || http == 408 || http == 429;
            return t->rules->refused(t->rules_user, r->label, http, r->err);
        }
    }
    if (status != CHIP_OK)
        return status;
    return chip_fail(r->err, CHIP_E_NETWORK, "'%s': more than %d redirects", r->label,
                     MAX_REDIRECTS);
}

/* ---- until it is there ----------------------------------------------------------------------- */

static enum chip_status check_stop(const struct chip_transfer *t, struct chip_err *err)
{
    if (t->cancel && *t->cancel)
        return chip_fail(err, CHIP_E_CANCELLED, "cancelled");
    return CHIP_OK;
}

/* Waits, in steps that are short enough for whoever cancels. */
static enum chip_status wait_ms(const struct chip_transfer *t, int64_t ms, struct chip_err *err)
{
    int64_t end = chip_clock_ms() + ms;
    for (;;) {
        enum chip_status status = check_stop(t, err);
        int64_t rest = end - chip_clock_ms();
        if (status != CHIP_OK || rest <= 0)
            return status;
        int64_t step = rest < 100 ? rest : 100;
        struct timespec left = {.tv_nsec = step * 1000000};
        nanosleep(&left, NULL);
    }
}

/* What the server wishes, if it is more than what we would wait, within reason and the deadline. */
static int64_t pause_ms(const struct chip_request_state *r, int failures)
{
    const struct chip_transfer *t = r->transfer;
    int64_t ms = (int64_t)t->retry_wait_ms << (failures - 1 < 6 ? failures - 1 : 6);
    curl_off_t wish_s = 0;
    curl_easy_getinfo(r->curl, CURLINFO_RETRY_AFTER, &wish_s);
    if (wish_s > 0 && t->retry_wait_ms > 0)
        ms = wish_s * 1000 > ms ? wish_s * 1000 : ms;
    if (ms > LONGEST_WAIT_MS)
        ms = LONGEST_WAIT_MS;
    int64_t left = t->deadline_ms ? t->deadline_ms - chip_clock_ms() : ms;
    return ms < left ? ms : left;
}

/* Repeats attempts as long as they bring bytes, and a few times when they do not. */
static enum chip_status run(struct chip_request_state *r)
{
    const struct chip_transfer *t = r->transfer;
    int attempts = t->attempts ? t->attempts : 5;
    for (int failures = 0, total = 1;; total++) {
        uint64_t before = r->part->size;
        bool retry;
        enum chip_status status = attempt(r, &retry);
        if (status == CHIP_OK || !retry)
            return status;
        failures = r->part->size > before ? 1 : failures + 1;
        if (failures >= attempts || total >= MAX_ATTEMPTS)
            return status;
        status = wait_ms(t, pause_ms(r, failures), r->err);
        if (status != CHIP_OK)
            return status;
    }
}

enum chip_status chip_transfer_run(const struct chip_transfer *transfer, struct chip_part *part,
                                   struct chip_err *err)
{
    chip_curl_start();
    struct chip_request_state r = {.transfer = transfer, .part = part, .err = err};
    transfer->rules->label(transfer->url, r.label);
    r.curl = curl_easy_init();
    if (!r.curl)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    enum chip_status status = run(&r);
    curl_easy_cleanup(r.curl);
    return status;
}
