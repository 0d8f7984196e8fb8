#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "http/accept.h"
#include "http/compress.h"
#include "http/exchange.h"

enum { COMPRESS_BYTES = 1024, TAG_BYTES = 16, TAG_TEXT = 2 * TAG_BYTES + 5 };

/** Takes `text`. */
static void answer_text(struct chip_exchange *x, int status, const char *type, void *text, size_t n)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(n, text, MHD_RESPMEM_MUST_FREE);
    if (!response)
        free(text);
    chip_answer_set(x, status, type, response, text, (int64_t)n);
}

/** W/"..." since it is the same for the compressed form. @return false: it cannot be made */
static bool make_tag(struct chip_exchange *x, const char *text, size_t n, char tag[TAG_TEXT])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    if (EVP_Digest(text, n, hash, NULL, x->server->sha256, NULL) != 1)
        return false;
    char *to = stpcpy(tag, "W/\"");
    for (int i = 0; i < TAG_BYTES; i++) {
        *to++ = "0123456789abcdef"[hash[i] >> 4];
        *to++ = "0123456789abcdef"[hash[i] & 15];
    }
    stpcpy(to, "\"");
    return true;
}

/** Whether If-None-Match names the tag, weakly compared. */
static bool is_known(const struct chip_request *req, const char *tag)
{
    const char *known = chip_request_header(req, "If-None-Match");
    if (!known)
        return false;
    const char *opaque = strchr(tag, '"');
    return strcmp(known, "*") == 0 || (opaque && strstr(known, opaque));
}

/** A body from memory, compressed when it is large; takes `text`. */
static void reply_body(struct chip_exchange *x, int status, const char *type, char *text, size_t n)
{
    struct chip_request *req = &x->req;
    if (status == 200 && (strcmp(req->method, "GET") == 0 || strcmp(req->method, "HEAD") == 0)) {
        char own[TAG_TEXT];
        const char *tag = chip_answer_header(x, "ETag");
        if (!tag && make_tag(x, text, n, own)) {
            tag = own;
            chip_reply_header(req, "ETag", own);
        }
        if (tag && is_known(req, tag)) {
            free(text);
            chip_reply_empty(req, 304);
            return;
        }
    }
    if (n > COMPRESS_BYTES && chip_gzip_worth(type)) {
        x->answer.by_encoding = true;
        size_t n_small = 0;
        void *small = chip_accept_coding(chip_request_header(req, "Accept-Encoding"), "gzip")
                          ? chip_gzip(text, n, &n_small)
                          : NULL;
        if (small) {
            free(text);
            text = small;
            n = n_small;
            chip_reply_header(req, "Content-Encoding", "gzip");
        }
    }
    answer_text(x, status, type, text, n);
}

char *chip_reply_dump(json_t *body)
{
    /* 15 digits are what a double holds: 0.48 stays 0.48. */
    const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15);
    char *text = body ? json_dumps(body, flags) : NULL;
    json_decref(body);
    return text;
}

void chip_reply_json(struct chip_request *req, int status, json_t *body)
{
    char *text = chip_reply_dump(body);
    chip_reply_text(req, status, "application/json", text, text ? strlen(text) : 0);
}

void chip_reply_text(struct chip_request *req, int status, const char *type, char *text, size_t n)
{
    if (text)
        reply_body(chip_exchange_of(req), status, type, text, n);
    else
        chip_reply_error(req, 503, "out_of_memory", "the server is out of memory; try again", NULL);
}

void chip_reply_empty(struct chip_request *req, int status)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    chip_answer_set(chip_exchange_of(req), status, NULL, response, "", 0);
}

/* ---- errors ---- */

static bool in_openai_shape(const struct chip_exchange *x)
{
    return x->route ? x->route->own_errors
                    : x->target.n_segments > 0 && strcmp(x->target.segments[0], "v1") == 0;
}

static const char *openai_type(int status)
{
    if (status == 429)
        return "requests";
    return status >= 500 ? "server_error" : "invalid_request_error";
}

static json_t *make_error(const struct chip_exchange *x, int status, const char *code,
                          const char *message, json_t *details)
{
    if (in_openai_shape(x))
        return json_pack("{s:{s:s, s:s, s:O?, s:s}}", "error", "message", message, "type",
                         openai_type(status), "param", json_object_get(details, "param"), "code",
                         code);
    return json_pack("{s:{s:s, s:s, s:O*}}", "error", "code", code, "message", message, "details",
                     details);
}

void chip_reply_error(struct chip_request *req, int status, const char *code, const char *message,
                      json_t *details)
{
    struct chip_exchange *x = chip_exchange_of(req);
    json_t *error = make_error(x, status, code, message, details);
    if (!error) /* `message` quotes what is not UTF-8 */
        error = make_error(x, status, code, "the request cannot be answered", details);
    json_decref(details);
    char *text = error ? json_dumps(error, JSON_COMPACT) : NULL;
    json_decref(error);
    if (text)
        answer_text(x, status, "application/json", text, strlen(text));
    else
        chip_reply_empty(req, status);
}

struct failure {
    int status;
    const char *code;
};

static struct failure failure_of(enum chip_status status)
{
    switch (status) {
    case CHIP_E_INVAL:
        return (struct failure){400, "invalid"};
    case CHIP_E_DENIED:
        return (struct failure){403, "forbidden"};
    case CHIP_E_NOT_FOUND:
        return (struct failure){404, "not_found"};
    case CHIP_E_CONFLICT:
    case CHIP_E_CANCELLED:
        return (struct failure){409, "conflict"};
    case CHIP_E_LIMIT:
        return (struct failure){413, "too_large"};
    case CHIP_E_FORMAT:
        return (struct failure){422, "bad_format"};
    case CHIP_E_NO_AUDIO:
        return (struct failure){422, "no_audio"};
    case CHIP_E_CHECKSUM:
        return (struct failure){422, "checksum_mismatch"};
    case CHIP_E_UNSUPPORTED:
        return (struct failure){422, "unsupported"};
    case CHIP_E_NETWORK:
        return (struct failure){502, "fetch_failed"};
    case CHIP_E_UNAVAILABLE:
        return (struct failure){503, "unavailable"};
    case CHIP_E_NOMEM:
        return (struct failure){503, "out_of_memory"};
    case CHIP_E_IO:
    case CHIP_E_INTERNAL:
    case CHIP_OK:
        break;
    }
    return (struct failure){500, "internal"};
}

void chip_reply_failure(struct chip_request *req, const struct chip_err *err)
{
    struct failure f = failure_of(err->code);
    if (f.status == 503)
        chip_reply_header(req, "Retry-After", "1");
    if (f.status != 500) {
        chip_reply_error(req, f.status, f.code, err->message, NULL);
        return;
    }
    /* What went wrong inside is for the log; it may name paths. */
    chip_log(CHIP_LOG_ERROR, json_pack("{s:s}", "requestId", req->id), "%s %s is answered 500: %s",
             req->method, chip_exchange_of(req)->target.raw, err->message);
    chip_reply_error(req, 500, f.code,
                     "something went wrong in the server; its log says more under X-Request-Id",
                     NULL);
}
