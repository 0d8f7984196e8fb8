/* The built-in analyst: minutes out of the words alone, by rules. */
#include "minutes/minutes.h"

#include <string.h>

#include "minutes/analyst/actions.h"
#include "minutes/analyst/decisions.h"
#include "minutes/analyst/figures.h"
#include "minutes/analyst/overview.h"
#include "minutes/analyst/questions.h"
#include "minutes/analyst/risks.h"

enum { MAX_FIGURES = 25 };

struct analysis {
    const struct chip_transcript *transcript;
    const struct chip_minutes_options *options;
    struct chip_reading reading;
    struct chip_items actions, decisions, questions, risks;
};

static bool is_cancelled(const struct analysis *a)
{
    return a->options->cancel && *a->options->cancel;
}

static enum chip_status find_all(struct analysis *a, struct chip_err *err)
{
    struct chip_reading *r = &a->reading;
    enum chip_status status = chip_reading_begin(a->transcript, a->options->meeting_day, r, err);
    if (status == CHIP_OK && !is_cancelled(a))
        status = chip_actions_find(r, &a->actions, err);
    if (status == CHIP_OK && !is_cancelled(a))
        status = chip_decisions_find(r, &a->decisions, err);
    if (status == CHIP_OK && !is_cancelled(a))
        status = chip_questions_find(r, &a->questions, err);
    if (status == CHIP_OK && !is_cancelled(a))
        status = chip_risks_find(r, &a->risks, err);
    if (status == CHIP_OK && is_cancelled(a))
        status = chip_fail(err, CHIP_E_CANCELLED, "cancelled");
    return status;
}

static json_t *empty(const struct analysis *a)
{
    const char *template = a->options->template ? a->options->template : "general";
    /* It quotes, so its language is that of the transcript. */
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s, s:[]}, s:[], s:[]}", "schema",
                     CHIP_MINUTES_SCHEMA, "provider", "builtin", "model", "", "template", template,
                     "language", a->transcript->language, "title", "", "summary", "short", "",
                     "long", "", "evidence", "topics", "values");
}

static json_t *audit(const struct analysis *a, const json_t *minutes)
{
    static const char *const lists[] = {"decisions", "action_items", "open_questions", "risks",
                                        "figures"};
    json_int_t n = 0;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        n += (json_int_t)json_array_size(json_object_get(minutes, lists[i]));
    json_t *notes = json_array();
    const char *language = a->transcript->language;
    if (*language && strncmp(language, "en", 2) != 0)
        json_array_append_new(notes, json_string("The built-in analyst understands English only; "
                                                 "decisions and tasks may be missing."));
    if (a->reading.today == 0 && json_array_size(json_object_get(minutes, "action_items")) > 0)
        json_array_append_new(notes, json_string("The date of the meeting is not known, so days "
                                                 "such as \"Friday\" have no date."));
    return json_pack("{s:I, s:I, s:i, s:i, s:o}", "items", n, "verified", n, "unverified", 0,
                     "dropped", 0, "notes", notes);
}

static bool set(json_t *minutes, const char *name, json_t *value)
{
    return json_object_set_new(minutes, name, value) == 0;
}

static enum chip_status write(const struct analysis *a, json_t **out, struct chip_err *err)
{
    const struct chip_reading *r = &a->reading;
    const struct chip_found found = {&a->decisions, &a->actions, &a->questions};
    json_t *minutes = empty(a);
    enum chip_status status =
        minutes ? chip_overview_add(minutes, r, &found, err)
                : chip_fail(err, CHIP_E_NOMEM, "not enough memory to write the minutes");
    bool fine = status == CHIP_OK &&
                set(minutes, "decisions", chip_decisions_json(&a->decisions, r)) &&
                set(minutes, "action_items", chip_actions_json(&a->actions, r)) &&
                set(minutes, "open_questions", chip_questions_json(&a->questions, r)) &&
                set(minutes, "risks", chip_risks_json(&a->risks, r)) &&
                set(minutes, "figures", chip_figures_json(r, MAX_FIGURES)) &&
                set(minutes, "audit", audit(a, minutes)) &&
                set(minutes, "usage",
                    json_pack("{s:i, s:n, s:n, s:n}", "requests", 0, "input_tokens",
                              "output_tokens", "cost_usd"));
    if (fine) {
        *out = minutes;
        return CHIP_OK;
    }
    json_decref(minutes);
    return status != CHIP_OK
               ? status
               : chip_fail(err, CHIP_E_NOMEM, "not enough memory to write the minutes");
}

enum chip_status chip_minutes_analyse(const struct chip_transcript *transcript,
                                      const struct chip_minutes_options *options, json_t **out,
                                      struct chip_err *err)
{
    static const struct chip_minutes_options defaults;
    struct analysis a = {.transcript = transcript, .options = options ? options : &defaults};
    enum chip_status status = find_all(&a, err);
    if (status == CHIP_OK)
        status = write(&a, out, err);
    chip_items_done(&a.actions);
    chip_items_done(&a.decisions);
    chip_items_done(&a.questions);
    chip_items_done(&a.risks);
    chip_reading_done(&a.reading);
    return status;
}
