/* GET and PATCH /api/jobs/{id}/analysis: what came out, and what people correct in it. */

#include <string.h>

#include "base/log.h"
#include "http/analysis_edit.h"
#include "http/job_view.h"
#include "http/routes.h"

enum { MAX_BODY = 4 << 20 };

/* Answers with a row of meeting_analysis; takes it. */
static void reply_row(struct chip_request *req, json_t *row)
{
    const char *voices = chip_request_query(req, "voices");
    json_t *view = chip_view_analysis(row, voices && strcmp(voices, "true") == 0);
    json_decref(row);
    chip_route_reply(req, 200, view);
}

static void get_analysis(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    json_t *row;
    if (chip_route_job_id(req, id) &&
        chip_route_call(req, "get_analysis", json_pack("{s:s}", "job_id", id), &row))
        reply_row(req, row);
}

/* The list of jobs shows the title too. */
static void rename_job(struct chip_request *req, const char *id, json_t *title)
{
    struct chip_err err;
    if (chip_store_call(chip_request_app(req)->store, req->caller, "rename_job",
                        json_pack("{s:s, s:O}", "id", id, "title", title), NULL, &err) != CHIP_OK)
        chip_log(CHIP_LOG_WARNING, json_pack("{s:s}", "job", id),
                 "the analysis has its new title, the job keeps the old one: %s", err.message);
}

/* Applies `body` to `row` and saves what changes. Takes both. */
static void edit(struct chip_request *req, const char *id, json_t *row, json_t *body)
{
    int64_t version;
    json_t *changes = NULL, *after;
    struct chip_err err;
    enum chip_status st = chip_analysis_edit(row, body, req->caller ? req->caller->user_id : NULL,
                                             &version, &changes, &err);
    json_t *present = st == CHIP_E_CONFLICT ? json_object_get(row, "version") : NULL;
    if (st == CHIP_E_CONFLICT)
        chip_reply_error(req, 409, "conflict", err.message, json_pack("{s:O}", "version", present));
    else if (st != CHIP_OK)
        chip_reply_failure(req, &err);
    bool renames = json_object_get(body, "title");
    json_decref(body);
    json_decref(row);
    if (st != CHIP_OK)
        return;
    json_t *args = json_pack("{s:s, s:I, s:o}", "job_id", id, "version", (json_int_t)version,
                             "changes", changes);
    if (!chip_route_call(req, "save_analysis", args, &after))
        return;
    if (renames)
        rename_job(req, id, json_object_get(after, "title"));
    reply_row(req, after);
}

static void patch_analysis(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    json_t *row;
    if (!chip_route_job_id(req, id))
        return;
    json_t *body = chip_request_json(req);
    if (!body)
        return;
    if (chip_route_call(req, "get_analysis", json_pack("{s:s}", "job_id", id), &row))
        edit(req, id, row, body);
    else
        json_decref(body);
}

static const struct chip_route routes[] = {
    {"GET", "/api/jobs/{id}/analysis", .handle = get_analysis, .audit = "analysis.read"},
    {"PATCH", "/api/jobs/{id}/analysis", .max_body = MAX_BODY, .handle = patch_analysis,
     .audit = "analysis.edit"},
};

const struct chip_route_table chip_routes_analysis = CHIP_ROUTE_TABLE(routes);
