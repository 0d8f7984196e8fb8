#include "job/failure.h"

#include <string.h>

enum { LONGEST_WAIT_S = 300 };

bool chip_failure_may_pass(enum chip_status status)
{
    return status == CHIP_E_UNAVAILABLE || status == CHIP_E_NETWORK || status == CHIP_E_IO;
}

bool chip_failure_is_lost(enum chip_status status)
{
    return status == CHIP_E_CONFLICT || status == CHIP_E_NOT_FOUND;
}

bool chip_failure_retryable(enum chip_status status)
{
    return chip_failure_may_pass(status) || status == CHIP_E_NOMEM;
}

/* By the stage, since the same status means another thing to somebody who sent an address than to
 * somebody who sent a file. */
static const char *code_of(const char *stage, enum chip_status status)
{
    bool fetching = strcmp(stage, "fetch") == 0;
    switch (status) {
    case CHIP_OK:
    case CHIP_E_INTERNAL:
    case CHIP_E_CANCELLED:
        return "internal";
    case CHIP_E_INVAL:
        return "bad_request";
    case CHIP_E_NOMEM:
        return "out_of_memory";
    case CHIP_E_IO:
        return "storage_failed";
    case CHIP_E_NOT_FOUND:
        return fetching ? "recording_not_found" : "not_found";
    case CHIP_E_FORMAT:
        return "bad_recording";
    case CHIP_E_NO_AUDIO:
        return "no_audio";
    case CHIP_E_UNSUPPORTED:
        return "unsupported";
    case CHIP_E_LIMIT:
        return "too_large";
    case CHIP_E_NETWORK:
        return "fetch_failed";
    case CHIP_E_CHECKSUM:
        return "checksum";
    case CHIP_E_CONFLICT:
        return "conflict";
    case CHIP_E_DENIED:
        return fetching ? "fetch_refused" : "denied";
    case CHIP_E_UNAVAILABLE:
        return "unavailable";
    }
    return "internal";
}

json_t *chip_failure_json(const char *stage, const struct chip_err *err)
{
    json_t *message = json_string(err->message);
    if (!message)
        message = json_string("the reason is not valid UTF-8");
    return json_pack("{s:s, s:o, s:s, s:b}", "code", code_of(stage, err->code), "message", message,
                     "stage", stage, "retryable", chip_failure_retryable(err->code));
}

double chip_failure_wait(int attempts, unsigned random)
{
    double wait = 1.0;
    for (int i = 1; i < attempts && wait < LONGEST_WAIT_S; i++)
        wait *= 4.0;
    if (wait > LONGEST_WAIT_S)
        wait = LONGEST_WAIT_S;
    return wait * (0.75 + 0.5 * (double)(random % 1024) / 1023.0);
}
