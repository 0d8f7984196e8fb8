#include "http/submission.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "http/app.h"
#include "http/fields.h"
#include "http/job_options.h"
#include "http/request_hash.h"
#include "net/guard.h"
#include "store/uploads.h"

enum {
    MAX_TITLE = 300,
    MAX_URL = 4096,
    MAX_PRIORITY = 10,
    MAX_KEY = 255, /* bytes of an Idempotency-Key */
};

/* Names of jobs in UUIDs that are made from an Idempotency-Key. */
static const char key_space[] = "6f0f7f4e-6a0c-5d4b-9f0a-3c1f1f6a2b11";

void chip_submission_done(struct chip_submission *s)
{
    json_decref(s->args);
    s->args = NULL;
}

/* ---- reading ---- */

static void read_uuid(struct chip_fields *f, const char *name, char out[CHIP_UUID_TEXT])
{
    const char *text = NULL;
    chip_fields_text(f, name, CHIP_UUID_TEXT - 1, &text);
    if (!text)
        return;
    if (!chip_uuid_valid(text)) {
        chip_fields_refuse(f, CHIP_E_INVAL, name, "must be a UUID");
        return;
    }
    for (size_t i = 0; i < CHIP_UUID_TEXT; i++)
        out[i] = (char)tolower((unsigned char)text[i]);
}

static void read_url(struct chip_fields *f, const struct chip_guard *guard, const char *name,
                     const char **out)
{
    const char *url = NULL;
    chip_fields_text(f, name, MAX_URL, &url);
    if (!url)
        return;
    struct chip_err why = {.message = "this server asks no addresses of others"};
    if (!guard || chip_guard_check(guard, url, NULL, &why) != CHIP_OK)
        chip_fields_refuse(f, CHIP_E_INVAL, name, "%s", why.message);
    else
        *out = url;
}

/* The job's id: the client's, else what its Idempotency-Key stands for, else a new one. */
static void read_id(struct chip_request *req, struct chip_fields *f, size_t index,
                    char id[CHIP_UUID_TEXT])
{
    id[0] = '\0';
    read_uuid(f, "jobId", id);
    if (id[0])
        return;
    const char *key = chip_request_header(req, "Idempotency-Key");
    if (!key) {
        chip_uuid_make(id);
        return;
    }
    if (!*key || strlen(key) > MAX_KEY) {
        chip_fields_refuse(f, CHIP_E_INVAL, "Idempotency-Key", "must have 1 to %d characters",
                           MAX_KEY);
        return;
    }
    char name[MAX_KEY + CHIP_UUID_TEXT + 32];
    snprintf(name, sizeof name, "%s/%zu/%s", req->caller ? req->caller->user_id : "service", index,
             key);
    chip_uuid_of_name(key_space, name, id);
}

/* Whose job it is: a user's own; the service says for whom it asks. "": nobody's */
static void read_user(struct chip_request *req, struct chip_fields *f, char user[CHIP_UUID_TEXT])
{
    user[0] = '\0';
    read_uuid(f, "userId", user);
    if (!req->caller)
        return;
    if (user[0] && strcmp(user, req->caller->user_id) != 0)
        chip_fields_refuse(f, CHIP_E_DENIED, "userId", "jobs of other users are not yours to make");
    snprintf(user, CHIP_UUID_TEXT, "%s", req->caller->user_id);
}

static void read_source(struct chip_request *req, struct chip_fields *f, json_t **out,
                        struct chip_submission *s)
{
    const struct chip_app *app = chip_request_app(req);
    const char *url = NULL;
    char upload[CHIP_UUID_TEXT] = "";
    read_url(f, app->guard, "fileUrl", &url);
    read_uuid(f, "uploadId", upload);
    if (f->status == CHIP_OK && !url == !upload[0])
        chip_fields_refuse(f, CHIP_E_INVAL, "fileUrl",
                           "either fileUrl or uploadId must be there, and only one of them");
    if (f->status != CHIP_OK)
        return;
    snprintf(s->upload_id, sizeof s->upload_id, "%s", upload);
    *out = url ? json_pack("{s:s, s:s}", "kind", "url", "url", url)
               : json_pack("{s:s, s:s, s:s*}", "kind", "upload", "upload_id", upload, "node",
                           app->node);
    if (!*out)
        chip_fields_refuse(f, CHIP_E_NOMEM, "", "not enough memory for the job");
}

static void read_options(struct chip_request *req, struct chip_fields *f, json_t **out, bool *eager)
{
    const json_t *options = NULL;
    chip_fields_object(f, "options", &options);
    if (f->status != CHIP_OK)
        return;
    if (!options) {
        *out = json_object();
        return;
    }
    char where[64];
    snprintf(where, sizeof where, "%soptions.", f->where);
    struct chip_fields inner = {.object = options, .where = where, .err = f->err};
    chip_job_options_read(&inner, chip_request_app(req)->minutes, out);
    f->status = inner.status;
    *eager = json_is_true(json_object_get(options, "eager"));
}

static void read_priority(struct chip_request *req, struct chip_fields *f, int64_t *priority)
{
    chip_fields_integer(f, "priority", -MAX_PRIORITY, MAX_PRIORITY, priority);
    if (req->caller && *priority > 0)
        chip_fields_refuse(f, CHIP_E_DENIED, "priority", "users may only give way: 0 or less");
}

enum chip_status chip_submission_read(struct chip_request *req, const json_t *job,
                                      const char *where, size_t index, struct chip_submission *out,
                                      struct chip_err *err)
{
    *out = (struct chip_submission){0};
    struct chip_fields f = {.object = job, .where = where, .err = err};
    char user[CHIP_UUID_TEXT];
    const char *title = NULL, *callback = NULL;
    int64_t priority = 0;
    json_t *source = NULL, *options = NULL;
    chip_fields_only(&f, CHIP_SUBMISSION);
    read_id(req, &f, index, out->id);
    read_user(req, &f, user);
    chip_fields_text(&f, "title", MAX_TITLE, &title);
    read_url(&f, chip_request_app(req)->callback_guard, "callbackUrl", &callback);
    read_priority(req, &f, &priority);
    read_source(req, &f, &source, out);
    read_options(req, &f, &options, &out->eager);
    if (f.status != CHIP_OK) {
        json_decref(source);
        json_decref(options);
        return f.status;
    }
    out->args = json_pack("{s:s, s:o, s:o, s:s*, s:s*, s:s*, s:I}", "id", out->id, "source", source,
                          "options", options, "user_id", user[0] ? user : NULL, "callback_url",
                          callback, "title", title, "priority", (json_int_t)priority);
    char hash[CHIP_REQUEST_HASH];
    if (!out->args || !chip_request_hash(out->args, hash) ||
        json_object_set_new(out->args, "request_hash", json_string(hash)) != 0)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the job");
    return CHIP_OK;
}

/* ---- into the queue ---- */

static bool is_known(struct chip_request *req, const char *id)
{
    struct chip_err err;
    return chip_store_call(chip_request_app(req)->store, req->caller, "get_job",
                           json_pack("{s:s}", "id", id), NULL, &err) == CHIP_OK;
}

/* Makes sure that the upload is the caller's, whole if it must be, and nobody else's job's. */
static enum chip_status claim_upload(struct chip_request *req, const struct chip_submission *s,
                                     struct chip_err *err)
{
    struct chip_uploads *uploads = chip_request_app(req)->uploads;
    const char *user = req->caller ? req->caller->user_id : NULL;
    struct chip_upload upload;
    if (!uploads)
        return chip_fail(err, CHIP_E_UNSUPPORTED, "this server takes no uploads; give a fileUrl");
    enum chip_status st = chip_upload_get(uploads, user, s->upload_id, &upload, err);
    if (st == CHIP_OK && !upload.finished && !s->eager)
        return chip_fail(err, CHIP_E_CONFLICT,
                         "the upload is not complete yet; finish it, or set options.eager to begin "
                         "while it arrives");
    if (st == CHIP_OK && upload.name[0] &&
        json_object_set_new(json_object_get(s->args, "source"), "name", json_string(upload.name)) !=
            0)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the job");
    if (st == CHIP_OK)
        st = chip_upload_claim(uploads, user, s->upload_id, s->id, err);
    return st;
}

enum chip_status chip_submission_enqueue(struct chip_request *req, struct chip_submission *s,
                                         json_t **job, struct chip_err *err)
{
    /* A job that is there may have used its upload up. */
    bool claims = s->upload_id[0] && !is_known(req, s->id);
    enum chip_status st = claims ? claim_upload(req, s, err) : CHIP_OK;
    if (st != CHIP_OK)
        return st;
    json_t *result = NULL;
    st = chip_store_call(chip_request_app(req)->store, req->caller, "enqueue_job",
                         json_incref(s->args), &result, err);
    if (st == CHIP_OK)
        *job = json_incref(json_object_get(result, "job"));
    else if (claims && st != CHIP_E_UNAVAILABLE) /* then it is not known whether the job is there */
        chip_upload_unclaim(chip_request_app(req)->uploads, s->upload_id, s->id);
    json_decref(result);
    return st;
}
