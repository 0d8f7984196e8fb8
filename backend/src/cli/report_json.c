#include "cli/report_json.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json_text.h"
#include "cli/progress.h"
#include "meeting/transcript.h"

/* Three decimals are plenty; null for what is not known. */
static json_t *number(double x, bool is_known)
{
    return is_known && isfinite(x) ? json_real(round(x * 1000) / 1000) : json_null();
}

static json_t *whole(int64_t n)
{
    return n >= 0 ? json_integer(n) : json_null();
}

static json_t *event(const char *name, const char *file)
{
    json_t *o = json_object();
    json_object_set_new(o, "event", json_string(name));
    if (file)
        json_object_set_new(o, "file", chip_json_text(file));
    return o;
}

/* Steals o. A line that memory does not suffice for is left out: the next one may fit again. */
static void emit(json_t *o)
{
    char *line = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(o);
    if (!line)
        return;
    size_t n = strlen(line);
    line[n] = '\n'; /* in place of the NUL: one write, so that lines are never torn */
    fwrite(line, 1, n + 1, stderr);
    free(line);
}

void chip_report_json_start(const struct chip_report *r)
{
    json_t *o = event("start", r->file);
    json_object_set_new(o, "index", json_integer(r->index));
    json_object_set_new(o, "files", json_integer(r->n_files));
    emit(o);
}

void chip_report_json_progress(const struct chip_report *r, const struct chip_progress *progress)
{
    json_t *o = event("progress", r->file);
    double percent = chip_progress_percent(progress);
    json_object_set_new(o, "done_ms", whole(progress->done_ms));
    json_object_set_new(o, "total_ms", whole(progress->total_ms));
    json_object_set_new(o, "percent", number(percent, percent >= 0));
    json_object_set_new(o, "speed", number(progress->speed, progress->speed > 0));
    json_object_set_new(o, "remaining_s",
                        number(progress->remaining_s, progress->remaining_s >= 0));
    emit(o);
}

void chip_report_json_segment(const struct chip_report *r, const struct chip_segment *segment)
{
    json_t *o = event("segment", r->file);
    json_object_set_new(o, "start_ms", whole(segment->start_ms));
    json_object_set_new(o, "end_ms", whole(segment->end_ms));
    json_object_set_new(o, "confidence", number(segment->confidence, true));
    json_object_set_new(o, "text", chip_json_text(segment->text));
    emit(o);
}

void chip_report_json_warning(const struct chip_report *r, const struct chip_audit *audit)
{
    json_t *o = event("warning", r->file);
    json_object_set_new(o, "kind", json_string(chip_audit_kind_name(audit->kind)));
    json_object_set_new(o, "start_ms", whole(audit->start_ms));
    json_object_set_new(o, "end_ms", whole(audit->end_ms));
    json_object_set_new(o, "message", chip_json_text(audit->detail ? audit->detail : ""));
    emit(o);
}

static json_t *paths(const struct chip_report *r, const struct chip_outputs *outputs)
{
    json_t *list = json_array();
    for (size_t i = 0; outputs->paths && i < outputs->n_formats; i++)
        json_array_append_new(list,
                              chip_json_text(chip_outputs_path(outputs, (size_t)r->index - 1, i)));
    return list;
}

void chip_report_json_done(const struct chip_report *r, const struct chip_transcript *t,
                           double seconds, const struct chip_outputs *outputs)
{
    json_t *o = event("done", r->file);
    json_object_set_new(o, "duration_ms", whole(t->duration_ms));
    json_object_set_new(o, "speech_ms", whole(t->speech_ms));
    json_object_set_new(o, "segments", json_integer((json_int_t)t->n_segments));
    json_object_set_new(o, "words", json_integer((json_int_t)t->n_words));
    json_object_set_new(o, "model", chip_json_text(t->model));
    json_object_set_new(o, "seconds", number(seconds, true));
    json_object_set_new(o, "speed", number((double)t->duration_ms / 1000 / seconds, seconds > 0));
    json_object_set_new(o, "outputs", paths(r, outputs));
    emit(o);
}

void chip_report_json_error(const struct chip_report *r, const char *file, enum chip_status status,
                            enum chip_exit code, const char *message,
                            const struct chip_outputs *outputs)
{
    json_t *o = event("error", file);
    json_object_set_new(o, "code", json_string(chip_status_name(status)));
    json_object_set_new(o, "exit_code", json_integer(code));
    json_object_set_new(o, "message", chip_json_text(message));
    if (status == CHIP_E_CANCELLED) {
        json_object_set_new(o, "done_ms", whole(r->done_ms));
        json_object_set_new(o, "saved", json_boolean(outputs != NULL));
        if (outputs)
            json_object_set_new(o, "outputs", paths(r, outputs));
    }
    emit(o);
}
