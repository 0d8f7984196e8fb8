/* What is kept about a job: webhook deliveries, who did what; and links for media elements. */

#include <stdlib.h>
#include <stdio.h>
#include <time.h>

#include "http/auth.h"
#include "http/fields.h"
#include "http/job_view.h"
#include "http/routes.h"

enum { MAX_AUDIT = 500, LINK_SECONDS = 300, MAX_LINK_SECONDS = 3600 };

/* {"NAME": [rows]}; takes `rows` */
static void reply_rows(struct chip_request *req, const char *name, json_t *rows,
                       json_t *(*view)(const json_t *))
{
    json_t *all = chip_view_all(rows, view);
    json_decref(rows);
    chip_route_reply(req, 200, all ? json_pack("{s:o}", name, all) : NULL);
}

static void list_deliveries(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    json_t *rows;
    if (chip_route_job_id(req, id) &&
        chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), NULL) &&
        chip_route_call(req, "list_deliveries", json_pack("{s:s}", "job_id", id), &rows))
        reply_rows(req, "deliveries", rows, chip_view_delivery);
}

/* The log is the service's; a user sees what concerns a job of theirs. It outlives the job, and
 * then only the service sees it. */
static void list_audit(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    int64_t limit = 100, before = 0;
    if (!chip_route_job_id(req, id) || !chip_route_number(req, "limit", 1, MAX_AUDIT, &limit) ||
        !chip_route_number(req, "before", 1, INT64_MAX, &before))
        return;
    if (req->caller && !chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), NULL))
        return;
    json_t *args = json_pack("{s:s, s:I}", "job_id", id, "limit", (json_int_t)limit);
    if (args && before && json_object_set_new(args, "before", json_integer(before)) != 0) {
        json_decref(args);
        args = NULL;
    }
    json_t *rows;
    struct chip_err err;
    if (chip_store_call(chip_request_app(req)->store, NULL, "list_audit", args, &rows, &err) ==
        CHIP_OK)
        reply_rows(req, "audit", rows, chip_view_audit);
    else
        chip_reply_failure(req, &err);
}

/* ---- links ---- */

static void reply_link(struct chip_request *req, const char *path, int seconds)
{
    char *token = NULL, until[32];
    struct chip_err err;
    const struct chip_auth *auth = chip_request_app(req)->auth;
    if (auth && chip_auth_link(auth, req->caller, path, seconds, &token, &err) != CHIP_OK) {
        chip_reply_failure(req, &err);
        return;
    }
    struct tm utc;
    time_t end = time(NULL) + seconds;
    strftime(until, sizeof until, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&end, &utc));
    json_t *reply =
        json_pack("{s:s, s:s, s:s}", "token", token ? token : "", "path", path, "expiresAt", until);
    free(token);
    chip_reply_header(req, "Cache-Control", "no-store");
    chip_route_reply(req, 200, reply);
}

static void make_link(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT], path[64];
    int64_t seconds = LINK_SECONDS;
    struct chip_err err;
    if (!chip_route_job_id(req, id))
        return;
    json_t *body = req->n_body ? chip_request_json(req) : json_object();
    if (!body)
        return;
    struct chip_fields f = {.object = body, .where = "", .err = &err};
    chip_fields_only(&f, "seconds");
    chip_fields_integer(&f, "seconds", 1, MAX_LINK_SECONDS, &seconds);
    json_decref(body);
    if (f.status != CHIP_OK) {
        chip_reply_failure(req, &err);
        return;
    }
    snprintf(path, sizeof path, "/api/jobs/%s", id);
    if (chip_route_call(req, "get_job", json_pack("{s:s}", "id", id), NULL))
        reply_link(req, path, (int)seconds);
}

static const struct chip_route routes[] = {
    {"GET", "/api/jobs/{id}/deliveries", .handle = list_deliveries},
    {"GET", "/api/jobs/{id}/audit", .handle = list_audit},
    {"POST", "/api/jobs/{id}/token", .handle = make_link, .audit = "job.link"},
};

const struct chip_route_table chip_routes_job_records = CHIP_ROUTE_TABLE(routes);
