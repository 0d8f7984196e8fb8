/* A transcription as server-sent events: text as it is heard, the whole at the end. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/app.h"
#include "http/openai_answer.h"
#include "http/openai_job.h"

enum { PING_MS = 14000 };

/* Takes the reference of `data`. */
static void add_event(struct chip_openai_call *speech, const char *kind, json_t *data)
{
    char *text = data ? json_dumps(data, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(data);
    if (kind)
        chip_str_addf(&speech->out, "event: %s\n", kind);
    if (text)
        chip_str_addf(&speech->out, "data: %s\n\n", text);
    else
        speech->out.failed = true;
    free(text);
}

static void add_delta(struct chip_openai_call *speech, const char *delta)
{
    if (!delta[0])
        return;
    chip_str_add(&speech->text, delta);
    add_event(speech, NULL,
              json_pack("{s:s, s:s}", "type", "transcript.text.delta", "delta", delta));
}

/* The error takes the place of the last event. Takes its reference. */
static void add_error(struct chip_openai_call *speech, json_t *error)
{
    add_event(speech, "error", json_pack("{s:o}", "error", error));
    speech->closing = true;
}

static void add_failure(struct chip_openai_call *speech, const char *code, const char *message)
{
    add_error(speech, json_pack("{s:s, s:s, s:n, s:s}", "message", message, "type", "server_error",
                                "param", "code", code));
}

/* ---- events of the job ---- */

/* A job that is tried again may say a segment again: each goes out once, in order. */
static bool is_new(struct chip_openai_call *speech, const json_t *segment)
{
    int64_t start = json_integer_value(json_object_get(segment, "start_ms"));
    int64_t end = json_integer_value(json_object_get(segment, "end_ms"));
    if (speech->text.len &&
        (start < speech->heard_start || (start == speech->heard_start && end <= speech->heard_end)))
        return false;
    speech->heard_start = start;
    speech->heard_end = end;
    return true;
}

static void on_segments(struct chip_openai_call *speech, const json_t *data)
{
    size_t i;
    json_t *segment;
    json_array_foreach(json_object_get(data, "segments"), i, segment)
    {
        const char *text = json_string_value(json_object_get(segment, "text"));
        if (!text || !text[0])
            continue;
        bool first = speech->text.len == 0;
        if (!is_new(speech, segment))
            continue;
        struct chip_str delta = {0};
        chip_str_addf(&delta, "%s%s", first ? "" : " ", text);
        add_delta(speech, delta.data ? delta.data : "");
        chip_str_done(&delta);
    }
}

/* What the result has and the deltas have not; both are the same words, as a rule. */
static void complete_deltas(struct chip_openai_call *speech, const char *whole)
{
    if (strncmp(whole, speech->text.data ? speech->text.data : "", speech->text.len) == 0)
        add_delta(speech, whole + speech->text.len);
}

static void on_completed(struct chip_request *req, struct chip_openai_call *speech)
{
    struct chip_transcript *t = NULL;
    struct chip_str whole = {0};
    struct chip_err err;
    if (chip_openai_result(req, speech, &t, &err) != CHIP_OK) {
        chip_log(CHIP_LOG_ERROR, json_pack("{s:s}", "job", speech->job_id),
                 "a transcript cannot be answered: %s", err.message);
        add_failure(speech, "internal", "the transcript cannot be read");
        return;
    }
    chip_openai_text(&whole, t);
    complete_deltas(speech, whole.data ? whole.data : "");
    if (speech->ask.format == CHIP_SPEECH_DIARIZED)
        for (size_t i = 0; i < t->n_segments; i++)
            add_event(speech, NULL, chip_openai_segment(t, i));
    add_event(speech, NULL,
              json_pack("{s:s, s:s}", "type", "transcript.text.done", "text",
                        whole.data ? whole.data : ""));
    chip_str_add(&speech->out, "data: [DONE]\n\n");
    speech->closing = true;
    chip_str_done(&whole);
    chip_transcript_free(t);
}

static void on_event(struct chip_request *req, struct chip_openai_call *speech, const json_t *event)
{
    const char *kind = json_string_value(json_object_get(event, "kind"));
    const json_t *data = json_object_get(event, "data");
    int status;
    speech->seq = json_integer_value(json_object_get(event, "seq"));
    if (!kind || speech->closing)
        return;
    if (strcmp(kind, "segments") == 0) {
        on_segments(speech, data);
    } else if (strcmp(kind, "completed") == 0) {
        speech->ended = true;
        on_completed(req, speech);
    } else if (strcmp(kind, "failed") == 0) {
        speech->ended = true;
        add_error(speech, chip_openai_error(json_object_get(data, "error"), &status));
    } else if (strcmp(kind, "cancelled") == 0) {
        speech->ended = true;
        add_failure(speech, "cancelled", "the job was cancelled");
    }
}

static void read_events(struct chip_request *req, struct chip_openai_call *speech)
{
    struct chip_app *app = chip_request_app(req);
    json_t *events = NULL, *event;
    struct chip_err err;
    size_t i;
    enum chip_status st = chip_store_call(
        app->store, NULL, "list_events",
        json_pack("{s:s, s:I}", "job_id", speech->job_id, "after", (json_int_t)speech->seq),
        &events, &err);
    if (st == CHIP_E_NOT_FOUND) {
        speech->ended = true;
        add_failure(speech, "not_found", "the job was deleted");
        return;
    }
    if (st == CHIP_OK) /* otherwise the store is away: it is asked again with the next wake */
        json_array_foreach(events, i, event) on_event(req, speech, event);
    json_decref(events);
    chip_watch_after(app->watch, speech->watcher, speech->seq);
}

/* ---- sending ---- */

static void next(struct chip_request *req, struct chip_openai_call *speech)
{
    chip_str_reset(&speech->out);
    speech->n_sent = 0;
    if (!speech->closing)
        read_events(req, speech);
    int64_t now_ms = chip_clock_ms();
    if (!speech->out.len && now_ms - speech->last_ms >= PING_MS)
        chip_str_add(&speech->out, ": ping\n\n");
    if (speech->out.len)
        speech->last_ms = now_ms;
}

ssize_t chip_openai_pull(struct chip_request *req, char *buf, size_t max)
{
    struct chip_openai_call *speech = req->state;
    if (speech->n_sent == speech->out.len) {
        if (speech->closing)
            return -1;
        next(req, speech);
    }
    if (speech->out.failed)
        return -1; /* out of memory: the stream ends without its last event */
    size_t n = speech->out.len - speech->n_sent;
    if (n > max)
        n = max;
    if (n)
        memcpy(buf, speech->out.data + speech->n_sent, n);
    speech->n_sent += n;
    return (ssize_t)n;
}
