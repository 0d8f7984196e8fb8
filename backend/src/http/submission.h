/**
 * A job as a client hands it in: the body of POST /api/process, checked and made into arguments for
 * the store.
 */
#pragma once

#include "base/uuid.h"
#include "http/http.h"

struct chip_submission {
    char id[CHIP_UUID_TEXT];        /* the job's; made when the client gave none */
    char upload_id[CHIP_UUID_TEXT]; /* "": it is fetched from an address */
    bool eager;                     /* may begin while the upload arrives */
    json_t *args;                   /* of enqueue_job; owned */
};

void chip_submission_done(struct chip_submission *s);

/** The members of a job. */
#define CHIP_SUBMISSION "jobId fileUrl uploadId userId title options callbackUrl priority"

/**
 * Reads one.
 *
 * @param job   the client's object
 * @param where "" or "jobs[3]."
 * @param index among the jobs of one call; part of what an Idempotency-Key stands for
 * @param out   chip_submission_done() it, also on failure
 * @return CHIP_OK; CHIP_E_INVAL with the place of what makes no sense; CHIP_E_DENIED for what this
 *         caller may not do, and for addresses that lead where they must not; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_submission_read(struct chip_request *req, const json_t *job,
                                      const char *where, size_t index, struct chip_submission *out,
                                      struct chip_err *err);

/**
 * Puts it into the queue. Handing the same in again changes nothing.
 *
 * @param job the job's row; a new reference
 * @return CHIP_OK; CHIP_E_CONFLICT when the id or the upload is another job's; CHIP_E_NOT_FOUND
 *         for an upload that is not there; what the store returns
 */
CHIP_MUST_CHECK
enum chip_status chip_submission_enqueue(struct chip_request *req, struct chip_submission *s,
                                         json_t **job, struct chip_err *err);
