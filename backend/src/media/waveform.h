/**
 * How loud a recording is over time, for players to draw: the largest amplitude in each stretch, at
 * most 16384 of them. Nothing depends on how the samples are cut into calls. One thread.
 *
 *     struct chip_waveform w = {0};
 *     chip_waveform_add(&w, planes, n_channels, n); ...
 *     chip_waveform_end(&w);
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    CHIP_WAVEFORM_MAX = 16384,
    CHIP_WAVEFORM_POINT_MS = 50, /* of a point to begin with; twice as long whenever it is full */
};

/** Zeroed to begin. */
struct chip_waveform {
    uint8_t peaks[CHIP_WAVEFORM_MAX]; /* [n_points] 255 is full scale */
    size_t n_points;
    int doubled;      /* a point is CHIP_WAVEFORM_POINT_MS << doubled long */
    size_t n_samples; /* of the point that is not finished */
    float peak;       /* of it */
    int64_t n_all;    /* samples */
};

/**
 * @param planes [n_channels][n] samples, 16 kHz, -1..1; what is louder counts as 1, what is no
 *               number as silence
 */
void chip_waveform_add(struct chip_waveform *waveform, const float *const *planes,
                       size_t n_channels, size_t n);

/** Finishes the last point, which may be shorter. */
void chip_waveform_end(struct chip_waveform *waveform);

/** How long a point is, and all of it. */
int64_t chip_waveform_point_ms(const struct chip_waveform *waveform);
int64_t chip_waveform_duration_ms(const struct chip_waveform *waveform);
