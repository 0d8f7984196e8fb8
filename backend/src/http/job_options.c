#include "http/job_options.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "http/job_view.h"
#include "meeting/text.h"
#include "minutes/choose.h"
#include "minutes/template.h"
#include "models/name.h"
#include "speech/hotwords.h"

enum {
    MAX_MODEL = 64,
    MAX_LANGUAGE = 35, /* BCP 47's longest sensible tag */
    MAX_SPEAKERS = 100,
    MAX_TRACK = 64,
    MAX_PROVIDER = 20,
    MAX_LLM = 100,
    MAX_TEMPLATE = 40,
};

#define MEMBERS                                                                         \
    "model language speakers minSpeakers maxSpeakers track hotwords eager meetingDate " \
    "minutes"
#define MINUTES "provider model template language"

/* "en", "pt-BR": letters, then parts of 2 to 8 letters and digits. */
static bool is_language(const char *text)
{
    size_t n = 0;
    while (isalpha((unsigned char)text[n]))
        n++;
    if (n < 2 || n > 8)
        return false;
    for (text += n; *text == '-'; text += n) {
        n = 0;
        for (text++; isalnum((unsigned char)text[n]); n++)
            continue;
        if (n < 1 || n > 8)
            return false;
    }
    return !*text;
}

static void check_hotwords(struct chip_fields *f)
{
    const json_t *words = NULL, *word;
    size_t i;
    chip_fields_array(f, "hotwords", CHIP_HOTWORDS_MAX, &words);
    json_array_foreach(words, i, word)
    {
        const char *text = json_string_value(word);
        if (!text || json_string_length(word) != strlen(text) || chip_text_is_blank(text) ||
            chip_utf8_count(text) > CHIP_HOTWORD_MAX_CHARS)
            chip_fields_refuse(f, CHIP_E_INVAL, "hotwords",
                               "each must be a word or name of at most %d characters",
                               CHIP_HOTWORD_MAX_CHARS);
    }
}

static void check_speakers(struct chip_fields *f)
{
    int64_t exactly = 0, least = 1, most = MAX_SPEAKERS;
    chip_fields_integer(f, "speakers", 1, MAX_SPEAKERS, &exactly);
    chip_fields_integer(f, "minSpeakers", 1, MAX_SPEAKERS, &least);
    chip_fields_integer(f, "maxSpeakers", 1, MAX_SPEAKERS, &most);
    if (f->status != CHIP_OK)
        return;
    if (least > most)
        chip_fields_refuse(f, CHIP_E_INVAL, "minSpeakers", "must not be more than maxSpeakers");
    if (exactly && (exactly < least || exactly > most))
        chip_fields_refuse(f, CHIP_E_INVAL, "speakers",
                           "must lie between minSpeakers and maxSpeakers, or stand alone");
}

static void check_texts(struct chip_fields *f)
{
    const char *model = NULL, *language = NULL, *date = NULL;
    int32_t days;
    chip_fields_text(f, "model", MAX_MODEL, &model);
    chip_fields_text(f, "language", MAX_LANGUAGE, &language);
    chip_fields_text(f, "meetingDate", CHIP_DATE_TEXT - 1, &date);
    if (model && !chip_model_name_valid(model))
        chip_fields_refuse(f, CHIP_E_INVAL, "model",
                           "must be the name of a model, such as moonshine-base");
    if (language && !is_language(language))
        chip_fields_refuse(f, CHIP_E_INVAL, "language", "must be a language code, such as en");
    if (date && !chip_date_parse(date, &days))
        chip_fields_refuse(f, CHIP_E_INVAL, "meetingDate", "must be a day, such as 2026-11-24");
}

/* The members of `minutes`. Users choose only among what the service pays for. */
static void check_choice(struct chip_fields *f, const struct chip_minutes_provider *minutes)
{
    static const struct chip_minutes_provider nobody;
    const char *provider = NULL, *model = NULL, *template = NULL, *language = NULL;
    struct chip_minutes_choice choice;
    struct chip_err why;
    chip_fields_only(f, MINUTES);
    chip_fields_text(f, "provider", MAX_PROVIDER, &provider);
    chip_fields_text(f, "model", MAX_LLM, &model);
    chip_fields_text(f, "template", MAX_TEMPLATE, &template);
    chip_fields_text(f, "language", MAX_LANGUAGE, &language);
    if (f->status != CHIP_OK)
        return;
    minutes = minutes ? minutes : &nobody;
    if ((provider || model) &&
        chip_minutes_choose(minutes, provider, model, &choice, &why) != CHIP_OK)
        chip_fields_refuse(f, CHIP_E_INVAL, provider ? "provider" : "model", "%s", why.message);
    if (template && !chip_template_exists(minutes->templates_dir, template))
        chip_fields_refuse(f, CHIP_E_INVAL, "template",
                           "there is no such template; GET /api/minutes lists them");
    if (language && !is_language(language))
        chip_fields_refuse(f, CHIP_E_INVAL, "language", "must be a language code, such as en");
}

static void check_minutes(struct chip_fields *f, const struct chip_minutes_provider *minutes)
{
    const json_t *value = json_object_get(f->object, "minutes");
    if (f->status != CHIP_OK || !value || json_is_null(value) || json_is_false(value))
        return;
    if (!json_is_object(value)) {
        chip_fields_refuse(f, CHIP_E_INVAL, "minutes", "must be an object, or false for none");
        return;
    }
    char where[80];
    snprintf(where, sizeof where, "%sminutes.", f->where);
    struct chip_fields inner = {.object = value, .where = where, .err = f->err};
    check_choice(&inner, minutes);
    f->status = inner.status;
}

static void drop_nulls(json_t *object)
{
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(object, next, name, value)
    {
        if (json_is_null(value))
            json_object_del(object, name);
    }
}

static void check(struct chip_fields *f, const struct chip_minutes_provider *minutes)
{
    int64_t track = 0;
    bool eager = false;
    chip_fields_only(f, MEMBERS);
    check_texts(f);
    check_speakers(f);
    check_hotwords(f);
    chip_fields_integer(f, "track", 1, MAX_TRACK, &track);
    chip_fields_bool(f, "eager", &eager);
    check_minutes(f, minutes);
}

void chip_job_options_read(struct chip_fields *f, const struct chip_minutes_provider *minutes,
                           json_t **out)
{
    check(f, minutes);
    if (f->status != CHIP_OK)
        return;
    *out = chip_view_snake(f->object);
    if (!*out)
        chip_fields_refuse(f, CHIP_E_NOMEM, "", "not enough memory for the options");
    else
        drop_nulls(*out);
}

/* Who changes one of them means it, whatever the others were. */
static void drop_other_speakers(json_t *options, const json_t *changes)
{
    if (json_is_integer(json_object_get(changes, "speakers"))) {
        json_object_del(options, "min_speakers");
        json_object_del(options, "max_speakers");
    } else if (json_is_integer(json_object_get(changes, "min_speakers")) ||
               json_is_integer(json_object_get(changes, "max_speakers"))) {
        json_object_del(options, "speakers");
    }
}

static void check_limits(struct chip_fields *f, const json_t *options)
{
    const json_t *least = json_object_get(options, "min_speakers");
    const json_t *most = json_object_get(options, "max_speakers");
    if (json_is_integer(least) && json_is_integer(most) &&
        json_integer_value(least) > json_integer_value(most))
        chip_fields_refuse(f, CHIP_E_INVAL, "minSpeakers",
                           "must not be more than maxSpeakers, which is %d",
                           (int)json_integer_value(most));
}

void chip_job_options_change(struct chip_fields *f, const struct chip_minutes_provider *minutes,
                             const json_t *before, json_t **out)
{
    check(f, minutes);
    if (f->status != CHIP_OK)
        return;
    json_t *changes = chip_view_snake(f->object);
    json_t *options = json_is_object(before) ? json_deep_copy(before) : json_object();
    drop_other_speakers(options, changes);
    if (!changes || !options || json_object_update(options, changes) != 0)
        chip_fields_refuse(f, CHIP_E_NOMEM, "", "not enough memory for the options");
    drop_nulls(options);
    check_limits(f, options);
    json_decref(changes);
    if (f->status == CHIP_OK)
        *out = options;
    else
        json_decref(options);
}
