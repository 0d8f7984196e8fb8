/** The SQLite driver's functions and what they share: each runs inside one transaction. */
#pragma once

#include "store/sqlite_query.h"

enum { CHIP_TIME_TEXT = 25 }; /* "2026-11-24T12:00:00.123Z" and its NUL */

/** One call under way. */
struct chip_call {
    struct chip_conn *conn;
    const char *user; /* only rows of theirs; NULL: all */
    const json_t *args;
    int64_t now_ms; /* since 1970 */
    char now[CHIP_TIME_TEXT];
};

typedef enum chip_status chip_sqlite_fn(struct chip_call *call, json_t **result,
                                        struct chip_err *err);

/** Columns of a job row, as callers get it. */
#define CHIP_JOB_COLUMNS                                                                          \
    "id, user_id, status, stage, progress, speed, eta_seconds, duration_ms, priority, attempts, " \
    "max_attempts, title, source, options, callback_url, error, warnings, redo, seq, "            \
    "lease_expires_at, worker, run_after, created_at, updated_at, started_at, finished_at"

/** An argument; never NULL. */
json_t *chip_call_arg(const struct chip_call *call, const char *name);
/** Text of an argument, NULL for null. */
const char *chip_call_text(const struct chip_call *call, const char *name);
/** The time `seconds` after (or, negative, before) now. */
void chip_call_later(const struct chip_call *call, double seconds, char text[CHIP_TIME_TEXT]);
/** Sets `now`. */
void chip_call_start(struct chip_call *call);

/** Reads the job `id` if the caller may see it. @return CHIP_E_NOT_FOUND if not */
CHIP_MUST_CHECK
enum chip_status chip_job_load(struct chip_call *call, const char *id, json_t **job,
                               struct chip_err *err);
/** As above with its lease_token. CHIP_E_CONFLICT unless it is in work under the call's token. */
CHIP_MUST_CHECK
enum chip_status chip_job_load_leased(struct chip_call *call, json_t **job, struct chip_err *err);
/** Only whether it is there for the caller. */
CHIP_MUST_CHECK
enum chip_status chip_job_exists(struct chip_call *call, const char *id, struct chip_err *err);

/** A member's text, NULL for null. */
const char *chip_job_text(const json_t *job, const char *name);
double chip_job_number(const json_t *job, const char *name);

/** Appends an event and takes the reference of `data`; NULL is a failed json_pack. */
CHIP_MUST_CHECK
enum chip_status chip_job_event(struct chip_call *call, const char *id, const char *kind,
                                json_t *data, struct chip_err *err);
/** The event `status` of a job that is read anew into *job. */
CHIP_MUST_CHECK
enum chip_status chip_job_status_event(struct chip_call *call, const char *id, json_t **job,
                                       struct chip_err *err);
/**
 * Ends a job as `failed`: error, event, webhook delivery.
 *
 * @param error borrowed
 */
CHIP_MUST_CHECK
enum chip_status chip_job_end_failed(struct chip_call *call, const char *id, const json_t *error,
                                     struct chip_err *err);
/** `failed` with code worker_lost, for a lease that ended with no attempts left. */
CHIP_MUST_CHECK
enum chip_status chip_job_lost(struct chip_call *call, const char *id, struct chip_err *err);
/** Queues a webhook of `type` for a job, if it has a callback_url. */
CHIP_MUST_CHECK
enum chip_status chip_delivery_add(struct chip_call *call, const char *id, const char *type,
                                   struct chip_err *err);
/** Writes what complete_job was given. @param keep columns that are not named stay */
CHIP_MUST_CHECK
enum chip_status chip_analysis_put(struct chip_call *call, const json_t *job, bool keep,
                                   struct chip_err *err);

chip_sqlite_fn chip_sqlite_enqueue_job, chip_sqlite_get_job, chip_sqlite_list_jobs,
    chip_sqlite_cancel_job, chip_sqlite_redo_job, chip_sqlite_rename_job, chip_sqlite_delete_job;
chip_sqlite_fn chip_sqlite_claim_job, chip_sqlite_expire_jobs, chip_sqlite_queue_stats;
chip_sqlite_fn chip_sqlite_heartbeat_job, chip_sqlite_checkpoint_job, chip_sqlite_list_checkpoints,
    chip_sqlite_complete_job, chip_sqlite_fail_job, chip_sqlite_release_job;
chip_sqlite_fn chip_sqlite_get_analysis, chip_sqlite_save_analysis, chip_sqlite_search_meetings;
chip_sqlite_fn chip_sqlite_put_waveform, chip_sqlite_get_waveform;
chip_sqlite_fn chip_sqlite_list_events, chip_sqlite_list_deliveries, chip_sqlite_claim_deliveries,
    chip_sqlite_finish_delivery, chip_sqlite_add_audit, chip_sqlite_list_audit;
