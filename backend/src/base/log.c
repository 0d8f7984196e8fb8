#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static _Atomic int lowest = CHIP_LOG_INFO;

static const char *const severities[] = {
    [CHIP_LOG_DEBUG] = "DEBUG",     [CHIP_LOG_INFO] = "INFO",   [CHIP_LOG_NOTICE] = "NOTICE",
    [CHIP_LOG_WARNING] = "WARNING", [CHIP_LOG_ERROR] = "ERROR",
};

void chip_log_set_level(enum chip_log_level level)
{
    lowest = level;
}

static void write_line(const char *text, size_t n)
{
    while (n > 0) {
        ssize_t written = write(STDERR_FILENO, text, n);
        if (written <= 0)
            return; /* nobody reads the log; nowhere to say so */
        text += written;
        n -= (size_t)written;
    }
}

void chip_log(enum chip_log_level level, json_t *fields, const char *fmt, ...)
{
    if ((int)level < lowest) {
        json_decref(fields);
        return;
    }
    char message[1024], when[40];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);

    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(when + n, sizeof when - n, ".%03ldZ", now.tv_nsec / 1000000);

    json_t *line = json_pack("{s:s, s:s, s:s%}", "severity", severities[level], "time", when,
                             "message", message, strlen(message));
    if (!line) /* not UTF-8 */
        line = json_pack("{s:s, s:s, s:s}", "severity", severities[level], "time", when, "message",
                         "(a message that is not UTF-8)");
    if (line && fields)
        json_object_update_missing(line, fields);
    json_decref(fields);
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    if (!text)
        return;
    size_t length = strlen(text);
    text[length++] = '\n'; /* in the place of its NUL */
    write_line(text, length);
    free(text);
}
