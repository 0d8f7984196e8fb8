#include "http/analysis_edit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "http/edits.h"
#include "http/fields.h"
#include "http/job_view.h"
#include "meeting/json.h"
#include "minutes/schema.h"
#include "minutes/stored.h"

enum {
    MAX_TITLE = 300, /* characters */
    MAX_SUMMARY = 50000,
    MAX_ITEMS = 1000,
    MAX_NOTED = 500, /* edits in a receipt; the oldest go first */
};

#define MEMBERS "version title summary topics decisions actionItems minutes " CHIP_EDITS

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the changes");
}

/* ---- what is written down as it comes ---- */

static void check_minutes(struct chip_fields *f)
{
    const json_t *minutes = NULL;
    chip_fields_object(f, "minutes", &minutes);
    if (!minutes || f->status != CHIP_OK)
        return;
    struct chip_err why;
    json_t *schema = chip_minutes_schema_stored();
    if (!schema)
        chip_fields_refuse(f, CHIP_E_NOMEM, "minutes", "not enough memory");
    else if (chip_minutes_schema_check(schema, minutes, &why) != CHIP_OK)
        chip_fields_refuse(f, CHIP_E_INVAL, "minutes",
                           "not as docs/minutes.schema.json has them: %s", why.message);
    json_decref(schema);
}

/* A text of several lines. */
static void check_summary(struct chip_fields *f)
{
    const json_t *value = json_object_get(f->object, "summary");
    if (value && !json_is_null(value) &&
        (!json_is_string(value) || json_string_length(value) > (size_t)4 * MAX_SUMMARY))
        chip_fields_refuse(f, CHIP_E_INVAL, "summary", "must be a string of at most %d characters",
                           MAX_SUMMARY);
}

static void check_columns(struct chip_fields *f)
{
    const char *title = NULL;
    const json_t *list = NULL;
    chip_fields_text(f, "title", MAX_TITLE, &title);
    check_summary(f);
    chip_fields_array(f, "topics", MAX_ITEMS, &list);
    chip_fields_array(f, "decisions", MAX_ITEMS, &list);
    chip_fields_array(f, "actionItems", MAX_ITEMS, &list);
    check_minutes(f);
}

static enum chip_status take_columns(const json_t *body, json_t *changes, struct chip_err *err)
{
    static const char *const names[][2] = {
        {"title", "title"},         {"summary", "summary"},          {"topics", "topics"},
        {"decisions", "decisions"}, {"actionItems", "action_items"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *value = json_object_get(body, names[i][0]);
        if (value && json_object_set_new(changes, names[i][1], chip_view_snake(value)) != 0)
            return no_memory(err);
    }
    return CHIP_OK;
}

/* ---- minutes ---- */

/* As somebody corrected them; those before them stay. */
static bool set_minutes(const json_t *row, const json_t *sent, json_t *changes)
{
    json_t *minutes = json_copy((json_t *)sent), *own = json_object();
    json_t *before = json_object_get(json_object_get(row, "minutes"), "before");
    json_object_del(minutes, "before");
    bool ok = minutes && own && (!before || json_object_set(minutes, "before", before) == 0) &&
              chip_minutes_columns(minutes, row, own) && json_object_update(own, changes) == 0 &&
              json_object_update(changes, own) == 0 &&
              json_object_set(changes, "minutes", minutes) == 0;
    json_decref(own);
    json_decref(minutes);
    return ok;
}

static enum chip_status take_minutes(const json_t *row, const json_t *body, json_t *changes,
                                     struct chip_err *err)
{
    const json_t *sent = json_object_get(body, "minutes");
    bool ok = true;
    if (json_is_object(sent))
        ok = set_minutes(row, sent, changes);
    else if (sent)
        ok = json_object_set_new(changes, "minutes", json_null()) == 0;
    return ok ? CHIP_OK : no_memory(err);
}

/* Minutes are of the words that there were, unless new ones come with the correction. */
static bool note_stale(const json_t *row, json_t *changes)
{
    const json_t *stored = json_object_get(row, "minutes");
    if (!json_is_object(stored) || json_object_get(changes, "minutes"))
        return true;
    json_t *copy = json_deep_copy(stored);
    return copy && chip_minutes_mark_stale(copy) &&
           json_object_set_new(changes, "minutes", copy) == 0;
}

/* ---- the transcript and what is made of it ---- */

static enum chip_status read_transcript(const json_t *row, struct chip_transcript **out,
                                        struct chip_err *err)
{
    const json_t *json = json_object_get(row, "transcript");
    if (!json_is_object(json))
        return chip_fail(err, CHIP_E_UNSUPPORTED, "there is no transcript to change");
    enum chip_status st = chip_transcript_from_value(json, out, err);
    if (st == CHIP_E_FORMAT) /* what the store holds was written by us */
        err->code = st = CHIP_E_INTERNAL;
    return st;
}

/* Takes `text`. */
static enum chip_status set_json(json_t *changes, const char *column, char *text,
                                 struct chip_err *err)
{
    json_t *json = json_loads(text, 0, NULL);
    free(text);
    return json_object_set_new(changes, column, json) == 0 ? CHIP_OK : no_memory(err);
}

static enum chip_status take_metrics(const struct chip_transcript *t, json_t *changes,
                                     struct chip_err *err)
{
    struct chip_metrics *metrics = NULL;
    char *text = NULL;
    enum chip_status st = chip_metrics_compute(&metrics, t, NULL, err);
    if (st == CHIP_OK)
        st = chip_metrics_write(metrics, t, CHIP_METRICS_JSON, NULL, &text, err);
    if (st == CHIP_OK)
        st = set_json(changes, "metrics", text, err);
    chip_metrics_free(metrics);
    return st;
}

static enum chip_status take_transcript(const struct chip_transcript *t, json_t *changes,
                                        struct chip_err *err)
{
    char *text = NULL;
    enum chip_status st = chip_transcript_to_json(t, &text, err);
    if (st == CHIP_OK)
        st = set_json(changes, "transcript", text, err);
    if (st == CHIP_OK)
        st = take_metrics(t, changes, err);
    if (st != CHIP_OK)
        return st;
    json_t *speakers = json_object_get(json_object_get(changes, "transcript"), "speakers");
    json_t *list = speakers ? json_incref(speakers) : json_array();
    if (json_object_set_new(changes, "speakers", list) != 0 ||
        json_object_set_new(changes, "n_speakers", json_integer((json_int_t)t->n_speakers)) != 0)
        return no_memory(err);
    return CHIP_OK;
}

static enum chip_status edit_transcript(const json_t *row, const json_t *body, json_t *changes,
                                        struct chip_err *err)
{
    CHIP_AUTO(chip_transcript) before = NULL;
    CHIP_AUTO(chip_transcript) after = NULL;
    enum chip_status st = read_transcript(row, &before, err);
    if (st == CHIP_OK)
        st = chip_edits_apply(before, body, &after, err);
    if (st == CHIP_OK && !chip_minutes_same_words(before, after) && !note_stale(row, changes))
        st = no_memory(err);
    return st == CHIP_OK ? take_transcript(after, changes, err) : st;
}

/* ---- the receipt ---- */

/* {"at", "user_id", "version", "changes": what was sent} */
static json_t *note(const json_t *body, const char *user_id, int64_t version)
{
    char at[32];
    struct tm utc;
    time_t now = time(NULL);
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    json_t *sent = json_copy((json_t *)body);
    if (!sent || json_object_del(sent, "version") != 0) {
        json_decref(sent);
        return NULL;
    }
    return json_pack("{s:s, s:s?, s:I, s:o}", "at", at, "user_id", user_id, "version",
                     (json_int_t)version, "changes", sent);
}

static enum chip_status take_receipt(const json_t *row, const json_t *body, const char *user_id,
                                     int64_t version, json_t *changes, struct chip_err *err)
{
    const json_t *before = json_object_get(row, "receipt");
    json_t *receipt = json_is_object(before) ? json_copy((json_t *)before) : json_object();
    const json_t *noted = json_object_get(receipt, "edits");
    json_t *edits = json_is_array(noted) ? json_copy((json_t *)noted) : json_array();
    while (json_array_size(edits) >= MAX_NOTED)
        json_array_remove(edits, 0);
    if (json_object_set_new(changes, "receipt", receipt) != 0 ||
        json_object_set_new(receipt, "edits", edits) != 0 ||
        json_array_append_new(edits, note(body, user_id, version)) != 0)
        return no_memory(err);
    return CHIP_OK;
}

/* ---- all of it ---- */

static enum chip_status check(const json_t *row, const json_t *body, int64_t *version,
                              struct chip_err *err)
{
    struct chip_fields f = {.object = body, .where = "", .err = err};
    chip_fields_only(&f, MEMBERS);
    chip_fields_need(&f, "version");
    chip_fields_integer(&f, "version", 1, INT32_MAX, version);
    check_columns(&f);
    if (f.status == CHIP_OK && json_object_size(body) < 2)
        return chip_fail(err, CHIP_E_INVAL, "nothing to change; what can be is " MEMBERS);
    int64_t present = json_integer_value(json_object_get(row, "version"));
    if (f.status == CHIP_OK && *version != present)
        return chip_fail(err, CHIP_E_CONFLICT,
                         "somebody has changed this since: it is version %" PRId64
                         " now, not %" PRId64 "; read it again and repeat the change",
                         present, *version);
    return f.status;
}

enum chip_status chip_analysis_edit(const json_t *row, const json_t *body, const char *user_id,
                                    int64_t *version, json_t **changes, struct chip_err *err)
{
    enum chip_status st = check(row, body, version, err);
    if (st != CHIP_OK)
        return st;
    json_t *out = json_object();
    if (!out)
        return no_memory(err);
    st = take_columns(body, out, err);
    if (st == CHIP_OK)
        st = take_minutes(row, body, out, err);
    if (st == CHIP_OK && chip_edits_any(body))
        st = edit_transcript(row, body, out, err);
    if (st == CHIP_OK)
        st = take_receipt(row, body, user_id, *version, out, err);
    if (st != CHIP_OK) {
        json_decref(out);
        return st;
    }
    *changes = out;
    return CHIP_OK;
}
