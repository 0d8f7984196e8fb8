/**
 * A server with routes for tests of the server itself (core_*.py). Prints "port N" and then one
 * line for each event that a test waits for; obeys single letters on standard input:
 * w wakes what waits, e sends an event to all streams, f lets the store fail, d drains (1 s), q
 * stops.
 *
 *     core_server NAME=VALUE...    settings, see set()
 */
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "http/auth.h"
#include "http/limit.h"
#include "http/meters.h"
#include "http/server.h"

enum { MAX_WAITING = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct chip_request *waiting[MAX_WAITING]; /* under lock, as what follows */
static size_t n_waiting;
static int n_events; /* sent so far */
static bool store_fails;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pthread_mutex_lock(&lock);
    vprintf(format, args);
    putchar('\n');
    fflush(stdout);
    pthread_mutex_unlock(&lock);
    va_end(args);
}

/* ---- a store that only keeps the audit log, as lines ---- */

enum chip_status chip_store_call(struct chip_store *store, const struct chip_caller *caller,
                                 const char *function, json_t *args, json_t **result,
                                 struct chip_err *err)
{
    (void)store;
    (void)caller;
    pthread_mutex_lock(&lock);
    bool fails = store_fails;
    pthread_mutex_unlock(&lock);
    enum chip_status st = CHIP_OK;
    if (fails) {
        st = chip_fail(err, CHIP_E_INVAL, "the store of this test fails");
    } else {
        char *text = json_dumps(json_object_get(args, "entries"), JSON_COMPACT);
        say("%s %s", function, text);
        free(text);
    }
    json_decref(args);
    if (result)
        *result = json_null();
    return st;
}

/* ---- what waits ---- */

static void remember(struct chip_request *req)
{
    pthread_mutex_lock(&lock);
    if (n_waiting < MAX_WAITING)
        waiting[n_waiting++] = req;
    pthread_mutex_unlock(&lock);
}

static void forget(struct chip_request *req)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n_waiting; i++)
        if (waiting[i] == req)
            waiting[i] = waiting[--n_waiting];
    pthread_mutex_unlock(&lock);
}

static void wake_all(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < n_waiting; i++)
        chip_request_wake(waiting[i]);
    pthread_mutex_unlock(&lock);
}

/** GET /wait: waits once. */
static void wait_once(struct chip_request *req)
{
    static char was_here;
    if (req->state) {
        chip_reply_json(req, 200, json_pack("{s:b}", "waited", 1));
        return;
    }
    req->state = &was_here;
    remember(req);
    chip_request_wait(req);
    say("waits");
}

static void wait_done(struct chip_request *req)
{
    forget(req);
    say(chip_request_gone(req) ? "gone" : "done");
}

/** GET /woken: is woken a thousand times before and while it waits; each counts. */
static void woken(struct chip_request *req)
{
    intptr_t n = (intptr_t)req->state;
    if (n == 1000) {
        chip_reply_json(req, 200, json_pack("{s:i}", "times", (int)n));
        return;
    }
    req->state = (void *)(n + 1);
    chip_request_wait(req);
    chip_request_wake(req);
}

/* ---- streams ---- */

struct stream {
    int sent;
};

static ssize_t pull(struct chip_request *req, char *buf, size_t max)
{
    struct stream *s = req->state;
    pthread_mutex_lock(&lock);
    int n = n_events;
    pthread_mutex_unlock(&lock);
    if (s->sent == n)
        return 0;
    return snprintf(buf, max, "id: %d\ndata: event\n\n", ++s->sent);
}

static void stream(struct chip_request *req)
{
    req->state = calloc(1, sizeof(struct stream));
    remember(req);
    chip_reply_stream(req, 200, "text/event-stream; charset=utf-8", pull);
}

static void stream_done(struct chip_request *req)
{
    forget(req);
    free(req->state);
    if (chip_request_query(req, "say"))
        say(chip_request_gone(req) ? "stream gone" : "stream done");
}

static ssize_t pull_long(struct chip_request *req, char *buf, size_t max)
{
    intptr_t left = (intptr_t)req->state;
    size_t n = (size_t)left < max ? (size_t)left : max;
    memset(buf, 'x', n);
    req->state = (void *)(left - (intptr_t)n);
    return n ? (ssize_t)n : -1;
}

/** GET /long: a stream of a million bytes. */
static void stream_long(struct chip_request *req)
{
    req->state = (void *)1000000;
    chip_reply_stream(req, 200, "application/octet-stream", pull_long);
}

/* ---- plain answers ---- */

static const char *text_or(const char *text, const char *instead)
{
    return text ? text : instead;
}

/** Says back what came. */
static void echo(struct chip_request *req)
{
    const char *name = chip_request_query(req, "header"), *query = chip_request_query(req, "q");
    chip_reply_json(
        req, 200,
        json_pack("{s:s, s:s, s:s?, s:s?, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s%}", "method",
                  req->method, "path", req->path, "param", req->params[0], "second", req->params[1],
                  "id", req->id, "trace", req->trace, "address", req->address, "user",
                  req->caller ? req->caller->user_id : NULL, "q", query, "header",
                  name ? chip_request_header(req, name) : NULL, "body", req->body, req->n_body));
}

static void take_json(struct chip_request *req)
{
    json_t *body = chip_request_json(req);
    if (!body)
        return;
    if (chip_request_only(req, body, "name options", ""))
        chip_reply_json(req, 201, json_incref(body));
    json_decref(body);
}

/** GET /large: ~100 kB of JSON, always the same. */
static void large(struct chip_request *req)
{
    json_t *list = json_array();
    for (int i = 0; i < 10000; i++)
        json_array_append_new(list, json_integer(i * 7919 % 100003));
    chip_reply_json(req, 200, list);
}

static void html(struct chip_request *req)
{
    chip_reply_text(req, 200, "text/html; charset=utf-8", strdup("<p>hello"), 8);
}

static void give_file(struct chip_request *req)
{
    chip_reply_file(req, getenv("CORE_FILE"), "audio/wav");
}

static void fail(struct chip_request *req)
{
    struct chip_err err;
    chip_fail(&err, (enum chip_status)atoi(text_or(chip_request_query(req, "code"), "12")),
              "the reason is in /secret/path");
    chip_reply_failure(req, &err);
}

static void no_answer(struct chip_request *req)
{
    (void)req;
}

static void twice(struct chip_request *req)
{
    chip_reply_empty(req, 204);
    chip_reply_json(req, 200, json_object());
}

static void split_header(struct chip_request *req)
{
    chip_reply_header(req, "X-Evil", text_or(chip_request_query(req, "v"), "a\r\nSet-Cookie: b"));
    chip_reply_empty(req, 204);
}

static void metrics(struct chip_request *req)
{
    struct chip_err err;
    char *text;
    if (chip_meters_write(chip_request_app(req)->meters, &text, &err) != CHIP_OK)
        chip_reply_failure(req, &err);
    else
        chip_reply_text(req, 200, chip_meters_type, text, strlen(text));
}

/* ---- a sink ---- */

struct counted {
    size_t n;
};

static void sink_begin(struct chip_request *req)
{
    if (chip_request_query(req, "refuse"))
        chip_reply_error(req, 409, "refused", "not now", NULL);
    req->state = calloc(1, sizeof(struct counted));
}

static void sink_data(struct chip_request *req, const char *bytes, size_t n)
{
    (void)bytes;
    struct counted *c = req->state;
    c->n += n;
    const char *most = chip_request_query(req, "most");
    if (most && c->n > (size_t)atoll(most))
        chip_reply_error(req, 413, "too_large", "more than asked for", NULL);
}

static void sink_cut(struct chip_request *req)
{
    say("cut %zu", ((struct counted *)req->state)->n);
}

static void sink_handle(struct chip_request *req)
{
    chip_reply_json(req, 200,
                    json_pack("{s:I}", "bytes", (json_int_t)((struct counted *)req->state)->n));
}

static void sink_done(struct chip_request *req)
{
    free(req->state);
    if (chip_request_query(req, "say"))
        say("sink done");
}

static const struct chip_sink sink = {sink_begin, sink_data, sink_cut};

static const struct chip_route routes[] = {
    {"GET", "/echo", .handle = echo},
    {"POST", "/echo", .handle = echo},
    {"GET", "/items/{id}", .handle = echo, .audit = "item.read", .token_in_query = true},
    {"DELETE", "/items/{id}", .handle = echo, .override = true, .audit = "item.delete"},
    {"PATCH", "/items/{id}", .handle = echo},
    {"GET", "/items/all", .handle = html},
    {"GET", "/items/{id}/parts/{part}", .handle = echo},
    {"GET", "/public", CHIP_ROUTE_PUBLIC, .handle = echo},
    {"GET", "/service", CHIP_ROUTE_SERVICE, .handle = echo},
    {"POST", "/json", .handle = take_json},
    {"POST", "/small", .handle = echo, .max_body = 1000},
    {"POST", "/v1/json", .handle = take_json, .own_errors = true},
    {"GET", "/large", .handle = large},
    {"GET", "/html", .handle = html},
    {"GET", "/file", .handle = give_file},
    {"GET", "/fail", .handle = fail},
    {"GET", "/no-answer", .handle = no_answer},
    {"GET", "/twice", .handle = twice},
    {"GET", "/split", .handle = split_header},
    {"GET", "/wait", .handle = wait_once, .done = wait_done},
    {"GET", "/woken", .handle = woken},
    {"GET", "/stream", .handle = stream, .done = stream_done},
    {"GET", "/long", .handle = stream_long},
    {"POST", "/sink", .sink = &sink, .handle = sink_handle, .done = sink_done},
    {"GET", "/metrics", CHIP_ROUTE_PUBLIC, .handle = metrics},
};

/* ---- settings ---- */

struct setup {
    struct chip_server_settings server;
    struct chip_auth_settings auth;
    double rate;
};

static void set(struct setup *s, const char *name, const char *value)
{
    struct chip_server_settings *server = &s->server;
    if (strcmp(name, "host") == 0)
        server->host = value;
    else if (strcmp(name, "port") == 0)
        server->port = atoi(value);
    else if (strcmp(name, "api_keys") == 0)
        s->auth.api_keys = value;
    else if (strcmp(name, "jwt_secret") == 0)
        s->auth.jwt_secret = value;
    else if (strcmp(name, "open") == 0)
        s->auth.open = server->open = true;
    else if (strcmp(name, "allow_open") == 0)
        server->allow_open = true;
    else if (strcmp(name, "origins") == 0)
        server->origins = value;
    else if (strcmp(name, "proxies") == 0)
        server->trusted_proxies = atoi(value);
    else if (strcmp(name, "connections") == 0)
        server->max_connections = atoi(value);
    else if (strcmp(name, "per_address") == 0)
        server->max_per_address = atoi(value);
    else if (strcmp(name, "header_seconds") == 0)
        server->header_seconds = atoi(value);
    else if (strcmp(name, "idle_seconds") == 0)
        server->idle_seconds = atoi(value);
    else if (strcmp(name, "body_seconds") == 0)
        server->body_seconds = atoi(value);
    else if (strcmp(name, "body_memory") == 0)
        server->max_body_memory = (size_t)atoll(value);
    else if (strcmp(name, "rate") == 0)
        s->rate = atof(value);
    else if (strcmp(name, "log") == 0)
        server->access_log = (enum chip_access_log)atoi(value);
    else if (strcmp(name, "project") == 0)
        server->trace_project = value;
    else
        fprintf(stderr, "no setting '%s'\n", name);
}

static bool obey(struct chip_server *server, int letter)
{
    switch (letter) {
    case 'w':
        wake_all();
        return true;
    case 'e':
        pthread_mutex_lock(&lock);
        n_events++;
        pthread_mutex_unlock(&lock);
        wake_all();
        return true;
    case 'f':
        pthread_mutex_lock(&lock);
        store_fails = true;
        pthread_mutex_unlock(&lock);
        return true;
    case 'd':
        say("left %d", chip_server_drain(server, 1));
        return true;
    default:
        return letter == '\n';
    }
}

int main(int argc, char **argv)
{
    struct setup s = {.server.access_log = CHIP_ACCESS_LOG_NONE};
    for (int i = 1; i < argc; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals) {
            *equals = '\0';
            set(&s, argv[i], equals + 1);
        }
    }
    struct chip_err err = {0};
    struct chip_meters *meters = NULL;
    struct chip_auth *auth = NULL;
    struct chip_limit *limit = NULL;
    struct chip_server *server = NULL;
    struct chip_route_table table = {routes, sizeof routes / sizeof *routes};
    enum chip_status st = chip_meters_new(&meters, &err);
    if (st == CHIP_OK && (s.auth.api_keys || s.auth.jwt_secret || s.auth.open))
        st = chip_auth_new(&auth, &s.auth, &err);
    if (st == CHIP_OK && s.rate > 0)
        st = chip_limit_new(&limit, &(struct chip_limit_settings){s.rate, 2 * s.rate, 0}, &err);
    struct chip_app app = {.store = (struct chip_store *)&app, .meters = meters};
    s.server.app = &app;
    s.server.tables = &table;
    s.server.n_tables = 1;
    s.server.auth = auth;
    s.server.limit = limit;
    if (st == CHIP_OK)
        st = chip_server_start(&server, &s.server, &err);
    if (st == CHIP_OK) {
        say("port %d", chip_server_port(server));
        int letter;
        while ((letter = getchar()) != EOF && obey(server, letter))
            ;
        chip_server_stop(server);
        say("stopped");
    } else {
        say("refused %s", err.message);
    }
    chip_limit_free(limit);
    chip_auth_free(auth);
    chip_meters_free(meters);
    return st == CHIP_OK ? 0 : 1;
}
