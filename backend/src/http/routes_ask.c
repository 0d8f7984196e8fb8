/* POST /api/jobs/{id}/ask: a question about a meeting. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/errands.h"
#include "http/fields.h"
#include "http/job_view.h"
#include "http/routes.h"
#include "meeting/json.h"
#include "minutes/ask/ask.h"
#include "minutes/ask/question.h"
#include "minutes/choose.h"

enum { MAX_NAME = 100, MAX_BODY = 16 << 10 };

/* What a thread works on; the request reads it when the errand is done. */
struct asking {
    struct chip_minutes_choice choice;
    char *question, *provider; /* owned; provider may be NULL */
    json_t *row;               /* of meeting_analysis */
    json_t *answer;            /* NULL: it failed */
    struct chip_err err;
};

static void asking_free(void *state)
{
    struct asking *a = state;
    free(a->question);
    free(a->provider);
    json_decref(a->row);
    json_decref(a->answer);
    free(a);
}

/* ---- the answer, on a thread of its own -------------------------------------------------------
 */

/* Minutes of other words would answer what was not said. */
static const json_t *minutes_of(const json_t *row)
{
    const json_t *minutes = json_object_get(row, "minutes");
    const char *schema = json_string_value(json_object_get(minutes, "schema"));
    bool fits = schema && strcmp(schema, CHIP_MINUTES_SCHEMA) == 0 &&
                !json_is_true(json_object_get(minutes, "stale"));
    return fits ? minutes : NULL;
}

static enum chip_status answer(struct asking *a, const volatile bool *cancel)
{
    CHIP_AUTO(chip_transcript) t = NULL;
    const json_t *json = json_object_get(a->row, "transcript");
    const struct chip_ask_options options = {.minutes = minutes_of(a->row), .cancel = cancel};
    if (!json_is_object(json))
        return chip_fail(&a->err, CHIP_E_NOT_FOUND, "there is no transcript to ask about");
    enum chip_status st = chip_transcript_from_value(json, &t, &a->err);
    if (st != CHIP_OK) /* what the store holds was written by us */
        return a->err.code = CHIP_E_INTERNAL;
    return chip_ask(&a->choice.settings, t, a->question, &options, &a->answer, &a->err);
}

static void run(void *state, const volatile bool *cancel)
{
    answer(state, cancel);
}

/* ---- the request ------------------------------------------------------------------------------
 */

static enum chip_status read_body(const json_t *body, const char **question, const char **provider,
                                  const char **model, struct chip_err *err)
{
    struct chip_fields f = {.object = body, .where = "", .err = err};
    chip_fields_only(&f, "question provider model");
    chip_fields_need(&f, "question");
    chip_fields_text(&f, "question", CHIP_QUESTION_BYTES, question);
    chip_fields_text(&f, "provider", MAX_NAME, provider);
    chip_fields_text(&f, "model", MAX_NAME, model);
    return f.status;
}

/* @param a of it, question and choice are set */
static enum chip_status read_wish(const struct chip_app *app, const json_t *body, struct asking *a,
                                  struct chip_err *err)
{
    static const struct chip_minutes_provider none = {.provider = "builtin"};
    const char *question = NULL, *provider = NULL, *model = NULL;
    enum chip_status st = read_body(body, &question, &provider, &model, err);
    if (st != CHIP_OK)
        return st;
    a->question = strdup(question);
    a->provider = provider ? strdup(provider) : NULL; /* the choice borrows it */
    if (!a->question || (provider && !a->provider))
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the question");
    return chip_minutes_choose(app->minutes ? app->minutes : &none, a->provider, model, &a->choice,
                               err);
}

/* @return NULL: already answered */
static struct asking *prepare(struct chip_request *req, const char *id)
{
    struct chip_err err;
    json_t *body = chip_request_json(req);
    if (!body)
        return NULL;
    struct asking *a = calloc(1, sizeof *a);
    enum chip_status st = a ? read_wish(chip_request_app(req), body, a, &err)
                            : chip_fail(&err, CHIP_E_NOMEM, "not enough memory for the question");
    json_decref(body);
    if (st != CHIP_OK)
        chip_reply_failure(req, &err);
    else if (chip_route_call(req, "get_analysis", json_pack("{s:s}", "job_id", id), &a->row))
        return a;
    if (a)
        asking_free(a);
    return NULL;
}

static void begin(struct chip_request *req)
{
    char id[CHIP_UUID_TEXT];
    struct chip_err err;
    struct asking *a = chip_route_job_id(req, id) ? prepare(req, id) : NULL;
    if (!a)
        return;
    struct chip_errand *errand = NULL;
    enum chip_status st = chip_errand_begin(chip_request_app(req)->errands, req,
                                            req->caller ? req->caller->user_id : NULL, run,
                                            asking_free, a, &errand, &err);
    req->state = errand;
    if (st == CHIP_OK) {
        chip_request_wait(req);
    } else if (st == CHIP_E_LIMIT) {
        chip_reply_header(req, "Retry-After", "5");
        chip_reply_error(req, 429, "rate_limited", err.message,
                         json_pack("{s:i}", "retryAfterSeconds", 5));
    } else {
        chip_reply_failure(req, &err);
    }
}

static void ask(struct chip_request *req)
{
    struct chip_errand *errand = req->state;
    if (!errand) {
        begin(req);
        return;
    }
    if (!chip_errand_is_done(errand)) {
        chip_request_wait(req);
        return;
    }
    const struct asking *a = chip_errand_state(errand);
    if (a->answer)
        chip_route_reply(req, 200, chip_view_camel(a->answer));
    else
        chip_reply_failure(req, &a->err);
}

static void done(struct chip_request *req)
{
    chip_errand_leave(req->state);
    req->state = NULL;
}

static const struct chip_route routes[] = {
    {"POST", "/api/jobs/{id}/ask", .max_body = MAX_BODY, .handle = ask, .done = done,
     .audit = "analysis.ask"},
};

const struct chip_route_table chip_routes_ask = CHIP_ROUTE_TABLE(routes);
