#include "store/sqlite_call.h"

enum chip_status chip_sqlite_put_waveform(struct chip_call *call, json_t **result,
                                          struct chip_err *err)
{
    json_t *job = NULL;
    enum chip_status status = chip_job_load_leased(call, &job, err);
    json_decref(job);
    if (status != CHIP_OK)
        return status;
    struct chip_query q = chip_query_begin(
        call->conn, "INSERT INTO job_waveforms (job_id, data, created_at) VALUES ($1, $2, $3) "
                    "ON CONFLICT (job_id) DO UPDATE SET data = excluded.data, "
                    "created_at = excluded.created_at");
    chip_query_text(&q, chip_call_text(call, "id"));
    chip_query_json(&q, chip_call_arg(call, "data"));
    chip_query_text(&q, call->now);
    *result = json_null();
    return chip_query_run(&q, err);
}

enum chip_status chip_sqlite_get_waveform(struct chip_call *call, json_t **result,
                                          struct chip_err *err)
{
    const char *id = chip_call_text(call, "job_id");
    json_t *row = NULL;
    enum chip_status status = chip_job_exists(call, id, err);
    if (status != CHIP_OK)
        return status;
    struct chip_query q =
        chip_query_begin(call->conn, "SELECT data FROM job_waveforms WHERE job_id = $1");
    chip_query_text(&q, id);
    status = chip_query_one(&q, &row, err);
    if (status == CHIP_OK && !row)
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no waveform of job %s", id);
    if (status == CHIP_OK)
        *result = json_incref(json_object_get(row, "data"));
    json_decref(row);
    return status;
}
