#include "http/upload_view.h"

#include <stdio.h>
#include <time.h>

static json_t *text_or_null(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

static json_t *number_or_null(int64_t number)
{
    return number >= 0 ? json_integer(number) : json_null();
}

/* "2026-11-24T12:00:00.123Z"; null for what does not expire */
static json_t *time_or_null(int64_t ms)
{
    char text[40];
    struct tm t;
    time_t seconds = (time_t)(ms / 1000);
    if (ms <= 0 || !gmtime_r(&seconds, &t))
        return json_null();
    size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &t);
    snprintf(text + n, sizeof text - n, ".%03dZ", (int)(ms % 1000));
    return json_string(text);
}

json_t *chip_view_upload(const struct chip_upload *u)
{
    return json_pack("{s:s, s:o, s:o, s:I, s:b, s:o, s:o, s:o, s:o}", "uploadId", u->id, "name",
                     text_or_null(u->name), "length", number_or_null(u->length), "offset",
                     (json_int_t)u->offset, "finished", u->finished, "sha256",
                     text_or_null(u->sha256), "jobId", text_or_null(u->job_id), "createdAt",
                     time_or_null(u->created_ms), "expiresAt", time_or_null(u->expires_ms));
}

void chip_upload_location(const char *id, char location[CHIP_UPLOAD_LOCATION])
{
    snprintf(location, CHIP_UPLOAD_LOCATION, "/api/uploads/%s", id);
}

int chip_upload_http_status(enum chip_status status, const char **code)
{
    static const struct {
        enum chip_status status;
        int http;
        const char *code;
    } known[] = {
        {CHIP_E_NOT_FOUND, 404, "not_found"},
        {CHIP_E_CONFLICT, 409, "conflict"},
        {CHIP_E_UNAVAILABLE, 423, "locked"},
        {CHIP_E_LIMIT, 413, "too_large"},
        {CHIP_E_IO, 507, "no_room"},
        {CHIP_E_CHECKSUM, 460, "checksum_mismatch"},
        {CHIP_E_UNSUPPORTED, 415, "unsupported"},
        {CHIP_E_INVAL, 400, "invalid_request"},
        {CHIP_E_FORMAT, 400, "invalid_request"},
        {CHIP_E_NOMEM, 503, "unavailable"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].status == status) {
            *code = known[i].code;
            return known[i].http;
        }
    }
    *code = "internal";
    return 500;
}

void chip_upload_refuse(struct chip_request *req, const struct chip_err *err)
{
    const char *code;
    int status = chip_upload_http_status(err->code, &code);
    chip_reply_error(req, status, code, err->message, NULL);
}

const char *chip_upload_user(const struct chip_request *req)
{
    return req->caller ? req->caller->user_id : NULL;
}
