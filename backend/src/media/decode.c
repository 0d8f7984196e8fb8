#include "media/decode.h"

#include <stdio.h>
#include <string.h>

/* A demuxer that fails this often without a packet between will not recover. */
enum { MAX_BAD_READS = 64 };

static enum chip_status check_parameters(const struct chip_demux *d, int rate, int channels,
                                         struct chip_err *err)
{
    const char *name = d->source.name;
    if (rate <= 0 || channels <= 0)
        return chip_fail(err, CHIP_E_FORMAT,
                         "%s has a header without a sample rate or channels (%d Hz, %d channels): "
                         "it is damaged, so record or export it again",
                         name, rate, channels);
    if (channels > CHIP_MEDIA_MAX_CHANNELS)
        return chip_fail(err, CHIP_E_LIMIT,
                         "%s claims %d channels in one track, more than the %d that are handled: "
                         "it is damaged, or must be split first",
                         name, channels, CHIP_MEDIA_MAX_CHANNELS);
    if (rate < CHIP_MEDIA_MIN_SOURCE_HZ || rate > CHIP_MEDIA_MAX_SOURCE_HZ)
        return chip_fail(err, CHIP_E_LIMIT,
                         "%s claims %d samples per second, outside the %d to %d that are handled: "
                         "it is damaged, or must be converted first",
                         name, rate, CHIP_MEDIA_MIN_SOURCE_HZ, CHIP_MEDIA_MAX_SOURCE_HZ);
    return CHIP_OK;
}

enum chip_status chip_decode_open(struct chip_decode *dec, struct chip_demux *demux,
                                  struct chip_avlog *log, struct chip_breaks *breaks,
                                  struct chip_err *err)
{
    dec->demux = demux;
    dec->log = log;
    dec->breaks = breaks;
    const AVCodecParameters *par = demux->stream->codecpar;
    const char *name = demux->source.name;
    const AVCodec *codec = avcodec_find_decoder(par->codec_id);
    if (!codec)
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "%s: there is no decoder for its audio (%s), which may be encrypted: "
                         "export it as m4a, mp3 or wav",
                         name, avcodec_get_name(par->codec_id));
    enum chip_status st =
        check_parameters(demux, par->sample_rate, par->ch_layout.nb_channels, err);
    if (st != CHIP_OK)
        return st;

    dec->packet = av_packet_alloc();
    dec->codec = avcodec_alloc_context3(codec);
    if (!dec->packet || !dec->codec || avcodec_parameters_to_context(dec->codec, par) < 0)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to decode %s", name);
    dec->codec->pkt_timebase =
        demux->stream->time_base; /* cutting the encoder's padding needs it */
    dec->codec->thread_count = 1;
    dec->codec->err_recognition = AV_EF_CRCCHECK;
    dec->codec->codec_whitelist = av_strdup(demux->codecs);
    log->text[0] = '\0';
    int code = avcodec_open2(dec->codec, codec, NULL);
    if (code == AVERROR(ENOMEM))
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to decode %s", name);
    if (code < 0)
        return chip_fail(err, code == AVERROR_PATCHWELCOME ? CHIP_E_UNSUPPORTED : CHIP_E_FORMAT,
                         "%s: its %s audio cannot be decoded (%s): export it as m4a, mp3 or wav",
                         name, codec->name, log->text[0] ? log->text : av_err2str(code));
    return CHIP_OK;
}

void chip_decode_done(struct chip_decode *dec)
{
    avcodec_free_context(&dec->codec);
    av_packet_free(&dec->packet);
}

static void note_damage(struct chip_decode *dec, int code, int64_t at_ms)
{
    dec->n_damaged++;
    char text[2 * sizeof dec->log->text];
    snprintf(text, sizeof text, "the sound is damaged here (%s)",
             dec->log->text[0] ? dec->log->text : av_err2str(code));
    chip_breaks_add(dec->breaks, at_ms, at_ms, text);
    dec->log->text[0] = '\0';
}

/* FFmpeg ends a file that was cut off like any other, and says so only in its log. */
static void note_early_end(struct chip_decode *dec, int64_t at_ms)
{
    static const char *const signs[] = {"prematurely", "truncated", "partial file", "corrupt"};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strstr(dec->log->text, signs[i])) {
            chip_breaks_add(dec->breaks, at_ms, at_ms, dec->log->text);
            return;
        }
}

/* Out of memory counts as damage from here on: a damaged size field looks the same to FFmpeg. */
static void send_packet(struct chip_decode *dec, int64_t at_ms)
{
    AVPacket *packet = dec->packet;
    int code = 0;
    /* An empty packet would tell the decoder that the end has come. */
    if (packet->stream_index == dec->demux->stream->index && packet->size > 0) {
        if (dec->is_doubtful)
            note_damage(dec, AVERROR_INVALIDDATA, at_ms);
        dec->is_doubtful = (packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
        code = avcodec_send_packet(dec->codec, packet);
        dec->bad_reads = 0;
    }
    av_packet_unref(packet);
    if (code < 0)
        note_damage(dec, code, at_ms);
}

static void drain(struct chip_decode *dec)
{
    dec->is_draining = true;
    (void)avcodec_send_packet(dec->codec, NULL);
}

/* Reads one packet into the decoder, or begins to drain it. */
static enum chip_status feed(struct chip_decode *dec, int64_t at_ms, struct chip_err *err)
{
    struct chip_source *source = &dec->demux->source;
    int code = av_read_frame(dec->demux->file, dec->packet);
    if (chip_source_cancelled(source)) {
        av_packet_unref(dec->packet);
        return chip_source_fail(source, err);
    }
    if (code >= 0) {
        send_packet(dec, at_ms);
        return CHIP_OK;
    }
    if (code == AVERROR_EOF || source->failure) {
        note_early_end(dec, at_ms);
        drain(dec);
        return CHIP_OK;
    }
    note_damage(dec, code, at_ms);
    if (++dec->bad_reads >= MAX_BAD_READS)
        drain(dec);
    return CHIP_OK;
}

static bool is_sane(const AVFrame *frame)
{
    return frame->nb_samples > 0 && frame->ch_layout.nb_channels > 0 &&
           frame->ch_layout.nb_channels <= CHIP_MEDIA_MAX_CHANNELS &&
           frame->sample_rate >= CHIP_MEDIA_MIN_SOURCE_HZ &&
           frame->sample_rate <= CHIP_MEDIA_MAX_SOURCE_HZ;
}

enum chip_status chip_decode_next(struct chip_decode *dec, AVFrame *frame, int64_t at_ms, bool *got,
                                  struct chip_err *err)
{
    for (;;) {
        int code = avcodec_receive_frame(dec->codec, frame);
        if (code >= 0 && is_sane(frame)) {
            *got = true;
            return CHIP_OK;
        }
        if (code == AVERROR_EOF || (code == AVERROR(EAGAIN) && dec->is_draining)) {
            *got = false;
            return CHIP_OK;
        }
        if (code == AVERROR(EAGAIN)) {
            enum chip_status st = feed(dec, at_ms, err);
            if (st != CHIP_OK)
                return st;
            continue;
        }
        note_damage(dec, code < 0 ? code : AVERROR_INVALIDDATA, at_ms);
        av_frame_unref(frame);
    }
}
