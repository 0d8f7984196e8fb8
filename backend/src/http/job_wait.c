#include "http/job_wait.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/uuid.h"
#include "http/app.h"
#include "http/job_view.h"
#include "http/watch.h"

enum {
    WAIT_MS = 270000, /* Cloud Run's own limit is 300 s, if nobody sets another */
    LOOK_MS = 1000,   /* after so long without news it is looked at all the same */
    REST_LOOK_MS = 50,
    REST_MS = 9000, /* a worker that does not put its job down in time is killed before that */
};

struct job_wait {
    char id[CHIP_UUID_TEXT];
    struct chip_watcher *watcher;
    int64_t seq, deadline_ms;
    bool attends;  /* app->attend() knows of it */
    bool is_going; /* will be answered as soon as nothing is in work that nobody waits for */
};

bool chip_job_wait_asked(struct chip_request *req, bool *out)
{
    const char *text = chip_request_query(req, "wait");
    *out = text && strcmp(text, "true") == 0;
    if (!text || *out || strcmp(text, "false") == 0)
        return true;
    chip_reply_error(req, 400, "invalid", "wait: must be true or false", NULL);
    return false;
}

json_t *chip_job_wait_view(const json_t *row)
{
    const char *id = json_string_value(json_object_get(row, "id"));
    const char *status = json_string_value(json_object_get(row, "status"));
    json_t *view = chip_view_job(row);
    return view ? json_pack("{s:b, s:s, s:s, s:o}", "success", 1, "jobId", id, "status", status,
                            "job", view)
                : NULL;
}

/* ---- who waits ---- */

static void on_news(void *req)
{
    chip_request_wake(req);
}

static bool watch(struct chip_request *req, struct job_wait *w, int idle_ms)
{
    struct chip_app *app = chip_request_app(req);
    chip_watch_remove(app->watch, w->watcher);
    w->watcher = chip_watch_add(app->watch, w->id, w->seq, idle_ms, on_news, req);
    return w->watcher;
}

static void attend(struct chip_request *req, struct job_wait *w, bool waits)
{
    const struct chip_app *app = chip_request_app(req);
    if (app->attend && w->attends != waits)
        app->attend(app->attend_user, waits);
    w->attends = waits;
}

static bool is_at_rest(const struct chip_request *req)
{
    const struct chip_app *app = chip_request_app(req);
    return !app->is_at_rest || app->is_at_rest(app->attend_user);
}

/* ---- the job ---- */

static bool is_over(const json_t *job)
{
    const char *status = json_string_value(json_object_get(job, "status"));
    return status && (strcmp(status, "completed") == 0 || strcmp(status, "failed") == 0 ||
                      strcmp(status, "cancelled") == 0);
}

/* @return CHIP_E_NOT_FOUND when it was deleted */
static enum chip_status read_job(struct chip_request *req, struct job_wait *w, json_t **job)
{
    struct chip_err err;
    enum chip_status st = chip_store_call(chip_request_app(req)->store, req->caller, "get_job",
                                          json_pack("{s:s}", "id", w->id), job, &err);
    if (st == CHIP_OK)
        w->seq = json_integer_value(json_object_get(*job, "seq"));
    return st;
}

/* Another status than 2xx would have the queue send it again. */
static void answer(struct chip_request *req, struct job_wait *w)
{
    json_t *job = NULL;
    enum chip_status st = read_job(req, w, &job);
    json_t *body = st == CHIP_OK && is_over(job) ? chip_job_wait_view(job) : NULL;
    if (st == CHIP_E_NOT_FOUND) {
        chip_reply_empty(req, 204);
    } else if (body) {
        chip_reply_json(req, 200, body);
    } else {
        chip_reply_header(req, "Retry-After", "2");
        chip_reply_error(req, 503, "not_done_yet",
                         "the job is not done yet, and what was done is kept; send the same again "
                         "to go on",
                         json_pack("{s:s, s:O*, s:O*}", "jobId", w->id, "status",
                                   json_object_get(job, "status"), "progress",
                                   json_object_get(job, "progress")));
    }
    json_decref(job);
}

/* Whether there is nothing more to wait for. A store that is away is asked again later. */
static bool has_ended(struct chip_request *req, struct job_wait *w)
{
    json_t *job = NULL;
    enum chip_status st = read_job(req, w, &job);
    bool ended = st == CHIP_E_NOT_FOUND || (st == CHIP_OK && is_over(job));
    json_decref(job);
    return ended;
}

/* ---- the request ---- */

void chip_job_wait_go_on(struct chip_request *req)
{
    struct job_wait *w = req->state;
    int64_t now = chip_clock_ms();
    bool can_watch = true;
    if (!w->is_going && (has_ended(req, w) || now >= w->deadline_ms)) {
        w->is_going = true;
        w->deadline_ms = now + REST_MS;
        attend(req, w, false);
        can_watch = is_at_rest(req) || watch(req, w, REST_LOOK_MS);
    }
    if (!can_watch || (w->is_going && (is_at_rest(req) || now >= w->deadline_ms))) {
        answer(req, w);
        return;
    }
    chip_watch_after(chip_request_app(req)->watch, w->watcher, w->seq);
    chip_request_wait(req);
}

void chip_job_wait_start(struct chip_request *req, const json_t *job)
{
    int wait_ms = chip_request_app(req)->wait_ms;
    struct job_wait *w = calloc(1, sizeof *w);
    if (!w) {
        chip_reply_error(req, 503, "out_of_memory", "the server is out of memory; try again", NULL);
        return;
    }
    req->state = w;
    wait_ms = wait_ms > 0 ? wait_ms : WAIT_MS;
    w->deadline_ms = chip_clock_ms() + wait_ms;
    w->seq = json_integer_value(json_object_get(job, "seq"));
    strncpy(w->id, json_string_value(json_object_get(job, "id")), sizeof w->id - 1);
    if (!watch(req, w, wait_ms < LOOK_MS ? wait_ms : LOOK_MS)) {
        chip_reply_error(req, 503, "out_of_memory", "the server is out of memory; try again", NULL);
        return;
    }
    if (!is_over(job))
        attend(req, w, true);
    const struct chip_app *app = chip_request_app(req);
    if (app->wake_workers)
        app->wake_workers(app->wake_user);
    chip_job_wait_go_on(req);
}

void chip_job_wait_done(struct chip_request *req)
{
    struct job_wait *w = req->state;
    if (!w)
        return;
    attend(req, w, false);
    chip_watch_remove(chip_request_app(req)->watch, w->watcher);
    free(w);
    req->state = NULL;
}
