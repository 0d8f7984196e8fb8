/** Decoded frames of any rate, format and channel count to 16 kHz float, finite, -1..1. One thread.
 */
#pragma once

#include <libavutil/frame.h>
#include <libswresample/swresample.h>

#include "base/err.h"

struct chip_resample {
    SwrContext *swr;           /* NULL: closed */
    int format, rate_hz, n_in; /* of the frames it was opened for */
    bool is_resampling;        /* also when the rates are equal: it can squeeze */
    int64_t n_fed, n_given;    /* samples in and out since it was opened */
    bool has_squeezed;         /* so that n_given is less than n_fed says */
    float *buf;                /* owned, [n_buf][cap] */
    size_t n_buf, cap;
    size_t n, off; /* samples ready per channel: buf[c * cap + off .. off + n) */
};

/**
 * Prepares for frames like `frame`; the buffer must be empty.
 *
 * @param n_out     1: the mean of all channels; with is_mix false, that many channels one by one
 * @param may_squeeze resample even when the rate is 16 kHz already
 */
CHIP_MUST_CHECK
enum chip_status chip_resample_open(struct chip_resample *r, const AVFrame *frame, size_t n_out,
                                    bool is_mix, bool may_squeeze, struct chip_err *err);

/** Whether it was opened for frames like this one. */
bool chip_resample_fits(const struct chip_resample *r, const AVFrame *frame);

/** Plays faster from here, until `n` output samples are gained. Needs is_resampling. */
CHIP_MUST_CHECK
enum chip_status chip_resample_squeeze(struct chip_resample *r, int64_t n, struct chip_err *err);

/**
 * Converts n samples of a frame, from sample `from`; the buffer must be empty. What comes out is in
 * the buffer, often a little less than went in.
 */
CHIP_MUST_CHECK
enum chip_status chip_resample_feed(struct chip_resample *r, const AVFrame *frame, size_t from,
                                    size_t n, struct chip_err *err);

/** Puts what is still inside into the buffer, which must be empty, and closes. */
CHIP_MUST_CHECK
enum chip_status chip_resample_flush(struct chip_resample *r, struct chip_err *err);

/** Output samples that are still inside. */
int64_t chip_resample_delay(const struct chip_resample *r);

/** Moves up to n samples per channel out of the buffer, to out[c] + at. @return how many */
size_t chip_resample_take(struct chip_resample *r, float *const *out, size_t at, size_t n);

/** Frees all; a zeroed struct is accepted. */
void chip_resample_done(struct chip_resample *r);
