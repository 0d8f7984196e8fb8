#include "job/request.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/date.h"

static enum chip_status get_number(const json_t *options, const char *name, int *out,
                                   struct chip_err *err)
{
    const json_t *value = json_object_get(options, name);
    if (!value || json_is_null(value))
        return CHIP_OK;
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || number > INT_MAX)
        return chip_fail(err, CHIP_E_INVAL, "option '%s' must be a whole number", name);
    *out = (int)number;
    return CHIP_OK;
}

static enum chip_status get_text(const json_t *options, const char *name, const char **out,
                                 struct chip_err *err)
{
    const json_t *value = json_object_get(options, name);
    if (!value || json_is_null(value))
        return CHIP_OK;
    if (!json_is_string(value))
        return chip_fail(err, CHIP_E_INVAL, "option '%s' must be a text", name);
    *out = json_string_value(value)[0] ? json_string_value(value) : NULL;
    return CHIP_OK;
}

/* "en" of "en", "EN", "en-US"; what is longer than a code of a language stays, to be refused by
 * name. */
static void read_language(const char *text, char language[8])
{
    if (!text || strcasecmp(text, "auto") == 0)
        return;
    size_t n = strcspn(text, "-_");
    for (size_t i = 0; i < n && i < 7; i++)
        language[i] = (char)tolower((unsigned char)text[i]);
    if (strcmp(language, "english") == 0)
        strcpy(language, "en");
}

static enum chip_status get_hotwords(const json_t *options, struct chip_job_request *r,
                                     struct chip_err *err)
{
    const json_t *words = json_object_get(options, "hotwords"), *word;
    size_t i;
    if (!words || json_is_null(words))
        return CHIP_OK;
    json_array_foreach(words, i, word) if (!json_is_string(word)) break;
    if (!json_is_array(words) || i < json_array_size(words))
        return chip_fail(err, CHIP_E_INVAL, "option 'hotwords' must be a list of texts");
    r->hotwords = json_array_size(words) ? words : NULL;
    return CHIP_OK;
}

static enum chip_status get_day(const json_t *options, int32_t *day, struct chip_err *err)
{
    const char *date = NULL;
    enum chip_status s = get_text(options, "meeting_date", &date, err);
    *day = -1;
    if (s == CHIP_OK && date && !chip_date_parse(date, day))
        s = chip_fail(err, CHIP_E_INVAL, "option 'meeting_date' must be a day like 2026-11-24");
    return s;
}

static enum chip_status get_minutes(const json_t *options, struct chip_job_minutes *out,
                                    struct chip_err *err)
{
    const json_t *minutes = json_object_get(options, "minutes");
    out->none = json_is_false(minutes);
    if (!minutes || json_is_null(minutes) || out->none)
        return CHIP_OK;
    if (!json_is_object(minutes))
        return chip_fail(err, CHIP_E_INVAL, "option 'minutes' must be an object, or false");
    enum chip_status s = get_text(minutes, "provider", &out->provider, err);
    if (s == CHIP_OK)
        s = get_text(minutes, "model", &out->model, err);
    if (s == CHIP_OK)
        s = get_text(minutes, "template", &out->template, err);
    if (s == CHIP_OK)
        s = get_text(minutes, "language", &out->language, err);
    return s;
}

enum chip_status chip_job_hotwords(const struct chip_job_request *request, const char ***out,
                                   struct chip_err *err)
{
    const json_t *word;
    size_t i;
    const char **words = calloc(json_array_size(request->hotwords) + 1, sizeof *words);
    if (!words)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for hotwords");
    json_array_foreach(request->hotwords, i, word) words[i] = json_string_value(word);
    *out = words;
    return CHIP_OK;
}

enum chip_status chip_job_request_read(const json_t *options, struct chip_job_request *out,
                                       struct chip_err *err)
{
    struct chip_job_request r = {0};
    const char *language = NULL;
    enum chip_status s = get_text(options, "model", &r.model, err);
    if (s == CHIP_OK)
        s = get_text(options, "language", &language, err);
    if (s == CHIP_OK)
        s = get_number(options, "speakers", &r.speakers, err);
    if (s == CHIP_OK)
        s = get_number(options, "min_speakers", &r.min_speakers, err);
    if (s == CHIP_OK)
        s = get_number(options, "max_speakers", &r.max_speakers, err);
    if (s == CHIP_OK)
        s = get_number(options, "track", &r.track, err);
    if (s != CHIP_OK)
        return s;
    read_language(language, r.language);
    r.no_speakers = json_is_true(json_object_get(options, "no_speakers"));
    s = get_hotwords(options, &r, err);
    if (s == CHIP_OK)
        s = get_day(options, &r.meeting_day, err);
    if (s == CHIP_OK)
        s = get_minutes(options, &r.minutes, err);
    if (s != CHIP_OK)
        return s;
    *out = r;
    return CHIP_OK;
}
