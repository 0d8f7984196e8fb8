#include "http/tus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/app.h"
#include "http/tus_head.h"
#include "http/upload_view.h"

/* A request with a body: POST that makes an upload, or PATCH that goes on with one. */
struct tus {
    struct chip_uploads *uploads;
    struct chip_upload upload;
    struct chip_upload_writer *writer; /* NULL: no bytes are expected */
    bool made;                         /* by this request, whose client does not know it yet */
};

static struct chip_uploads *uploads_of(struct chip_request *req)
{
    return chip_request_app(req)->uploads;
}

/* ---- answers ---- */

static void refuse(struct chip_request *req, int status, const char *code, const char *message)
{
    chip_reply_error(req, status, code, message, NULL);
}

static void reply_number(struct chip_request *req, const char *name, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    chip_reply_header(req, name, text);
}

static void reply_expiry(struct chip_request *req, const struct chip_upload *upload)
{
    char date[CHIP_TUS_DATE];
    if (upload->finished || upload->expires_ms <= 0)
        return;
    chip_tus_date(upload->expires_ms, date);
    chip_reply_header(req, "Upload-Expires", date);
}

void chip_tus_options(struct chip_request *req)
{
    chip_reply_header(req, "Tus-Resumable", CHIP_TUS_VERSION);
    chip_reply_header(req, "Tus-Version", CHIP_TUS_VERSION);
    chip_reply_header(req, "Tus-Extension", CHIP_TUS_EXTENSIONS);
    chip_reply_header(req, "Tus-Checksum-Algorithm", CHIP_TUS_HASHES);
    reply_number(req, "Tus-Max-Size", chip_uploads_max_bytes(uploads_of(req)));
    chip_reply_empty(req, 204);
}

/* Every answer says our version; a request in another one is not looked at. */
static bool same_version(struct chip_request *req)
{
    const char *version = chip_request_header(req, "Tus-Resumable");
    chip_reply_header(req, "Tus-Resumable", CHIP_TUS_VERSION);
    chip_reply_header(req, "Cache-Control", "no-store");
    if (version && strcmp(version, CHIP_TUS_VERSION) == 0)
        return true;
    chip_reply_header(req, "Tus-Version", CHIP_TUS_VERSION);
    refuse(req, 412, "tus_version",
           "this is tus " CHIP_TUS_VERSION ": send Tus-Resumable: " CHIP_TUS_VERSION
           ", or a form with the part 'file'");
    return false;
}

/* ---- HEAD, DELETE ---- */

void chip_tus_head(struct chip_request *req)
{
    struct chip_upload upload;
    struct chip_err err;
    if (!same_version(req))
        return;
    if (chip_upload_get(uploads_of(req), chip_upload_user(req), req->params[0], &upload, &err) !=
        CHIP_OK) {
        chip_upload_refuse(req, &err);
        return;
    }
    reply_number(req, "Upload-Offset", upload.offset);
    if (upload.length >= 0)
        reply_number(req, "Upload-Length", upload.length);
    else
        chip_reply_header(req, "Upload-Defer-Length", "1");
    if (upload.metadata[0])
        chip_reply_header(req, "Upload-Metadata", upload.metadata);
    reply_expiry(req, &upload);
    chip_reply_empty(req, 200);
}

void chip_tus_delete(struct chip_request *req)
{
    struct chip_err err;
    if (!same_version(req))
        return;
    if (chip_upload_delete(uploads_of(req), chip_upload_user(req), req->params[0], &err) == CHIP_OK)
        chip_reply_empty(req, 204);
    else
        chip_upload_refuse(req, &err);
}

/* ---- requests with a body ---- */

static bool sends_bytes(struct chip_request *req)
{
    static const char type[] = "application/offset+octet-stream";
    const char *sent = chip_request_header(req, "Content-Type");
    size_t n = sizeof type - 1;
    return sent && strncasecmp(sent, type, n) == 0 && (!sent[n] || strchr("; \t", sent[n]));
}

/* What Content-Length announces; 0 without. */
static int64_t announced(struct chip_request *req)
{
    int64_t n = 0;
    return chip_tus_number(chip_request_header(req, "Content-Length"), &n) ? n : 0;
}

static bool read_checksum(struct chip_request *req, struct chip_upload_check *check)
{
    struct chip_err err;
    const char *sent = chip_request_header(req, "Upload-Checksum");
    if (!sent || chip_tus_checksum(sent, check, &err) == CHIP_OK)
        return true;
    refuse(req, 400, "checksum", err.message);
    return false;
}

static struct tus *new_state(struct chip_request *req)
{
    struct tus *tus = calloc(1, sizeof *tus);
    if (!tus) {
        refuse(req, 503, "unavailable", "not enough memory for an upload");
        return NULL;
    }
    tus->uploads = uploads_of(req);
    req->state = tus;
    return tus;
}

static bool begin_writing(struct chip_request *req, struct tus *tus, const char *id, int64_t offset,
                          const struct chip_upload_check *check)
{
    struct chip_err err;
    if (chip_upload_write_begin(tus->uploads, chip_upload_user(req), id, offset, check,
                                &tus->writer, &err) == CHIP_OK)
        return true;
    chip_upload_refuse(req, &err);
    return false;
}

bool chip_tus_begin_post(struct chip_request *req)
{
    char name[CHIP_UPLOAD_NAME];
    const char *metadata = chip_request_header(req, "Upload-Metadata");
    struct chip_upload_check check = {0};
    struct chip_err err;
    int64_t length;
    if (!same_version(req))
        return false;
    if (!chip_tus_number(chip_request_header(req, "Upload-Length"), &length)) {
        refuse(req, 400, "upload_length", "Upload-Length must say how many bytes will come");
        return false;
    }
    if (chip_tus_metadata(metadata, name, &err) != CHIP_OK) {
        refuse(req, 400, "upload_metadata", err.message);
        return false;
    }
    if (!read_checksum(req, &check))
        return false;
    if (sends_bytes(req) && announced(req) > length) {
        refuse(req, 413, "too_large", "the body is longer than Upload-Length says");
        return false;
    }
    struct tus *tus = new_state(req);
    if (!tus)
        return false;
    if (chip_upload_create(tus->uploads, chip_upload_user(req), name, metadata, length,
                           &tus->upload, &err) != CHIP_OK) {
        chip_upload_refuse(req, &err);
        return false;
    }
    tus->made = true;
    return !sends_bytes(req) || length == 0 || begin_writing(req, tus, tus->upload.id, 0, &check);
}

bool chip_tus_begin_patch(struct chip_request *req)
{
    struct chip_upload_check check = {0};
    struct chip_err err;
    int64_t offset;
    if (!same_version(req))
        return false;
    if (!sends_bytes(req)) {
        refuse(req, 415, "unsupported", "Content-Type must be application/offset+octet-stream");
        return false;
    }
    if (!chip_tus_number(chip_request_header(req, "Upload-Offset"), &offset)) {
        refuse(req, 400, "upload_offset", "Upload-Offset must be the number of the next byte");
        return false;
    }
    struct tus *tus = read_checksum(req, &check) ? new_state(req) : NULL;
    if (!tus)
        return false;
    if (chip_upload_get(tus->uploads, chip_upload_user(req), req->params[0], &tus->upload, &err) !=
        CHIP_OK)
        chip_upload_refuse(req, &err);
    else if (offset == tus->upload.offset && tus->upload.finished)
        return true; /* nothing is left to send: fine, as long as nothing comes */
    else if (offset == tus->upload.offset && tus->upload.length >= 0 &&
             announced(req) > tus->upload.length - offset)
        refuse(req, 413, "too_large", "the body goes beyond the upload's length");
    else
        return begin_writing(req, tus, req->params[0], offset, &check);
    return false;
}

void chip_tus_data(struct chip_request *req, const char *bytes, size_t n)
{
    struct tus *tus = req->state;
    struct chip_err err;
    if (!tus->writer) {
        if (tus->upload.finished)
            refuse(req, 413, "too_large", "the body goes beyond the upload's length");
        else
            refuse(req, 415, "unsupported",
                   "a body needs Content-Type: application/offset+octet-stream");
        return;
    }
    if (chip_upload_write(tus->writer, bytes, n, &err) == CHIP_OK)
        return;
    chip_upload_write_end(tus->writer, CHIP_UPLOAD_CUT, NULL, NULL);
    tus->writer = NULL;
    chip_upload_refuse(req, &err);
}

void chip_tus_cut(struct chip_request *req)
{
    struct tus *tus = req->state;
    if (!tus)
        return;
    chip_upload_write_end(tus->writer, CHIP_UPLOAD_CUT, NULL, NULL);
    tus->writer = NULL;
}

static void reply_made(struct chip_request *req, struct tus *tus, bool with_bytes)
{
    char location[CHIP_UPLOAD_LOCATION];
    chip_upload_location(tus->upload.id, location);
    chip_reply_header(req, "Location", location);
    if (with_bytes)
        reply_number(req, "Upload-Offset", tus->upload.offset);
    reply_expiry(req, &tus->upload);
    chip_reply_empty(req, 201);
    tus->made = false;
}

void chip_tus_end(struct chip_request *req)
{
    struct tus *tus = req->state;
    struct chip_upload_writer *writer = tus->writer;
    struct chip_err err;
    tus->writer = NULL;
    if (writer && chip_upload_write_end(writer, CHIP_UPLOAD_PAUSE, &tus->upload, &err) != CHIP_OK) {
        chip_upload_refuse(req, &err);
    } else if (tus->made) {
        reply_made(req, tus, sends_bytes(req));
    } else {
        reply_number(req, "Upload-Offset", tus->upload.offset);
        reply_expiry(req, &tus->upload);
        chip_reply_empty(req, 204);
    }
}

void chip_tus_done(struct chip_request *req)
{
    struct tus *tus = req->state;
    if (!tus)
        return;
    chip_upload_write_end(tus->writer, CHIP_UPLOAD_CUT, NULL, NULL);
    if (tus->made) /* nobody was told where it is */
        chip_upload_delete(tus->uploads, NULL, tus->upload.id, NULL);
    free(tus);
    req->state = NULL;
}
