/** One small HTTP request, answered in memory. Redirects are not followed. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "net/guard.h"

struct chip_call {
    const char *url;
    const char *const *headers; /* "Name: value", the last is NULL; or NULL */
    const char *body;           /* [n_body] of a POST; NULL: a GET */
    size_t n_body;
    const struct chip_guard *guard; /* NULL: the URL is the operator's own and may lead anywhere */
    int connect_timeout_s;          /* 0: 10 */
    int timeout_s;                  /* for all of it; 0: 20 */
    size_t max_answer;              /* bytes of the answer's body; 0: 64 KiB */
    bool drop_answer;               /* its body is read up to max_answer, not kept */
    int stall_timeout_s;            /* without a byte; 0: only timeout_s counts */
    const volatile bool *cancel;    /* polled about once a second; may be NULL */
    /** Called with each header of the answer, names as the server spells them. May be NULL. */
    void (*on_header)(void *user, const char *name, const char *value);
    void *user;
};

struct chip_answer {
    int status;        /* 200; whatever it is, the call has succeeded */
    char *body;        /* owned, NUL-terminated; NULL with drop_answer */
    size_t n_body;     /* bytes read */
    int retry_after_s; /* what Retry-After says, in seconds; 0: nothing */
    bool timed_out;    /* only set on failure: too slow, to connect or to answer */
};

/**
 * @param answer release it with chip_answer_done(); empty on failure but for timed_out
 * @return CHIP_OK whenever an answer came; CHIP_E_INVAL, CHIP_E_DENIED by the guard;
 *         CHIP_E_NETWORK; CHIP_E_LIMIT if the answer is too large (not with drop_answer: the rest
 *         is then left unread); CHIP_E_CANCELLED; CHIP_E_NOMEM. Messages name the host, never
 *         the rest of the URL
 */
CHIP_MUST_CHECK
enum chip_status chip_call(const struct chip_call *call, struct chip_answer *answer,
                           struct chip_err *err);
void chip_answer_done(struct chip_answer *answer);
