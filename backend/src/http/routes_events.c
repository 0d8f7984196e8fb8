/* GET /api/jobs/{id}/events: what happens to a job, as it happens. */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/fields.h"
#include "http/job_view.h"
#include "http/routes.h"
#include "http/sse.h"
#include "http/watch.h"

enum {
    PING_MS = 15000,
    MAX_EVENTS = 50, /* read at once: segments are long */
};

/* One client. While nothing happens it holds little more than this. */
struct stream {
    char job_id[CHIP_UUID_TEXT];
    struct chip_watch *watch;
    struct chip_watcher *watcher;
    int64_t after;        /* the last event that is in `text` or was sent */
    bool is_first;        /* nothing has been read yet */
    bool at_end;          /* the last event read ends the job, unless more follow */
    bool has_ended;       /* after `text` nothing follows */
    int64_t said_ms;      /* when something was sent last */
    struct chip_str text; /* to be sent */
    size_t n_sent;        /* of it */
};

static int ping_ms(const struct chip_request *req)
{
    int given = chip_request_app(req)->ping_ms;
    return given ? given : PING_MS;
}

static bool ends_job(const char *kind)
{
    return chip_fields_is_among("completed failed cancelled", kind);
}

/* Adds events to the text. @return how many there were, -1 when they could not be read */
static int read_events(struct chip_request *req, struct stream *s)
{
    struct chip_err err;
    json_t *events = NULL;
    const json_t *event;
    size_t i;
    json_t *args = json_pack("{s:s, s:I, s:i}", "job_id", s->job_id, "after", (json_int_t)s->after,
                             "limit", MAX_EVENTS);
    enum chip_status st = chip_store_call(chip_request_app(req)->store, req->caller, "list_events",
                                          args, &events, &err);
    if (st == CHIP_E_NOT_FOUND || st == CHIP_E_DENIED)
        s->has_ended = true; /* deleted, or the caller's token has run out */
    if (st != CHIP_OK)
        return -1;
    int n = (int)json_array_size(events);
    json_array_foreach(events, i, event)
    {
        const char *kind = json_string_value(json_object_get(event, "kind"));
        int64_t seq = json_integer_value(json_object_get(event, "seq"));
        json_t *data = chip_view_camel(json_object_get(event, "data"));
        if (!kind || !data || chip_sse_add(&s->text, seq, kind, data, &err) != CHIP_OK) {
            json_decref(data);
            json_decref(events);
            s->has_ended = true; /* the client comes back and asks for what is missing */
            return -1;
        }
        json_decref(data);
        s->after = seq;
        s->at_end = ends_job(kind);
    }
    if (n < MAX_EVENTS) /* a job that is done again goes on after its end */
        s->has_ended = s->at_end;
    json_decref(events);
    return n;
}

/* Finds something to send. @return false: there is nothing now */
static bool refill(struct chip_request *req, struct stream *s)
{
    int64_t last = chip_watch_last(s->watch, s->watcher);
    if (s->is_first || last > s->after || last == CHIP_WATCH_GONE) {
        int n = read_events(req, s);
        s->is_first = false;
        if (n < 0 && !s->has_ended)
            chip_watch_after(s->watch, s->watcher, s->after); /* woken again */
        if (n == MAX_EVENTS)
            s->is_first = true; /* there may be more */
    }
    if (!s->text.len && !s->has_ended && chip_clock_ms() - s->said_ms >= ping_ms(req))
        chip_str_add(&s->text, CHIP_SSE_PING);
    return s->text.len > 0;
}

static ssize_t pull(struct chip_request *req, char *buf, size_t max)
{
    struct stream *s = req->state;
    if (!s->text.len && (s->has_ended || !refill(req, s)))
        return s->has_ended ? -1 : 0;
    size_t n = s->text.len - s->n_sent < max ? s->text.len - s->n_sent : max;
    memcpy(buf, s->text.data + s->n_sent, n);
    s->n_sent += n;
    s->said_ms = chip_clock_ms();
    if (s->n_sent == s->text.len) {
        chip_str_done(&s->text); /* idle clients keep no buffers */
        s->n_sent = 0;
    }
    return (ssize_t)n;
}

static void wake(void *req)
{
    chip_request_wake(req);
}

static void start(struct chip_request *req, const char *id, int64_t after)
{
    struct chip_watch *watch = chip_request_app(req)->watch;
    struct stream *s = calloc(1, sizeof *s);
    if (s) {
        req->state = s;
        *s = (struct stream){
            .watch = watch, .after = after, .is_first = true, .said_ms = chip_clock_ms()};
        memcpy(s->job_id, id, sizeof s->job_id);
        chip_str_add(&s->text, CHIP_SSE_START);
        s->watcher = chip_watch_add(watch, id, after, ping_ms(req), wake, req);
    }
    if (!s || !s->watcher || s->text.failed) {
        chip_route_reply(req, 200, NULL);
        return;
    }
    chip_reply_header(req, "Cache-Control", "no-cache");
    chip_reply_stream(req, 200, "text/event-stream; charset=utf-8", pull);
}

static void get_events(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    json_t *job;
    if (!chip_route_job_id(req, id) ||
        !chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), &job))
        return;
    int64_t last = json_integer_value(json_object_get(job, "seq"));
    int64_t after = chip_sse_last_id(chip_request_header(req, "Last-Event-ID"), last);
    const char *status = json_string_value(json_object_get(job, "status"));
    bool has_ended = status && ends_job(status);
    json_decref(job);
    if (has_ended && after == last)
        chip_reply_empty(req, 204); /* the one answer after which EventSource stays away */
    else
        start(req, id, after);
}

static void done(struct chip_request *req)
{
    struct stream *s = req->state;
    if (!s)
        return;
    chip_watch_remove(s->watch, s->watcher);
    chip_str_done(&s->text);
    free(s);
}

static const struct chip_route routes[] = {
    {"GET", "/api/jobs/{id}/events", .handle = get_events, .done = done, .token_in_query = true},
};

const struct chip_route_table chip_routes_events = CHIP_ROUTE_TABLE(routes);
