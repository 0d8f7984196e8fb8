#include "minutes/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "minutes/merge.h"
#include "minutes/plan.h"
#include "minutes/prompt.h"
#include "minutes/schema.h"
#include "minutes/values.h"

enum { SMALLEST_PART = 500 }; /* tokens; a model that cannot take it is of no use */

/* One set of minutes in the making. */
struct writing {
    const struct chip_minutes_provider *settings;
    const struct chip_transcript *transcript;
    const struct chip_minutes_options *options;
    const char *language;
    char mark[CHIP_PROMPT_MARK];
    int64_t deadline_ms;
    json_t *failures; /* of models: {provider, model, code, message} */
};

/* What a language model made of it so far. */
struct draft {
    struct chip_llm_model model;
    json_t *minutes, *summaries, *scores;
    struct chip_err why; /* the last fault */
};

/* A failure of ours rather than of a model is a fault too; `why` has the message. */
static enum chip_llm_fault fault_of(enum chip_status status)
{
    return status == CHIP_OK        ? CHIP_LLM_FINE
           : status == CHIP_E_NOMEM ? CHIP_LLM_NO_MEMORY
                                    : CHIP_LLM_BAD_REQUEST;
}

/* ---- asking -----------------------------------------------------------------------------------
 */

static json_t *part_schema(const struct writing *w)
{
    json_t *schema = chip_minutes_schema_part();
    if (!schema || (w->options->values && json_array_size(w->options->values) > 0))
        return schema;
    /* Without values the model is not even asked for them. */
    json_object_del(json_object_get(schema, "properties"), "values");
    json_t *required = json_object_get(schema, "required");
    json_array_remove(required, json_array_size(required) - 1);
    return schema;
}

static enum chip_llm_fault add_part(const struct writing *w, struct draft *d,
                                    const struct chip_chunk *chunk, const char *system,
                                    const json_t *schema)
{
    char *user = NULL;
    json_t *part = NULL;
    enum chip_llm_fault fault =
        fault_of(chip_prompt_transcript(w->transcript, chunk, w->mark, &user, &d->why));
    if (fault == CHIP_LLM_FINE)
        fault = chip_llm_model_ask(&d->model, system, user, schema, "minutes", &part, &d->why);
    free(user);
    if (fault == CHIP_LLM_FINE)
        fault = fault_of(chip_merge_part(d->minutes, d->scores, part, w->transcript, &d->why));
    if (fault == CHIP_LLM_FINE)
        json_array_append(d->summaries, json_object_get(part, "summary"));
    json_decref(part);
    return fault;
}

/* The whole of the meeting, from the notes of its parts. */
static enum chip_llm_fault add_summary(const struct writing *w, struct draft *d,
                                       const struct chip_prompt_parts *parts)
{
    char *system = NULL, *user = NULL;
    json_t *schema = chip_minutes_schema_summary(), *whole = NULL;
    enum chip_llm_fault fault =
        schema ? fault_of(chip_prompt_summary(parts, &system, &d->why)) : CHIP_LLM_NO_MEMORY;
    if (fault == CHIP_LLM_FINE)
        fault = fault_of(chip_prompt_notes(d->minutes, d->summaries, w->mark, &user, &d->why));
    if (fault == CHIP_LLM_FINE)
        fault = chip_llm_model_ask(&d->model, system, user, schema, "summary", &whole, &d->why);
    if (fault == CHIP_LLM_FINE) {
        json_t *summary = json_object_get(d->minutes, "summary");
        json_object_set(d->minutes, "title", json_object_get(whole, "title"));
        json_object_set(summary, "short", json_object_get(whole, "short"));
        json_object_set(summary, "long", json_object_get(whole, "long"));
    }
    json_decref(whole);
    json_decref(schema);
    free(system);
    free(user);
    return fault;
}

static enum chip_llm_fault ask_all(const struct writing *w, struct draft *d,
                                   const struct chip_chunk *chunks, size_t n)
{
    const struct chip_prompt_parts parts = {w->settings->templates_dir, w->mark, w->language,
                                            w->options};
    char *system = NULL;
    json_t *schema = part_schema(w);
    enum chip_llm_fault fault =
        schema ? fault_of(chip_prompt_instructions(&parts, &system, &d->why)) : CHIP_LLM_NO_MEMORY;
    for (size_t i = 0; i < n && fault == CHIP_LLM_FINE; i++)
        fault = add_part(w, d, &chunks[i], system, schema);
    json_decref(schema);
    free(system);
    if (fault == CHIP_LLM_FINE && n > 1)
        fault = add_summary(w, d, &parts);
    return fault;
}

/* ---- one model --------------------------------------------------------------------------------
 */

/* Scores are held against the transcript as decisions are: without a quote they do not count. */
static enum chip_llm_fault verify_scores(const struct writing *w, struct draft *d)
{
    json_t *all = chip_merge_start();
    if (!all)
        return CHIP_LLM_NO_MEMORY;
    json_object_set(all, "decisions", d->scores);
    enum chip_llm_fault fault = fault_of(chip_minutes_verify(all, w->transcript, &d->why));
    json_decref(d->scores);
    d->scores = json_incref(json_object_get(all, "decisions"));
    json_decref(all);
    return fault;
}

static void sign(const struct writing *w, struct draft *d, const struct chip_plan_entry *entry)
{
    json_t *m = d->minutes;
    json_object_set_new(m, "provider", json_string(entry->vendor->name));
    json_object_set_new(m, "model", json_string(entry->model));
    json_object_set_new(m, "template",
                        json_string(w->options->template ? w->options->template : "general"));
    json_object_set_new(m, "language", json_string(w->language ? w->language : ""));
    json_object_set_new(m, "usage", chip_plan_usage(w->settings, &d->model));
    if (w->options->values)
        json_object_set_new(m, "values",
                            chip_values_gather(w->options->values, d->scores, w->transcript));
}

/* All parts, and what is made of them. @param budget tokens of transcript in each */
static enum chip_llm_fault ask_in_parts(const struct writing *w, struct draft *d, int budget)
{
    struct chip_chunk *chunks = NULL;
    size_t n = 0;
    d->minutes = chip_merge_start();
    d->summaries = json_array();
    d->scores = json_array();
    enum chip_llm_fault fault = CHIP_LLM_NO_MEMORY;
    if (d->minutes && d->summaries && d->scores)
        fault = fault_of(chip_chunks_cut(w->transcript, budget, &chunks, &n, &d->why));
    if (fault == CHIP_LLM_FINE)
        fault = ask_all(w, d, chunks, n);
    free(chunks);
    return fault;
}

static void discard(struct draft *d)
{
    json_decref(d->minutes);
    json_decref(d->summaries);
    json_decref(d->scores);
    d->minutes = d->summaries = d->scores = NULL;
}

/* What a model cannot take in, or not answer in one go, it gets in smaller parts. */
static enum chip_llm_fault ask_model(const struct writing *w, const struct chip_plan_entry *entry,
                                     json_t **out, struct chip_err *why)
{
    struct draft d = {0};
    chip_fail(&d.why, CHIP_E_NOMEM, "not enough memory");
    chip_plan_model(w->settings, entry, w->deadline_ms, w->options->cancel, &d.model);
    int chunk = w->settings->chunk_tokens, budget = chunk > 0 ? chunk : entry->vendor->chunk_tokens;
    enum chip_llm_fault fault = ask_in_parts(w, &d, budget);
    int whole = chip_chunks_tokens(w->transcript);
    if (budget > whole)
        budget = whole;
    while ((fault == CHIP_LLM_PROMPT_LIMIT || fault == CHIP_LLM_TRUNCATED) &&
           (budget /= 2) >= SMALLEST_PART) {
        discard(&d);
        fault = ask_in_parts(w, &d, budget);
    }
    if (fault == CHIP_LLM_FINE)
        fault = verify_scores(w, &d);
    if (fault == CHIP_LLM_FINE) {
        sign(w, &d, entry);
        fault = fault_of(chip_minutes_verify(d.minutes, w->transcript, &d.why));
    }
    if (fault == CHIP_LLM_FINE)
        *out = json_incref(d.minutes);
    else
        *why = d.why;
    discard(&d);
    return fault;
}

/* ---- all of them ------------------------------------------------------------------------------
 */

static enum chip_status analyse(const struct writing *w, json_t **out, struct chip_err *err)
{
    enum chip_status status = chip_minutes_analyse(w->transcript, w->options, out, err);
    if (status == CHIP_OK && w->options->values)
        json_object_set_new(*out, "values",
                            chip_values_by_words(w->options->values, w->transcript));
    return status;
}

static void note(const struct writing *w, const struct chip_plan_entry *entry,
                 enum chip_llm_fault fault, const struct chip_err *why)
{
    json_array_append_new(w->failures,
                          json_pack("{s:s, s:s, s:s, s:s}", "provider", entry->vendor->name,
                                    "model", entry->model, "code", chip_llm_fault_name(fault),
                                    "message", why->message));
}

/* So that a reader of the minutes sees that others were meant to write them. */
static void add_failures(json_t *minutes, json_t *failures)
{
    if (json_array_size(failures) == 0)
        return;
    json_t *audit = json_object_get(minutes, "audit");
    if (!audit) {
        audit = json_object();
        json_object_set_new(minutes, "audit", audit);
    }
    json_object_set(audit, "failures", failures);
    json_t *notes = json_object_get(audit, "notes");
    if (!notes) {
        notes = json_array();
        json_object_set_new(audit, "notes", notes);
    }
    size_t i;
    const json_t *one;
    json_array_foreach(failures, i, one)
    {
        json_array_append_new(notes,
                              json_sprintf("%s wrote no minutes: %s",
                                           json_string_value(json_object_get(one, "provider")),
                                           json_string_value(json_object_get(one, "message"))));
    }
}

/* From which day "by Friday" was counted; others ask again with the same one. */
static void add_date(json_t *minutes, int32_t day)
{
    char text[CHIP_DATE_TEXT];
    if (day > 0)
        chip_date_format(day, text);
    json_object_set_new(minutes, "date", day > 0 ? json_string(text) : json_null());
}

static enum chip_status write_by(struct writing *w, const struct chip_plan *plan, json_t **out,
                                 struct chip_err *err)
{
    for (size_t i = 0; i < plan->n && w->transcript->n_segments > 0; i++) {
        struct chip_err why = {0};
        enum chip_llm_fault fault = ask_model(w, &plan->entries[i], out, &why);
        if (fault == CHIP_LLM_FINE)
            return CHIP_OK;
        if (fault == CHIP_LLM_CANCELLED)
            return chip_fail(err, CHIP_E_CANCELLED, "cancelled");
        if (fault == CHIP_LLM_NO_MEMORY)
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
        note(w, &plan->entries[i], fault, &why);
    }
    return analyse(w, out, err);
}

enum chip_status chip_minutes_write(const struct chip_minutes_provider *settings,
                                    const struct chip_transcript *transcript,
                                    const struct chip_minutes_options *options, json_t **out,
                                    struct chip_err *err)
{
    static const struct chip_minutes_options defaults;
    struct writing w = {
        .settings = settings, .transcript = transcript, .options = options ? options : &defaults};
    struct chip_plan plan;
    enum chip_status status = chip_plan_make(settings, &plan, err);
    if (status == CHIP_OK && w.options->template)
        status = chip_prompt_check_template(settings->templates_dir, w.options->template, err);
    if (status == CHIP_OK && w.options->values)
        status = chip_values_check(w.options->values, err);
    if (status == CHIP_OK)
        status = chip_prompt_mark(transcript, w.mark, err);
    if (status != CHIP_OK)
        return status;
    w.language = w.options->language ? w.options->language : transcript->language;
    int seconds = settings->deadline_s > 0 ? settings->deadline_s : 900;
    w.deadline_ms = chip_clock_ms() + (int64_t)seconds * 1000;
    w.failures = json_array();
    json_t *minutes = NULL;
    status = write_by(&w, &plan, &minutes, err);
    if (status == CHIP_OK) {
        add_date(minutes, w.options->meeting_day);
        add_failures(minutes, w.failures);
        *out = minutes;
    }
    json_decref(w.failures);
    return status;
}
