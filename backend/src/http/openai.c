#include "http/openai.h"

#include <stdlib.h>
#include <string.h>

#include "http/app.h"
#include "http/openai_answer.h"
#include "http/openai_job.h"
#include "http/upload_view.h"

/* ---- errors ---- */

/* The official clients try again after 409, 429 and 5xx, unless told not to. */
static void say_retry(struct chip_request *req, int status, bool retry)
{
    if (status == 409 || status >= 500)
        chip_reply_header(req, "X-Should-Retry", retry ? "true" : "false");
    if (status == 503)
        chip_reply_header(req, "Retry-After", "1");
}

static void refuse(struct chip_request *req, int status, const char *code, const char *param,
                   const char *message)
{
    say_retry(req, status, status == 503);
    chip_reply_error(req, status, code, message, param ? json_pack("{s:s}", "param", param) : NULL);
}

/* A failure of the form or of its file. */
static void refuse_form(struct chip_request *req, const struct chip_err *err)
{
    const char *code;
    int status = chip_upload_http_status(err->code, &code);
    bool about_file = err->code == CHIP_E_LIMIT || err->code == CHIP_E_NOT_FOUND;
    if (err->code == CHIP_E_NOT_FOUND) {
        status = 400;
        code = "missing_required_parameter";
    }
    refuse(req, status, code, about_file ? "file" : NULL, err->message);
}

/* ---- the body ---- */

/* @return false: it was answered */
static bool start_form(struct chip_request *req)
{
    struct chip_err err;
    struct chip_openai_call *speech = calloc(1, sizeof *speech);
    if (!speech) {
        refuse(req, 503, "out_of_memory", NULL, "the server is out of memory; try again");
        return false;
    }
    req->state = speech;
    if (chip_form_new(&speech->form, chip_request_app(req)->uploads, chip_upload_user(req),
                      chip_request_header(req, "Content-Type"), &err) == CHIP_OK)
        return true;
    refuse_form(req, &err);
    return false;
}

static void begin(struct chip_request *req)
{
    start_form(req);
}

static void data(struct chip_request *req, const char *bytes, size_t n)
{
    struct chip_openai_call *speech = req->state;
    struct chip_err err;
    if (chip_form_feed(speech->form, bytes, n, &err) != CHIP_OK)
        refuse_form(req, &err);
}

/* ---- the answer ---- */

static void answer_result(struct chip_request *req, struct chip_openai_call *speech)
{
    struct chip_transcript *t = NULL;
    char *text = NULL;
    const char *type;
    struct chip_err err;
    enum chip_status st = chip_openai_result(req, speech, &t, &err);
    if (st == CHIP_OK)
        st = chip_openai_answer(&speech->ask, t, &text, &type, &err);
    chip_transcript_free(t);
    if (st == CHIP_OK)
        chip_reply_text(req, 200, type, text, strlen(text));
    else
        chip_reply_failure(req, &err);
}

static void answer_error(struct chip_request *req, const json_t *job)
{
    int status;
    json_t *error = chip_openai_error(json_object_get(job, "error"), &status);
    const char *code = json_string_value(json_object_get(error, "code"));
    const char *message = json_string_value(json_object_get(error, "message"));
    refuse(req, status, code, json_string_value(json_object_get(error, "param")), message);
    json_decref(error);
}

/* Answers if the job is over. @return false: it is not */
static bool answer_ended(struct chip_request *req, struct chip_openai_call *speech,
                         const json_t *job)
{
    const char *status = json_string_value(json_object_get(job, "status"));
    bool completed = status && strcmp(status, "completed") == 0;
    bool failed = status && strcmp(status, "failed") == 0;
    bool cancelled = status && strcmp(status, "cancelled") == 0;
    speech->seq = json_integer_value(json_object_get(job, "seq"));
    speech->ended = completed || failed || cancelled;
    if (completed)
        answer_result(req, speech);
    else if (failed)
        answer_error(req, job);
    else if (cancelled)
        refuse(req, 409, "cancelled", NULL, "the job was cancelled");
    return speech->ended;
}

static void go_on(struct chip_request *req, struct chip_openai_call *speech)
{
    struct chip_app *app = chip_request_app(req);
    struct chip_err err;
    json_t *job = NULL;
    bool answered = false;
    enum chip_status st = chip_store_call(app->store, NULL, "get_job",
                                          json_pack("{s:s}", "id", speech->job_id), &job, &err);
    if (st == CHIP_OK) {
        answered = answer_ended(req, speech, job);
    } else if (st == CHIP_E_NOT_FOUND) {
        speech->ended = answered = true;
        refuse(req, 409, "cancelled", NULL, "the job was deleted");
    } /* else the store is away: it is asked again with the next wake */
    json_decref(job);
    if (answered)
        return;
    chip_watch_after(app->watch, speech->watcher, speech->seq);
    chip_request_wait(req);
}

static void start(struct chip_request *req, struct chip_openai_call *speech)
{
    struct chip_err err;
    struct chip_openai_problem problem;
    if (chip_form_finish(speech->form, &err) != CHIP_OK) {
        refuse_form(req, &err);
        return;
    }
    if (!chip_openai_request_read(speech->form, chip_request_app(req)->model, &speech->ask,
                                  &problem)) {
        refuse(req, problem.status, problem.code, problem.param, problem.err.message);
        return;
    }
    if (!chip_openai_start(req, speech))
        return;
    chip_reply_header(req, "X-Job-Id", speech->job_id);
    if (!speech->ask.stream) {
        chip_request_wait(req);
        return;
    }
    chip_reply_header(req, "Cache-Control", "no-cache");
    chip_reply_stream(req, 200, "text/event-stream; charset=utf-8", chip_openai_pull);
}

static void handle(struct chip_request *req)
{
    if (!req->state && !start_form(req)) /* without a body, nothing began */
        return;
    struct chip_openai_call *speech = req->state;
    if (speech->job_id[0])
        go_on(req, speech);
    else
        start(req, speech);
}

static void done(struct chip_request *req)
{
    chip_openai_done(req, req->state);
    req->state = NULL;
}

/* ---- translations: not with models that know English only ---- */

static void refuse_translation(struct chip_request *req)
{
    refuse(req, 400, "unsupported_model", "model",
           "The installed models understand English only, so there is nothing to translate: use "
           "/v1/audio/transcriptions.");
}

static void no_more(struct chip_request *req, const char *bytes, size_t n)
{
    (void)req, (void)bytes, (void)n;
}

/* ---- models ---- */

static void list_models(struct chip_request *req)
{
    chip_reply_json(req, 200, chip_openai_models(chip_request_app(req)->model));
}

static void get_model(struct chip_request *req)
{
    char name[CHIP_SPEECH_MODEL];
    struct chip_err err;
    const char *usual = chip_request_app(req)->model;
    json_t *model = chip_openai_model_view(req->params[0], usual);
    if (model)
        chip_reply_json(req, 200, model);
    else if (chip_openai_model(req->params[0], usual, name, &err) != CHIP_OK)
        refuse(req, 404, "model_not_found", "model", err.message);
    else
        refuse(req, 404, "model_not_found", "model", "the default model is not installed");
}

static const struct chip_sink form_sink = {begin, data, NULL};
static const struct chip_sink refusing_sink = {refuse_translation, no_more, NULL};

const struct chip_route chip_openai_routes[] = {
    {"POST", "/v1/audio/transcriptions", .sink = &form_sink, .handle = handle, .done = done,
     .own_errors = true, .audit = "job.create"},
    {"POST", "/v1/audio/translations", .sink = &refusing_sink, .handle = refuse_translation,
     .own_errors = true},
    {"GET", "/v1/models", .handle = list_models, .own_errors = true},
    {"GET", "/v1/models/{id}", .handle = get_model, .own_errors = true},
};

const size_t chip_openai_n_routes = sizeof chip_openai_routes / sizeof *chip_openai_routes;
