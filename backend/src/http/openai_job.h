/**
 * A transcription between request and answer: the form arrives, a job is made of it, events of the
 * job come, its result is the answer. Belongs to one request, like its `state`.
 */
#pragma once

#include "base/str.h"
#include "http/http.h"
#include "http/openai_request.h"
#include "http/watch.h"

struct chip_openai_call {
    struct chip_form *form;
    struct chip_openai_request ask;
    char job_id[CHIP_UUID_TEXT]; /* "" before there is one */
    struct chip_watcher *watcher;
    bool ended; /* the job is over, or gone */

    /* The stream: what waits to be sent, and what was heard so far. */
    struct chip_str out;
    size_t n_sent;
    int64_t seq, last_ms;           /* last event; when something was last sent */
    int64_t heard_start, heard_end; /* of the last segment whose text was sent */
    struct chip_str text;           /* all deltas */
    bool closing;                   /* nothing follows after `out` */
};

/**
 * Makes the job of a finished form, with the same queue as everybody's, a little before others.
 *
 * @param wake called when it has news
 * @return false: the request was answered
 */
bool chip_openai_start(struct chip_request *req, struct chip_openai_call *speech);

/**
 * The transcript of a completed job.
 *
 * @param out free it with chip_transcript_free()
 */
CHIP_MUST_CHECK
enum chip_status chip_openai_result(struct chip_request *req, const struct chip_openai_call *speech,
                                    struct chip_transcript **out, struct chip_err *err);

/**
 * The request is over: cancels the job if it still runs, removes it and its recording unless they
 * are to be kept, frees all.
 */
void chip_openai_done(struct chip_request *req, struct chip_openai_call *speech);

/** What a stream (chip_reply_stream) sends next: openai_stream.c. */
ssize_t chip_openai_pull(struct chip_request *req, char *buf, size_t max);
