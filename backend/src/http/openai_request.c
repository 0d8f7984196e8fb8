#include "http/openai_request.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/openai_prompt.h"

struct reading {
    const struct chip_form *form;
    struct chip_openai_request out;
    struct chip_openai_problem *problem;
};

static bool refuse(struct reading *r, int status, const char *code, const char *param,
                   const char *fmt, ...) CHIP_PRINTF(5, 6);

static bool refuse(struct reading *r, int status, const char *code, const char *param,
                   const char *fmt, ...)
{
    va_list args;
    r->problem->status = status;
    r->problem->code = code;
    r->problem->param = param;
    r->problem->err.code = CHIP_E_INVAL;
    va_start(args, fmt);
    vsnprintf(r->problem->err.message, sizeof r->problem->err.message, fmt, args);
    va_end(args);
    return false;
}

/* ---- single values ---- */

/* NULL if it was not sent, or is empty. */
static const char *value_of(const struct reading *r, const char *name)
{
    const struct chip_form_field *field = chip_form_find(r->form, name);
    return field && field->value[0] ? field->value : NULL;
}

static bool check_lengths(struct reading *r)
{
    static const char *const used[] = {
        "model", "language", "response_format", "prompt", "temperature", "stream", "store"};
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
        const struct chip_form_field *field = chip_form_find(r->form, used[i]);
        if (field && field->too_long)
            return refuse(r, 400, "string_above_max_length", used[i], "'%s' is too long.", used[i]);
    }
    return true;
}

static bool read_bool(struct reading *r, const char *name, bool *out)
{
    const char *value = value_of(r, name);
    if (!value)
        return true;
    if (strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0)
        *out = true;
    else if (strcasecmp(value, "false") == 0 || strcmp(value, "0") == 0)
        *out = false;
    else
        return refuse(r, 400, "invalid_value", name, "'%s' must be true or false.", name);
    return true;
}

static bool read_model(struct reading *r, const char *usual)
{
    const char *name = value_of(r, "model");
    if (!name)
        return refuse(r, 400, "missing_required_parameter", "model",
                      "you must provide a model parameter");
    struct chip_err err;
    if (chip_openai_model(name, usual, r->out.model, &err) != CHIP_OK)
        return refuse(r, 404, "model_not_found", "model", "%s", err.message);
    return true;
}

static bool read_format(struct reading *r)
{
    static const char *const names[] = {"json", "text",         "srt",
                                        "vtt",  "verbose_json", "diarized_json"};
    const char *name = value_of(r, "response_format");
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            r->out.format = (enum chip_openai_format)i;
            return true;
        }
    }
    return !name || refuse(r, 400, "invalid_value", "response_format",
                           "'%.32s' is no response_format: choose json, text, srt, vtt, "
                           "verbose_json or diarized_json.",
                           name);
}

static bool read_temperature(struct reading *r)
{
    const char *value = value_of(r, "temperature");
    if (!value)
        return true;
    char *end;
    double number = strtod(value, &end);
    if (*end || !isfinite(number) || number < 0 || number > 1)
        return refuse(r, 400, "invalid_value", "temperature",
                      "'temperature' must be a number from 0 to 1.");
    return true;
}

/* ---- languages ---- */

/* English is what the models that there are understand: "en", "en-US", "english". */
static bool is_english(const char *name)
{
    return strcasecmp(name, "english") == 0 ||
           (strncasecmp(name, "en", 2) == 0 && (!name[2] || name[2] == '-' || name[2] == '_'));
}

static bool read_language(struct reading *r)
{
    size_t n;
    const struct chip_form_field *fields = chip_form_fields(r->form, &n);
    const char *other = NULL;
    bool english = false;
    for (size_t i = 0; i < n; i++) {
        bool one = strcmp(fields[i].name, "language") == 0;
        if ((!one && strcmp(fields[i].name, "languages") != 0) || !fields[i].value[0])
            continue;
        if (is_english(fields[i].value))
            english = true;
        else
            other = fields[i].value;
    }
    if (other && !english)
        return refuse(r, 400, "unsupported_language", "language",
                      "Language '%.32s' is not one that the model '%s' understands: it is for "
                      "English, 'en'.",
                      other, r->out.model);
    if (english)
        strcpy(r->out.language, "en");
    return true;
}

/* ---- lists ---- */

static bool read_granularities(struct reading *r)
{
    size_t n;
    const struct chip_form_field *fields = chip_form_fields(r->form, &n);
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(fields[i].name, "timestamp_granularities") != 0)
            continue;
        any = true;
        if (strcmp(fields[i].value, "word") == 0)
            r->out.words = true;
        else if (strcmp(fields[i].value, "segment") == 0)
            r->out.segments = true;
        else
            return refuse(r, 400, "invalid_value", "timestamp_granularities",
                          "'%.32s' is no granularity: choose word, segment or both.",
                          fields[i].value);
    }
    if (any && r->out.format != CHIP_SPEECH_VERBOSE)
        return refuse(r, 400, "invalid_value", "timestamp_granularities",
                      "timestamp_granularities need response_format verbose_json.");
    if (!any)
        r->out.segments = true;
    return true;
}

static bool check_stream(struct reading *r)
{
    enum chip_openai_format format = r->out.format;
    if (r->out.stream && format != CHIP_SPEECH_JSON && format != CHIP_SPEECH_TEXT &&
        format != CHIP_SPEECH_DIARIZED)
        return refuse(r, 400, "unsupported_value", "stream",
                      "stream goes with response_format json, text or diarized_json.");
    if (chip_form_find(r->form, "known_speaker_names") ||
        chip_form_find(r->form, "known_speaker_references"))
        return refuse(r, 400, "unsupported_parameter", "known_speaker_names",
                      "Known speakers are not recognised here: leave them out, and speakers are "
                      "called A, B, ... in order of their first words.");
    return true;
}

/* ---- all ---- */

bool chip_openai_request_read(const struct chip_form *form, const char *usual,
                              struct chip_openai_request *out, struct chip_openai_problem *problem)
{
    struct reading r = {.form = form, .problem = problem};
    if (!check_lengths(&r) || !read_model(&r, usual) || !read_format(&r) || !read_language(&r) ||
        !read_temperature(&r) || !read_granularities(&r) ||
        !read_bool(&r, "stream", &r.out.stream) || !read_bool(&r, "store", &r.out.keep) ||
        !check_stream(&r))
        return false;
    *out = r.out;
    return true;
}

/* What `prompt` and `keywords` tell to expect; NULL: nothing. */
static json_t *read_hotwords(const struct chip_form *form)
{
    size_t n;
    const struct chip_form_field *fields = chip_form_fields(form, &n);
    json_t *words = json_array();
    for (size_t i = 0; i < n; i++) {
        if (strcmp(fields[i].name, "keywords") == 0)
            chip_openai_add_hotword(words, fields[i].value);
        else if (strcmp(fields[i].name, "prompt") == 0)
            chip_openai_prompt_hotwords(fields[i].value, words);
    }
    if (json_array_size(words))
        return words;
    json_decref(words);
    return NULL;
}

json_t *chip_openai_options(const struct chip_openai_request *request, const struct chip_form *form)
{
    return json_pack("{s:s, s:s*, s:b, s:o*, s:b}", "model", request->model, "language",
                     request->language[0] ? request->language : NULL, "no_speakers",
                     request->format != CHIP_SPEECH_DIARIZED, "hotwords", read_hotwords(form),
                     "minutes", 0);
}
