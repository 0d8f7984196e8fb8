/* Answers by a language model, each sentence held against what was said. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "minutes/ask/ask.h"
#include "minutes/ask/passages.h"
#include "minutes/plan.h"
#include "minutes/prompt.h"
#include "minutes/schema.h"
#include "minutes/template.h"

enum { LONGEST_S = 120, FEWEST_TOKENS = 4000, MOST_TOKENS = 24000 };

struct asking {
    const struct chip_minutes_provider *settings;
    const struct chip_transcript *transcript;
    const char *question;
    const json_t *builtin; /* the answer without a model */
    char mark[CHIP_PROMPT_MARK];
    char *system, *user;
    json_t *schema;
    int64_t deadline_ms;
    const volatile bool *cancel;
};

/* ---- the question -----------------------------------------------------------------------------
 */

static enum chip_status make_system(struct asking *a, struct chip_err *err)
{
    const struct chip_template_value values[] = {{"mark", a->mark}};
    struct chip_str text = {0}, filled = {0};
    enum chip_status status = chip_template_load(a->settings->templates_dir, "ask", &text, err);
    if (status == CHIP_OK && !text.failed)
        chip_template_fill(&filled, text.data ? text.data : "", values, 1);
    filled.failed |= text.failed;
    chip_str_done(&text);
    if (status == CHIP_OK)
        return chip_str_finish(&filled, &a->system, err);
    chip_str_done(&filled);
    return status;
}

static int budget_of(const struct chip_minutes_provider *settings)
{
    int tokens = settings->chunk_tokens > 0 ? settings->chunk_tokens : 6000;
    return tokens < FEWEST_TOKENS ? FEWEST_TOKENS : tokens > MOST_TOKENS ? MOST_TOKENS : tokens;
}

static enum chip_status make_user(struct asking *a, struct chip_err *err)
{
    const struct chip_transcript *t = a->transcript;
    bool *wanted = calloc(t->n_segments + 1, sizeof *wanted);
    if (!wanted)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to ask");
    enum chip_status status =
        chip_passages_choose(t, a->question, a->builtin, budget_of(a->settings), wanted, err);
    struct chip_str text = {0};
    chip_str_addf(&text, "<transcript-%s>\n", a->mark);
    for (size_t i = 0; i < t->n_segments; i++) {
        if (wanted[i])
            chip_prompt_add_lines(&text, t, i, i + 1);
        else if (i > 0 && wanted[i - 1])
            chip_str_add(&text, "...\n");
    }
    chip_str_addf(&text, "</transcript-%s>\n<question-%s>\n%s\n</question-%s>\n", a->mark, a->mark,
                  a->question, a->mark);
    free(wanted);
    if (status == CHIP_OK)
        return chip_str_finish(&text, &a->user, err);
    chip_str_done(&text);
    return status;
}

static enum chip_status prepare(struct asking *a, struct chip_err *err)
{
    enum chip_status status = chip_prompt_mark(a->transcript, a->mark, err);
    a->schema = chip_minutes_schema_answer();
    if (status == CHIP_OK && !a->schema)
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory to ask");
    if (status == CHIP_OK)
        status = make_system(a, err);
    return status == CHIP_OK ? make_user(a, err) : status;
}

static void asking_done(struct asking *a)
{
    json_decref(a->schema);
    free(a->system);
    free(a->user);
}

/* ---- the answer -------------------------------------------------------------------------------
 */

/* Leaves the sentences that the transcript proves: chip_minutes_verify() takes them for decisions.
 * @param checked a new reference */
static enum chip_status check(const struct asking *a, const json_t *said, json_t **checked,
                              struct chip_err *err)
{
    json_t *all = json_pack("{s:O, s:O}", "language", json_object_get(said, "language"),
                            "decisions", json_object_get(said, "sentences"));
    if (!all)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to check the answer");
    enum chip_status status = chip_minutes_verify(all, a->transcript, err);
    json_t *kept = json_object_get(all, "decisions");
    for (size_t i = json_array_size(kept); i-- > 0;)
        if (json_object_get(json_array_get(kept, i), "unverified"))
            json_array_remove(kept, i);
    if (status == CHIP_OK)
        *checked = json_incref(kept);
    json_decref(all);
    return status;
}

static bool add_note(json_t *answer, const char *fmt, ...) CHIP_PRINTF(2, 3);
static bool add_note(json_t *answer, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    json_t *note = json_vsprintf(fmt, args);
    va_end(args);
    return json_array_append_new(json_object_get(answer, "notes"), note) == 0;
}

/* @param sentences checked; none means that the meeting does not say */
static enum chip_status make_answer(const struct asking *a, const json_t *sentences, size_t n_said,
                                    json_t **out, struct chip_err *err)
{
    struct chip_reading r = {0};
    struct chip_str text = {0};
    size_t i, n = json_array_size(sentences);
    const json_t *one;
    json_t *answer = n > 0 ? chip_answer_new("model") : chip_answer_none();
    bool fine = answer != NULL;
    enum chip_status status = chip_reading_begin(a->transcript, 0, &r, err);
    json_array_foreach(sentences, i, one)
    {
        chip_str_addf(&text, "%s%s", i > 0 ? " " : "",
                      json_string_value(json_object_get(one, "text")));
        fine = fine && status == CHIP_OK &&
               chip_answer_cite(answer, &r, json_object_get(one, "evidence"));
    }
    fine = fine && (n == 0 || chip_answer_say(answer, &text)) &&
           (n == n_said || add_note(answer,
                                    "%zu sentences of the model were left out, because the "
                                    "transcript does not prove them",
                                    n_said - n));
    chip_str_done(&text);
    chip_reading_done(&r);
    if (status == CHIP_OK && !fine)
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory to answer");
    if (status == CHIP_OK)
        *out = answer;
    else
        json_decref(answer);
    return status;
}

/* What a model said, if any of it holds.
 * @return CHIP_E_NOT_FOUND: none of it is proved by what was said */
static enum chip_status take_answer(const struct asking *a, const json_t *said, json_t **out,
                                    struct chip_err *err)
{
    json_t *kept = NULL;
    size_t n_said = json_array_size(json_object_get(said, "sentences"));
    enum chip_status status = check(a, said, &kept, err);
    if (status == CHIP_OK && n_said > 0 && json_array_size(kept) == 0)
        status = chip_fail(err, CHIP_E_NOT_FOUND,
                           "the transcript proves nothing of what the model answered");
    if (status == CHIP_OK)
        status = make_answer(a, kept, n_said, out, err);
    json_decref(kept);
    return status;
}

static bool sign(const struct asking *a, const struct chip_llm_model *model, json_t *answer)
{
    return json_object_set_new(answer, "provider", json_string(model->server.vendor->name)) == 0 &&
           json_object_set_new(answer, "model", json_string(model->model)) == 0 &&
           json_object_set_new(answer, "usage", chip_plan_usage(a->settings, model)) == 0;
}

/* @return CHIP_E_UNAVAILABLE or CHIP_E_NOT_FOUND when this model has no answer */
static enum chip_status ask_model(const struct asking *a, const struct chip_plan_entry *entry,
                                  json_t **out, struct chip_err *err)
{
    struct chip_llm_model model;
    json_t *said = NULL;
    chip_plan_model(a->settings, entry, a->deadline_ms, a->cancel, &model);
    chip_fail(err, CHIP_E_UNAVAILABLE, "no answer");
    enum chip_llm_fault fault =
        chip_llm_model_ask(&model, a->system, a->user, a->schema, "answer", &said, err);
    if (fault == CHIP_LLM_CANCELLED)
        return chip_fail(err, CHIP_E_CANCELLED, "cancelled");
    if (fault == CHIP_LLM_NO_MEMORY)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to ask");
    if (fault != CHIP_LLM_FINE)
        return err->code = CHIP_E_UNAVAILABLE;
    enum chip_status status = take_answer(a, said, out, err);
    json_decref(said);
    if (status == CHIP_OK && !sign(a, &model, *out)) {
        json_decref(*out);
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory to answer");
    }
    return status;
}

/* ---- all of it --------------------------------------------------------------------------------
 */

/* Asks one after the other. @param out NULL: none has an answer, and `notes` says why */
static enum chip_status ask_models(const struct asking *a, const struct chip_plan *plan,
                                   json_t *notes, json_t **out, struct chip_err *err)
{
    for (size_t i = 0; i < plan->n; i++) {
        enum chip_status status = ask_model(a, &plan->entries[i], out, err);
        if (status != CHIP_E_UNAVAILABLE && status != CHIP_E_NOT_FOUND)
            return status;
        json_array_append_new(notes, json_sprintf("%s did not answer: %s",
                                                  plan->entries[i].vendor->name, err->message));
    }
    return CHIP_OK;
}

static enum chip_status ask_with(struct asking *a, const struct chip_plan *plan, json_t *builtin,
                                 json_t **out, struct chip_err *err)
{
    json_t *notes = json_array(), *answer = NULL;
    a->builtin = builtin;
    enum chip_status status = prepare(a, err);
    if (status == CHIP_OK)
        status = ask_models(a, plan, notes, &answer, err);
    else if (status == CHIP_E_NOT_FOUND) /* there is nothing to show to a model */
        status = CHIP_OK;
    asking_done(a);
    if (status == CHIP_OK && !answer)
        answer = json_incref(builtin);
    if (status == CHIP_OK)
        json_array_extend(json_object_get(answer, "notes"), notes);
    json_decref(notes);
    if (status == CHIP_OK)
        *out = answer;
    return status;
}

enum chip_status chip_ask(const struct chip_minutes_provider *settings,
                          const struct chip_transcript *transcript, const char *question,
                          const struct chip_ask_options *options, json_t **out,
                          struct chip_err *err)
{
    static const struct chip_ask_options none;
    struct chip_plan plan;
    json_t *builtin = NULL;
    options = options ? options : &none;
    enum chip_status status = chip_plan_make(settings, &plan, err);
    if (status == CHIP_OK)
        status = chip_ask_builtin(transcript, question, options, &builtin, err);
    if (status != CHIP_OK)
        return status;
    if (plan.n == 0 || transcript->n_segments == 0) {
        *out = builtin;
        return CHIP_OK;
    }
    int seconds = settings->deadline_s > 0 && settings->deadline_s < LONGEST_S
                      ? settings->deadline_s
                      : LONGEST_S;
    struct asking a = {.settings = settings,
                       .transcript = transcript,
                       .question = question,
                       .deadline_ms = chip_clock_ms() + (int64_t)seconds * 1000,
                       .cancel = options->cancel};
    status = ask_with(&a, &plan, builtin, out, err);
    json_decref(builtin);
    return status;
}
