/* What happened: events of a job, and the audit log. */
#include "store/functions.h"
#include "store/sqlite_call.h"

enum chip_status chip_sqlite_list_events(struct chip_call *call, json_t **result,
                                         struct chip_err *err)
{
    const char *id = chip_call_text(call, "job_id");
    enum chip_status status = chip_job_exists(call, id, err);
    if (status != CHIP_OK)
        return status;
    struct chip_query q =
        chip_query_begin(call->conn, "SELECT seq, kind, data, created_at FROM job_events "
                                     "WHERE job_id = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    chip_query_text(&q, id);
    chip_query_value(&q, chip_call_arg(call, "after"));
    chip_query_value(&q, chip_call_arg(call, "limit"));
    return chip_query_all(&q, result, err);
}

enum chip_status chip_sqlite_add_audit(struct chip_call *call, json_t **result,
                                       struct chip_err *err)
{
    const json_t *entries = chip_call_arg(call, "entries");
    enum chip_status status = CHIP_OK;
    for (size_t i = 0; status == CHIP_OK && i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        struct chip_query q = chip_query_begin(
            call->conn, "INSERT INTO audit_log (at, user_id, actor, action, job_id, address, "
                        "request_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
        chip_query_text(&q, call->now);
        for (const struct chip_arg *column = chip_audit_columns; column->name; column++)
            chip_query_value(&q, json_object_get(entry, column->name));
        status = chip_query_run(&q, err);
    }
    *result = json_null();
    return status;
}

#define AUDIT_COLUMNS "id, at, user_id, actor, action, job_id, address, request_id, detail"

enum chip_status chip_sqlite_list_audit(struct chip_call *call, json_t **result,
                                        struct chip_err *err)
{
    const char *job_id = chip_call_text(call, "job_id");
    struct chip_query q =
        job_id ? chip_query_begin(call->conn,
                                  "SELECT " AUDIT_COLUMNS " FROM audit_log WHERE job_id = $1 "
                                  "AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3")
               : chip_query_begin(call->conn,
                                  "SELECT " AUDIT_COLUMNS " FROM audit_log "
                                  "WHERE ($1 IS NULL OR id < $1) ORDER BY id DESC LIMIT $2");
    if (job_id)
        chip_query_text(&q, job_id);
    chip_query_value(&q, chip_call_arg(call, "before"));
    chip_query_value(&q, chip_call_arg(call, "limit"));
    return chip_query_all(&q, result, err);
}
