/*
 * Minutes. Whatever goes wrong with them is a warning: the words are not lost for it. Language
 * models are asked from this process, which never looks into a recording.
 */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "job/document.h"
#include "job/work.h"
#include "minutes/choose.h"
#include "net/sha256.h"

enum { WORTH_KEEPING_MS = 1000 }; /* what took less is done again rather than kept */

/* ---- what is asked for ------------------------------------------------------------------------
 */

/* The day that "by Friday" counts from: as said; as last time; as the recording says, unless its
 * clock was ahead; else the day the job came. */
static int32_t meeting_day(const struct chip_work *work)
{
    const json_t *earlier = json_object_get(work->before, "minutes");
    const char *date = json_string_value(json_object_get(earlier, "date"));
    const char *created = chip_work_text(work, "created_at");
    char day[CHIP_DATE_TEXT] = "";
    int32_t days = -1;
    if (work->request.meeting_day > 0)
        return work->request.meeting_day;
    if (date && chip_date_parse(date, &days))
        return days;
    if (created && strlen(created) >= sizeof day)
        memcpy(day, created, sizeof day - 1);
    if (!chip_date_parse(day, &days))
        days = -1;
    return work->recorded_day > 0 && work->recorded_day <= days ? work->recorded_day : days;
}

static struct chip_minutes_options options_of(const struct chip_work *work)
{
    const struct chip_job_minutes *wish = &work->request.minutes;
    return (struct chip_minutes_options){
        .meeting_day = meeting_day(work),
        .language = wish->language,
        .template = wish->template,
        .values = work->settings->values,
        .cancel = chip_lease_cancel(work->lease),
    };
}

/* ---- what an interrupted run has kept --------------------------------------------------------
 */

/* All that the minutes depend on. @return false: it cannot be said */
static bool describe(const struct chip_work *work, const struct chip_minutes_provider *provider,
                     const struct chip_minutes_options *options, char key[CHIP_SHA256_HEX])
{
    json_t *transcript;
    if (chip_document_of_transcript(work->transcript, &transcript, NULL) != CHIP_OK)
        return false;
    json_t *all = json_pack("{s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:i, s:O?, s:o}", "chip",
                            CHIP_VERSION, "provider", provider->provider, "model", provider->model,
                            "fallback", provider->fallback, "template", options->template,
                            "language", options->language, "day", (int)options->meeting_day,
                            "values", options->values, "transcript", transcript);
    char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(all);
    bool ok = text && chip_sha256_bytes(text, strlen(text), key, NULL) == CHIP_OK;
    free(text);
    return ok;
}

static bool recall(struct chip_work *work, const char *key)
{
    size_t i;
    const json_t *checkpoint;
    json_array_foreach((json_t *)work->checkpoints, i, checkpoint)
    {
        const char *stage = json_string_value(json_object_get(checkpoint, "stage"));
        const json_t *data = json_object_get(checkpoint, "data");
        const char *kept = json_string_value(json_object_get(data, "key"));
        if (!stage || strcmp(stage, "minutes") != 0 || !kept || strcmp(kept, key) != 0)
            continue;
        work->minutes = json_deep_copy(json_object_get(data, "minutes"));
        json_array_extend(work->warnings, json_object_get(data, "warnings"));
        return work->minutes;
    }
    return false;
}

static void keep(struct chip_work *work, const char *key, size_t n_warnings, int64_t took_ms)
{
    const char *by = json_string_value(json_object_get(work->minutes, "provider"));
    if (took_ms < WORTH_KEEPING_MS && by && strcmp(by, "builtin") == 0)
        return;
    json_t *own = json_array();
    for (size_t i = n_warnings; i < json_array_size(work->warnings); i++)
        json_array_append(own, json_array_get(work->warnings, i));
    chip_lease_checkpoint(
        work->lease, "minutes", 0,
        json_pack("{s:s, s:O, s:o}", "key", key, "minutes", work->minutes, "warnings", own));
}

/* ---- writing ----------------------------------------------------------------------------------
 */

/* "rate-limit" as "minutes_rate_limit", as other warnings are written */
static void warn_of(struct chip_work *work, const json_t *failure)
{
    char code[64];
    const char *name = "", *provider = "", *model = "", *message = "";
    json_unpack((json_t *)failure, "{s:s, s:s, s:s, s:s}", "code", &name, "provider", &provider,
                "model", &model, "message", &message);
    snprintf(code, sizeof code, "minutes_%s", name);
    for (char *c = code; *c; c++)
        if (*c == '-')
            *c = '_';
    chip_work_warn(work, code, "%s (%s) wrote no minutes: %s", provider, model, message);
}

static void warn(struct chip_work *work)
{
    size_t i;
    const json_t *failure, *audit = json_object_get(work->minutes, "audit");
    json_array_foreach(json_object_get(audit, "failures"), i, failure)
    {
        warn_of(work, failure);
    }
}

/* The analyst alone, because what was wished for cannot be. */
static enum chip_status write_plain(struct chip_work *work,
                                    const struct chip_minutes_options *options,
                                    const struct chip_err *why, struct chip_err *err)
{
    static const struct chip_minutes_provider builtin = {.provider = "builtin"};
    struct chip_minutes_options plain = *options;
    plain.template = NULL;
    chip_work_warn(work, "minutes_not_as_wished",
                   "the minutes are by the built-in analyst, not as they were asked for: %s",
                   why->message);
    return chip_minutes_write(&builtin, work->transcript, &plain, &work->minutes, err);
}

static enum chip_status write_minutes(struct chip_work *work,
                                      const struct chip_minutes_provider *provider,
                                      const struct chip_minutes_options *options,
                                      struct chip_err *err)
{
    char key[CHIP_SHA256_HEX];
    bool has_key = describe(work, provider, options, key);
    if (has_key && recall(work, key))
        return CHIP_OK;
    if (strcmp(provider->provider, "builtin") != 0)
        chip_work_tell(work, 0.0, -1.0, -1.0); /* nobody knows how long a model takes */
    size_t n_warnings = json_array_size(work->warnings);
    int64_t started_ms = chip_clock_ms();
    chip_lease_attend(work->lease, true);
    enum chip_status s =
        chip_minutes_write(provider, work->transcript, options, &work->minutes, err);
    chip_lease_attend(work->lease, false);
    if (s == CHIP_OK)
        warn(work);
    if (s == CHIP_OK && has_key)
        keep(work, key, n_warnings, chip_clock_ms() - started_ms);
    return s;
}

enum chip_status chip_stage_minutes(struct chip_work *work, struct chip_err *err)
{
    static const struct chip_minutes_provider nobody;
    const struct chip_job_minutes *wish = &work->request.minutes;
    if (wish->none && !chip_work_redoes(work, "minutes"))
        return CHIP_OK;
    const struct chip_minutes_provider *all = work->settings->minutes;
    const struct chip_minutes_options options = options_of(work);
    struct chip_minutes_choice choice;
    struct chip_err why;
    enum chip_status s =
        chip_minutes_choose(all ? all : &nobody, wish->provider, wish->model, &choice, &why);
    if (s == CHIP_OK)
        s = write_minutes(work, &choice.settings, &options, &why);
    if (s != CHIP_OK && s != CHIP_E_CANCELLED && s != CHIP_E_NOMEM) {
        const struct chip_err wished = why;
        s = write_plain(work, &options, &wished, &why);
    }
    if (s == CHIP_E_CANCELLED)
        return chip_fail(err, s, "interrupted");
    if (s != CHIP_OK)
        chip_work_warn(work, "no_minutes", "there are no minutes: %s", why.message);
    return CHIP_OK;
}
