/* Whose job is next, and jobs that nobody works on any more. */
#include <stdlib.h>

#include "base/uuid.h"
#include "store/sqlite_call.h"

#define MAY_RUN "due_at <= $1 AND (node IS NULL OR node = $2)"

/*
 * The next job: the highest priority that may run; of each person who has such jobs the oldest;
 * of those the one whose owner has least in work. Persons are found by leaps through the index
 * jobs_queue, so that it takes as long with 10 jobs each as with 10,000.
 */
static const char next_job[] =
    "WITH RECURSIVE "
    "top AS (SELECT priority FROM processing_jobs WHERE " MAY_RUN
    "        ORDER BY priority DESC LIMIT 1), "
    "person (owner) AS ("
    "  SELECT (SELECT owner FROM processing_jobs WHERE due_at IS NOT NULL "
    "          AND priority = (SELECT priority FROM top) ORDER BY owner LIMIT 1) "
    "  UNION ALL "
    "  SELECT (SELECT owner FROM processing_jobs j WHERE due_at IS NOT NULL "
    "          AND priority = (SELECT priority FROM top) AND j.owner > person.owner "
    "          ORDER BY owner LIMIT 1) FROM person WHERE person.owner IS NOT NULL), "
    "oldest AS ("
    "  SELECT person.owner, (SELECT j.rowid FROM processing_jobs j WHERE " MAY_RUN
    "          AND j.priority = (SELECT priority FROM top) AND j.owner = person.owner "
    "          ORDER BY j.created_at, j.rowid LIMIT 1) AS number "
    "  FROM person WHERE person.owner IS NOT NULL) "
    "SELECT j.id, j.status = 'processing' AND j.attempts >= j.max_attempts AS spent "
    "FROM oldest JOIN processing_jobs j ON j.rowid = oldest.number "
    "ORDER BY (SELECT count(*) FROM processing_jobs w WHERE w.status = 'processing' "
    "          AND w.owner = oldest.owner AND w.lease_expires_at > $1), "
    "         j.created_at, j.rowid LIMIT 1";

/* @param job NULL: none; "spent" says that it has no attempts left */
static enum chip_status find_next(struct chip_call *call, json_t **job, struct chip_err *err)
{
    struct chip_query q = chip_query_begin(call->conn, next_job);
    chip_query_text(&q, call->now);
    chip_query_text(&q, chip_call_text(call, "node"));
    return chip_query_one(&q, job, err);
}

static enum chip_status take(struct chip_call *call, const char *id, json_t **result,
                             struct chip_err *err)
{
    char token[CHIP_UUID_TEXT], expires[CHIP_TIME_TEXT];
    chip_uuid_make(token);
    chip_call_later(call, json_number_value(chip_call_arg(call, "lease_seconds")), expires);
    struct chip_query q = chip_query_begin(
        call->conn, "UPDATE processing_jobs SET status = 'processing', attempts = attempts + 1, "
                    "lease_token = $1, lease_expires_at = $2, worker = $3, "
                    "started_at = coalesce(started_at, $4) WHERE id = $5");
    chip_query_text(&q, token);
    chip_query_text(&q, expires);
    chip_query_text(&q, chip_call_text(call, "worker"));
    chip_query_text(&q, call->now);
    chip_query_text(&q, id);
    json_t *job = NULL;
    enum chip_status status = chip_query_run(&q, err);
    if (status == CHIP_OK)
        status = chip_job_status_event(call, id, &job, err);
    if (status == CHIP_OK &&
        json_object_set_new_nocheck(job, "lease_token", json_string_nocheck(token)) != 0) {
        json_decref(job);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a job");
    }
    if (status == CHIP_OK)
        *result = job;
    return status;
}

enum chip_status chip_sqlite_claim_job(struct chip_call *call, json_t **result,
                                       struct chip_err *err)
{
    for (;;) {
        json_t *next = NULL;
        enum chip_status status = find_next(call, &next, err);
        if (status != CHIP_OK)
            return status;
        if (!next) {
            *result = json_null();
            return CHIP_OK;
        }
        bool spent = json_integer_value(json_object_get(next, "spent"));
        const char *id = chip_job_text(next, "id");
        status = spent ? chip_job_lost(call, id, err) : take(call, id, result, err);
        json_decref(next);
        if (status != CHIP_OK || !spent)
            return status;
    }
}

static enum chip_status ids_of(struct chip_query *q, json_t **ids, struct chip_err *err)
{
    json_t *rows = NULL;
    enum chip_status status = chip_query_all(q, &rows, err);
    if (status != CHIP_OK)
        return status;
    json_t *list = json_array();
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (json_array_append(list, json_object_get(row, "id")) != 0)
            status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for a list of jobs");
    }
    json_decref(rows);
    if (status == CHIP_OK)
        *ids = list;
    else
        json_decref(list);
    return status;
}

static enum chip_status fail_spent(struct chip_call *call, json_t **ids, struct chip_err *err)
{
    struct chip_query q =
        chip_query_begin(call->conn, "SELECT id FROM processing_jobs WHERE status = 'processing' "
                                     "AND lease_expires_at <= $1 AND attempts >= max_attempts "
                                     "ORDER BY lease_expires_at LIMIT $2");
    chip_query_text(&q, call->now);
    chip_query_value(&q, chip_call_arg(call, "limit"));
    enum chip_status status = ids_of(&q, ids, err);
    for (size_t i = 0; status == CHIP_OK && i < json_array_size(*ids); i++)
        status = chip_job_lost(call, json_string_value(json_array_get(*ids, i)), err);
    return status;
}

static enum chip_status delete_old(struct chip_call *call, double days, json_t **ids,
                                   struct chip_err *err)
{
    char until[CHIP_TIME_TEXT];
    chip_call_later(call, -days * 24 * 3600, until);
    struct chip_query q =
        chip_query_begin(call->conn, "SELECT id FROM processing_jobs WHERE finished_at <= $1 "
                                     "ORDER BY finished_at LIMIT $2");
    chip_query_text(&q, until);
    chip_query_value(&q, chip_call_arg(call, "limit"));
    enum chip_status status = ids_of(&q, ids, err);
    for (size_t i = 0; status == CHIP_OK && i < json_array_size(*ids); i++) {
        q = chip_query_begin(call->conn, "DELETE FROM processing_jobs WHERE id = $1");
        chip_query_value(&q, json_array_get(*ids, i));
        status = chip_query_run(&q, err);
    }
    return status;
}

enum chip_status chip_sqlite_expire_jobs(struct chip_call *call, json_t **result,
                                         struct chip_err *err)
{
    double days = json_number_value(chip_call_arg(call, "retain_days"));
    json_t *failed = NULL, *deleted = NULL;
    enum chip_status status = fail_spent(call, &failed, err);
    if (status == CHIP_OK && days > 0)
        status = delete_old(call, days, &deleted, err);
    if (status == CHIP_OK && !deleted)
        deleted = json_array();
    if (status == CHIP_OK) {
        *result =
            json_pack("{s:i, s:O}", "failed", (int)json_array_size(failed), "deleted", deleted);
        if (!*result)
            status = chip_fail(err, CHIP_E_NOMEM, "not enough memory for a list of jobs");
    }
    json_decref(failed);
    json_decref(deleted);
    return status;
}

enum chip_status chip_sqlite_queue_stats(struct chip_call *call, json_t **result,
                                         struct chip_err *err)
{
    struct chip_query q = chip_query_begin(
        call->conn,
        "SELECT coalesce(sum(status = 'pending'), 0) AS pending, "
        "coalesce(sum(status = 'processing'), 0) AS processing, "
        "coalesce(sum(status = 'completed'), 0) AS completed, "
        "coalesce(sum(status = 'failed'), 0) AS failed, "
        "coalesce(sum(status = 'cancelled'), 0) AS cancelled, "
        "coalesce(max(0, unixepoch($1) - unixepoch(min(iif(status = 'pending' AND "
        "run_after <= $1, run_after, NULL)))), 0) AS oldest_pending_seconds, "
        "coalesce(sum(status = 'pending' AND run_after > $1), 0) AS retries_waiting, "
        "(SELECT count(*) FROM webhook_deliveries WHERE status = 'pending') AS deliveries_pending "
        "FROM processing_jobs");
    chip_query_text(&q, call->now);
    return chip_query_one(&q, result, err);
}
