/**
 * The metrics of one scene, as plain numbers; metrics.c turns them into measures with bounds.
 *
 * Each function fills its own metrics for every speaker and for the meeting, in the order of the
 * definitions in catalogue.c. One thread per scene.
 */
#pragma once

#include "meeting/metrics/catalogue.h"
#include "meeting/metrics/scene.h"

/* A number and how much it rests on; without evidence there is none, and it is 0. */
struct chip_sample {
    double value;
    int64_t evidence;
};

/** @param out [n_speakers + 1][CHIP_N_METRICS]; the last row is the meeting */
typedef void chip_measure_fn(struct chip_scene *scene, struct chip_sample *out);

chip_measure_fn chip_measure_time;  /* talk, silence, overlap, balance */
chip_measure_fn chip_measure_turns; /* turns, handovers, interruptions, backchannels */
chip_measure_fn chip_measure_words; /* pace, fillers, questions, vocabulary */

/* ---- dominance over time (windows.c) --------------------------------------------------------- */

struct chip_windows {
    int64_t step_ms;  /* between starts of windows */
    size_t n_windows; /* 0 without a duration */
    size_t n_speakers;
    double *bins; /* owned, [n_bins][n_speakers] ms of speech in each step */
    size_t n_bins;
    double *shares; /* owned, [n_windows][n_speakers]; 0 with hardly any speech */
};

/** @return CHIP_OK, or CHIP_E_NOMEM; free it with chip_windows_done() in either case */
CHIP_MUST_CHECK
enum chip_status chip_windows_init(struct chip_windows *w, const struct chip_talk *talk,
                                   struct chip_err *err);
void chip_windows_done(struct chip_windows *w);

/** Shares of a scene, and CHIP_METRIC_DOMINANCE from them. */
void chip_windows_measure(struct chip_windows *w, const struct chip_scene *scene,
                          struct chip_sample *out);

/* ---- for the measuring functions ------------------------------------------------------------- */

static inline void chip_sample_set(struct chip_sample *out, size_t row, enum chip_metric metric,
                                   double value, int64_t evidence)
{
    out[row * CHIP_N_METRICS + metric] =
        evidence > 0 ? (struct chip_sample){value, evidence} : (struct chip_sample){0, 0};
}

/** The middle one, or the mean of the two middle ones; changes the order. n > 0 */
double chip_median(double *numbers, size_t n);
