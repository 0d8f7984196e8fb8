#include "store/sqlite_call.h"

#include "store/functions.h"

#define COLUMNS                                                                                   \
    "job_id, user_id, version, title, language, model, duration_ms, n_speakers, transcript, "     \
    "speakers, metrics, summary, topics, decisions, action_items, minutes, receipt, created_at, " \
    "updated_at"

/* Each column keeps its value unless its first parameter is true. */
static const char update[] =
    "UPDATE meeting_analysis SET title = iif($1, $2, title), language = iif($3, $4, language), "
    "model = iif($5, $6, model), duration_ms = iif($7, $8, duration_ms), "
    "n_speakers = iif($9, $10, n_speakers), transcript = iif($11, $12, transcript), "
    "speakers = iif($13, $14, speakers), metrics = iif($15, $16, metrics), "
    "summary = iif($17, $18, summary), topics = iif($19, $20, topics), "
    "decisions = iif($21, $22, decisions), action_items = iif($23, $24, action_items), "
    "minutes = iif($25, $26, minutes), receipt = iif($27, $28, receipt), "
    "version = version + 1, updated_at = $29 WHERE job_id = $30";

/* @param keep columns that are not named stay as they are, else they become null */
static enum chip_status set_columns(struct chip_call *call, const char *job_id,
                                    const json_t *columns, bool keep, struct chip_err *err)
{
    struct chip_query q = chip_query_begin(call->conn, update);
    for (const struct chip_arg *column = chip_analysis_columns; column->name; column++) {
        const json_t *value = json_object_get(columns, column->name);
        chip_query_int(&q, !keep || value);
        if (column->kind == CHIP_ARG_ANY)
            chip_query_json(&q, value);
        else
            chip_query_value(&q, value);
    }
    chip_query_text(&q, call->now);
    chip_query_text(&q, job_id);
    return chip_query_run(&q, err);
}

enum chip_status chip_analysis_put(struct chip_call *call, const json_t *job, bool keep,
                                   struct chip_err *err)
{
    const char *id = chip_job_text(job, "id");
    struct chip_query q = chip_query_begin(
        call->conn, "INSERT INTO meeting_analysis (job_id, user_id, version, created_at, "
                    "updated_at) VALUES ($1, $2, 0, $3, $3) ON CONFLICT (job_id) DO NOTHING");
    chip_query_text(&q, id);
    chip_query_text(&q, chip_job_text(job, "user_id"));
    chip_query_text(&q, call->now);
    enum chip_status status = chip_query_run(&q, err);
    return status == CHIP_OK ? set_columns(call, id, chip_call_arg(call, "analysis"), keep, err)
                             : status;
}

enum chip_status chip_sqlite_get_analysis(struct chip_call *call, json_t **result,
                                          struct chip_err *err)
{
    const char *id = chip_call_text(call, "job_id");
    struct chip_query q = chip_query_begin(
        call->conn, "SELECT " COLUMNS
                    " FROM meeting_analysis WHERE job_id = $1 AND ($2 IS NULL OR user_id = $2)");
    chip_query_text(&q, id);
    chip_query_text(&q, call->user);
    enum chip_status status = chip_query_one(&q, result, err);
    if (status == CHIP_OK && !*result)
        return chip_fail(err, CHIP_E_NOT_FOUND, "there is no analysis of job %s", id);
    return status;
}

enum chip_status chip_sqlite_save_analysis(struct chip_call *call, json_t **result,
                                           struct chip_err *err)
{
    const char *id = chip_call_text(call, "job_id");
    json_int_t expected = json_integer_value(chip_call_arg(call, "version")), version = 0;
    struct chip_query q =
        chip_query_begin(call->conn, "SELECT version FROM meeting_analysis WHERE job_id = $1 "
                                     "AND ($2 IS NULL OR user_id = $2)");
    chip_query_text(&q, id);
    chip_query_text(&q, call->user);
    bool found = chip_query_next(&q);
    if (found)
        version = chip_query_column(&q, 0);
    enum chip_status status = chip_query_end(&q, err);
    if (status == CHIP_OK && !found)
        status = chip_fail(err, CHIP_E_NOT_FOUND, "there is no analysis of job %s", id);
    if (status == CHIP_OK && version != expected)
        status = chip_fail(err, CHIP_E_CONFLICT,
                           "somebody changed the analysis of job %s: it is at version %lld now", id,
                           (long long)version);
    if (status == CHIP_OK)
        status = set_columns(call, id, chip_call_arg(call, "changes"), true, err);
    return status == CHIP_OK ? chip_sqlite_get_analysis(call, result, err) : status;
}
