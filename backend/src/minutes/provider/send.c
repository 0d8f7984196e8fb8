#include "minutes/provider/send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "minutes/provider/json.h"
#include "minutes/retry.h"
#include "net/call.h"

enum { MAX_SAID = 200 };

/* What the head of an answer says that is of use. */
struct head {
    struct chip_llm_wish *wish;
    bool is_json;
    char request_id[80]; /* "": none */
};

/* Only what every vendor's ids are made of, so that nothing else comes into messages by it. */
static void keep_id(char *to, size_t size, const char *value)
{
    size_t n = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    if (n > 0 && n < size && !value[n])
        memcpy(to, value, n + 1);
}

static void on_header(void *user, const char *name, const char *value)
{
    struct head *head = user;
    if (strcasecmp(name, "content-type") == 0)
        head->is_json = strcasestr(value, "json") != NULL;
    else if (strcasecmp(name, "x-request-id") == 0 || strcasecmp(name, "request-id") == 0)
        keep_id(head->request_id, sizeof head->request_id, value);
    else
        chip_retry_header(head->wish, name, value, time(NULL));
}

/* ---- what went wrong, in words ----------------------------------------------------------------
 */

static enum chip_llm_fault fail(enum chip_llm_fault fault, int http, const struct head *head,
                                struct chip_err *message)
{
    char status[32] = "", id[112] = "";
    if (http && http != 200)
        snprintf(status, sizeof status, " (HTTP %d)", http);
    if (head->request_id[0])
        snprintf(id, sizeof id, ", request %s", head->request_id);
    chip_fail(message, CHIP_E_UNAVAILABLE, "%s%s%s", chip_llm_fault_advice(fault), status, id);
    return fault;
}

/* A server may say our key back to us, in part or in whole. */
static bool has_key(const char *said, const char *key)
{
    enum { PART = 8 };
    if (!key)
        return false;
    size_t n = strlen(key), part = n < PART ? n : PART;
    char piece[PART + 1];
    for (size_t i = 0; n > 0 && i + part <= n; i++) {
        memcpy(piece, key + i, part);
        piece[part] = '\0';
        if (strstr(said, piece))
            return true;
    }
    return false;
}

/* Without the server's words nobody finds out what it does not like about a request. */
static void add_said(enum chip_llm_fault fault, const json_t *body, const char *key,
                     struct chip_err *message)
{
    const char *said = chip_llm_text_of(json_object_get(body, "error"), "message");
    if (!message || !said || (fault != CHIP_LLM_BAD_REQUEST && fault != CHIP_LLM_NO_MODEL) ||
        has_key(said, key))
        return;
    struct chip_str line = {0};
    chip_str_addf(&line, "%s: ", message->message);
    for (size_t n = 0, step; (step = chip_utf8_len(said + n)) > 0 && n < MAX_SAID; n += step)
        if ((unsigned char)said[n] >= ' ')
            chip_str_add_n(&line, said + n, step);
    if (!line.failed)
        chip_fail(message, CHIP_E_UNAVAILABLE, "%s", line.data);
    chip_str_done(&line);
}

static enum chip_llm_fault fault_of_call(enum chip_status status, bool timed_out)
{
    if (status == CHIP_E_CANCELLED)
        return CHIP_LLM_CANCELLED;
    if (status == CHIP_E_NOMEM)
        return CHIP_LLM_NO_MEMORY;
    if (status == CHIP_E_LIMIT)
        return CHIP_LLM_ANSWER_LIMIT;
    return timed_out ? CHIP_LLM_TIMEOUT : CHIP_LLM_NETWORK;
}

/* ---- the answer -------------------------------------------------------------------------------
 */

static bool is_blank(const struct chip_str *text)
{
    return text->len == 0 || text->data[strspn(text->data, " \t\r\n")] == '\0';
}

static enum chip_llm_fault read_answer(const struct chip_llm_server *server,
                                       const struct chip_answer *answer, const struct head *head,
                                       struct chip_llm_text *text, struct chip_err *message)
{
    json_t *body = json_loadb(answer->body, answer->n_body, JSON_ALLOW_NUL, NULL);
    enum chip_llm_fault fault;
    if (answer->status >= 400) {
        fault = server->vendor->explain(answer->status, body, head->wish);
        fail(fault, answer->status, head, message);
        add_said(fault, body, server->key, message);
    } else {
        fault = CHIP_LLM_BAD_ANSWER;
        if (answer->status == 200 && head->is_json && json_is_object(body))
            fault = server->vendor->read(body, text);
        if (text->text.failed)
            fault = CHIP_LLM_NO_MEMORY;
        else if (fault == CHIP_LLM_FINE && is_blank(&text->text))
            fault = CHIP_LLM_EMPTY;
        if (fault != CHIP_LLM_FINE)
            fail(fault, answer->status, head, message);
    }
    json_decref(body);
    return fault;
}

/* ---- the request ------------------------------------------------------------------------------
 */

struct request {
    struct chip_str url, key, version;
    char *body;
};

static void request_done(struct request *r)
{
    if (r->key.data) /* it must not linger in memory that others get */
        explicit_bzero(r->key.data, r->key.cap);
    chip_str_done(&r->url);
    chip_str_done(&r->key);
    chip_str_done(&r->version);
    free(r->body);
}

static bool request_make(struct request *r, const struct chip_llm_server *server,
                         const struct chip_llm_ask *ask)
{
    const struct chip_llm_vendor *vendor = server->vendor;
    size_t n = strlen(server->base_url);
    while (n > 0 && server->base_url[n - 1] == '/')
        n--;
    chip_str_add_n(&r->url, server->base_url, n);
    vendor->add_path(ask, &r->url);
    if (server->key)
        chip_str_addf(&r->key, "%s%s", vendor->key_header, server->key);
    if (vendor->version_header)
        chip_str_addf(&r->version, "%s%s", vendor->version_header, server->version);
    json_t *body = vendor->make_body(ask);
    r->body = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    return r->body && !r->url.failed && !r->key.failed && !r->version.failed;
}

static enum chip_llm_fault call(const struct chip_llm_server *server, const struct request *r,
                                struct chip_llm_text *text, struct chip_llm_wish *wish,
                                struct chip_err *message)
{
    const char *headers[5] = {"Content-Type: application/json", "Accept: application/json"};
    size_t n = 2;
    if (r->key.data)
        headers[n++] = r->key.data;
    if (r->version.data)
        headers[n++] = r->version.data;
    struct head head = {.wish = wish};
    struct chip_call c = {
        .url = r->url.data,
        .headers = headers,
        .body = r->body,
        .n_body = strlen(r->body),
        .connect_timeout_s = server->connect_timeout_s,
        .timeout_s = server->timeout_s,
        .stall_timeout_s = server->stall_timeout_s,
        .max_answer = server->max_answer,
        .cancel = server->cancel,
        .on_header = on_header,
        .user = &head,
    };
    struct chip_answer answer;
    enum chip_status status = chip_call(&c, &answer, message);
    if (status != CHIP_OK)
        return fail(fault_of_call(status, answer.timed_out), 0, &head, message);
    enum chip_llm_fault fault = read_answer(server, &answer, &head, text, message);
    chip_answer_done(&answer);
    return fault;
}

enum chip_llm_fault chip_llm_send(const struct chip_llm_server *server,
                                  const struct chip_llm_ask *ask, struct chip_llm_text *text,
                                  struct chip_llm_wish *wish, struct chip_err *message)
{
    *text = (struct chip_llm_text){.input_tokens = -1, .output_tokens = -1};
    *wish = (struct chip_llm_wish){.wait_ms = -1};
    struct request r = {0};
    enum chip_llm_fault fault = CHIP_LLM_NO_MEMORY;
    if (request_make(&r, server, ask))
        fault = call(server, &r, text, wish, message);
    else
        chip_fail(message, CHIP_E_NOMEM, "not enough memory");
    request_done(&r);
    return fault;
}
