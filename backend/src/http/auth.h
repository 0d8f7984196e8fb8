/**
 * Who is calling: the service itself (API key), or a user (Supabase token, or a link of ours).
 *
 *     struct chip_identity who;
 *     const char *why;
 *     enum chip_auth_result r = chip_auth_check(auth, authorization, api_key, token, path, &who,
 *                                               &why);
 *     if (r != CHIP_AUTH_OK)   answer chip_auth_http_status(r), WWW-Authenticate:
 *                              chip_auth_challenge(r); log `why`
 *     else                     caller = chip_identity_caller(&who, &c); ...
 * chip_identity_done(&who)
 *
 * Whatever is presented has to be right: a wrong API key beside a good token is refused, and with
 * both right the caller is the user, who may do less.
 *
 * Threads: any number may check at once. A check computes at most one signature; only a token with
 * a key id that we have never seen may wait for the keys to be fetched, at most 2 s and not more
 * than once in 30 s.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct chip_auth;

/** All strings are copied. Without keys of any kind and without `open`, nobody gets in. */
struct chip_auth_settings {
    bool open;              /* anybody without credentials is the service: for loopback only */
    const char *api_keys;   /* "new,old": each of 16 characters or more; NULL: none */
    const char *jwt_secret; /* for HS256; NULL: tokens signed with it are refused */
    const char *jwks;       /* a key set (RFC 7517) as text; NULL */
    const char *jwks_url; /* ".../auth/v1/.well-known/jwks.json", fetched in the background; NULL */
    const char *issuer;   /* what `iss` must be: "{SUPABASE_URL}/auth/v1"; NULL: anything */
    const char *audience; /* NULL: "authenticated" */
    const char *link_secret; /* signs our links. NULL: made from the first of the API keys or the
                                JWT secret, so that all instances agree; else random */
};

/**
 * Starts to fetch the keys of jwks_url, and goes on without them while they do not come.
 *
 * @return CHIP_OK; CHIP_E_INVAL for settings that cannot be meant (the message names which);
 *         CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_auth_new(struct chip_auth **out, const struct chip_auth_settings *settings,
                               struct chip_err *err);
/** Stops the fetching thread too. NULL is accepted. */
void chip_auth_free(struct chip_auth *auth);
CHIP_DEFINE_AUTO(chip_auth)

enum chip_auth_result {
    CHIP_AUTH_OK,
    CHIP_AUTH_MISSING,     /* nothing was presented */
    CHIP_AUTH_INVALID,     /* something was, and it is wrong or expired */
    CHIP_AUTH_UNAVAILABLE, /* it cannot be told: the keys could not be fetched yet, or no memory */
};

enum { CHIP_AUTH_LIMIT_KEY = 48 };

/** Who it is. Owns its strings. */
struct chip_identity {
    char *user_id;     /* UUID in lower case; NULL: the service */
    char *jwt;         /* the user's token as it came; NULL: none */
    const char *actor; /* for the audit log: "user" or "key"; static */
    /* Whom to count for rate limits: "user:UUID", "key:0123456789abcdef" (a hash of the key), or
     * "" when nothing was presented: count the address. */
    char limit_key[CHIP_AUTH_LIMIT_KEY];
    int64_t expires_s; /* of a session: seconds since 1970; else 0 */
};

/**
 * @param authorization the header's value ("Bearer ..."; an API key or a token); NULL: not sent
 * @param api_key       value of X-API-Key (or "apikey"); NULL: not sent
 * @param token         ?token= of routes that allow it; looked at only without both headers; NULL
 * @param path          decoded path of the request, for `token`
 * @param who           filled on CHIP_AUTH_OK, release it with chip_identity_done(); otherwise
 * empty
 * @param reason        static text for the log, never with secrets: "expired"; may be NULL
 */
CHIP_MUST_CHECK
enum chip_auth_result chip_auth_check(const struct chip_auth *auth, const char *authorization,
                                      const char *api_key, const char *token, const char *path,
                                      struct chip_identity *who, const char **reason);

void chip_identity_done(struct chip_identity *who);

/** As the store wants it. @return `caller`, filled with strings of `who`; NULL for the service */
const struct chip_caller *chip_identity_caller(const struct chip_identity *who,
                                               struct chip_caller *caller);

/** 401, or 503 for what may work in a second (add "Retry-After: 1"); 200 for CHIP_AUTH_OK. */
int chip_auth_http_status(enum chip_auth_result result);

/** Value of WWW-Authenticate for a 401 (RFC 6750); NULL for other results. */
const char *chip_auth_challenge(enum chip_auth_result result);

/**
 * A token that stands for the caller on one path and what is below it, for an EventSource or a
 * media element, which cannot send headers: "?token=...". Nobody can read or change what is in it.
 *
 * @param caller  NULL: the service
 * @param path    "/api/jobs/ID": good for it and "/api/jobs/ID/..."
 * @param seconds 1 to 86400
 * @param out     malloc'ed; about 150 characters, 4/3 of the user's own token more if there is one
 * @return CHIP_OK; CHIP_E_INVAL; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_auth_link(const struct chip_auth *auth, const struct chip_caller *caller,
                                const char *path, int seconds, char **out, struct chip_err *err);

enum {
    CHIP_MAX_SESSION = 3800
}; /* browsers keep cookies of 4096 characters, attributes included */

/**
 * What a browser may keep in a cookie instead of the API key or token that it has shown: good for
 * as long, at most `seconds`. Nobody can read or change what is in it; a key itself is not in it.
 *
 * @param who       of chip_auth_check() or chip_auth_session_check()
 * @param out       malloc'ed, of characters that cookies take as they are
 * @param expires_s when it ends, seconds since 1970
 * @return CHIP_OK; CHIP_E_LIMIT for a user's token that is too long for a cookie; CHIP_E_INVAL;
 *         CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_auth_session_new(const struct chip_auth *auth,
                                       const struct chip_identity *who, int seconds, char **out,
                                       int64_t *expires_s, struct chip_err *err);

/** As chip_auth_check(), for the value of that cookie. */
CHIP_MUST_CHECK
enum chip_auth_result chip_auth_session_check(const struct chip_auth *auth, const char *session,
                                              struct chip_identity *who, const char **reason);
