/* Webhooks that are to be sent, and what came of it. */
#include <string.h>

#include "base/uuid.h"
#include "store/sqlite_call.h"

#define COLUMNS                                                                            \
    "id, job_id, url, event, payload, status, attempts, http_status, error, next_try_at, " \
    "lease_expires_at, tries, created_at, delivered_at"

static json_t *payload(const struct chip_call *call, const json_t *job, const char *type)
{
    static const char *const members[] = {"status",      "title",       "error",
                                          "duration_ms", "finished_at", "warnings"};
    json_t *data = json_pack("{s:O}", "job_id", json_object_get(job, "id"));
    for (size_t i = 0; data && i < sizeof members / sizeof *members; i++)
        json_object_set(data, members[i], json_object_get(job, members[i]));
    return json_pack("{s:s, s:s, s:o}", "type", type, "timestamp", call->now, "data", data);
}

static enum chip_status insert(struct chip_call *call, const json_t *job, const char *type,
                               struct chip_err *err)
{
    json_t *body = payload(call, job, type);
    if (!body)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a webhook");
    char id[CHIP_UUID_TEXT];
    chip_uuid_make(id);
    struct chip_query q = chip_query_begin(
        call->conn, "INSERT INTO webhook_deliveries (id, job_id, url, event, payload, next_try_at, "
                    "created_at) VALUES ($1, $2, $3, $4, $5, $6, $6)");
    chip_query_text(&q, id);
    chip_query_text(&q, chip_job_text(job, "id"));
    chip_query_text(&q, chip_job_text(job, "callback_url"));
    chip_query_text(&q, type);
    chip_query_json(&q, body);
    chip_query_text(&q, call->now);
    enum chip_status status = chip_query_run(&q, err);
    json_decref(body);
    return status;
}

enum chip_status chip_delivery_add(struct chip_call *call, const char *id, const char *type,
                                   struct chip_err *err)
{
    json_t *job = NULL;
    enum chip_status status = chip_job_load(call, id, &job, err);
    if (status == CHIP_OK && chip_job_text(job, "callback_url"))
        status = insert(call, job, type, err);
    json_decref(job);
    return status;
}

enum chip_status chip_sqlite_list_deliveries(struct chip_call *call, json_t **result,
                                             struct chip_err *err)
{
    const char *id = chip_call_text(call, "job_id");
    enum chip_status status = chip_job_exists(call, id, err);
    if (status != CHIP_OK)
        return status;
    struct chip_query q = chip_query_begin(
        call->conn,
        "SELECT " COLUMNS " FROM webhook_deliveries WHERE job_id = $1 ORDER BY created_at, rowid");
    chip_query_text(&q, id);
    return chip_query_all(&q, result, err);
}

static enum chip_status lease(struct chip_call *call, json_t *row, const char *until,
                              struct chip_err *err)
{
    struct chip_query q = chip_query_begin(
        call->conn, "UPDATE webhook_deliveries SET lease_expires_at = $1 WHERE id = $2");
    chip_query_text(&q, until);
    chip_query_text(&q, chip_job_text(row, "id"));
    enum chip_status status = chip_query_run(&q, err);
    if (status == CHIP_OK &&
        json_object_set_new_nocheck(row, "lease_expires_at", json_string_nocheck(until)) != 0)
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for a webhook");
    return status;
}

enum chip_status chip_sqlite_claim_deliveries(struct chip_call *call, json_t **result,
                                              struct chip_err *err)
{
    char until[CHIP_TIME_TEXT];
    chip_call_later(call, json_number_value(chip_call_arg(call, "lease_seconds")), until);
    struct chip_query q = chip_query_begin(
        call->conn,
        "SELECT " COLUMNS " FROM webhook_deliveries WHERE status = 'pending' "
        "AND next_try_at <= $1 AND (lease_expires_at IS NULL OR lease_expires_at <= $1) "
        "ORDER BY next_try_at, rowid LIMIT $2");
    chip_query_text(&q, call->now);
    chip_query_value(&q, chip_call_arg(call, "limit"));
    json_t *rows = NULL;
    enum chip_status status = chip_query_all(&q, &rows, err);
    for (size_t i = 0; status == CHIP_OK && i < json_array_size(rows); i++)
        status = lease(call, json_array_get(rows, i), until, err);
    if (status == CHIP_OK)
        *result = rows;
    else
        json_decref(rows);
    return status;
}

static enum chip_status load(struct chip_call *call, json_t **row, struct chip_err *err)
{
    const char *id = chip_call_text(call, "id");
    struct chip_query q =
        chip_query_begin(call->conn, "SELECT " COLUMNS " FROM webhook_deliveries WHERE id = $1");
    chip_query_text(&q, id);
    enum chip_status status = chip_query_one(&q, row, err);
    if (status == CHIP_OK && !*row)
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no webhook delivery %s", id);
    return status;
}

static enum chip_status finish(struct chip_call *call, json_t *tries, struct chip_err *err)
{
    bool ok = json_is_true(chip_call_arg(call, "ok"));
    const json_t *retry = chip_call_arg(call, "retry_seconds");
    char again[CHIP_TIME_TEXT];
    bool more = !ok && !json_is_null(retry);
    chip_call_later(call, json_number_value(retry), again);

    json_t *one = json_pack("{s:s, s:O, s:O, s:O}", "at", call->now, "http_status",
                            chip_call_arg(call, "http_status"), "error",
                            chip_call_arg(call, "error"), "ms", chip_call_arg(call, "ms"));
    if (json_array_append_new(tries, one) != 0)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a webhook");
    struct chip_query q = chip_query_begin(
        call->conn,
        "UPDATE webhook_deliveries SET status = $1, attempts = attempts + 1, http_status = $2, "
        "error = $3, tries = $4, next_try_at = $5, delivered_at = $6, lease_expires_at = NULL "
        "WHERE id = $7");
    chip_query_text(&q, ok ? "delivered" : more ? "pending" : "failed");
    chip_query_value(&q, chip_call_arg(call, "http_status"));
    chip_query_value(&q, chip_call_arg(call, "error"));
    chip_query_json(&q, tries);
    chip_query_text(&q, more ? again : NULL);
    chip_query_text(&q, ok ? call->now : NULL);
    chip_query_text(&q, chip_call_text(call, "id"));
    return chip_query_run(&q, err);
}

enum chip_status chip_sqlite_finish_delivery(struct chip_call *call, json_t **result,
                                             struct chip_err *err)
{
    json_t *row = NULL;
    enum chip_status status = load(call, &row, err);
    if (status != CHIP_OK)
        return status;
    if (!chip_job_text(row, "lease_expires_at")) { /* finished before, and told again */
        *result = row;
        return CHIP_OK;
    }
    status = finish(call, json_object_get(row, "tries"), err);
    json_decref(row);
    return status == CHIP_OK ? load(call, result, err) : status;
}
