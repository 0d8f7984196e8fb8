#include "net/webhook.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "net/base64.h"
#include "net/call.h"

enum { MIN_KEY = 24, MAX_SECRET = 128, SHA256_BYTES = 32, MAX_HEADER = 1024 };

/* ---- secrets --------------------------------------------------------------------------------- */

static bool add_key(struct chip_webhook_keys *keys, const char *text, size_t n)
{
    static const char prefix[] = "whsec_";
    size_t n_prefix = sizeof prefix - 1, n_key;
    unsigned char *key;
    if (keys->n == CHIP_MAX_WEBHOOK_KEYS || n <= n_prefix || strncmp(text, prefix, n_prefix) != 0 ||
        chip_base64_decode(CHIP_BASE64, text + n_prefix, n - n_prefix, &key, &n_key, NULL) !=
            CHIP_OK)
        return false;
    bool fits = n_key >= MIN_KEY && n_key <= CHIP_WEBHOOK_KEY;
    if (fits) {
        memcpy(keys->keys[keys->n], key, n_key);
        keys->n_bytes[keys->n++] = n_key;
    }
    OPENSSL_cleanse(key, n_key);
    free(key);
    return fits;
}

enum chip_status chip_webhook_keys_parse(const char *text, struct chip_webhook_keys *keys,
                                         struct chip_err *err)
{
    const char *blanks = ", \t\r\n";
    struct chip_webhook_keys found = {0};
    while (text && *(text += strspn(text, blanks))) {
        size_t n = strcspn(text, blanks);
        if (!add_key(&found, text, n))
            return chip_fail(
                err, CHIP_E_INVAL,
                "secret %zu of webhooks is not 'whsec_' and base64 of %d to %d bytes "
                "(or there are more than %d); make one with 'echo whsec_$(openssl rand "
                "-base64 32)'",
                found.n + 1, MIN_KEY, CHIP_WEBHOOK_KEY, CHIP_MAX_WEBHOOK_KEYS);
        text += n;
    }
    *keys = found;
    return CHIP_OK;
}

/* ---- signing --------------------------------------------------------------------------------- */

static char *sign_once(const unsigned char *key, size_t n_key, const struct chip_str *content)
{
    unsigned char mac[SHA256_BYTES];
    if (!HMAC(EVP_sha256(), key, (int)n_key, (const unsigned char *)content->data, content->len,
              mac, NULL))
        return NULL;
    return chip_base64_encode(CHIP_BASE64, mac, sizeof mac);
}

enum chip_status chip_webhook_sign(const struct chip_webhook_keys *keys, const char *id,
                                   int64_t timestamp_s, const void *body, size_t n, char **out,
                                   struct chip_err *err)
{
    if (strpbrk(id, ". \r\n") || timestamp_s < 0)
        return chip_fail(err, CHIP_E_INVAL, "a webhook's id has no dots and blanks");
    struct chip_str content = {0}, signatures = {0};
    chip_str_addf(&content, "%s.%" PRId64 ".", id, timestamp_s);
    chip_str_add_n(&content, body, n);
    for (size_t i = 0; i < keys->n && !content.failed; i++) {
        char *one = sign_once(keys->keys[i], keys->n_bytes[i], &content);
        chip_str_addf(&signatures, "%sv1,%s", i ? " " : "", one ? one : "");
        signatures.failed = signatures.failed || !one;
        free(one);
    }
    signatures.failed = signatures.failed || content.failed;
    chip_str_done(&content);
    return chip_str_finish(&signatures, out, err);
}

/* ---- sending --------------------------------------------------------------------------------- */

static enum chip_status call(const struct chip_webhook *w, struct chip_answer *answer,
                             struct chip_err *err)
{
    char *signature;
    enum chip_status status =
        chip_webhook_sign(w->keys, w->id, w->timestamp_s, w->body, w->n_body, &signature, err);
    if (status != CHIP_OK)
        return status;
    char id[MAX_HEADER], timestamp[64], signed_by[MAX_HEADER];
    snprintf(id, sizeof id, "webhook-id: %s", w->id);
    snprintf(timestamp, sizeof timestamp, "webhook-timestamp: %" PRId64, w->timestamp_s);
    snprintf(signed_by, sizeof signed_by, "webhook-signature: %s", signature);
    const char *const headers[] = {"Content-Type: application/json", id, timestamp,
                                   signature[0] ? signed_by : NULL, NULL};
    struct chip_call call = {.url = w->url,
                             .headers = headers,
                             .body = w->body,
                             .n_body = w->n_body,
                             .guard = w->guard,
                             .connect_timeout_s = 10,
                             .timeout_s = 20,
                             .max_answer = 64 << 10,
                             .drop_answer = true,
                             .cancel = w->cancel};
    status = chip_call(&call, answer, err);
    free(signature);
    return status;
}

static void judge(struct chip_webhook_result *result, const struct chip_answer *answer)
{
    int http = answer->status;
    result->http_status = http;
    result->retry_after_s = answer->retry_after_s;
    if (http >= 200 && http < 300) {
        result->verdict = CHIP_WEBHOOK_DELIVERED;
    } else if (http == 410) {
        result->verdict = CHIP_WEBHOOK_GIVE_UP;
        strcpy(result->error, "the server says 410: it wants no more of these");
    } else {
        result->verdict = CHIP_WEBHOOK_LATER;
        snprintf(result->error, sizeof result->error, "the server says %d%s", http,
                 http >= 300 && http < 400 ? "; redirects are not followed" : "");
    }
}

void chip_webhook_send(const struct chip_webhook *webhook, struct chip_webhook_result *result)
{
    struct chip_answer answer;
    struct chip_err err;
    int64_t start_ms = chip_clock_ms();
    *result = (struct chip_webhook_result){.verdict = CHIP_WEBHOOK_LATER};
    enum chip_status status = call(webhook, &answer, &err);
    if (status == CHIP_OK) {
        judge(result, &answer);
        chip_answer_done(&answer);
    } else {
        snprintf(result->error, sizeof result->error, "%s", err.message);
        if (status == CHIP_E_INVAL || status == CHIP_E_DENIED)
            result->verdict = CHIP_WEBHOOK_GIVE_UP;
    }
    result->ms = (int)(chip_clock_ms() - start_ms);
}
