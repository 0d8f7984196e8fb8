#include "http/routes.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool chip_route_job_id(struct chip_request *req, char id[CHIP_UUID_TEXT])
{
    if (!chip_uuid_valid(req->params[0])) {
        chip_reply_error(req, 404, "not_found", "there is no such job", NULL);
        return false;
    }
    for (size_t i = 0; i < CHIP_UUID_TEXT; i++)
        id[i] = (char)tolower((unsigned char)req->params[0][i]);
    return true;
}

bool chip_route_call(struct chip_request *req, const char *function, json_t *args, json_t **result)
{
    struct chip_err err;
    if (chip_store_call(chip_request_app(req)->store, req->caller, function, args, result, &err) ==
        CHIP_OK)
        return true;
    chip_reply_failure(req, &err);
    return false;
}

void chip_route_reply(struct chip_request *req, int status, json_t *body)
{
    if (body) {
        chip_reply_json(req, status, body);
        return;
    }
    struct chip_err err;
    chip_fail(&err, CHIP_E_NOMEM, "not enough memory for the answer; try again in a moment");
    chip_reply_failure(req, &err);
}

bool chip_route_number(struct chip_request *req, const char *name, int64_t least, int64_t most,
                       int64_t *out)
{
    const char *text = chip_request_query(req, name);
    if (!text)
        return true;
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (isdigit((unsigned char)*text) && !*end && !errno && number >= least && number <= most) {
        *out = number;
        return true;
    }
    char message[128];
    snprintf(message, sizeof message, "%s: must be a whole number from %" PRId64 " to %" PRId64,
             name, least, most);
    chip_reply_error(req, 400, "invalid", message, NULL);
    return false;
}
