/**
 * /api/session: signing in from a browser. Whoever shows an API key or a token once gets a cookie
 * that scripts cannot read, so that the key need not be kept where they can, and that EventSource,
 * players and downloads send by themselves.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/str.h"
#include "http/exchange.h"
#include "http/session.h"

enum { SESSION_SECONDS = 7 * 24 * 3600 };

/** @param expires_s 0: it is not known, or there is no end */
static void reply_session(struct chip_request *req, bool required, bool signed_in,
                          int64_t expires_s)
{
    char until[32];
    struct tm utc;
    time_t end = (time_t)expires_s;
    strftime(until, sizeof until, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&end, &utc));
    chip_reply_header(req, "Cache-Control", "no-store");
    chip_route_reply(req, 200,
                     json_pack("{s:b, s:b, s:s?}", "required", required, "signedIn", signed_in,
                               "expiresAt", expires_s ? until : NULL));
}

/** @param token "": takes it away */
static bool set_cookie(struct chip_request *req, const char *token, long long seconds)
{
    /* A page says where it is from; over plain http the cookie would not come back with Secure. */
    const char *origin = chip_request_header(req, "Origin");
    bool is_secure = origin && strncasecmp(origin, "https:", 6) == 0;
    struct chip_str cookie = {0};
    chip_str_addf(&cookie, "%s=%s; Path=/api; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
                  CHIP_SESSION_COOKIE, token, seconds, is_secure ? "; Secure" : "");
    bool ok = !cookie.failed;
    if (ok)
        chip_reply_header(req, "Set-Cookie", cookie.data);
    chip_str_done(&cookie);
    return ok;
}

/* Asks softly: nobody is refused. */
static void get_session(struct chip_request *req)
{
    struct chip_exchange *x = chip_exchange_of(req);
    const char *why;
    if (x->server->open) {
        reply_session(req, false, true, 0);
        return;
    }
    bool signed_in = chip_identify(x, &why) == CHIP_AUTH_OK;
    reply_session(req, true, signed_in, signed_in && x->by_session ? x->identity.expires_s : 0);
}

static void make_session(struct chip_request *req)
{
    struct chip_exchange *x = chip_exchange_of(req);
    struct chip_err err;
    char *token;
    int64_t expires_s;
    if (x->server->open) {
        reply_session(req, false, true, 0);
        return;
    }
    if (chip_auth_session_new(x->server->settings.auth, &x->identity, SESSION_SECONDS, &token,
                              &expires_s, &err) != CHIP_OK) {
        chip_reply_failure(req, &err);
        return;
    }
    if (set_cookie(req, token, (long long)(expires_s - time(NULL))))
        reply_session(req, true, true, expires_s);
    else
        chip_route_reply(req, 200, NULL);
    free(token);
}

static void end_session(struct chip_request *req)
{
    set_cookie(req, "", 0);
    chip_reply_empty(req, 204);
}

static const struct chip_route routes[] = {
    {"GET", "/api/session", CHIP_ROUTE_PUBLIC, .handle = get_session},
    {"POST", "/api/session", .handle = make_session, .audit = "session.create"},
    {"DELETE", "/api/session", CHIP_ROUTE_PUBLIC, .handle = end_session},
};

const struct chip_route_table chip_routes_session = CHIP_ROUTE_TABLE(routes);
