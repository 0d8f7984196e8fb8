/* What a worker does with the job that it holds. */
#include <string.h>

#include "store/sqlite_call.h"

static const char *const told[] = {"stage",       "progress",    "speed",
                                   "eta_seconds", "duration_ms", "title"};

static enum chip_status renew(struct chip_call *call, struct chip_err *err)
{
    char expires[CHIP_TIME_TEXT];
    chip_call_later(call, json_number_value(chip_call_arg(call, "lease_seconds")), expires);
    struct chip_query q = chip_query_begin(
        call->conn,
        "UPDATE processing_jobs SET stage = coalesce($1, stage), "
        "progress = coalesce($2, progress), speed = coalesce($3, speed), "
        "eta_seconds = coalesce($4, eta_seconds), duration_ms = coalesce($5, duration_ms), "
        "title = coalesce($6, title), lease_expires_at = $7, updated_at = $8 WHERE id = $9");
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        chip_query_value(&q, chip_call_arg(call, told[i]));
    chip_query_text(&q, expires);
    chip_query_text(&q, call->now);
    chip_query_text(&q, chip_call_text(call, "id"));
    return chip_query_run(&q, err);
}

static bool is_progress(const struct chip_call *call, const json_t *job)
{
    const char *stage = chip_call_text(call, "stage"), *before = chip_job_text(job, "stage");
    const json_t *progress = chip_call_arg(call, "progress");
    return (stage && (!before || strcmp(stage, before) != 0)) ||
           (!json_is_null(progress) &&
            json_number_value(progress) != chip_job_number(job, "progress"));
}

/* The event `progress`, from the job as it is now. */
static enum chip_status tell_progress(struct chip_call *call, const json_t *job,
                                      struct chip_err *err)
{
    json_t *data = json_object();
    for (size_t i = 0; data && i < 5; i++) /* all but the title */
        json_object_set(data, told[i], json_object_get(job, told[i]));
    return chip_job_event(call, chip_job_text(job, "id"), "progress", data, err);
}

enum chip_status chip_sqlite_heartbeat_job(struct chip_call *call, json_t **result,
                                           struct chip_err *err)
{
    json_t *before = NULL, *job = NULL;
    enum chip_status status = chip_job_load_leased(call, &before, err);
    if (status != CHIP_OK)
        return status;
    const char *id = chip_job_text(before, "id");
    status = renew(call, err);
    const json_t *events = chip_call_arg(call, "events");
    for (size_t i = 0; status == CHIP_OK && i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        status = chip_job_event(call, id, chip_job_text(event, "kind"),
                                json_incref(json_object_get(event, "data")), err);
    }
    if (status == CHIP_OK)
        status = chip_job_load(call, id, &job, err);
    bool more = is_progress(call, before);
    if (status == CHIP_OK && more)
        status = tell_progress(call, job, err);
    if (status == CHIP_OK) {
        *result = json_pack("{s:I}", "seq",
                            json_integer_value(json_object_get(job, "seq")) + (more ? 1 : 0));
        if (!*result)
            status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for a job");
    }
    json_decref(before);
    json_decref(job);
    return status;
}

enum chip_status chip_sqlite_checkpoint_job(struct chip_call *call, json_t **result,
                                            struct chip_err *err)
{
    json_t *job = NULL;
    enum chip_status status = chip_job_load_leased(call, &job, err);
    json_decref(job);
    if (status != CHIP_OK)
        return status;
    struct chip_query q = chip_query_begin(
        call->conn, "INSERT INTO job_checkpoints (job_id, stage, slice, data, created_at) "
                    "VALUES ($1, $2, $3, $4, $5) "
                    "ON CONFLICT (job_id, stage, slice) DO UPDATE SET data = excluded.data");
    chip_query_text(&q, chip_call_text(call, "id"));
    chip_query_text(&q, chip_call_text(call, "stage"));
    chip_query_value(&q, chip_call_arg(call, "slice"));
    chip_query_json(&q, chip_call_arg(call, "data"));
    chip_query_text(&q, call->now);
    *result = json_null();
    return chip_query_run(&q, err);
}

enum chip_status chip_sqlite_list_checkpoints(struct chip_call *call, json_t **result,
                                              struct chip_err *err)
{
    const char *id = chip_call_text(call, "id");
    enum chip_status status = chip_job_exists(call, id, err);
    if (status != CHIP_OK)
        return status;
    struct chip_query q = chip_query_begin(
        call->conn,
        "SELECT stage, slice, data FROM job_checkpoints c WHERE job_id = $1 ORDER BY "
        "(SELECT min(rowid) FROM job_checkpoints f WHERE f.job_id = $1 AND f.stage = c.stage), "
        "slice");
    chip_query_text(&q, id);
    return chip_query_all(&q, result, err);
}

static enum chip_status set_completed(struct chip_call *call, const char *id, struct chip_err *err)
{
    /* The token stays, so that the same call again is recognised. */
    struct chip_query q = chip_query_begin(
        call->conn, "UPDATE processing_jobs SET status = 'completed', progress = 100, "
                    "redo = NULL, error = NULL, warnings = $1, lease_expires_at = NULL, "
                    "eta_seconds = NULL, finished_at = $2 WHERE id = $3");
    chip_query_json(&q, chip_call_arg(call, "warnings"));
    chip_query_text(&q, call->now);
    chip_query_text(&q, id);
    enum chip_status status = chip_query_run(&q, err);
    if (status != CHIP_OK)
        return status;
    q = chip_query_begin(call->conn, "DELETE FROM job_checkpoints WHERE job_id = $1");
    chip_query_text(&q, id);
    return chip_query_run(&q, err);
}

static enum chip_status complete(struct chip_call *call, const json_t *job, json_t **result,
                                 struct chip_err *err)
{
    const char *id = chip_job_text(job, "id");
    enum chip_status status = chip_analysis_put(call, job, chip_job_text(job, "redo"), err);
    if (status == CHIP_OK)
        status = set_completed(call, id, err);
    if (status == CHIP_OK)
        status = chip_job_event(call, id, "completed",
                                json_pack("{s:s, s:O}", "status", "completed", "warnings",
                                          chip_call_arg(call, "warnings")),
                                err);
    if (status == CHIP_OK)
        status = chip_delivery_add(call, id, "job.completed", err);
    return status == CHIP_OK ? chip_job_load(call, id, result, err) : status;
}

/* @param done whether it was completed under the call's token */
static enum chip_status is_completed(struct chip_call *call, bool *done, struct chip_err *err)
{
    struct chip_query q = chip_query_begin(
        call->conn, "SELECT 1 FROM processing_jobs WHERE id = $1 AND status = 'completed' "
                    "AND lease_token = $2");
    chip_query_text(&q, chip_call_text(call, "id"));
    chip_query_text(&q, chip_call_text(call, "lease_token"));
    *done = chip_query_next(&q);
    return chip_query_end(&q, err);
}

enum chip_status chip_sqlite_complete_job(struct chip_call *call, json_t **result,
                                          struct chip_err *err)
{
    bool done = false;
    enum chip_status status = is_completed(call, &done, err);
    if (status != CHIP_OK)
        return status;
    if (done)
        return chip_job_load(call, chip_call_text(call, "id"), result, err);
    json_t *job = NULL;
    status = chip_job_load_leased(call, &job, err);
    if (status == CHIP_OK)
        status = complete(call, job, result, err);
    json_decref(job);
    return status;
}

static enum chip_status retry(struct chip_call *call, const char *id, double seconds,
                              struct chip_err *err)
{
    json_t *error = chip_call_arg(call, "error");
    char again[CHIP_TIME_TEXT];
    chip_call_later(call, seconds, again);
    struct chip_query q = chip_query_begin(
        call->conn, "UPDATE processing_jobs SET status = 'pending', run_after = $1, error = $2, "
                    "lease_token = NULL, lease_expires_at = NULL WHERE id = $3");
    chip_query_text(&q, again);
    chip_query_json(&q, error);
    chip_query_text(&q, id);
    enum chip_status status = chip_query_run(&q, err);
    if (status != CHIP_OK)
        return status;
    return chip_job_event(call, id, "retry",
                          json_pack("{s:s, s:O}", "status", "pending", "error", error), err);
}

enum chip_status chip_sqlite_fail_job(struct chip_call *call, json_t **result, struct chip_err *err)
{
    json_t *job = NULL;
    enum chip_status status = chip_job_load_leased(call, &job, err);
    if (status != CHIP_OK)
        return status;
    const char *id = chip_job_text(job, "id");
    const json_t *seconds = chip_call_arg(call, "retry_seconds");
    if (!json_is_null(seconds) &&
        chip_job_number(job, "attempts") < chip_job_number(job, "max_attempts"))
        status = retry(call, id, json_number_value(seconds), err);
    else
        status = chip_job_end_failed(call, id, chip_call_arg(call, "error"), err);
    if (status == CHIP_OK)
        status = chip_job_load(call, id, result, err);
    json_decref(job);
    return status;
}

enum chip_status chip_sqlite_release_job(struct chip_call *call, json_t **result,
                                         struct chip_err *err)
{
    json_t *job = NULL;
    enum chip_status status = chip_job_load_leased(call, &job, err);
    if (status != CHIP_OK)
        return status;
    json_decref(job);
    const char *id = chip_call_text(call, "id");
    struct chip_query q = chip_query_begin(
        call->conn, "UPDATE processing_jobs SET status = 'pending', run_after = $1, "
                    "attempts = attempts - 1, lease_token = NULL, lease_expires_at = NULL "
                    "WHERE id = $2");
    chip_query_text(&q, call->now);
    chip_query_text(&q, id);
    status = chip_query_run(&q, err);
    return status == CHIP_OK ? chip_job_status_event(call, id, result, err) : status;
}
