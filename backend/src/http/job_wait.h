/**
 * A request that stays open until its job is over: POST /api/process?wait=true. So a queue that
 * pushes (Cloud Tasks, Pub/Sub) can drive the service: while the request is open there is CPU, and
 * an answer of 503 makes the queue send it again, which goes on with the same job.
 *
 * Belongs to one request, as its `state`. What is in front of us ends requests after some minutes;
 * before that, at app->wait_ms, work is put down (app->attend) and 503 is answered.
 */
#pragma once

#include "http/http.h"

/**
 * Reads ?wait=.
 *
 * @return false: it is neither true nor false, which has been answered
 */
bool chip_job_wait_asked(struct chip_request *req, bool *out);

/**
 * Begins to wait for a job that is in the queue; answers if it is over already.
 *
 * @param job its row
 */
void chip_job_wait_start(struct chip_request *req, const json_t *job);

/** The request was woken: answers, or goes on waiting. */
void chip_job_wait_go_on(struct chip_request *req);

/** The request is over; one that never waited is accepted. The job goes on, or waits for others. */
void chip_job_wait_done(struct chip_request *req);

/** {"success", "jobId", "status", "job"}: how a job is told; NULL: out of memory */
json_t *chip_job_wait_view(const json_t *row);
