/**
 * One job in work, and its stages: each takes what the ones before have put here and adds its own.
 * pipeline.h runs them. One thread.
 */
#pragma once

#include <jansson.h>

#include "job/arrival.h"
#include "job/lease.h"
#include "job/request.h"
#include "job/worker.h"

struct chip_work {
    const struct chip_worker_settings *settings;
    const json_t *job; /* its row, when it was claimed */
    const char *id;
    struct chip_lease *lease;
    struct chip_job_request request;
    const struct chip_stage *stage; /* the present one */

    const json_t *before;         /* the earlier analysis, when a stage is done again; else NULL */
    const json_t *checkpoints;    /* as list_checkpoints gives them */
    char path[CHIP_UPLOAD_PATH];  /* of the recording, since `fetch`; "": it still comes */
    struct chip_arrival *arrival; /* through this; NULL: it is there */
    char title[256];              /* of the recording, when the job has none; "": not known */
    struct chip_transcript *transcript;
    json_t *metrics;    /* NULL: could not be measured */
    json_t *minutes;    /* NULL: none were written */
    json_t *warnings;   /* [{"code", "message"}] */
    int64_t started_ms; /* since 1970 */
    const char *code;   /* of the job's failure, where its status does not say enough; a constant */
    int percent;        /* told so far: it never falls */
    int64_t listened_ms;  /* chip_clock_ms() when recognition began; 0: none, or not all of it */
    int64_t recording_ms; /* how long it is; 0: not known yet */
    int32_t recorded_day; /* when it was made, days since 1970; -1: not known */
};

struct chip_stage {
    const char *name;
    int from, to; /* percent of the whole job */
    enum chip_status (*run)(struct chip_work *work, struct chip_err *err);
};

/**
 * Stages. @return CHIP_OK; CHIP_E_CANCELLED when the lease's cancel flag ended it; else the job's
 * failure.
 *
 *   fetch       the recording is on disk, or, where the job is eager, begins to come
 *   transcribe  words and speakers, from it or from checkpoints
 *   speakers    another number of speakers for the stored transcript
 *   recall      the stored transcript as it is
 *   metrics     how the conversation went
 *   minutes     what was decided: by a language model, or by the built-in analyst
 *   write       the result is in the store
 */
CHIP_MUST_CHECK
enum chip_status chip_stage_fetch(struct chip_work *work, struct chip_err *err);
CHIP_MUST_CHECK
enum chip_status chip_stage_transcribe(struct chip_work *work, struct chip_err *err);
CHIP_MUST_CHECK
enum chip_status chip_stage_speakers(struct chip_work *work, struct chip_err *err);
CHIP_MUST_CHECK
enum chip_status chip_stage_recall(struct chip_work *work, struct chip_err *err);
CHIP_MUST_CHECK
enum chip_status chip_stage_metrics(struct chip_work *work, struct chip_err *err);
CHIP_MUST_CHECK
enum chip_status chip_stage_minutes(struct chip_work *work, struct chip_err *err);
CHIP_MUST_CHECK
enum chip_status chip_stage_write(struct chip_work *work, struct chip_err *err);

/**
 * Says how far the present stage is.
 *
 * @param share of it that is done, 0..1
 * @param speed x real time, < 0: not known; and so the next
 */
void chip_work_tell(struct chip_work *work, double share, double speed, double eta_seconds);

/** Adds a warning to the result, and tells it at once. */
void chip_work_warn(struct chip_work *work, const char *code, const char *fmt, ...)
    CHIP_PRINTF(3, 4);

/**
 * Makes the job's upload, which is complete, its recording.
 *
 * @return CHIP_OK; as chip_recording_take()
 */
CHIP_MUST_CHECK
enum chip_status chip_work_take_upload(struct chip_work *work, struct chip_err *err);

/** Removes the job's upload, if it has one that was not taken. */
void chip_work_drop_upload(const struct chip_work *work);

/** Of the job's row; NULL when it is not there or no text. */
const char *chip_work_text(const struct chip_work *work, const char *column);

/** Is it this stage that is done again? */
bool chip_work_redoes(const struct chip_work *work, const char *stage);

/**
 * How the result came about: versions, hashes, options, times.
 *
 * @param earlier the receipt so far, when a stage is done again
 * @return NULL when out of memory
 */
json_t *chip_work_receipt(const struct chip_work *work, const json_t *earlier);

enum { CHIP_WORK_TIME = 40 };

/** "2026-11-24T12:00:00.123Z" */
void chip_work_time(int64_t ms, char text[CHIP_WORK_TIME]);

/** Milliseconds since 1970. */
int64_t chip_work_now_ms(void);
