/**
 * Webhooks as Standard Webhooks 1.0.0 says: signed with shared secrets, sent once.
 *
 * Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/guard.h"

enum { CHIP_MAX_WEBHOOK_KEYS = 4, CHIP_WEBHOOK_KEY = 64 };

/** The live secrets; more than one while they are changed. */
struct chip_webhook_keys {
    unsigned char keys[CHIP_MAX_WEBHOOK_KEYS][CHIP_WEBHOOK_KEY];
    size_t n_bytes[CHIP_MAX_WEBHOOK_KEYS];
    size_t n;
};

/**
 * @param text "whsec_" and base64 of 24 to 64 random bytes; several are separated by commas or
 *             blanks; NULL: none
 * @return CHIP_OK; CHIP_E_INVAL (the message does not repeat the secret)
 */
CHIP_MUST_CHECK
enum chip_status chip_webhook_keys_parse(const char *text, struct chip_webhook_keys *keys,
                                         struct chip_err *err);

/**
 * Makes the value of webhook-signature: "v1,BASE64", one for each key, separated by blanks.
 *
 * @param id   without '.'; the same for every try
 * @param body [n] the very bytes that are sent
 * @param out  malloc'ed; "" without keys
 */
CHIP_MUST_CHECK
enum chip_status chip_webhook_sign(const struct chip_webhook_keys *keys, const char *id,
                                   int64_t timestamp_s, const void *body, size_t n, char **out,
                                   struct chip_err *err);

struct chip_webhook {
    const char *url;
    const struct chip_guard *guard;
    const struct chip_webhook_keys *keys; /* without keys it is sent unsigned */
    const char *id;
    int64_t timestamp_s; /* of this try, seconds since 1970 */
    const char *body;    /* [n_body] JSON */
    size_t n_body;
    const volatile bool *cancel; /* polled about once a second; may be NULL */
};

enum chip_webhook_verdict {
    CHIP_WEBHOOK_DELIVERED, /* the answer is 2xx */
    CHIP_WEBHOOK_LATER,     /* try again */
    CHIP_WEBHOOK_GIVE_UP,   /* 410, or a URL that we may not call */
};

struct chip_webhook_result {
    enum chip_webhook_verdict verdict;
    int http_status;   /* 0: there was no answer */
    int retry_after_s; /* what the server asks for; 0: nothing */
    int ms;            /* how long it took */
    char error[256];   /* "" if it was delivered; never with the URL's path or query */
};

/**
 * Sends it once: at most 10 s to connect and 20 s in all, without following redirects. Of the
 * answer only the status counts, though up to 64 KiB of its body are read.
 */
void chip_webhook_send(const struct chip_webhook *webhook, struct chip_webhook_result *result);
