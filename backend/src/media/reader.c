#include "media/reader.h"

#include <stdio.h>
#include <string.h>

/* Frames may be long (seconds in some lossless formats): they are converted in pieces. */
enum { PIECE = 4096 };

static int64_t to_ms(int64_t samples)
{
    return samples / (CHIP_MEDIA_RATE_HZ / 1000);
}

enum chip_status chip_reader_open(struct chip_reader *r, struct chip_demux *demux,
                                  struct chip_avlog *log, struct chip_err *err)
{
    r->demux = demux;
    r->line.end = demux->end_ms < 0 ? -1 : demux->end_ms * (CHIP_MEDIA_RATE_HZ / 1000);
    r->frame = av_frame_alloc();
    r->ahead = av_frame_alloc();
    if (!r->frame || !r->ahead)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to decode %s", demux->source.name);
    enum chip_status st = chip_decode_open(&r->decode, demux, log, &r->breaks, err);
    if (st == CHIP_OK)
        st = chip_decode_next(&r->decode, r->frame, 0, &r->has_frame, err);
    if (st != CHIP_OK)
        return st;
    if (r->has_frame) {
        r->n_channels = (size_t)r->frame->ch_layout.nb_channels;
        return CHIP_OK;
    }

    const struct chip_source *source = &demux->source;
    if (source->failure)
        return chip_source_fail(source, err);
    if (r->decode.n_damaged > 0)
        return chip_fail(err, CHIP_E_FORMAT,
                         "nothing in %s can be decoded: %s; record, export or upload it again",
                         source->name, r->breaks.list[0].message);
    return chip_fail(err, CHIP_E_NO_AUDIO,
                     "%s has an audio track without a single sample: was the recording completed?",
                     source->name);
}

void chip_reader_done(struct chip_reader *r)
{
    chip_resample_done(&r->resample);
    chip_decode_done(&r->decode);
    av_frame_free(&r->frame);
    av_frame_free(&r->ahead);
}

/* A frame's time in output samples from time 0. */
static int64_t stamp_of(const struct chip_reader *r, const AVFrame *frame)
{
    const int64_t sane = INT64_C(1) << 50;
    if (frame->pts == AV_NOPTS_VALUE || r->demux->container->clock == CHIP_CLOCK_NONE)
        return CHIP_TIMELINE_NO_STAMP;
    const AVRational to = {1, CHIP_MEDIA_RATE_HZ};
    int64_t pos = av_rescale_q(frame->pts, r->demux->stream->time_base, to);
    int64_t origin = av_rescale_q(r->demux->origin_us, AV_TIME_BASE_Q, to);
    if (pos < -sane || pos > sane || origin < -sane || origin > sane)
        return CHIP_TIMELINE_NO_STAMP;
    return pos - origin;
}

static int64_t length_of(const AVFrame *frame)
{
    return av_rescale(frame->nb_samples, CHIP_MEDIA_RATE_HZ, frame->sample_rate);
}

/* Where the next frame would go if stamps did not exist. */
static int64_t position(const struct chip_reader *r)
{
    return r->n_made + chip_resample_delay(&r->resample);
}

static enum chip_status flush(struct chip_reader *r, struct chip_err *err)
{
    enum chip_status st = chip_resample_flush(&r->resample, err);
    r->n_made += (int64_t)r->resample.n;
    return st;
}

static enum chip_status next_frame(struct chip_reader *r, struct chip_err *err)
{
    r->n_fed = 0;
    r->is_placed = false;
    if (r->has_ahead) {
        av_frame_move_ref(r->frame, r->ahead);
        r->has_ahead = false;
        r->has_frame = true;
        return CHIP_OK;
    }
    return chip_decode_next(&r->decode, r->frame, to_ms(position(r)), &r->has_frame, err);
}

static enum chip_status next_stamp(struct chip_reader *r, int64_t at, int64_t *stamp,
                                   struct chip_err *err)
{
    *stamp = CHIP_TIMELINE_NO_STAMP;
    enum chip_status st = CHIP_OK;
    if (!r->has_ahead)
        st = chip_decode_next(&r->decode, r->ahead, to_ms(at), &r->has_ahead, err);
    if (st == CHIP_OK && r->has_ahead)
        *stamp = stamp_of(r, r->ahead);
    return st;
}

static void note_gap(struct chip_reader *r, int64_t at, int64_t n)
{
    int64_t ms = to_ms(n);
    if (ms < 1000 || at == 0)
        return; /* a late start is no damage, and short holes are how recorders write silence */
    char text[64];
    snprintf(text, sizeof text, "no sound is stored for %.1f s", (double)ms / 1000);
    chip_breaks_add(&r->breaks, to_ms(at), to_ms(at + n), text);
}

/* Decides where the frame belongs, and puts silence or a faster passage before it. */
static enum chip_status place_frame(struct chip_reader *r, struct chip_err *err)
{
    int64_t at = position(r), stamp = stamp_of(r, r->frame), next = CHIP_TIMELINE_NO_STAMP;
    enum chip_status st = CHIP_OK;
    if (chip_timeline_is_off(&r->line, at, stamp))
        st = next_stamp(r, at, &next, err);
    if (st != CHIP_OK)
        return st;

    r->is_placed = true;
    int64_t n = 0;
    switch (chip_timeline_place(&r->line, at, stamp, length_of(r->frame), next, &n)) {
    case CHIP_TIMELINE_FOLLOWS:
        return CHIP_OK;
    case CHIP_TIMELINE_JUMPED:
        chip_breaks_add(&r->breaks, to_ms(at), to_ms(at),
                        "its clock jumps here: times after this may be off");
        return CHIP_OK;
    case CHIP_TIMELINE_GAP:
        note_gap(r, at, n);
        st = flush(r, err);
        r->n_silence = n;
        r->n_made += n;
        return st;
    case CHIP_TIMELINE_OVERLAP:
        r->may_squeeze = true;
        r->squeeze = n;
        return r->resample.is_resampling ? CHIP_OK : flush(r, err);
    }
    return CHIP_OK;
}

static enum chip_status convert_piece(struct chip_reader *r, struct chip_err *err)
{
    enum chip_status st = CHIP_OK;
    if (!r->resample.swr)
        st = chip_resample_open(&r->resample, r->frame, r->n_out, r->is_mix, r->may_squeeze, err);
    if (st == CHIP_OK && r->squeeze > 0)
        st = chip_resample_squeeze(&r->resample, r->squeeze, err);
    r->squeeze = 0;
    size_t left = (size_t)r->frame->nb_samples - r->n_fed;
    size_t n = left < PIECE ? left : PIECE;
    if (st == CHIP_OK)
        st = chip_resample_feed(&r->resample, r->frame, r->n_fed, n, err);
    if (st != CHIP_OK)
        return st;
    r->n_made += (int64_t)r->resample.n;
    r->n_fed += n;
    if (n == left) {
        av_frame_unref(r->frame);
        r->has_frame = false;
    }
    return CHIP_OK;
}

static void note_end(struct chip_reader *r)
{
    int64_t at_ms = to_ms(r->n_made), claimed_ms = r->demux->end_ms;
    r->is_at_end = true;
    if (r->demux->source.failure || claimed_ms < 0)
        return;
    int64_t missing_ms = claimed_ms - at_ms;
    if (missing_ms <= 1000 || missing_ms <= claimed_ms / 100)
        return;
    char text[128];
    snprintf(text, sizeof text, "ends %.1f s before its header says: it was cut short",
             (double)missing_ms / 1000);
    chip_breaks_add(&r->breaks, at_ms, claimed_ms, text);
}

/* One step with an empty buffer and no silence due: makes some of either, or reaches the end. */
static enum chip_status advance(struct chip_reader *r, struct chip_err *err)
{
    if (!r->has_frame) {
        enum chip_status st = next_frame(r, err);
        if (st != CHIP_OK || r->has_frame)
            return st;
        if (r->resample.swr)
            return flush(r, err);
        note_end(r);
        return CHIP_OK;
    }
    if (!r->is_placed)
        return place_frame(r, err);
    if (r->resample.swr && !chip_resample_fits(&r->resample, r->frame))
        return flush(r, err);
    return convert_piece(r, err);
}

static size_t take_silence(struct chip_reader *r, float *const *out, size_t at, size_t n)
{
    size_t take = r->n_silence < (int64_t)n ? (size_t)r->n_silence : n;
    for (size_t c = 0; c < r->n_out; c++)
        memset(out[c] + at, 0, take * sizeof(float));
    r->n_silence -= (int64_t)take;
    return take;
}

enum chip_status chip_reader_read(struct chip_reader *r, float *const *out, size_t n,
                                  size_t *n_read, struct chip_err *err)
{
    size_t at = 0;
    while (at < n) {
        if (r->resample.n > 0) {
            at += chip_resample_take(&r->resample, out, at, n - at);
        } else if (r->n_silence > 0) {
            at += take_silence(r, out, at, n - at);
        } else if (r->is_at_end) {
            break;
        } else {
            enum chip_status st = advance(r, err);
            if (st != CHIP_OK)
                return st;
        }
        if (chip_source_cancelled(&r->demux->source))
            return chip_source_fail(&r->demux->source, err);
    }
    if (at == 0 && r->demux->source.failure)
        return chip_source_fail(&r->demux->source, err);
    *n_read = at;
    return CHIP_OK;
}
