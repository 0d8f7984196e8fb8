#include "media/demux.h"

#include <libavcodec/avcodec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "media/heads.h"
#include "media/info.h"
#include "media/spool.h"

/* How far a container is read to learn about its tracks. */
enum { PROBE_BYTES = 8 << 20, MAX_STREAMS = 256 };
static const int64_t analyze_us = 10 * AV_TIME_BASE;

/* We never seek back, so that FFmpeg need not remember where frames were. */
enum { INDEX_BYTES = 64 << 10 };

/* FFmpeg asks this before it opens anything else than what we gave it. */
static int refuse_open(AVFormatContext *file, AVIOContext **pb, const char *url, int flags,
                       AVDictionary **options)
{
    (void)url, (void)flags, (void)options;
    *pb = NULL;
    av_log(file, AV_LOG_ERROR, "the file points to another file, which is not opened");
    return AVERROR(EACCES);
}

/* Without video decoders there is nothing in them to attack, and probing does not wait for them. */
static enum chip_status list_audio_decoders(char **out, struct chip_err *err)
{
    struct chip_str list = {0};
    void *at = NULL;
    const AVCodec *codec;
    while ((codec = av_codec_iterate(&at)))
        if (codec->type == AVMEDIA_TYPE_AUDIO && av_codec_is_decoder(codec))
            chip_str_addf(&list, "%s%s", list.len ? "," : "", codec->name);
    return chip_str_finish(&list, out, err);
}

static enum chip_status fail_lavf(const struct chip_demux *d, int code,
                                  const struct chip_avlog *log, struct chip_err *err)
{
    const struct chip_source *s = &d->source;
    if (code == AVERROR(ENOMEM))
        return chip_fail(err, CHIP_E_NOMEM,
                         "%s asks for more memory than there is: it is damaged, or memory is short",
                         s->name);
    if (code == AVERROR_EXIT || s->failure)
        return chip_source_fail(s, err);
    char reason[AV_ERROR_MAX_STRING_SIZE];
    av_strerror(code, reason, sizeof reason);
    return chip_fail(err, CHIP_E_FORMAT,
                     "%s starts like %s but cannot be read (%s): it is damaged or incomplete, so "
                     "record, export or upload it again",
                     s->name, d->container->label, log->text[0] ? log->text : reason);
}

static enum chip_status open_file(struct chip_demux *d, const AVInputFormat *format,
                                  const struct chip_avlog *log, struct chip_err *err)
{
    enum chip_status st = list_audio_decoders(&d->codecs, err);
    if (st != CHIP_OK)
        return st;
    d->file = avformat_alloc_context();
    if (!d->file)
        return fail_lavf(d, AVERROR(ENOMEM), log, err);
    d->file->pb = d->source.avio;
    d->file->flags |= AVFMT_FLAG_CUSTOM_IO;
    d->file->io_open = refuse_open;
    d->file->probesize = PROBE_BYTES;
    d->file->max_analyze_duration = analyze_us;
    d->file->fps_probe_size = 0;
    d->file->max_index_size = INDEX_BYTES;
    d->file->max_streams = MAX_STREAMS;
    d->file->protocol_whitelist = av_strdup("none");
    d->file->format_whitelist = av_strdup(format->name);
    d->file->codec_whitelist = av_strdup(d->codecs);
    if (!d->file->protocol_whitelist || !d->file->format_whitelist || !d->file->codec_whitelist)
        return fail_lavf(d, AVERROR(ENOMEM), log, err);

    int code = avformat_open_input(&d->file, NULL, format, NULL);
    if (code < 0)
        return fail_lavf(d, code, log, err);
    /* Where time 0 is the start of the earliest track, the pictures' start must be seen too. */
    bool is_video_needed = d->container->clock == CHIP_CLOCK_FROM_START;
    for (unsigned i = 0; i < d->file->nb_streams && !is_video_needed; i++)
        if (d->file->streams[i]->codecpar->codec_type != AVMEDIA_TYPE_AUDIO)
            d->file->streams[i]->discard = AVDISCARD_ALL;
    code = avformat_find_stream_info(d->file, NULL);
    if (code < 0)
        return fail_lavf(d, code, log, err);
    return CHIP_OK;
}

static int64_t find_origin(const struct chip_demux *d)
{
    int64_t start = d->file->start_time;
    if (start == AV_NOPTS_VALUE)
        return 0;
    bool is_from_zero = d->container->clock == CHIP_CLOCK_FROM_ZERO &&
                        start <= CHIP_MEDIA_MAX_LEAD_MS * INT64_C(1000);
    return is_from_zero ? 0 : start;
}

static enum chip_status
make_seekable(struct chip_demux *d, const struct chip_media_options *options, struct chip_err *err)
{
    struct chip_source *s = &d->source;
    bool is_late =
        !strcmp(d->container->demuxer, "mov") && chip_mov_index_is_late(s->head, s->head_len);
    if (s->seekable || (!is_late && !d->container->needs_seek))
        return CHIP_OK;
    int64_t limit = options->spool_limit_bytes;
    return chip_source_spool(s, limit > 0 ? limit : CHIP_MEDIA_SPOOL_BYTES, options->spool_fd,
                             options->temp_dir, err);
}

enum chip_status chip_demux_open(struct chip_demux *d, const char *file_name,
                                 const struct chip_media_options *options,
                                 const struct chip_avlog *log, struct chip_err *err)
{
    d->end_ms = -1;
    const AVInputFormat *format;
    enum chip_status st = chip_container_find(&d->source, file_name, &d->container, &format, err);
    if (st != CHIP_OK)
        return st;
    bool is_webm = chip_matroska_is_webm(d->source.head, d->source.head_len);
    int64_t claimed = chip_wav_claimed_bytes(d->source.head, d->source.head_len);
    st = make_seekable(d, options, err);
    if (st == CHIP_OK)
        st = chip_source_avio(&d->source, err);
    if (st == CHIP_OK)
        st = open_file(d, format, log, err);
    if (st == CHIP_OK)
        st = chip_info_new(&d->info, d->file, d->container, is_webm, err);
    if (st != CHIP_OK)
        return st;

    d->origin_us = find_origin(d);
    const struct chip_info_wish wish = {
        .name = d->source.name,
        .track = options->track,
        .origin_us = d->origin_us,
        .size = d->source.seekable ? d->source.size : -1,
        .claimed = claimed,
        .is_from_zero = d->container->clock == CHIP_CLOCK_FROM_ZERO,
    };
    st = chip_info_choose(d->info, d->file, &wish, &d->end_ms, err);
    if (st != CHIP_OK)
        return st;
    d->stream = d->info->track ? chip_info_stream(d->file, d->info->track) : NULL;
    for (unsigned i = 0; i < d->file->nb_streams; i++)
        d->file->streams[i]->discard = AVDISCARD_ALL;
    if (d->stream)
        d->stream->discard = AVDISCARD_DEFAULT;
    return CHIP_OK;
}

void chip_demux_done(struct chip_demux *d)
{
    avformat_close_input(&d->file);
    chip_media_info_free(d->info);
    d->info = NULL;
    free(d->codecs);
    d->codecs = NULL;
    chip_source_done(&d->source);
}
