#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "http/exchange.h"

static bool reads_only(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
           strcmp(method, "OPTIONS") == 0;
}

static bool is_logged(const struct chip_exchange *x, int status)
{
    switch (x->server->settings.access_log) {
    case CHIP_ACCESS_LOG_ALL:
        return true;
    case CHIP_ACCESS_LOG_CHANGES:
        return status >= 400 || !reads_only(x->req.method);
    case CHIP_ACCESS_LOG_FAILURES:
        return status >= 400;
    case CHIP_ACCESS_LOG_NONE:
        return false;
    }
    return false;
}

/** As Cloud Logging shows requests; the query is left out, since links carry tokens in it. */
static void log_request(const struct chip_exchange *x, int status, int64_t ns)
{
    char latency[32], trace[160];
    const char *project = x->server->settings.trace_project,
               *agent = chip_request_header(&x->req, "User-Agent");
    snprintf(latency, sizeof latency, "%.6fs", (double)ns / 1e9);
    json_t *http = json_pack("{s:s, s:s, s:i, s:s, s:s, s:s*}", "requestMethod", x->req.method,
                             "requestUrl", x->target.raw ? x->target.raw : "", "status", status,
                             "remoteIp", x->address, "latency", latency, "userAgent", agent);
    if (!http) /* the client's names are no UTF-8 */
        http = json_pack("{s:i, s:s, s:s}", "status", status, "remoteIp", x->address, "latency",
                         latency);
    json_t *fields = json_pack("{s:s, s:o*}", "requestId", x->id, "httpRequest", http);
    if (x->trace[0] && fields) {
        snprintf(trace, sizeof trace, "%s%s%s%s", project ? "projects/" : "",
                 project ? project : "", project ? "/traces/" : "", x->trace);
        json_object_set_new(fields, "logging.googleapis.com/trace", json_string(trace));
    }
    if (x->gone && fields)
        json_object_set_new(fields, "clientGone", json_true());
    chip_log(status == 503   ? CHIP_LOG_WARNING /* not our bug, and probes ask for it */
             : status >= 500 ? CHIP_LOG_ERROR
             : status >= 400 ? CHIP_LOG_NOTICE
                             : CHIP_LOG_INFO,
             fields, "%s %s -> %d", x->req.method, x->route ? x->route->path : "(no route)",
             status);
}

static void audit(const struct chip_exchange *x, int status)
{
    const struct chip_request *req = &x->req;
    const char *job = x->audit_job;
    if (!job && req->params[0] && chip_uuid_valid(req->params[0]))
        job = req->params[0];
    if (reads_only(req->method) && status < 400) {
        char what[320];
        snprintf(what, sizeof what, "%s %s %s %s", x->route->audit, job ? job : x->target.raw,
                 req->caller ? req->caller->user_id : "", x->address);
        if (chip_audit_log_repeats(x->server->audit, what))
            return;
    }
    json_t *detail = x->audit_detail ? json_copy(x->audit_detail) : json_object();
    if (detail)
        json_object_set_new(detail, "status", json_integer(status));
    chip_audit_log_add(x->server->audit,
                       json_pack("{s:s?, s:s, s:s, s:s?, s:s, s:s, s:o}", "user_id",
                                 req->caller ? req->caller->user_id : NULL, "actor",
                                 x->identity.actor ? x->identity.actor : "key", "action",
                                 x->route->audit, "job_id", job, "address", x->address,
                                 "request_id", x->id, "detail", detail));
}

void chip_account(struct chip_exchange *x)
{
    int64_t ns = chip_clock_ns() - x->started_ns;
    /* Nobody was there any more to get an answer: 499, as others write it too. */
    int status = x->answer.status ? x->answer.status : 499;
    chip_request_meters_count(x->server->meters, x->route ? (long)x->match.number : -1, status,
                              x->answer.n < 0 ? -1 : ns);
    if (is_logged(x, status))
        log_request(x, status, ns);
    if (x->server->audit && x->route && x->route->audit && x->entered)
        audit(x, status);
}
