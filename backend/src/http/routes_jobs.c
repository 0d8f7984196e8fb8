/* /api/jobs and /api/jobs/{id}: listing, reading, cancelling, redoing and deleting jobs. */

#include <string.h>

#include "base/log.h"
#include "http/fields.h"
#include "http/job_cache.h"
#include "http/job_options.h"
#include "http/job_view.h"
#include "http/routes.h"
#include "store/recordings.h"

enum { MAX_LIST = 200, MAX_STAGE = 32, MAX_TITLE = 300 };

static void list_jobs(struct chip_request *req)
{
    int64_t limit = 50;
    if (!chip_route_number(req, "limit", 1, MAX_LIST, &limit))
        return;
    json_t *args = json_pack("{s:s?, s:s?, s:s?, s:I}", "status", chip_request_query(req, "status"),
                             "query", chip_request_query(req, "query"), "before",
                             chip_request_query(req, "before"), "limit", (json_int_t)limit);
    json_t *found;
    if (!chip_route_call(req, "list_jobs", args, &found))
        return;
    json_t *jobs = chip_view_all(json_object_get(found, "jobs"), chip_view_job);
    json_t *reply =
        jobs ? json_pack("{s:o, s:O?}", "jobs", jobs, "next", json_object_get(found, "next"))
             : NULL;
    json_decref(found);
    chip_route_reply(req, 200, reply);
}

/* Calls a function that gives a job row, and answers with it. */
static void reply_job(struct chip_request *req, int status, const char *function, json_t *args)
{
    json_t *row;
    if (!chip_route_call(req, function, args, &row))
        return;
    json_t *view = chip_view_job(row);
    json_decref(row);
    chip_route_reply(req, status, view);
}

/* Polls: while nothing in the store has changed, neither has the answer. */
static void get_job(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT], *text = NULL;
    size_t n = 0;
    int64_t version;
    if (!chip_route_job_id(req, id))
        return;
    const struct chip_app *app = chip_request_app(req);
    const char *user = req->caller ? req->caller->user_id : "";
    bool keeps = app->jobs && chip_store_version(app->store, &version);
    if (keeps)
        text = chip_job_cache_find(app->jobs, id, user, version, &n);
    if (!text) {
        json_t *row;
        if (!chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), &row))
            return;
        text = chip_reply_dump(chip_view_job(row));
        json_decref(row);
        n = text ? strlen(text) : 0;
        if (keeps && text)
            chip_job_cache_keep(app->jobs, id, user, version, text, n);
    }
    chip_reply_text(req, 200, "application/json", text, n);
}

static void cancel_job(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    if (chip_route_job_id(req, id))
        reply_job(req, 200, "cancel_job", json_pack("{s:s}", "id", id));
}

/* ---- redo ---- */

static const char stages[] = "transcribe speakers metrics minutes";

struct redo {
    const char *stage;
    const json_t *changes; /* of its options; NULL: none */
};

static void read_redo(struct chip_fields *f, struct redo *redo)
{
    chip_fields_only(f, "stage options");
    chip_fields_text(f, "stage", MAX_STAGE, &redo->stage);
    chip_fields_object(f, "options", &redo->changes);
    if (redo->stage && !chip_fields_is_among(stages, redo->stage))
        chip_fields_refuse(f, CHIP_E_INVAL, "stage", "must be one of: %s", stages);
    if (redo->stage && strcmp(redo->stage, "minutes") == 0 &&
        json_is_false(json_object_get(redo->changes, "minutes")))
        chip_fields_refuse(f, CHIP_E_INVAL, "options.minutes",
                           "must not be false where minutes are to be written again");
}

static void change_options(struct chip_request *req, struct chip_fields *f, const json_t *changes,
                           const json_t *job, json_t **options)
{
    struct chip_fields inner = {
        .object = changes, .where = "options.", .err = f->err, .status = f->status};
    chip_job_options_change(&inner, chip_request_app(req)->minutes, json_object_get(job, "options"),
                            options);
    f->status = inner.status;
}

static void redo_with(struct chip_request *req, const char *id, const json_t *body)
{
    struct chip_err err;
    struct chip_fields f = {.object = body, .where = "", .err = &err};
    struct redo redo = {0};
    json_t *job = NULL, *options = NULL;
    read_redo(&f, &redo);
    if (f.status == CHIP_OK && redo.changes) {
        if (!chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), &job))
            return;
        change_options(req, &f, redo.changes, job, &options);
        json_decref(job);
    }
    if (f.status != CHIP_OK)
        chip_reply_failure(req, &err);
    else
        reply_job(
            req, 202, "redo_job",
            json_pack("{s:s, s:s*, s:o*}", "id", id, "stage", redo.stage, "options", options));
}

static void redo_job(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    if (!chip_route_job_id(req, id))
        return;
    json_t *body = req->n_body ? chip_request_json(req) : json_object();
    if (body)
        redo_with(req, id, body);
    json_decref(body);
}

/* ---- rename ---- */

static void rename_job(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    struct chip_err err;
    const char *title = NULL;
    if (!chip_route_job_id(req, id))
        return;
    json_t *body = chip_request_json(req);
    if (!body)
        return;
    struct chip_fields f = {.object = body, .where = "", .err = &err};
    chip_fields_only(&f, "title");
    chip_fields_text(&f, "title", MAX_TITLE, &title);
    if (f.status == CHIP_OK && !json_object_get(body, "title"))
        chip_fields_refuse(&f, CHIP_E_INVAL, "title", "must be there; null takes it away");
    if (f.status != CHIP_OK)
        chip_reply_failure(req, &err);
    else
        reply_job(req, 200, "rename_job", json_pack("{s:s, s:s*}", "id", id, "title", title));
    json_decref(body);
}

/* ---- delete ---- */

static void delete_job(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    struct chip_err err;
    if (!chip_route_job_id(req, id) ||
        !chip_route_call(req, "delete_job", json_pack("{s:s}", "id", id), NULL))
        return;
    if (chip_recording_remove(chip_request_app(req)->data_dir, id, &err) != CHIP_OK)
        chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", id),
                 "the job is deleted, its recording will be at the next sweep: %s", err.message);
    chip_reply_empty(req, 204);
}

static const struct chip_route routes[] = {
    {"GET", "/api/jobs", .handle = list_jobs},
    {"GET", "/api/jobs/{id}", .handle = get_job},
    {"PATCH", "/api/jobs/{id}", .handle = rename_job, .audit = "job.rename"},
    {"DELETE", "/api/jobs/{id}", .handle = delete_job, .audit = "job.delete"},
    {"POST", "/api/jobs/{id}/cancel", .handle = cancel_job, .audit = "job.cancel"},
    {"POST", "/api/jobs/{id}/redo", .handle = redo_job, .audit = "job.redo"},
};

const struct chip_route_table chip_routes_jobs = CHIP_ROUTE_TABLE(routes);
