/* What callers of the API do with jobs. */
#include <string.h>

#include "store/sqlite_call.h"

static bool same_text(const json_t *row, const char *name, const char *other)
{
    const char *text = chip_job_text(row, name);
    return text && other ? strcmp(text, other) == 0 : text == other;
}

/* {"job", "created"}, with the job as it is now; takes its reference. */
static enum chip_status enqueued(json_t *job, bool created, json_t **result, struct chip_err *err)
{
    *result = json_pack("{s:o, s:b}", "job", job, "created", created);
    return *result ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory for a job");
}

static enum chip_status enqueue_again(struct chip_call *call, const json_t *there, json_t **result,
                                      struct chip_err *err)
{
    const char *id = chip_call_text(call, "id");
    if (!same_text(there, "user_id", chip_call_text(call, "user_id")) ||
        !same_text(there, "request_hash", chip_call_text(call, "request_hash")))
        return chip_fail(err, CHIP_E_CONFLICT, "there is another job %s already: choose another id",
                         id);
    json_t *job = NULL;
    enum chip_status status = chip_job_load(call, id, &job, err);
    return status == CHIP_OK ? enqueued(job, false, result, err) : status;
}

static enum chip_status insert(struct chip_call *call, struct chip_err *err)
{
    static const char *const values[] = {"title", "priority", "max_attempts", "callback_url",
                                         "request_hash"};
    struct chip_query q = chip_query_begin(
        call->conn,
        "INSERT INTO processing_jobs (id, user_id, status, run_after, created_at, updated_at, "
        "source, options, title, priority, max_attempts, callback_url, request_hash) "
        "VALUES ($1, $2, 'pending', $3, $3, $3, $4, $5, $6, $7, $8, $9, $10)");
    chip_query_text(&q, chip_call_text(call, "id"));
    chip_query_text(&q, chip_call_text(call, "user_id"));
    chip_query_text(&q, call->now);
    chip_query_json(&q, chip_call_arg(call, "source"));
    chip_query_json(&q, chip_call_arg(call, "options"));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        chip_query_value(&q, chip_call_arg(call, values[i]));
    return chip_query_run(&q, err);
}

enum chip_status chip_sqlite_enqueue_job(struct chip_call *call, json_t **result,
                                         struct chip_err *err)
{
    const char *id = chip_call_text(call, "id");
    json_t *there = NULL, *job = NULL;
    struct chip_query q = chip_query_begin(
        call->conn, "SELECT user_id, request_hash FROM processing_jobs WHERE id = $1");
    chip_query_text(&q, id);
    enum chip_status status = chip_query_one(&q, &there, err);
    if (status == CHIP_OK && there)
        status = enqueue_again(call, there, result, err);
    json_decref(there);
    if (status != CHIP_OK || there)
        return status;

    status = insert(call, err);
    if (status == CHIP_OK)
        status = chip_job_status_event(call, id, &job, err);
    return status == CHIP_OK ? enqueued(job, true, result, err) : status;
}

enum chip_status chip_sqlite_get_job(struct chip_call *call, json_t **result, struct chip_err *err)
{
    return chip_job_load(call, chip_call_text(call, "id"), result, err);
}

#define LIST_CONDITION                                                                        \
    "($1 IS NULL OR status = $1) AND ($2 IS NULL OR instr(lower(title), lower($2)) > 0) AND " \
    "(created_at, id) < ($3, $4)"
#define LIST_ORDER " ORDER BY created_at DESC, id DESC LIMIT $6"

/* One row more than the page says whether there is a next one. */
static enum chip_status page(json_t *jobs, size_t limit, json_t **result, struct chip_err *err)
{
    json_t *next = NULL;
    if (json_array_size(jobs) > limit) {
        json_array_remove(jobs, limit);
        const json_t *last = json_array_get(jobs, limit - 1);
        next = json_sprintf("%s/%s", chip_job_text(last, "created_at"), chip_job_text(last, "id"));
    } else {
        next = json_null();
    }
    *result = json_pack("{s:o, s:o}", "jobs", jobs, "next", next);
    return *result ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory for a list of jobs");
}

enum chip_status chip_sqlite_list_jobs(struct chip_call *call, json_t **result,
                                       struct chip_err *err)
{
    json_int_t limit = json_integer_value(chip_call_arg(call, "limit"));
    char before[CHIP_TIME_TEXT] = "9999"; /* later than all */
    const char *place = chip_call_text(call, "before"), *before_id = "";
    if (place) {
        memcpy(before, place, CHIP_TIME_TEXT - 1);
        before_id = place + CHIP_TIME_TEXT;
    }
    struct chip_query q =
        call->user ? chip_query_begin(call->conn, "SELECT " CHIP_JOB_COLUMNS
                                                  " FROM processing_jobs WHERE " LIST_CONDITION
                                                  " AND user_id = $5" LIST_ORDER)
                   : chip_query_begin(call->conn,
                                      "SELECT " CHIP_JOB_COLUMNS
                                      " FROM processing_jobs WHERE " LIST_CONDITION LIST_ORDER);
    chip_query_text(&q, chip_call_text(call, "status"));
    chip_query_text(&q, chip_call_text(call, "query"));
    chip_query_text(&q, before);
    chip_query_text(&q, before_id);
    if (call->user)
        chip_query_text(&q, call->user);
    chip_query_int(&q, limit + 1);
    json_t *jobs = NULL;
    enum chip_status status = chip_query_all(&q, &jobs, err);
    return status == CHIP_OK ? page(jobs, (size_t)limit, result, err) : status;
}

static bool is_status(const json_t *job, const char *status)
{
    return strcmp(chip_job_text(job, "status"), status) == 0;
}

static bool is_over(const json_t *job)
{
    return !is_status(job, "pending") && !is_status(job, "processing");
}

static enum chip_status cancel(struct chip_call *call, const char *id, json_t **result,
                               struct chip_err *err)
{
    struct chip_query q = chip_query_begin(
        call->conn, "UPDATE processing_jobs SET status = 'cancelled', lease_token = NULL, "
                    "lease_expires_at = NULL, finished_at = $1 WHERE id = $2");
    chip_query_text(&q, call->now);
    chip_query_text(&q, id);
    enum chip_status status = chip_query_run(&q, err);
    if (status == CHIP_OK)
        status =
            chip_job_event(call, id, "cancelled", json_pack("{s:s}", "status", "cancelled"), err);
    return status == CHIP_OK ? chip_job_load(call, id, result, err) : status;
}

enum chip_status chip_sqlite_cancel_job(struct chip_call *call, json_t **result,
                                        struct chip_err *err)
{
    const char *id = chip_call_text(call, "id");
    json_t *job = NULL;
    enum chip_status status = chip_job_load(call, id, &job, err);
    if (status != CHIP_OK)
        return status;
    if (is_status(job, "cancelled")) {
        *result = job;
        return CHIP_OK;
    }
    if (is_over(job))
        status = chip_fail(err, CHIP_E_CONFLICT, "job %s is %s already", id,
                           chip_job_text(job, "status"));
    json_decref(job);
    return status == CHIP_OK ? cancel(call, id, result, err) : status;
}

static enum chip_status redo(struct chip_call *call, const char *id, json_t **result,
                             struct chip_err *err)
{
    const char *stage = chip_call_text(call, "stage");
    struct chip_query q = chip_query_begin(
        call->conn, "UPDATE processing_jobs SET status = 'pending', redo = $1, "
                    "options = coalesce($2, options), run_after = $3, attempts = 0, error = NULL, "
                    "warnings = '[]', stage = NULL, progress = 0, speed = NULL, "
                    "eta_seconds = NULL, started_at = NULL, finished_at = NULL, "
                    "lease_token = NULL, worker = NULL WHERE id = $4");
    chip_query_text(&q, stage);
    chip_query_json(&q, chip_call_arg(call, "options"));
    chip_query_text(&q, call->now);
    chip_query_text(&q, id);
    enum chip_status status = chip_query_run(&q, err);
    if (status == CHIP_OK && !stage) {
        q = chip_query_begin(call->conn, "DELETE FROM job_checkpoints WHERE job_id = $1");
        chip_query_text(&q, id);
        status = chip_query_run(&q, err);
    }
    return status == CHIP_OK ? chip_job_status_event(call, id, result, err) : status;
}

enum chip_status chip_sqlite_redo_job(struct chip_call *call, json_t **result, struct chip_err *err)
{
    const char *id = chip_call_text(call, "id");
    json_t *job = NULL;
    enum chip_status status = chip_job_load(call, id, &job, err);
    if (status == CHIP_OK && !is_over(job))
        status =
            chip_fail(err, CHIP_E_CONFLICT, "job %s is %s: wait until it is over, or cancel it", id,
                      chip_job_text(job, "status"));
    json_decref(job);
    return status == CHIP_OK ? redo(call, id, result, err) : status;
}

enum chip_status chip_sqlite_rename_job(struct chip_call *call, json_t **result,
                                        struct chip_err *err)
{
    const char *id = chip_call_text(call, "id"), *title = chip_call_text(call, "title");
    enum chip_status status = chip_job_exists(call, id, err);
    if (status != CHIP_OK)
        return status;
    struct chip_query q = chip_query_begin(
        call->conn, "UPDATE processing_jobs SET title = $1, updated_at = $2 WHERE id = $3");
    chip_query_text(&q, title);
    chip_query_text(&q, call->now);
    chip_query_text(&q, id);
    status = chip_query_run(&q, err);
    if (status == CHIP_OK) {
        q = chip_query_begin(call->conn,
                             "UPDATE meeting_analysis SET title = $1 WHERE job_id = $2");
        chip_query_text(&q, title);
        chip_query_text(&q, id);
        status = chip_query_run(&q, err);
    }
    return status == CHIP_OK ? chip_job_load(call, id, result, err) : status;
}

enum chip_status chip_sqlite_delete_job(struct chip_call *call, json_t **result,
                                        struct chip_err *err)
{
    const char *id = chip_call_text(call, "id");
    enum chip_status status = chip_job_exists(call, id, err);
    if (status != CHIP_OK)
        return status;
    struct chip_query q = chip_query_begin(call->conn, "DELETE FROM processing_jobs WHERE id = $1");
    chip_query_text(&q, id);
    status = chip_query_run(&q, err);
    if (status == CHIP_OK && !(*result = json_pack("{s:b}", "deleted", 1)))
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for a job");
    return status;
}
