#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/limit.h"

/** Each step answers the request and returns false when it goes no further. */

static bool check_head(struct chip_exchange *x, const char *version)
{
    int status = 400;
    const char *wrong =
        chip_head_check(x->mhd, version, x->server->settings.max_header_bytes, &x->head, &status);
    if (!wrong)
        return true;
    x->hopeless = true; /* who knows where the next request begins */
    chip_reply_error(&x->req, status, status == 431 ? "headers_too_large" : "bad_request", wrong,
                     NULL);
    return false;
}

static bool check_target(struct chip_exchange *x)
{
    struct chip_err err = {.message = "out of memory"};
    enum chip_status st = x->uri ? chip_target_parse(&x->target, x->uri, &err) : CHIP_E_NOMEM;
    x->req.path = x->target.path ? x->target.path : "";
    if (st == CHIP_OK)
        return true;
    chip_reply_error(&x->req, st == CHIP_E_INVAL ? 400 : 503,
                     st == CHIP_E_INVAL ? "bad_path" : "out_of_memory", err.message, NULL);
    return false;
}

static void answer_preflight(struct chip_exchange *x, const char *origin)
{
    struct chip_request *req = &x->req;
    if (chip_cors_allows(&x->server->cors, origin)) {
        chip_reply_header(req, "Access-Control-Allow-Methods", x->match.allow);
        chip_reply_header(req, "Access-Control-Allow-Headers", chip_cors_allow_headers);
        chip_reply_header(req, "Access-Control-Max-Age", "7200");
    }
    chip_reply_empty(req, 204);
}

/** Below these only programs ask: what is not there is no page, but an error in JSON. */
static bool is_for_programs(const struct chip_target *target)
{
    const char *first = target->n_segments > 0 ? target->segments[0] : "";
    return strcmp(first, "api") == 0 || strcmp(first, "v1") == 0;
}

static bool find_route(struct chip_exchange *x)
{
    struct chip_request *req = &x->req;
    struct chip_match *match = &x->match;
    const char *instead = strcmp(req->method, "POST") == 0
                              ? chip_request_header(req, "X-HTTP-Method-Override")
                              : NULL;
    if (instead) {
        chip_router_match(x->server->router, instead, &x->target, match);
        if (match->route && match->route->override)
            req->method = match->route->method;
    }
    chip_router_match(x->server->router, req->method, &x->target, match);
    if (match->rest && is_for_programs(&x->target))
        *match = (struct chip_match){0};

    bool options = strcmp(req->method, "OPTIONS") == 0;
    const char *origin = chip_request_header(req, "Origin");
    if (options && match->path_known && origin &&
        chip_request_header(req, "Access-Control-Request-Method")) {
        answer_preflight(x, origin);
        return false;
    }
    x->route = match->route;
    if (x->route) {
        memcpy(req->params, match->params, sizeof match->params);
        return true;
    }
    if (options && (match->path_known || strcmp(x->target.raw, "*") == 0)) {
        if (match->path_known)
            chip_reply_header(req, "Allow", match->allow);
        chip_reply_empty(req, 204);
    } else if (match->path_known) {
        chip_reply_header(req, "Allow", match->allow);
        chip_reply_error(req, 405, "method_not_allowed",
                         "this path does not take that method; see the Allow header", NULL);
    } else {
        chip_reply_error(req, 404, "not_found",
                         "there is nothing at this path; GET /api/openapi.yaml lists what there is",
                         NULL);
    }
    return false;
}

/** "localhost", "a.localhost", or an address, with or without port. */
static bool is_local_name(const char *host)
{
    char name[256];
    size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    if (n == 0 || n >= sizeof name)
        return false;
    memcpy(name, host, n);
    name[n] = '\0';
    if (name[0] == '[')
        return true;
    struct in_addr binary;
    size_t tail = strlen(".localhost");
    return inet_pton(AF_INET, name, &binary) == 1 || strcasecmp(name, "localhost") == 0 ||
           (n > tail && strcasecmp(name + n - tail, ".localhost") == 0);
}

/**
 * Where nobody is asked who they are, any web page that somebody has open could call: by a form,
 * or under a name of its own that it lets point here (DNS rebinding).
 */
static bool check_page(struct chip_exchange *x)
{
    struct chip_request *req = &x->req;
    if (!x->server->open || x->route->access == CHIP_ROUTE_PUBLIC)
        return true;
    const char *host = chip_request_header(req, "Host");
    if (!x->server->settings.allow_open && host && !is_local_name(host)) {
        chip_reply_error(req, 421, "wrong_host",
                         "without authentication only localhost and addresses are served; set "
                         "API_KEY to be called by a name",
                         NULL);
        return false;
    }
    const char *origin = chip_request_header(req, "Origin");
    bool reads = strcmp(req->method, "GET") == 0 || strcmp(req->method, "HEAD") == 0;
    if (origin && !reads && !chip_cors_same(origin, host) &&
        !chip_cors_allows(&x->server->cors, origin)) {
        chip_reply_error(req, 403, "origin_not_allowed",
                         "pages of this origin may not call; add it to CORS_ORIGINS", NULL);
        return false;
    }
    return true;
}

static bool check_limit(struct chip_exchange *x, const char *key)
{
    char address[CHIP_LIMIT_ADDRESS], seconds[16];
    if (!x->server->settings.limit)
        return true;
    if (!*key) {
        chip_limit_address(x->address, address);
        key = address;
    }
    int wait = chip_limit_take(x->server->settings.limit, key, 1, chip_clock_ms());
    if (wait == 0)
        return true;
    snprintf(seconds, sizeof seconds, "%d", wait);
    chip_reply_header(&x->req, "Retry-After", seconds);
    chip_reply_error(&x->req, 429, "rate_limited", "too many requests; see the Retry-After header",
                     json_pack("{s:i}", "retryAfterSeconds", wait));
    return false;
}

static bool refuse_caller(struct chip_exchange *x, enum chip_auth_result result, const char *why)
{
    struct chip_request *req = &x->req;
    const char *challenge = chip_auth_challenge(result);
    if (!check_limit(x, "")) /* who guesses keys has as many tries as anybody has requests */
        return false;
    chip_log(CHIP_LOG_INFO, json_pack("{s:s, s:s}", "requestId", x->id, "remoteIp", x->address),
             "%s %s is refused: %s", req->method, x->route->path, why ? why : "no credentials");
    if (challenge)
        chip_reply_header(req, "WWW-Authenticate", challenge);
    if (result == CHIP_AUTH_UNAVAILABLE) {
        chip_reply_header(req, "Retry-After", "1");
        chip_reply_error(req, chip_auth_http_status(result), "unavailable",
                         "tokens cannot be checked right now; try again", NULL);
    } else {
        chip_reply_error(req, chip_auth_http_status(result),
                         result == CHIP_AUTH_MISSING ? "unauthorized" : "invalid_credentials",
                         result == CHIP_AUTH_MISSING
                             ? "send Authorization: Bearer with an API key or a user's token"
                         : x->by_session ? "the session is over; sign in again"
                                         : "the API key or token is wrong or has expired",
                         NULL);
    }
    return false;
}

static bool check_caller(struct chip_exchange *x)
{
    struct chip_request *req = &x->req;
    if (x->route->access == CHIP_ROUTE_PUBLIC)
        return true;
    if (x->server->settings.auth) {
        const char *why = NULL;
        enum chip_auth_result result = chip_identify(x, &why);
        if (result != CHIP_AUTH_OK)
            return refuse_caller(x, result, why);
        req->caller = chip_identity_caller(&x->identity, &x->caller);
    }
    if (!check_limit(x, x->identity.limit_key))
        return false;
    if (x->route->access == CHIP_ROUTE_SERVICE && req->caller) {
        chip_reply_error(req, 403, "forbidden", "only the service itself may do this, by API key",
                         NULL);
        return false;
    }
    return true;
}

bool chip_admit(struct chip_exchange *x, const char *version)
{
    struct chip_server *server = x->server;
    char own[CHIP_REQUEST_ID];
    snprintf(own, sizeof own, "%s-%llx", server->id_prefix,
             (unsigned long long)atomic_fetch_add(&server->n_ids, 1));
    chip_head_request_id(x->mhd, own, x->id);
    chip_head_trace(x->mhd, x->trace);
    chip_head_address(x->mhd, server->settings.trusted_proxies, x->address);
    return check_head(x, version) && check_target(x) && find_route(x) && check_page(x) &&
           check_caller(x);
}
