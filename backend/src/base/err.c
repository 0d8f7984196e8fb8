#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum chip_status chip_fail(struct chip_err *err, enum chip_status code, const char *fmt, ...)
{
    if (!err)
        return code;
    err->code = code;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->message, sizeof err->message, fmt, args);
    va_end(args);
    return code;
}

enum chip_status chip_fail_in(struct chip_err *err, const char *fmt, ...)
{
    if (!err)
        return CHIP_E_INTERNAL;
    char inner[sizeof err->message];
    memcpy(inner, err->message, sizeof inner);

    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(err->message, sizeof err->message, fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof err->message)
        snprintf(err->message + n, sizeof err->message - (size_t)n, "%s", inner);
    return err->code;
}

const char *chip_status_name(enum chip_status status)
{
    switch (status) {
    case CHIP_OK:
        return "ok";
    case CHIP_E_INVAL:
        return "invalid-argument";
    case CHIP_E_NOMEM:
        return "out-of-memory";
    case CHIP_E_IO:
        return "io";
    case CHIP_E_NOT_FOUND:
        return "not-found";
    case CHIP_E_FORMAT:
        return "bad-format";
    case CHIP_E_NO_AUDIO:
        return "no-audio";
    case CHIP_E_UNSUPPORTED:
        return "unsupported";
    case CHIP_E_LIMIT:
        return "limit";
    case CHIP_E_NETWORK:
        return "network";
    case CHIP_E_CHECKSUM:
        return "checksum";
    case CHIP_E_CANCELLED:
        return "cancelled";
    case CHIP_E_INTERNAL:
        return "internal";
    case CHIP_E_CONFLICT:
        return "conflict";
    case CHIP_E_DENIED:
        return "denied";
    case CHIP_E_UNAVAILABLE:
        return "unavailable";
    }
    return "unknown";
}
