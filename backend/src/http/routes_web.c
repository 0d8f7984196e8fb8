/* GET of what no other route is for: the web app. */

#include <string.h>
#include <time.h>

#include "base/str.h"
#include "http/accept.h"
#include "http/exchange.h"
#include "http/routes.h"
#include "http/web.h"

static const char forever[] = "public, max-age=31536000, immutable";

/* ---- without the app ---- */

static const char missing_page[] =
    "<!doctype html>\n"
    "<html lang=\"en\"><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>chip</title>\n"
    "<style>\n"
    ":root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif; }\n"
    "body { max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem; }\n"
    "h1 { font-size: 1.5rem; }\n"
    "</style>\n"
    "<h1>chip is running, without its web app</h1>\n"
    "<p>The pages have not been built. In the repository, <code>make build</code> builds them; "
    "then\n"
    "start chip again. An app that lies elsewhere is named by <code>CHIP_WEB_DIR</code>.</p>\n"
    "<p>Everything else works: <a href=\"/api/openapi.yaml\">what the API answers</a>,\n"
    "<a href=\"/api/ready\">whether it is ready</a>.</p>\n";

static void reply_missing(struct chip_request *req)
{
    if (strcmp(req->path, "/") != 0) {
        chip_reply_error(req, 404, "not_found",
                         "there is nothing at this path; GET /api/openapi.yaml lists what there is",
                         NULL);
        return;
    }
    chip_reply_header(req, "Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    chip_reply_text(req, 404, "text/html; charset=utf-8", strdup(missing_page),
                    sizeof missing_page - 1);
}

/* ---- the app ---- */

/** The form that the client likes best; the smaller one where it does not care. */
static const struct chip_web_body *choose(const struct chip_request *req,
                                          const struct chip_web_file *file)
{
    const char *accept = chip_request_header(req, "Accept-Encoding");
    const struct chip_web_body *br = &file->bodies[CHIP_WEB_BROTLI],
                               *gzip = &file->bodies[CHIP_WEB_GZIP];
    int like_br = br->data ? chip_accept_coding(accept, "br") : 0;
    int like_gzip = gzip->data ? chip_accept_coding(accept, "gzip") : 0;
    if (like_br > 0 && like_br >= like_gzip)
        return br;
    return like_gzip > 0 ? gzip : &file->bodies[CHIP_WEB_PLAIN];
}

static bool is_unchanged(const struct chip_request *req, const struct chip_web_file *file,
                         const char *tag)
{
    const char *known = chip_request_header(req, "If-None-Match");
    if (known)
        return strcmp(known, "*") == 0 || strstr(known, tag);
    const char *since = chip_request_header(req, "If-Modified-Since");
    struct tm utc = {0};
    return since && strptime(since, "%a, %d %b %Y %H:%M:%S GMT", &utc) &&
           file->changed <= timegm(&utc);
}

static void add_page_headers(struct chip_request *req, const char *policy)
{
    chip_reply_header(req, "Content-Security-Policy", policy);
    chip_reply_header(req, "Cross-Origin-Opener-Policy", "same-origin");
    chip_reply_header(req, "Permissions-Policy",
                      "camera=(), geolocation=(), microphone=(self), payment=(), usb=()");
    chip_reply_header(req, "Referrer-Policy", "same-origin");
    chip_reply_header(req, "X-Frame-Options", "DENY");
}

static void reply_file(struct chip_request *req, int status, const struct chip_web_file *file)
{
    struct chip_exchange *x = chip_exchange_of(req);
    const struct chip_web_body *body = choose(req, file);
    x->answer.by_encoding = file->bodies[CHIP_WEB_GZIP].data || file->bodies[CHIP_WEB_BROTLI].data;
    if (file->policy)
        add_page_headers(req, file->policy);
    chip_reply_header(req, "Cross-Origin-Resource-Policy", "same-origin");
    if (status == 200) {
        chip_reply_header(req, "Cache-Control", file->is_hashed ? forever : "no-cache");
        chip_reply_header(req, "ETag", body->tag);
        chip_reply_header(req, "Last-Modified", file->date);
        if (is_unchanged(req, file, body->tag)) {
            chip_reply_empty(req, 304);
            return;
        }
    }
    if (body != &file->bodies[CHIP_WEB_PLAIN])
        chip_reply_header(req, "Content-Encoding",
                          body == &file->bodies[CHIP_WEB_BROTLI] ? "br" : "gzip");
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body->n, body->data, MHD_RESPMEM_PERSISTENT);
    chip_answer_set(x, status, file->type, response, body->data, (int64_t)body->n);
}

/** "/meetings?x=1" to "/meetings/?x=1". @return false: there is no such folder */
static bool reply_folder(struct chip_request *req, const struct chip_web *web)
{
    struct chip_exchange *x = chip_exchange_of(req);
    struct chip_str path = {0}, to = {0};
    chip_str_addf(&path, "%s/", req->path);
    bool found = !path.failed && chip_web_find(web, path.data);
    if (found) {
        const char *query = strchr(x->uri, '?');
        chip_str_addf(&to, "%s/%s", x->target.raw, query ? query : "");
        chip_reply_header(req, "Cache-Control", "no-cache");
        chip_reply_header(req, "Location", to.failed ? "/" : to.data);
        chip_reply_empty(req, 308);
    }
    chip_str_done(&path);
    chip_str_done(&to);
    return found;
}

static void get_page(struct chip_request *req)
{
    const struct chip_web *web = chip_request_app(req)->web;
    if (!web) {
        reply_missing(req);
        return;
    }
    const struct chip_web_file *file = chip_web_find(web, req->path);
    if (file) {
        reply_file(req, 200, file);
        return;
    }
    if (reply_folder(req, web))
        return;
    file = chip_web_find(web, "/404.html");
    if (file)
        reply_file(req, 404, file);
    else
        chip_reply_error(req, 404, "not_found", "there is no such page", NULL);
}

static const struct chip_route routes[] = {
    {"GET", "/{page*}", CHIP_ROUTE_PUBLIC, .handle = get_page},
};

const struct chip_route_table chip_routes_web = CHIP_ROUTE_TABLE(routes);
