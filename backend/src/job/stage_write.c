/* The end of every plan: figures, then all of it into the store in one transaction. */

#include <string.h>

#include "base/clock.h"
#include "job/document.h"
#include "job/work.h"

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

/* @return NULL when out of memory */
static json_t *make_analysis(const struct chip_work *work, json_t *transcript)
{
    const struct chip_transcript *t = work->transcript;
    json_t *speakers = json_object_get(transcript, "speakers");
    json_t *columns = columns_before(work);
    json_t *made =
        json_pack("{s:o, s:s?, s:s?, s:I, s:I, s:O, s:o, s:O?, s:o}", "title", title_of(work),
                  "language", t->language, "model", t->model, "duration_ms",
                  (json_int_t)t->duration_ms, "n_speakers", (json_int_t)t->n_speakers, "transcript",
                  transcript, "speakers", speakers ? json_incref(speakers) : json_array(),
                  "metrics", work->metrics, "receipt", chip_work_receipt(work));
    if (!columns || !made || json_object_update(columns, made) != 0) {
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

enum chip_status chip_stage_write(struct chip_work *work, struct chip_err *err)
{
    tell_speed(work);
    json_t *transcript;
    enum chip_status s = chip_document_of_transcript(work->transcript, &transcript, err);
    if (s != CHIP_OK)
        return s;
    json_t *analysis = make_analysis(work, transcript);
    json_decref(transcript);
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
