#include "media/avlog.h"

#include <libavutil/log.h>
#include <pthread.h>
#include <stdio.h>

#include "media/text.h"

/* FFmpeg's callback takes no user pointer and its contexts none that we own, so that the thread is
 * the only way to find the handle. Decoders run on the calling thread, as we ask for no others. */
static _Thread_local struct chip_avlog *current;

static void catch_message(void *context, int level, const char *fmt, va_list args)
{
    if (!current) {
        av_log_default_callback(context, level, fmt, args);
        return;
    }
    if ((level & 0xFF) > AV_LOG_ERROR)
        return;
    char raw[sizeof current->text * 2];
    vsnprintf(raw, sizeof raw, fmt, args);
    char clean[sizeof current->text];
    chip_media_clean(clean, sizeof clean, raw);
    if (clean[0])
        snprintf(current->text, sizeof current->text, "%s", clean);
}

static void install(void)
{
    av_log_set_callback(catch_message);
}

void chip_avlog_enter(struct chip_avlog *log)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
    log->outer = current;
    current = log;
}

void chip_avlog_leave(struct chip_avlog *log)
{
    current = log->outer;
    log->outer = NULL;
}
