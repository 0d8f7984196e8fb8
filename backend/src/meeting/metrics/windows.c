#include "meeting/metrics/measure.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEPS_IN_WINDOW = CHIP_TALK_WINDOW_MS / CHIP_TALK_STEP_MS,
    MAX_STEPS = 24 * 3600 * 1000 / CHIP_TALK_STEP_MS, /* beyond a day, steps become longer */
};

enum chip_status chip_windows_init(struct chip_windows *w, const struct chip_talk *talk,
                                   struct chip_err *err)
{
    int64_t longer = talk->duration_ms / ((int64_t)MAX_STEPS * CHIP_TALK_STEP_MS) + 1;
    *w = (struct chip_windows){.step_ms = longer * CHIP_TALK_STEP_MS,
                               .n_speakers = talk->n_speakers};
    w->n_bins = (size_t)((talk->duration_ms + w->step_ms - 1) / w->step_ms);
    w->n_windows = w->n_bins <= STEPS_IN_WINDOW ? w->n_bins > 0 : w->n_bins - STEPS_IN_WINDOW + 1;
    w->bins = calloc(w->n_bins * w->n_speakers + 1, sizeof *w->bins);
    w->shares = calloc(w->n_windows * w->n_speakers + 1, sizeof *w->shares);
    if (!w->bins || !w->shares)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for metrics");
    return CHIP_OK;
}

void chip_windows_done(struct chip_windows *w)
{
    free(w->bins);
    free(w->shares);
    *w = (struct chip_windows){0};
}

static void fill_bins(struct chip_windows *w, const struct chip_scene *scene)
{
    memset(w->bins, 0, w->n_bins * w->n_speakers * sizeof *w->bins);
    for (size_t i = 0; i < scene->n_pieces; i++) {
        const struct chip_piece *p = &scene->pieces[i];
        for (int64_t at = p->fresh_ms; at < p->end_ms;) {
            int64_t bin = at / w->step_ms, end = (bin + 1) * w->step_ms;
            end = end < p->end_ms ? end : p->end_ms;
            w->bins[(size_t)bin * w->n_speakers + (size_t)p->speaker] += (double)(end - at);
            at = end;
        }
    }
}

/* Talk shares in one window. @return the largest; 0: hardly any speech, and all shares are 0 */
static double measure_window(struct chip_windows *w, size_t window)
{
    double *shares = w->shares + window * w->n_speakers, all = 0, largest = 0;
    size_t end = window + STEPS_IN_WINDOW < w->n_bins ? window + STEPS_IN_WINDOW : w->n_bins;
    memset(shares, 0, w->n_speakers * sizeof *shares);
    for (size_t bin = window; bin < end; bin++)
        for (size_t s = 0; s < w->n_speakers; s++)
            shares[s] += w->bins[bin * w->n_speakers + s];
    for (size_t s = 0; s < w->n_speakers; s++)
        all += shares[s];
    for (size_t s = 0; s < w->n_speakers; s++) {
        shares[s] = all >= CHIP_TALK_WINDOW_SPEECH_MS ? shares[s] / all : 0;
        largest = shares[s] > largest ? shares[s] : largest;
    }
    return largest;
}

void chip_windows_measure(struct chip_windows *w, const struct chip_scene *scene,
                          struct chip_sample *out)
{
    int64_t n = 0, dominated[CHIP_TALK_MAX_SPEAKERS] = {0};
    double sum = 0;
    fill_bins(w, scene);
    for (size_t i = 0; i < w->n_windows; i++) {
        double largest = measure_window(w, i);
        n += largest > 0;
        sum += largest;
        for (size_t s = 0; s < w->n_speakers; s++)
            dominated[s] += w->shares[i * w->n_speakers + s] > 0.5;
    }
    if (!n)
        return;
    for (size_t s = 0; s < w->n_speakers; s++)
        chip_sample_set(out, s, CHIP_METRIC_DOMINANCE, (double)dominated[s] / (double)n, n);
    chip_sample_set(out, w->n_speakers, CHIP_METRIC_DOMINANCE, sum / (double)n, n);
}
