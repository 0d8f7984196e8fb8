#include "http/export_minutes.h"

#include <stdlib.h>

#include "base/str.h"
#include "minutes/show.h"

/* Times need that many, and no more are known. */
#define DIGITS JSON_REAL_PRECISION(12)

bool chip_export_has_minutes(enum chip_format format)
{
    return format == CHIP_FORMAT_MD || format == CHIP_FORMAT_TXT || format == CHIP_FORMAT_JSON;
}

/* @return malloc'ed; NULL: out of memory */
static char *as_json(const json_t *stored, const char *transcript)
{
    json_t *minutes = json_copy((json_t *)stored);
    json_object_del(minutes, "before");
    json_t *whole = transcript ? json_loads(transcript, 0, NULL) : json_incref(minutes);
    bool ok = whole && minutes;
    if (ok && transcript)
        ok = json_object_set(whole, "minutes", minutes) == 0;
    char *text = ok ? json_dumps(whole, JSON_INDENT(1) | DIGITS) : NULL;
    json_decref(whole);
    json_decref(minutes);
    return text;
}

static enum chip_status join(char *minutes, const char *transcript, char **out,
                             struct chip_err *err)
{
    struct chip_str all = {0};
    chip_str_add(&all, minutes);
    chip_str_addf(&all, "%s%s", transcript ? "\n" : "", transcript ? transcript : "");
    return chip_str_finish(&all, out, err);
}

enum chip_status chip_export_add_minutes(const json_t *stored,
                                         const struct chip_transcript *transcript,
                                         enum chip_format format, enum chip_export_minutes how,
                                         char **text, struct chip_err *err)
{
    const char *rest = how == CHIP_EXPORT_ONLY_MINUTES ? NULL : *text;
    if (!json_is_object(stored))
        return rest ? CHIP_OK : chip_fail(err, CHIP_E_NOT_FOUND, "there are no minutes to export");
    char *minutes = NULL, *all = NULL;
    enum chip_status st = CHIP_OK;
    if (format == CHIP_FORMAT_JSON) {
        all = as_json(stored, rest);
        if (!all)
            st = chip_fail(err, CHIP_E_NOMEM, "not enough memory to export minutes");
    } else {
        st = chip_minutes_show(stored, transcript,
                               format == CHIP_FORMAT_MD ? CHIP_MINUTES_MARKDOWN : CHIP_MINUTES_TEXT,
                               &minutes, err);
        if (st == CHIP_OK)
            st = join(minutes, rest, &all, err);
    }
    free(minutes);
    if (st != CHIP_OK)
        return st;
    free(*text);
    *text = all;
    return CHIP_OK;
}
