/* Who is calling: by a header, a link's token, or a browser's session. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/exchange.h"
#include "http/session.h"

/**
 * A browser sends the cookie with whatever asks for it. SameSite=Strict keeps other sites out, but
 * another port of the same host is no other site: hence Origin and Sec-Fetch-Site.
 */
static bool is_from_own_page(const struct chip_exchange *x)
{
    const struct chip_request *req = &x->req;
    const struct chip_cors *cors = &x->server->cors;
    const char *origin = chip_request_header(req, "Origin"),
               *site = chip_request_header(req, "Sec-Fetch-Site");
    bool reads = strcmp(req->method, "GET") == 0 || strcmp(req->method, "HEAD") == 0;
    if (origin)
        return chip_cors_same(origin, chip_request_header(req, "Host")) ||
               (!cors->any && chip_cors_allows(cors, origin));
    if (site && strcmp(site, "same-origin") != 0)
        return reads && strcmp(site, "none") == 0; /* an address that somebody typed */
    return reads || site; /* with what changes something every browser says where it is from */
}

enum chip_auth_result chip_identify(struct chip_exchange *x, const char **why)
{
    const struct chip_request *req = &x->req;
    const struct chip_auth *auth = x->server->settings.auth;
    const char *authorization = chip_request_header(req, "Authorization"),
               *key = chip_request_header(req, "X-API-Key"),
               *session = MHD_lookup_connection_value(x->mhd, MHD_COOKIE_KIND, CHIP_SESSION_COOKIE),
               *token = x->route->token_in_query ? chip_request_query(req, "token") : NULL;
    if (!key)
        key = chip_request_header(req, "apikey");
    x->by_session = session && !x->server->open && !authorization && !key && !token;
    if (x->by_session && is_from_own_page(x))
        return chip_auth_session_check(auth, session, &x->identity, why);
    if (x->by_session) {
        *why = "its session is for the pages of this server only";
        return CHIP_AUTH_MISSING;
    }
    return chip_auth_check(auth, authorization, key, token, req->path, &x->identity, why);
}
