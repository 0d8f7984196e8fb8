#include "http/job_view.h"

#include <ctype.h>
#include <string.h>

enum how {
    AS_IS,
    CAMEL,   /* names inside are ours */
    ADDRESS, /* a URL, shown without its query */
    SOURCE,
    MINUTES, /* without those before them, */
    BEFORE,  /* and these */
};

struct field {
    const char *column, *name;
    enum how how;
};

static const struct field job_fields[] = {
    {"id", "jobId", AS_IS},
    {"user_id", "userId", AS_IS},
    {"status", "status", AS_IS},
    {"stage", "stage", AS_IS},
    {"progress", "progress", AS_IS},
    {"speed", "speed", AS_IS},
    {"eta_seconds", "etaSeconds", AS_IS},
    {"duration_ms", "durationMs", AS_IS},
    {"title", "title", AS_IS},
    {"priority", "priority", AS_IS},
    {"attempts", "attempts", AS_IS},
    {"max_attempts", "maxAttempts", AS_IS},
    {"source", "source", SOURCE},
    {"options", "options", CAMEL},
    {"callback_url", "callbackUrl", ADDRESS},
    {"error", "error", CAMEL},
    {"warnings", "warnings", CAMEL},
    {"redo", "redo", AS_IS},
    {"seq", "seq", AS_IS},
    {"run_after", "runAfter", AS_IS},
    {"created_at", "createdAt", AS_IS},
    {"updated_at", "updatedAt", AS_IS},
    {"started_at", "startedAt", AS_IS},
    {"finished_at", "finishedAt", AS_IS},
    {0},
};

static const struct field analysis_fields[] = {
    {"job_id", "jobId", AS_IS},
    {"version", "version", AS_IS},
    {"title", "title", AS_IS},
    {"language", "language", AS_IS},
    {"model", "model", AS_IS},
    {"duration_ms", "durationMs", AS_IS},
    {"n_speakers", "speakerCount", AS_IS},
    {"transcript", "transcript", AS_IS},
    {"speakers", "speakers", AS_IS},
    {"metrics", "metrics", AS_IS},
    {"summary", "summary", AS_IS},
    {"topics", "topics", CAMEL},
    {"decisions", "decisions", CAMEL},
    {"action_items", "actionItems", CAMEL},
    {"minutes", "minutes", MINUTES},
    {"minutes", "minutesBefore", BEFORE},
    {"receipt", "receipt", AS_IS},
    {"created_at", "createdAt", AS_IS},
    {"updated_at", "updatedAt", AS_IS},
    {0},
};

static const struct field delivery_fields[] = {
    {"id", "id", AS_IS},
    {"event", "event", AS_IS},
    {"url", "url", ADDRESS},
    {"status", "status", AS_IS},
    {"attempts", "attempts", AS_IS},
    {"http_status", "httpStatus", AS_IS},
    {"error", "error", AS_IS},
    {"next_try_at", "nextTryAt", AS_IS},
    {"tries", "tries", CAMEL},
    {"created_at", "createdAt", AS_IS},
    {"delivered_at", "deliveredAt", AS_IS},
    {0},
};

static const struct field audit_fields[] = {
    {"id", "id", AS_IS},           {"at", "at", AS_IS},
    {"actor", "actor", AS_IS},     {"user_id", "userId", AS_IS},
    {"action", "action", AS_IS},   {"job_id", "jobId", AS_IS},
    {"address", "address", AS_IS}, {"request_id", "requestId", AS_IS},
    {"detail", "detail", CAMEL},   {0},
};

/* ---- values ---- */

/* Sets a member that may be NULL for lack of memory. @return false then */
static bool set(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new(object, name, value) == 0;
}

enum { NAME = 64 }; /* longer names stay as they are */

/* "start_ms" as "startMs" */
static void camel_name(const char *name, char out[NAME])
{
    size_t n = 0;
    for (; *name && n < NAME - 1; name++) {
        if (*name == '_' && n > 0 && islower((unsigned char)name[1]))
            out[n++] = (char)toupper((unsigned char)*++name);
        else
            out[n++] = *name;
    }
    out[n] = '\0';
}

/* "startMs" as "start_ms" */
static void snake_name(const char *name, char out[NAME])
{
    size_t n = 0;
    for (; *name && n < NAME - 2; name++) {
        if (n > 0 && isupper((unsigned char)*name))
            out[n++] = '_';
        out[n++] = (char)tolower((unsigned char)*name);
    }
    out[n] = '\0';
}

typedef void rename_fn(const char *name, char out[NAME]);

static json_t *renamed(const json_t *value, rename_fn *rename);

static json_t *renamed_array(const json_t *array, rename_fn *rename)
{
    json_t *out = json_array();
    size_t i;
    const json_t *item;
    json_array_foreach(array, i, item)
    {
        if (out && json_array_append_new(out, renamed(item, rename)) != 0) {
            json_decref(out);
            out = NULL;
        }
    }
    return out;
}

static json_t *renamed_object(const json_t *object, rename_fn *rename)
{
    json_t *out = json_object();
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)object, key, item)
    {
        char name[NAME];
        rename(key, name);
        bool fits = strlen(key) < NAME / 2;
        if (out && !set(out, fits ? name : key, renamed(item, rename))) {
            json_decref(out);
            out = NULL;
        }
    }
    return out;
}

static json_t *renamed(const json_t *value, rename_fn *rename)
{
    if (json_is_array(value))
        return renamed_array(value, rename);
    if (json_is_object(value))
        return renamed_object(value, rename);
    return value ? json_incref((json_t *)value) : json_null();
}

json_t *chip_view_camel(const json_t *value)
{
    return renamed(value, camel_name);
}

json_t *chip_view_snake(const json_t *value)
{
    return renamed(value, snake_name);
}

/* "https://host/path" of an address; a signature is in its query. */
static json_t *address(const json_t *url)
{
    const char *text = json_string_value(url);
    return text ? json_stringn(text, strcspn(text, "?#")) : json_null();
}

static json_t *source(const json_t *row)
{
    const char *kind = json_string_value(json_object_get(row, "kind"));
    if (!kind)
        return json_null();
    json_t *out = json_pack("{s:s}", "kind", kind);
    const json_t *url = json_object_get(row, "url"), *id = json_object_get(row, "upload_id");
    const json_t *name = json_object_get(row, "name");
    if (out && ((url && !set(out, "url", address(url))) ||
                (id && !set(out, "uploadId", json_incref((json_t *)id))) ||
                (name && !set(out, "name", json_incref((json_t *)name))))) {
        json_decref(out);
        out = NULL;
    }
    return out;
}

static json_t *minutes_alone(const json_t *stored)
{
    if (!json_is_object(stored))
        return json_null();
    json_t *copy = json_copy((json_t *)stored);
    json_object_del(copy, "before");
    return copy;
}

static json_t *minutes_before(const json_t *stored)
{
    json_t *before = json_object_get(stored, "before");
    return json_is_array(before) ? json_incref(before) : json_array();
}

static json_t *value_of(const json_t *column, enum how how)
{
    switch (how) {
    case AS_IS:
        return column ? json_incref((json_t *)column) : json_null();
    case CAMEL:
        return chip_view_camel(column);
    case ADDRESS:
        return address(column);
    case SOURCE:
        return source(column);
    case MINUTES:
        return minutes_alone(column);
    case BEFORE:
        return minutes_before(column);
    }
    return NULL;
}

/* ---- rows ---- */

static json_t *view(const json_t *row, const struct field *fields)
{
    json_t *out = json_object();
    for (const struct field *f = fields; out && f->column; f++) {
        if (!set(out, f->name, value_of(json_object_get(row, f->column), f->how))) {
            json_decref(out);
            out = NULL;
        }
    }
    return out;
}

/* What a worker said last stays in the row; of a job that is not in work, it says nothing. */
json_t *chip_view_job(const json_t *row)
{
    json_t *out = view(row, job_fields);
    const char *status = json_string_value(json_object_get(out, "status"));
    bool in_work = status && strcmp(status, "processing") == 0;
    bool is_done = status && strcmp(status, "completed") == 0;
    if ((out && !in_work && !set(out, "etaSeconds", json_null())) ||
        (out && !in_work && !is_done && !set(out, "speed", json_null()))) {
        json_decref(out);
        return NULL;
    }
    return out;
}

json_t *chip_view_analysis(const json_t *row, bool with_voices)
{
    json_t *out = view(row, analysis_fields);
    json_t *transcript = json_object_get(out, "transcript");
    if (with_voices || !json_object_get(transcript, "voices"))
        return out;
    json_t *copy = json_copy(transcript); /* the row is not ours to change */
    if (!copy || json_object_del(copy, "voices") != 0 || !set(out, "transcript", copy)) {
        json_decref(out);
        return NULL;
    }
    return out;
}

json_t *chip_view_delivery(const json_t *row)
{
    return view(row, delivery_fields);
}

json_t *chip_view_audit(const json_t *row)
{
    return view(row, audit_fields);
}

json_t *chip_view_all(const json_t *rows, json_t *(*view_row)(const json_t *row))
{
    json_t *out = json_array();
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (out && json_array_append_new(out, view_row(row)) != 0) {
            json_decref(out);
            out = NULL;
        }
    }
    return out;
}
