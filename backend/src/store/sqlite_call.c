#include "store/sqlite_call.h"

#include <math.h>
#include <string.h>
#include <time.h>

json_t *chip_call_arg(const struct chip_call *call, const char *name)
{
    return json_object_get(call->args, name);
}

const char *chip_call_text(const struct chip_call *call, const char *name)
{
    return json_string_value(chip_call_arg(call, name));
}

static void format_time(int64_t ms, char text[CHIP_TIME_TEXT])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t n = strftime(text, CHIP_TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + n, CHIP_TIME_TEXT - n, ".%03dZ", (int)(ms % 1000));
}

void chip_call_start(struct chip_call *call)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    call->now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    format_time(call->now_ms, call->now);
}

void chip_call_later(const struct chip_call *call, double seconds, char text[CHIP_TIME_TEXT])
{
    int64_t ms = call->now_ms + (int64_t)llround(seconds * 1000);
    format_time(ms > 0 ? ms : 0, text);
}

const char *chip_job_text(const json_t *job, const char *name)
{
    return json_string_value(json_object_get(job, name));
}

double chip_job_number(const json_t *job, const char *name)
{
    return json_number_value(json_object_get(job, name));
}

enum chip_status chip_job_load(struct chip_call *call, const char *id, json_t **job,
                               struct chip_err *err)
{
    struct chip_query q = chip_query_begin(
        call->conn, "SELECT " CHIP_JOB_COLUMNS
                    " FROM processing_jobs WHERE id = $1 AND ($2 IS NULL OR user_id = $2)");
    chip_query_text(&q, id);
    chip_query_text(&q, call->user);
    enum chip_status status = chip_query_one(&q, job, err);
    if (status == CHIP_OK && !*job)
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no job %s", id);
    return status;
}

enum chip_status chip_job_load_leased(struct chip_call *call, json_t **job, struct chip_err *err)
{
    const char *id = chip_call_text(call, "id");
    struct chip_query q = chip_query_begin(
        call->conn, "SELECT " CHIP_JOB_COLUMNS ", lease_token FROM processing_jobs "
                    "WHERE id = $1 AND status = 'processing' AND lease_token = $2");
    chip_query_text(&q, id);
    chip_query_text(&q, chip_call_text(call, "lease_token"));
    enum chip_status status = chip_query_one(&q, job, err);
    if (status == CHIP_OK && !*job)
        return chip_fail(err, CHIP_E_CONFLICT, "job %s is no longer this worker's: stop it", id);
    return status;
}

enum chip_status chip_job_event(struct chip_call *call, const char *id, const char *kind,
                                json_t *data, struct chip_err *err)
{
    if (!data)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for an event");
    int64_t seq = 0;
    struct chip_query q = chip_query_begin(
        call->conn,
        "UPDATE processing_jobs SET seq = seq + 1, updated_at = $1 WHERE id = $2 RETURNING seq");
    chip_query_text(&q, call->now);
    chip_query_text(&q, id);
    if (chip_query_next(&q))
        seq = chip_query_column(&q, 0);
    enum chip_status status = chip_query_run(&q, err);
    if (status == CHIP_OK) {
        q = chip_query_begin(call->conn, "INSERT INTO job_events (job_id, seq, kind, data, "
                                         "created_at) VALUES ($1, $2, $3, $4, $5)");
        chip_query_text(&q, id);
        chip_query_int(&q, seq);
        chip_query_text(&q, kind);
        chip_query_json(&q, data);
        chip_query_text(&q, call->now);
        status = chip_query_run(&q, err);
    }
    json_decref(data);
    return status;
}

enum chip_status chip_job_status_event(struct chip_call *call, const char *id, json_t **job,
                                       struct chip_err *err)
{
    json_t *row = NULL;
    enum chip_status status = chip_job_load(call, id, &row, err);
    if (status != CHIP_OK)
        return status;
    status = chip_job_event(call, id, "status",
                            json_pack("{s:O, s:O}", "status", json_object_get(row, "status"),
                                      "stage", json_object_get(row, "stage")),
                            err);
    json_decref(row);
    return status == CHIP_OK ? chip_job_load(call, id, job, err) : status;
}

enum chip_status chip_job_end_failed(struct chip_call *call, const char *id, const json_t *error,
                                     struct chip_err *err)
{
    struct chip_query q = chip_query_begin(
        call->conn, "UPDATE processing_jobs SET status = 'failed', error = $1, lease_token = NULL, "
                    "lease_expires_at = NULL, finished_at = $2 WHERE id = $3");
    chip_query_json(&q, error);
    chip_query_text(&q, call->now);
    chip_query_text(&q, id);
    enum chip_status status = chip_query_run(&q, err);
    if (status == CHIP_OK)
        status = chip_job_event(call, id, "failed",
                                json_pack("{s:s, s:O}", "status", "failed", "error", error), err);
    return status == CHIP_OK ? chip_delivery_add(call, id, "job.failed", err) : status;
}

enum chip_status chip_job_lost(struct chip_call *call, const char *id, struct chip_err *err)
{
    json_t *job = NULL, *error = NULL;
    enum chip_status status = chip_job_load(call, id, &job, err);
    if (status != CHIP_OK)
        return status;
    char message[160];
    snprintf(message, sizeof message,
             "the work on this recording stopped without a word %d times; most likely it does not "
             "fit into memory",
             (int)chip_job_number(job, "attempts"));
    error = json_pack("{s:s, s:s, s:O, s:b}", "code", "worker_lost", "message", message, "stage",
                      json_object_get(job, "stage"), "retryable", 0);
    json_decref(job);
    if (!error)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for an event");
    status = chip_job_end_failed(call, id, error, err);
    json_decref(error);
    return status;
}

enum chip_status chip_job_exists(struct chip_call *call, const char *id, struct chip_err *err)
{
    struct chip_query q = chip_query_begin(
        call->conn, "SELECT 1 FROM processing_jobs WHERE id = $1 AND ($2 IS NULL OR user_id = $2)");
    chip_query_text(&q, id);
    chip_query_text(&q, call->user);
    bool found = chip_query_next(&q);
    enum chip_status status = chip_query_end(&q, err);
    if (status == CHIP_OK && !found)
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no job %s", id);
    return status;
}
