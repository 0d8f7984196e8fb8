#include "net/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "net/curl_start.h"
#include "net/label.h"
#include "net/url.h"

struct exchange {
    const struct chip_call *call;
    struct chip_guard_hop hop;
    struct chip_str body;
    size_t n_body, max_answer;
    bool too_large, cancelled;
};

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct exchange *x = user;
    size_t n = size * count;
    if (x->n_body + n > x->max_answer) {
        x->too_large = true;
        return CURL_WRITEFUNC_ERROR;
    }
    x->n_body += n;
    if (!x->call->drop_answer)
        chip_str_add_n(&x->body, data, n);
    return x->body.failed ? CURL_WRITEFUNC_ERROR : n;
}

/* One line of the head, "Name: value\r\n"; what is longer than any header of use is passed over. */
static size_t on_header(char *data, size_t size, size_t count, void *user)
{
    const struct exchange *x = user;
    size_t n = size * count;
    char line[1024];
    if (n >= sizeof line)
        return n;
    memcpy(line, data, n);
    line[n] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    char *colon = strchr(line, ':');
    if (colon) {
        *colon = '\0';
        x->call->on_header(x->call->user, line, colon + 1 + strspn(colon + 1, " \t"));
    }
    return n;
}

static int on_tick(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
    struct exchange *x = user;
    (void)total, (void)now, (void)up_total, (void)up;
    x->cancelled = x->call->cancel && *x->call->cancel;
    return x->cancelled;
}

static struct curl_slist *make_headers(const struct chip_call *call)
{
    /* Without this curl waits for "100 Continue" before larger bodies. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (const char *const *h = call->headers; list && h && *h; h++) {
        struct curl_slist *longer = curl_slist_append(list, *h);
        if (!longer)
            curl_slist_free_all(list);
        list = longer;
    }
    return list;
}

static void set_options(struct exchange *x, CURL *c, struct curl_slist *headers)
{
    const struct chip_call *call = x->call;
    curl_easy_setopt(c, CURLOPT_URL, call->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_USERAGENT, "chip/" CHIP_VERSION);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT,
                     call->connect_timeout_s ? (long)call->connect_timeout_s : 10L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, call->timeout_s ? (long)call->timeout_s : 20L);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_tick);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, x);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    if (call->stall_timeout_s) {
        curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)call->stall_timeout_s);
    }
    if (call->on_header) {
        curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
        curl_easy_setopt(c, CURLOPT_HEADERDATA, x);
    }
    if (call->body) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->body);
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->n_body);
    }
    if (call->guard)
        chip_guard_apply(call->guard, &x->hop, c, call->url);
    else if (chip_url_is_loopback(call->url))
        curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
}

static enum chip_status say(const struct exchange *x, CURLcode code, struct chip_err *err)
{
    char host[CHIP_LABEL];
    chip_label_host(x->call->url, host);
    if (x->cancelled)
        return chip_fail(err, CHIP_E_CANCELLED, "cancelled");
    if (x->body.failed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    if (x->too_large)
        return chip_fail(err, CHIP_E_LIMIT, "'%s' answers with more than %zu bytes", host,
                         x->max_answer);
    enum chip_status status = chip_guard_explain(&x->hop, host, err);
    if (status != CHIP_OK)
        return status;
    return chip_fail(err, CHIP_E_NETWORK, "'%s': %s", host, curl_easy_strerror(code));
}

static void take_answer(struct exchange *x, CURL *curl, struct chip_answer *answer)
{
    long status = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
    answer->status = (int)status;
    answer->n_body = x->n_body;
    answer->retry_after_s = wait > 0 && wait < 1 << 30 ? (int)wait : 0;
}

static enum chip_status perform(struct exchange *x, CURL *curl, struct chip_answer *answer,
                                struct chip_err *err)
{
    CURLcode code = curl_easy_perform(curl);
    bool enough = code == CURLE_WRITE_ERROR && x->too_large && x->call->drop_answer;
    if (code != CURLE_OK && !enough) {
        answer->timed_out = code == CURLE_OPERATION_TIMEDOUT;
        return say(x, code, err);
    }
    take_answer(x, curl, answer);
    if (x->call->drop_answer)
        return CHIP_OK;
    return chip_str_finish(&x->body, &answer->body, err);
}

enum chip_status chip_call(const struct chip_call *call, struct chip_answer *answer,
                           struct chip_err *err)
{
    *answer = (struct chip_answer){0};
    chip_curl_start();
    if (call->guard) {
        enum chip_status status = chip_guard_check(call->guard, call->url, NULL, err);
        if (status != CHIP_OK)
            return status;
    }
    struct exchange x = {.call = call,
                         .max_answer = call->max_answer ? call->max_answer : 64 << 10};
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = make_headers(call);
    enum chip_status status;
    if (curl && headers) {
        set_options(&x, curl, headers);
        status = perform(&x, curl, answer, err);
    } else {
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    chip_str_done(&x.body);
    return status;
}

void chip_answer_done(struct chip_answer *answer)
{
    free(answer->body);
    *answer = (struct chip_answer){0};
}
