/* POST /api/process: one job, for which the request may wait, or many in one call. */

#include <stdio.h>
#include <stdlib.h>

#include "http/fields.h"
#include "http/job_wait.h"
#include "http/routes.h"
#include "http/submission.h"

enum { MAX_JOBS = 100, MAX_BODY = 4 << 20 };

/* ---- one ---- */

/* A queue sends the same body again: that must find the same job, not make another. */
static enum chip_status need_name(struct chip_request *req, const json_t *body,
                                  struct chip_err *err)
{
    if (json_object_get(body, "jobId") || chip_request_header(req, "Idempotency-Key"))
        return CHIP_OK;
    return chip_fail(err, CHIP_E_INVAL,
                     "jobId: wait=true needs it (or an Idempotency-Key), so that sending the same "
                     "again finds the same job");
}

static void process_one(struct chip_request *req, const json_t *body, bool waits)
{
    struct chip_submission s;
    struct chip_err err;
    json_t *row = NULL;
    enum chip_status st = chip_submission_read(req, body, "", 0, &s, &err);
    if (st == CHIP_OK && waits)
        st = need_name(req, body, &err);
    if (st == CHIP_OK)
        st = chip_submission_enqueue(req, &s, &row, &err);
    if (st == CHIP_OK) {
        char where[64];
        snprintf(where, sizeof where, "/api/jobs/%s", s.id);
        chip_reply_header(req, "Location", where);
        chip_request_audit(req, s.id, NULL);
        if (waits)
            chip_job_wait_start(req, row);
        else
            chip_route_reply(req, 202, chip_job_wait_view(row));
    } else {
        chip_reply_failure(req, &err);
    }
    json_decref(row);
    chip_submission_done(&s);
}

/* ---- many ---- */

/* {"success": false, "jobId", "error"}; what went wrong inside the server is not told */
static json_t *refused(const char *id, const struct chip_err *err)
{
    bool is_conflict = err->code == CHIP_E_CONFLICT, is_lost = err->code == CHIP_E_NOT_FOUND;
    const char *code = is_conflict ? "conflict" : is_lost ? "not_found" : "unavailable";
    const char *message = is_conflict || is_lost
                              ? err->message
                              : "it could not be put into the queue; send it again in a moment";
    return json_pack("{s:b, s:s, s:{s:s, s:s}}", "success", 0, "jobId", id, "error", "code", code,
                     "message", message);
}

/* What becomes of one of them: as chip_job_wait_view(), or refused(). */
static json_t *outcome(struct chip_request *req, struct chip_submission *s, bool *success)
{
    struct chip_err err;
    json_t *row = NULL, *out;
    if (chip_submission_enqueue(req, s, &row, &err) == CHIP_OK) {
        out = chip_job_wait_view(row);
    } else {
        *success = false;
        out = refused(s->id, &err);
    }
    json_decref(row);
    return out;
}

/* All are checked before the first is made. */
static bool read_all(struct chip_request *req, const json_t *jobs, struct chip_submission *all)
{
    struct chip_err err;
    size_t i;
    const json_t *job;
    json_array_foreach(jobs, i, job)
    {
        char where[32];
        snprintf(where, sizeof where, "jobs[%zu].", i);
        if (chip_submission_read(req, job, where, i, &all[i], &err) != CHIP_OK) {
            chip_reply_failure(req, &err);
            return false;
        }
    }
    return true;
}

static void make_all(struct chip_request *req, struct chip_submission *all, size_t n)
{
    json_t *results = json_array();
    bool success = true;
    for (size_t i = 0; results && i < n; i++) {
        if (json_array_append_new(results, outcome(req, &all[i], &success)) != 0) {
            json_decref(results);
            results = NULL;
        }
    }
    json_t *reply = results ? json_pack("{s:b, s:o}", "success", success, "jobs", results) : NULL;
    chip_route_reply(req, 202, reply);
}

static void process_many(struct chip_request *req, const json_t *body)
{
    const json_t *jobs = NULL;
    struct chip_err err;
    struct chip_fields f = {.object = body, .where = "", .err = &err};
    chip_fields_only(&f, "jobs");
    chip_fields_need(&f, "jobs");
    chip_fields_array(&f, "jobs", MAX_JOBS, &jobs);
    size_t n = json_array_size(jobs);
    if (f.status == CHIP_OK && !n)
        chip_fields_refuse(&f, CHIP_E_INVAL, "jobs", "must have at least one");
    if (f.status != CHIP_OK) {
        chip_reply_failure(req, &err);
        return;
    }
    struct chip_submission *all = calloc(n, sizeof *all);
    if (!all)
        chip_route_reply(req, 202, NULL);
    else if (read_all(req, jobs, all))
        make_all(req, all, n);
    for (size_t i = 0; all && i < n; i++)
        chip_submission_done(&all[i]);
    free(all);
}

static void process(struct chip_request *req)
{
    if (req->state) {
        chip_job_wait_go_on(req);
        return;
    }
    bool waits;
    if (!chip_job_wait_asked(req, &waits))
        return;
    json_t *body = chip_request_json(req);
    if (!body)
        return;
    if (!json_object_get(body, "jobs"))
        process_one(req, body, waits);
    else if (waits)
        chip_reply_error(req, 400, "invalid", "wait: is for one job at a time", NULL);
    else
        process_many(req, body);
    json_decref(body);
}

static const struct chip_route routes[] = {
    {"POST", "/api/process", .max_body = MAX_BODY, .handle = process, .done = chip_job_wait_done,
     .audit = "job.create"},
};

const struct chip_route_table chip_routes_process = CHIP_ROUTE_TABLE(routes);
