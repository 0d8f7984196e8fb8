#include "media/waveform.h"

#include <math.h>

enum { SAMPLES_PER_MS = 16 };

/* Two points become one: the larger counts. Rounding keeps order, so it is as if points had been
 * as long from the start. */
static void halve(struct chip_waveform *w)
{
    for (size_t i = 0; i < w->n_points / 2; i++) {
        uint8_t a = w->peaks[2 * i], b = w->peaks[2 * i + 1];
        w->peaks[i] = a > b ? a : b;
    }
    w->n_points /= 2;
    w->doubled++;
}

static size_t point_samples(const struct chip_waveform *w)
{
    return (size_t)CHIP_WAVEFORM_POINT_MS * SAMPLES_PER_MS << w->doubled;
}

static void finish_point(struct chip_waveform *w)
{
    w->peaks[w->n_points++] = (uint8_t)lrintf(255.0f * fminf(w->peak, 1.0f));
    w->peak = 0.0f;
    w->n_samples = 0;
}

/* There may be no room for the point: then it goes on, twice as long. */
static void end_point(struct chip_waveform *w)
{
    if (w->n_points == CHIP_WAVEFORM_MAX)
        halve(w);
    else
        finish_point(w);
}

static float loudest(const float *pcm, size_t n, float peak)
{
    for (size_t i = 0; i < n; i++) {
        float loud = fabsf(pcm[i]);
        peak = loud > peak ? loud : peak; /* not if it is no number */
    }
    return peak;
}

void chip_waveform_add(struct chip_waveform *w, const float *const *planes, size_t n_channels,
                       size_t n)
{
    w->n_all += (int64_t)n;
    for (size_t at = 0; at < n;) {
        size_t room = point_samples(w) - w->n_samples, take = n - at < room ? n - at : room;
        for (size_t c = 0; c < n_channels; c++)
            w->peak = loudest(planes[c] + at, take, w->peak);
        w->n_samples += take;
        at += take;
        if (w->n_samples == point_samples(w))
            end_point(w);
    }
}

void chip_waveform_end(struct chip_waveform *w)
{
    if (w->n_samples == 0)
        return;
    if (w->n_points == CHIP_WAVEFORM_MAX)
        halve(w);
    finish_point(w);
}

int64_t chip_waveform_point_ms(const struct chip_waveform *w)
{
    return (int64_t)CHIP_WAVEFORM_POINT_MS << w->doubled;
}

int64_t chip_waveform_duration_ms(const struct chip_waveform *w)
{
    return w->n_all / SAMPLES_PER_MS;
}
