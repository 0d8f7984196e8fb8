#include "job/pipeline.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/failure.h"
#include "job/link.h"
#include "job/note.h"
#include "job/work.h"
#include "meeting/transcript.h"
#include "net/fetch.h"
#include "store/recordings.h"

/* ---- plans --------------------------------------------------------------------------------------
 * By what is to be done again: NULL is all. Where speakers change, so do minutes, which name them.
 */

#define END_OF_PLAN          \
    {                        \
        NULL, 100, 100, NULL \
    }

static const struct chip_stage whole[] = {
    {"fetch", 0, 5, chip_stage_fetch},       {"transcribe", 5, 90, chip_stage_transcribe},
    {"metrics", 90, 92, chip_stage_metrics}, {"minutes", 92, 98, chip_stage_minutes},
    {"write", 98, 100, chip_stage_write},    END_OF_PLAN,
};
static const struct chip_stage speakers_again[] = {
    {"speakers", 0, 50, chip_stage_speakers},
    {"metrics", 50, 60, chip_stage_metrics},
    {"minutes", 60, 95, chip_stage_minutes},
    {"write", 95, 100, chip_stage_write},
    END_OF_PLAN,
};
static const struct chip_stage metrics_again[] = {
    {"recall", 0, 50, chip_stage_recall},
    {"metrics", 50, 95, chip_stage_metrics},
    {"write", 95, 100, chip_stage_write},
    END_OF_PLAN,
};
static const struct chip_stage minutes_again[] = {
    {"recall", 0, 5, chip_stage_recall},
    {"minutes", 5, 95, chip_stage_minutes},
    {"write", 95, 100, chip_stage_write},
    END_OF_PLAN,
};

static enum chip_status choose_plan(const struct chip_work *work, const struct chip_stage **plan,
                                    struct chip_err *err)
{
    const char *redo = chip_work_text(work, "redo");
    if (!redo || strcmp(redo, "fetch") == 0 || strcmp(redo, "transcribe") == 0)
        *plan = whole;
    else if (strcmp(redo, "speakers") == 0)
        *plan = speakers_again;
    else if (strcmp(redo, "metrics") == 0)
        *plan = metrics_again;
    else if (strcmp(redo, "minutes") == 0)
        *plan = minutes_again;
    else
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "stage '%s' cannot be done again; 'transcribe', 'speakers', 'metrics' and "
                         "'minutes' can",
                         redo);
    return CHIP_OK;
}

/* ---- running ---- */

static void report_stage(const struct chip_work *work, int64_t started_ms)
{
    struct chip_link_message m = {.kind = CHIP_LINK_STAGE,
                                  .ms = chip_clock_ms() - started_ms,
                                  .recording_ms = work->recording_ms};
    snprintf(m.job, sizeof m.job, "%s", work->id);
    snprintf(m.text, sizeof m.text, "%s", work->stage->name);
    chip_link_send(work->settings->child_fd, &m);
}

static enum chip_status run_stages(struct chip_work *work, struct chip_err *err)
{
    const struct chip_stage *plan = NULL;
    enum chip_status s =
        chip_job_request_read(json_object_get(work->job, "options"), &work->request, err);
    if (s == CHIP_OK)
        s = choose_plan(work, &plan, err);
    for (const struct chip_stage *stage = plan; s == CHIP_OK && stage->run; stage++) {
        int64_t started_ms = chip_clock_ms();
        work->stage = stage;
        /* What comes after the words takes no time worth telling. */
        chip_work_tell(work, 0.0, -1.0, work->transcript ? 0.0 : -1.0);
        if (*chip_lease_cancel(work->lease))
            return chip_fail(err, CHIP_E_CANCELLED, "interrupted");
        s = stage->run(work, err);
        if (s == CHIP_OK)
            report_stage(work, started_ms);
    }
    return s;
}

/* ---- ends ---- */

static json_t *field(const struct chip_work *work)
{
    return json_pack("{s:s}", "job", work->id);
}

static void forget_fetch(const struct chip_work *work)
{
    char path[CHIP_UPLOAD_PATH];
    if (chip_recording_path(work->settings->data_dir, work->id, path, NULL) == CHIP_OK)
        chip_fetch_forget(path);
}

/* Nobody wants the recording of a job that was deleted, nor half of one that was cancelled. Where
 * another worker has the job now, it has the files too. */
static void leave(struct chip_work *work)
{
    json_t *job;
    enum chip_status s = chip_store_call(work->settings->store, NULL, "get_job",
                                         json_pack("{s:s}", "id", work->id), &job, NULL);
    if (s == CHIP_E_NOT_FOUND)
        chip_work_drop_upload(work);
    if (s == CHIP_E_NOT_FOUND &&
        chip_recording_remove(work->settings->data_dir, work->id, NULL) == CHIP_OK)
        chip_log(CHIP_LOG_NOTICE, field(work), "the job was deleted; its recording is gone too");
    if (s != CHIP_OK)
        return;
    const char *status = json_string_value(json_object_get(job, "status"));
    if (status && strcmp(status, "cancelled") == 0)
        forget_fetch(work);
    json_decref(job);
}

static enum chip_job_end release(struct chip_work *work)
{
    struct chip_err err;
    enum chip_status s = chip_lease_flush(work->lease, &err);
    if (s == CHIP_OK)
        s = chip_lease_end(work->lease, "release_job", json_object(), NULL, &err);
    if (s != CHIP_OK) {
        chip_log(CHIP_LOG_WARNING, field(work), "the job could not be released: %s", err.message);
        return CHIP_JOB_LEFT;
    }
    chip_log(CHIP_LOG_NOTICE, field(work), "put down, since the worker is to stop");
    return CHIP_JOB_RELEASED;
}

static const char *stage_of(const struct chip_work *work)
{
    return work->stage ? work->stage->name : "fetch";
}

/* The arguments of fail_job; NULL when out of memory. */
static json_t *failure_args(const struct chip_work *work, const struct chip_err *why)
{
    json_t *error = chip_failure_json(stage_of(work), why);
    if (work->code)
        json_object_set_new(error, "code", json_string(work->code));
    json_t *args = json_pack("{s:o}", "error", error);
    int attempts = (int)json_integer_value(json_object_get(work->job, "attempts"));
    if (args && chip_failure_retryable(why->code))
        json_object_set_new(args, "retry_seconds",
                            json_real(chip_failure_wait(attempts, (unsigned)chip_clock_ns())));
    return args;
}

/* @return whether it was written; `again`: it will be tried again */
static bool write_failure(struct chip_work *work, const struct chip_err *why, bool *again,
                          struct chip_err *err)
{
    json_t *job, *args = failure_args(work, why);
    enum chip_status s = chip_lease_flush(work->lease, err);
    if (s != CHIP_OK && s != CHIP_E_UNAVAILABLE) {
        json_decref(args);
        return false;
    }
    if (chip_lease_end(work->lease, "fail_job", args, &job, err) != CHIP_OK)
        return false;
    const char *status = json_string_value(json_object_get(job, "status"));
    *again = status && strcmp(status, "failed") != 0;
    json_decref(job);
    return true;
}

static enum chip_job_end fail(struct chip_work *work, const struct chip_err *why)
{
    struct chip_err err;
    bool again = false;
    if (!write_failure(work, why, &again, &err)) {
        chip_log(CHIP_LOG_WARNING, field(work), "failed in '%s': %s; that could not be written: %s",
                 stage_of(work), why->message, err.message);
        return CHIP_JOB_LEFT;
    }
    if (!again)
        forget_fetch(work);
    chip_log(CHIP_LOG_WARNING, field(work), "failed in '%s': %s%s", stage_of(work), why->message,
             again ? "; it is tried again later" : "");
    return CHIP_JOB_FAILED;
}

static void say_stalled(struct chip_work *work, struct chip_err *why)
{
    work->code = "stalled";
    (void)!chip_fail(why, CHIP_E_UNAVAILABLE,
                     "the speech engine has shown no sign of life for %d seconds",
                     work->settings->stall_seconds);
}

/* Called while the engine does not come back: this process is of no use any more, and the next one
 * does better. */
static void hung(void *user)
{
    struct chip_work *work = user;
    struct chip_err why;
    say_stalled(work, &why);
    json_t *args = failure_args(work, &why);
    json_object_set(args, "id", json_object_get(work->job, "id"));
    json_object_set(args, "lease_token", json_object_get(work->job, "lease_token"));
    if (chip_store_call(work->settings->store, NULL, "fail_job", args, NULL, NULL) != CHIP_OK)
        chip_log(CHIP_LOG_WARNING, field(work), "its failure could not be written");
    chip_log(CHIP_LOG_ERROR, field(work), "%s, and cannot be stopped: the worker ends itself",
             why.message);
    _exit(CHIP_WORKER_HUNG);
}

static enum chip_job_end end(struct chip_work *work, enum chip_status s, const struct chip_err *err)
{
    if (s == CHIP_OK) {
        chip_log(CHIP_LOG_INFO, field(work), "completed");
        return CHIP_JOB_COMPLETED;
    }
    switch (chip_lease_state(work->lease)) {
    case CHIP_LEASE_LOST:
        leave(work);
        return CHIP_JOB_LEFT;
    case CHIP_LEASE_STOPPING:
        if (s == CHIP_E_CANCELLED)
            return release(work);
        break;
    case CHIP_LEASE_STALLED:
        if (s == CHIP_E_CANCELLED) {
            struct chip_err why;
            say_stalled(work, &why);
            return fail(work, &why);
        }
        break;
    case CHIP_LEASE_HELD:
        break;
    }
    return fail(work, err);
}

/* ---- the whole ---- */

static enum chip_status read_past(struct chip_work *work, json_t **checkpoints, json_t **before,
                                  struct chip_err *err)
{
    struct chip_store *store = work->settings->store;
    enum chip_status s = chip_store_call(store, NULL, "list_checkpoints",
                                         json_pack("{s:s}", "id", work->id), checkpoints, err);
    work->checkpoints = *checkpoints;
    if (s != CHIP_OK || !chip_work_text(work, "redo"))
        return s;
    s = chip_store_call(store, NULL, "get_analysis", json_pack("{s:s}", "job_id", work->id), before,
                        err);
    work->before = *before;
    return s == CHIP_E_NOT_FOUND ? CHIP_OK : s;
}

static enum chip_job_end do_job(struct chip_work *work)
{
    json_t *checkpoints = NULL, *before = NULL;
    struct chip_err err;
    work->warnings = json_array();
    enum chip_status s = read_past(work, &checkpoints, &before, &err);
    if (s == CHIP_OK)
        s = run_stages(work, &err);
    enum chip_job_end how = end(work, s, &err);
    chip_arrival_free(work->arrival);
    chip_transcript_free(work->transcript);
    json_decref(work->metrics);
    json_decref(work->minutes);
    json_decref(work->warnings);
    json_decref(checkpoints);
    json_decref(before);
    return how;
}

enum chip_job_end chip_pipeline_run(const struct chip_worker_settings *settings, const json_t *job,
                                    const volatile bool *stop)
{
    struct chip_work work = {.settings = settings,
                             .job = job,
                             .id = json_string_value(json_object_get(job, "id")),
                             .started_ms = chip_work_now_ms(),
                             .recorded_day = -1};
    const struct chip_lease_settings lease = {
        .store = settings->store,
        .job_id = work.id,
        .token = json_string_value(json_object_get(job, "lease_token")),
        .seconds = settings->lease_seconds,
        .patience_seconds = settings->patience_seconds,
        .stop = stop,
        .hung = hung,
        .user = &work,
    };
    struct chip_note note;
    struct chip_err err;
    chip_note_write(&note, settings->data_dir, work.id, lease.token);
    enum chip_job_end how = CHIP_JOB_LEFT;
    if (chip_lease_start(&work.lease, &lease, &err) == CHIP_OK) {
        how = do_job(&work);
        chip_lease_free(work.lease);
    } else {
        chip_log(CHIP_LOG_ERROR, field(&work), "%s; left until its lease ends", err.message);
    }
    chip_note_remove(&note);
    return how;
}
