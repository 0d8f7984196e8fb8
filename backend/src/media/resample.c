#include "media/resample.h"

#include <assert.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <stdlib.h>
#include <string.h>

#include "media/media.h"

/* 2 %: a third of a semitone, below what a listener or a recogniser minds. */
enum { SQUEEZE_SPREAD = 50, TOP_UP_MOST = 2048 };

static enum chip_status fail_swr(struct chip_resample *r, int code, struct chip_err *err)
{
    swr_free(&r->swr);
    if (code == AVERROR(ENOMEM))
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to resample");
    return chip_fail(err, CHIP_E_INTERNAL, "cannot convert %d Hz, %d channels to 16 kHz: %s",
                     r->rate_hz, r->n_in, av_err2str(code));
}

/* Rows are outputs. Our own matrix, so that layouts (often wrong or absent) play no part. */
static int set_matrix(SwrContext *swr, int n_in, int n_out, bool is_mix)
{
    double matrix[CHIP_MEDIA_MAX_CHANNELS * CHIP_MEDIA_MAX_CHANNELS] = {0};
    for (int o = 0; o < n_out; o++)
        for (int i = 0; i < n_in; i++)
            matrix[o * n_in + i] = is_mix ? 1.0 / n_in : i == o;
    return swr_set_matrix(swr, matrix, n_in);
}

enum chip_status chip_resample_open(struct chip_resample *r, const AVFrame *frame, size_t n_out,
                                    bool is_mix, bool may_squeeze, struct chip_err *err)
{
    assert(!r->swr && r->n == 0 && n_out > 0 && n_out <= CHIP_MEDIA_MAX_CHANNELS);
    r->format = frame->format;
    r->rate_hz = frame->sample_rate;
    r->n_in = frame->ch_layout.nb_channels;
    r->n_buf = n_out;
    r->n_fed = r->n_given = 0;
    r->has_squeezed = false;
    r->is_resampling = may_squeeze || r->rate_hz != CHIP_MEDIA_RATE_HZ;

    AVChannelLayout in = {.order = AV_CHANNEL_ORDER_UNSPEC, .nb_channels = r->n_in};
    AVChannelLayout out = {.order = AV_CHANNEL_ORDER_UNSPEC, .nb_channels = (int)n_out};
    int code = swr_alloc_set_opts2(&r->swr, &out, AV_SAMPLE_FMT_FLTP, CHIP_MEDIA_RATE_HZ, &in,
                                   frame->format, r->rate_hz, 0, NULL);
    if (code < 0)
        return fail_swr(r, code, err);
    av_opt_set_sample_fmt(r->swr, "internal_sample_fmt", AV_SAMPLE_FMT_FLTP, 0);
    if (may_squeeze)
        av_opt_set_int(r->swr, "flags", SWR_FLAG_RESAMPLE, 0);
    if (r->n_in != (int)n_out)
        code = set_matrix(r->swr, r->n_in, (int)n_out, is_mix);
    if (code >= 0)
        code = swr_init(r->swr);
    return code < 0 ? fail_swr(r, code, err) : CHIP_OK;
}

bool chip_resample_fits(const struct chip_resample *r, const AVFrame *frame)
{
    return r->format == frame->format && r->rate_hz == frame->sample_rate &&
           r->n_in == frame->ch_layout.nb_channels;
}

enum chip_status chip_resample_squeeze(struct chip_resample *r, int64_t n, struct chip_err *err)
{
    assert(r->is_resampling && n > 0 && n < INT32_MAX / SQUEEZE_SPREAD);
    int code = swr_set_compensation(r->swr, -(int)n, (int)n * SQUEEZE_SPREAD);
    r->has_squeezed = true;
    return code < 0 ? fail_swr(r, code, err) : CHIP_OK;
}

/* Decoders overshoot 1 a little, and damaged floats can be anything; NaN fails every comparison. */
static void tidy(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float v = x[i];
        v = v == v && v - v == 0.0f ? v : 0.0f; /* NaN and infinities */
        v = v > 1.0f ? 1.0f : v;
        x[i] = v < -1.0f ? -1.0f : v;
    }
}

static enum chip_status reserve(struct chip_resample *r, size_t n, struct chip_err *err)
{
    if (n <= r->cap)
        return CHIP_OK;
    float *buf = realloc(r->buf, n * r->n_buf * sizeof *buf);
    if (!buf)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to resample");
    r->buf = buf;
    r->cap = n;
    return CHIP_OK;
}

static enum chip_status convert(struct chip_resample *r, const uint8_t **in, int n_in,
                                struct chip_err *err)
{
    assert(r->n == 0);
    int most = swr_get_out_samples(r->swr, n_in);
    if (most < 0)
        return fail_swr(r, most, err);
    enum chip_status st = reserve(r, (size_t)most + TOP_UP_MOST, err);
    if (st != CHIP_OK)
        return st;

    uint8_t *out[CHIP_MEDIA_MAX_CHANNELS];
    for (size_t c = 0; c < r->n_buf; c++)
        out[c] = (uint8_t *)(r->buf + c * r->cap);
    int n = swr_convert(r->swr, out, (int)r->cap, in, n_in);
    if (n < 0)
        return fail_swr(r, n, err);
    for (size_t c = 0; c < r->n_buf; c++)
        tidy(r->buf + c * r->cap, (size_t)n);
    r->n = (size_t)n;
    r->off = 0;
    r->n_given += n;
    return CHIP_OK;
}

enum chip_status chip_resample_feed(struct chip_resample *r, const AVFrame *frame, size_t from,
                                    size_t n, struct chip_err *err)
{
    assert(from + n <= (size_t)frame->nb_samples);
    size_t step = (size_t)av_get_bytes_per_sample(frame->format);
    bool is_planar = av_sample_fmt_is_planar(frame->format);
    int n_planes = is_planar ? r->n_in : 1;
    const uint8_t *in[CHIP_MEDIA_MAX_CHANNELS];
    for (int p = 0; p < n_planes; p++)
        in[p] = frame->extended_data[p] + from * step * (is_planar ? 1 : (size_t)r->n_in);
    r->n_fed += (int64_t)n;
    return convert(r, in, (int)n, err);
}

/* swresample swallows pieces shorter than half its filter (3 ms at 8 kHz); time must not. */
static void top_up(struct chip_resample *r)
{
    int64_t due = av_rescale(r->n_fed, CHIP_MEDIA_RATE_HZ, r->rate_hz) - r->n_given;
    if (due <= 0 || due > TOP_UP_MOST || r->n + (size_t)due > r->cap || r->has_squeezed)
        return;
    for (size_t c = 0; c < r->n_buf; c++)
        memset(r->buf + c * r->cap + r->n, 0, (size_t)due * sizeof(float));
    r->n += (size_t)due;
    r->n_given += due;
}

enum chip_status chip_resample_flush(struct chip_resample *r, struct chip_err *err)
{
    if (!r->swr)
        return CHIP_OK;
    enum chip_status st = convert(r, NULL, 0, err);
    swr_free(&r->swr);
    if (st == CHIP_OK)
        top_up(r);
    return st;
}

int64_t chip_resample_delay(const struct chip_resample *r)
{
    return r->swr ? swr_get_delay(r->swr, CHIP_MEDIA_RATE_HZ) : 0;
}

size_t chip_resample_take(struct chip_resample *r, float *const *out, size_t at, size_t n)
{
    size_t take = n < r->n ? n : r->n;
    for (size_t c = 0; c < r->n_buf; c++)
        memcpy(out[c] + at, r->buf + c * r->cap + r->off, take * sizeof(float));
    r->off += take;
    r->n -= take;
    return take;
}

void chip_resample_done(struct chip_resample *r)
{
    swr_free(&r->swr);
    free(r->buf);
    r->buf = NULL;
    r->cap = r->n = 0;
}
