/* The end of every plan: figures, then all of it into the store in one transaction. */

#include <string.h>

#include "base/clock.h"
#include "job/document.h"
#include "job/work.h"
#include "meeting/transcript.h"
#include "minutes/stored.h"

enum chip_status chip_stage_metrics(struct chip_work *work, struct chip_err *err)
{
    /* Without figures, the words are worth as much as before. */
    if (chip_document_of_metrics(work->transcript, &work->metrics, err) != CHIP_OK)
        chip_work_warn(work, "no_metrics", "the conversation could not be measured: %s",
                       err->message);
    return CHIP_OK;
}

/* What is not made again stays as it is. */
static json_t *columns_before(const struct chip_work *work)
{
    static const char *const own[] = {"job_id", "user_id", "version", "created_at", "updated_at"};
    json_t *columns = work->before ? json_copy((json_t *)work->before) : json_object();
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        json_object_del(columns, own[i]);
    return columns;
}

static json_t *title_of(const struct chip_work *work)
{
    const json_t *earlier = json_object_get(work->before, "title");
    const char *given = chip_work_text(work, "title");
    if (json_is_string(earlier))
        return json_incref((json_t *)earlier);
    if (given && *given)
        return json_string(given);
    return work->title[0] ? json_string(work->title) : json_null();
}

/* ---- minutes ---- */

/* Are these still the words of the row? */
static bool has_same_words(const struct chip_work *work, const json_t *row)
{
    CHIP_AUTO(chip_transcript) stored = NULL;
    return chip_document_to_transcript(json_object_get(row, "transcript"), &stored, NULL) ==
               CHIP_OK &&
           chip_minutes_same_words(stored, work->transcript);
}

/* Minutes with those before them; where none were written, the old ones stay.
 * @param columns receives them. @return false when out of memory */
static bool add_minutes(struct chip_work *work, const json_t *row, json_t *columns)
{
    json_t *earlier = json_object_get(row, "minutes");
    bool same = !json_is_object(earlier) || has_same_words(work, row);
    json_t *kept = json_is_object(earlier) ? json_deep_copy(earlier) : NULL;
    bool ok = !kept || same || chip_minutes_mark_stale(kept);
    if (ok && work->minutes) {
        char now[CHIP_WORK_TIME];
        chip_work_time(chip_work_now_ms(), now);
        ok = chip_minutes_follow(work->minutes, kept, now) &&
             chip_minutes_columns(work->minutes, row, columns) &&
             json_object_set(columns, "minutes", work->minutes) == 0;
    } else if (ok && kept) {
        ok = json_object_set(columns, "minutes", kept) == 0;
    }
    json_decref(kept);
    return ok;
}

/* The columns of minutes that were written again. Somebody may have corrected the words meanwhile:
 * what they changed stays, and is not what the minutes are of. @return NULL when out of memory */
static json_t *make_minutes(struct chip_work *work, const json_t *row)
{
    json_t *columns = json_object();
    bool ok = columns && add_minutes(work, row, columns);
    if (ok && work->minutes && !has_same_words(work, row))
        ok = json_object_set_new(work->minutes, "stale", json_true()) == 0;
    if (ok)
        ok = json_object_set_new(columns, "receipt",
                                 chip_work_receipt(work, json_object_get(row, "receipt"))) == 0;
    if (!ok) {
        json_decref(columns);
        return NULL;
    }
    return columns;
}

/* ---- all of it ---- */

/* @return NULL when out of memory */
static json_t *make_analysis(struct chip_work *work, json_t *transcript)
{
    const struct chip_transcript *t = work->transcript;
    json_t *speakers = json_object_get(transcript, "speakers");
    json_t *columns = columns_before(work);
    json_t *made = json_pack(
        "{s:o, s:s?, s:s?, s:I, s:I, s:O, s:o, s:O?, s:o}", "title", title_of(work), "language",
        t->language, "model", t->model, "duration_ms", (json_int_t)t->duration_ms, "n_speakers",
        (json_int_t)t->n_speakers, "transcript", transcript, "speakers",
        speakers ? json_incref(speakers) : json_array(), "metrics", work->metrics, "receipt",
        chip_work_receipt(work, json_object_get(work->before, "receipt")));
    if (!columns || !made || json_object_update(columns, made) != 0 ||
        !add_minutes(work, work->before, columns)) {
        json_decref(columns);
        columns = NULL;
    }
    json_decref(made);
    return columns;
}

/* What the whole took, for those who look when it is over. */
static void tell_speed(struct chip_work *work)
{
    int64_t took = chip_clock_ms() - work->listened_ms;
    if (work->listened_ms && took > 0 && work->recording_ms > 0)
        chip_work_tell(work, 0.0, (double)work->recording_ms / (double)took, 0.0);
}

static enum chip_status make_all(struct chip_work *work, json_t **out, struct chip_err *err)
{
    json_t *transcript;
    enum chip_status s = chip_document_of_transcript(work->transcript, &transcript, err);
    if (s != CHIP_OK)
        return s;
    *out = make_analysis(work, transcript);
    json_decref(transcript);
    return CHIP_OK;
}

/* The row is read once more: a model may have taken minutes. */
static enum chip_status make_minutes_alone(struct chip_work *work, json_t **out,
                                           struct chip_err *err)
{
    json_t *row;
    enum chip_status s = chip_store_call(work->settings->store, NULL, "get_analysis",
                                         json_pack("{s:s}", "job_id", work->id), &row, err);
    if (s != CHIP_OK)
        return s;
    *out = make_minutes(work, row);
    json_decref(row);
    return CHIP_OK;
}

enum chip_status chip_stage_write(struct chip_work *work, struct chip_err *err)
{
    tell_speed(work);
    json_t *analysis = NULL;
    enum chip_status s = chip_work_redoes(work, "minutes")
                             ? make_minutes_alone(work, &analysis, err)
                             : make_all(work, &analysis, err);
    if (s != CHIP_OK)
        return s;
    if (!analysis)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the result");
    json_t *args = json_pack("{s:o, s:O}", "analysis", analysis, "warnings", work->warnings);
    s = chip_lease_flush(work->lease, err);
    if (s == CHIP_E_UNAVAILABLE) /* asked for once more, with the patience of the end */
        s = CHIP_OK;
    if (s != CHIP_OK) {
        json_decref(args);
        return s;
    }
    return chip_lease_end(work->lease, "complete_job", args, NULL, err);
}
