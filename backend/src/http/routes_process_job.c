/*
 * POST and GET /api/process-job: what the Next.js routes of the web app answer, so that the same
 * pages work with chip alone. Errors have the one shape of all of chip's answers.
 */

#include <string.h>

#include "http/fields.h"
#include "http/routes.h"
#include "http/submission.h"

static bool is(const json_t *row, const char *status)
{
    const char *text = json_string_value(json_object_get(row, "status"));
    return text && strcmp(text, status) == 0;
}

/* Polling hooks know four states, and stop at two of them. */
static const char *old_status(const json_t *row)
{
    return is(row, "cancelled") ? "failed" : json_string_value(json_object_get(row, "status"));
}

/* ---- POST ---- */

/* {"success", "jobId", "status"}: "processing" from the moment that the job is handed over */
static void reply_started(struct chip_request *req, const json_t *row)
{
    const char *status = is(row, "pending") ? "processing" : old_status(row);
    chip_route_reply(req, 200,
                     json_pack("{s:b, s:O, s:s}", "success", 1, "jobId", json_object_get(row, "id"),
                               "status", status));
}

/* A job that is there: what failed or was cancelled begins anew. Takes `row`. */
static void start_again(struct chip_request *req, const char *id, json_t *row)
{
    json_t *again = NULL;
    bool redo = is(row, "failed") || is(row, "cancelled");
    if (!redo || chip_route_call(req, "redo_job", json_pack("{s:s}", "id", id), &again))
        reply_started(req, redo ? again : row);
    json_decref(again);
    json_decref(row);
}

static void submit(struct chip_request *req, const json_t *body)
{
    struct chip_submission s;
    struct chip_err err;
    json_t *row = NULL;
    enum chip_status st = chip_submission_read(req, body, "", 0, &s, &err);
    if (st == CHIP_OK)
        st = chip_submission_enqueue(req, &s, &row, &err);
    if (st == CHIP_OK)
        start_again(req, s.id, row);
    else
        chip_reply_failure(req, &err);
    chip_submission_done(&s);
}

/* @return the id in lower case, "" after answering */
static void read_id(struct chip_request *req, const char *text, char id[CHIP_UUID_TEXT])
{
    id[0] = '\0';
    if (!text || !chip_uuid_valid(text)) {
        chip_reply_error(req, 400, "invalid", "jobId: must be there and be a UUID", NULL);
        return;
    }
    for (size_t i = 0; i < CHIP_UUID_TEXT; i++)
        id[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + 'a' - 'A' : text[i]);
}

static void post(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    json_t *row, *body = chip_request_json(req);
    if (!body)
        return;
    read_id(req, json_string_value(json_object_get(body, "jobId")), id);
    if (id[0] && json_object_size(body) > 1)
        submit(req, body);
    else if (id[0] && chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), &row))
        start_again(req, id, row);
    if (id[0])
        chip_request_audit(req, id, NULL);
    json_decref(body);
}

/* ---- GET ---- */

static const json_t *message_of(const json_t *row)
{
    return json_object_get(json_object_get(row, "error"), "message");
}

static void get(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    json_t *row;
    read_id(req, chip_request_query(req, "jobId"), id);
    if (!id[0] || !chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), &row))
        return;
    bool has_ended = is(row, "completed") || is(row, "failed") || is(row, "cancelled");
    json_t *error = is(row, "cancelled") ? json_string("the job was cancelled")
                                         : json_incref((json_t *)message_of(row));
    json_t *ended = has_ended ? json_object_get(row, "finished_at") : NULL;
    json_t *reply = json_pack(
        "{s:s, s:s, s:O?, s:O?, s:o?, s:O?, s:O?, s:O?}", "jobId", id, "status", old_status(row),
        "progress", json_object_get(row, "progress"), "stage", json_object_get(row, "stage"),
        "error", error, "createdAt", json_object_get(row, "created_at"), "updatedAt",
        json_object_get(row, "updated_at"), "completedAt", ended);
    json_decref(row);
    chip_route_reply(req, 200, reply);
}

static const struct chip_route routes[] = {
    {"POST", "/api/process-job", .handle = post, .audit = "job.create"},
    {"GET", "/api/process-job", .handle = get},
};

const struct chip_route_table chip_routes_process_job = CHIP_ROUTE_TABLE(routes);
