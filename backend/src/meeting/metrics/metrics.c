/* chip_metrics_compute(): the scene as it is gives the values, disturbed scenes their bounds. */

#include <stdlib.h>

#include "base/str.h"
#include "meeting/metrics/bounds.h"
#include "meeting/metrics/warnings.h"

/* What the computation holds while it runs. */
struct work {
    bool overlap_modelled;
    struct chip_talk talk;
    struct chip_scene scene;
    struct chip_windows windows;
    struct chip_bounds bounds;
    struct chip_sample *samples; /* [n_rows][CHIP_N_METRICS] of the scene */
    size_t n_rows;               /* speakers and the meeting */
};

static void work_done(struct work *w)
{
    free(w->samples);
    chip_bounds_done(&w->bounds);
    chip_windows_done(&w->windows);
    chip_scene_done(&w->scene);
    chip_talk_done(&w->talk);
}

static enum chip_status work_init(struct work *w, const struct chip_transcript *t,
                                  const struct chip_metrics_options *options, struct chip_err *err)
{
    *w = (struct work){.overlap_modelled =
                           t->overlap_modelled || (options && options->overlap_modelled)};
    enum chip_status st = chip_talk_init(&w->talk, t, err);
    if (st != CHIP_OK)
        return st;
    w->n_rows = w->talk.n_speakers + 1;
    w->samples = calloc(w->n_rows * CHIP_N_METRICS, sizeof *w->samples);
    if (!w->samples)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for metrics");
    st = chip_scene_init(&w->scene, &w->talk, err);
    if (st == CHIP_OK)
        st = chip_windows_init(&w->windows, &w->talk, err);
    if (st == CHIP_OK)
        st = chip_bounds_init(&w->bounds, w->n_rows * CHIP_N_METRICS, err);
    return st;
}

static void measure(struct work *w)
{
    for (size_t i = 0; i < w->n_rows * CHIP_N_METRICS; i++)
        w->samples[i] = (struct chip_sample){0, 0};
    chip_scene_build(&w->scene);
    chip_measure_time(&w->scene, w->samples);
    chip_measure_turns(&w->scene, w->samples);
    chip_measure_words(&w->scene, w->samples);
    chip_windows_measure(&w->windows, &w->scene, w->samples);
}

static void measure_disturbed(struct work *w)
{
    uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);
    for (int round = 0; round < CHIP_BOUNDS_ROUNDS; round++) {
        chip_bounds_disturb(&w->scene, &seed);
        measure(w);
        chip_bounds_add(&w->bounds, w->samples);
    }
}

/* Why a figure cannot be given, apart from too little evidence. */
static enum chip_lack lack_of(const struct work *w, enum chip_metric metric, bool is_meeting)
{
    const struct chip_talk *talk = &w->talk;
    unsigned needs = chip_metric_needs(metric);
    int scope = is_meeting ? CHIP_FOR_MEETING : CHIP_FOR_SPEAKERS;
    if (!(chip_metric_info(metric)->scope & scope))
        return CHIP_LACK_SCOPE;
    if ((needs & CHIP_NEEDS_WORDS) && !talk->n_words)
        return CHIP_LACK_WORDS;
    if ((needs & CHIP_NEEDS_LANGUAGE) && !talk->has_lexicon)
        return CHIP_LACK_LANGUAGE;
    if ((needs & CHIP_NEEDS_SPEAKERS) && talk->is_anonymous)
        return CHIP_LACK_SPEAKERS;
    if ((needs & CHIP_NEEDS_TWO) && talk->n_talking < 2)
        return CHIP_LACK_ONE_SPEAKER;
    if ((needs & CHIP_NEEDS_OVERLAP_MODEL) && !w->overlap_modelled)
        return CHIP_LACK_OVERLAP;
    if ((needs & CHIP_NEEDS_OVERLAP) && !w->overlap_modelled && !talk->has_overlap)
        return CHIP_LACK_OVERLAP;
    return CHIP_LACK_NONE;
}

static struct chip_measure conclude(struct work *w, const struct chip_measure *plain, size_t row,
                                    enum chip_metric metric)
{
    struct chip_measure m = *plain;
    m.lack = lack_of(w, metric, row + 1 == w->n_rows);
    if (m.lack != CHIP_LACK_NONE)
        return (struct chip_measure){.lack = m.lack};
    if (m.evidence < chip_metric_info(metric)->min_evidence)
        return (struct chip_measure){.evidence = m.evidence, .lack = CHIP_LACK_FEW};
    chip_bounds_of(&w->bounds, row * CHIP_N_METRICS + metric, m.value, &m.low, &m.high);
    return m;
}

/* ---- the result ------------------------------------------------------------------------------ */

/* What metrics->owner points to. */
struct owner {
    double *shares; /* of all windows */
};

void chip_metrics_free(struct chip_metrics *metrics)
{
    if (!metrics)
        return;
    struct owner *owner = metrics->owner;
    if (owner)
        free(owner->shares);
    free(owner);
    chip_warnings_free(metrics->warnings, metrics->n_warnings);
    free(metrics->meeting);
    free(metrics->speakers);
    free(metrics->windows);
    free(metrics);
}
CHIP_DEFINE_AUTO(chip_metrics)

/* @return NULL without memory */
static struct chip_metrics *metrics_new(size_t n_speakers, size_t n_windows)
{
    struct chip_metrics *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->n_metrics = CHIP_N_METRICS;
    m->n_speakers = n_speakers;
    m->n_windows = n_windows;
    m->meeting = calloc(CHIP_N_METRICS, sizeof *m->meeting);
    m->speakers = calloc(n_speakers * CHIP_N_METRICS + 1, sizeof *m->speakers);
    m->windows = calloc(n_windows + 1, sizeof *m->windows);
    m->owner = calloc(1, sizeof(struct owner));
    if (!m->meeting || !m->speakers || !m->windows || !m->owner) {
        chip_metrics_free(m);
        return NULL;
    }
    return m;
}

/* Puts the values of the undisturbed scene into the result; bounds come later. */
static void take_values(struct chip_metrics *m, const struct work *w)
{
    size_t n_own = m->n_speakers * CHIP_N_METRICS;
    size_t meeting = (w->n_rows - 1) * CHIP_N_METRICS;
    for (size_t i = 0; i < n_own; i++)
        m->speakers[i] =
            (struct chip_measure){.value = w->samples[i].value, .evidence = w->samples[i].evidence};
    for (size_t i = 0; i < CHIP_N_METRICS; i++)
        m->meeting[i] = (struct chip_measure){.value = w->samples[meeting + i].value,
                                              .evidence = w->samples[meeting + i].evidence};
}

/* The windows' shares move over to the result. */
static enum chip_status take_windows(struct chip_metrics *m, const struct work *w,
                                     struct chip_err *err)
{
    const struct chip_windows *from = &w->windows;
    size_t n_shares = from->n_windows * m->n_speakers;
    double *shares = calloc(n_shares + 1, sizeof *shares);
    if (!shares)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for metrics");
    ((struct owner *)m->owner)->shares = shares;
    for (size_t i = 0; i < n_shares; i++)
        shares[i] = from->shares[i];
    for (size_t i = 0; i < m->n_windows; i++) {
        int64_t end_ms = (int64_t)(i + from->n_bins - from->n_windows + 1) * from->step_ms;
        if (end_ms > w->talk.duration_ms)
            end_ms = w->talk.duration_ms;
        m->windows[i] = (struct chip_metric_window){(int64_t)i * from->step_ms, end_ms,
                                                    shares + i * m->n_speakers};
    }
    return CHIP_OK;
}

static enum chip_status compute(struct chip_metrics **out, struct work *w,
                                const struct chip_transcript *t, struct chip_err *err)
{
    CHIP_AUTO(chip_metrics) m = metrics_new(t->n_speakers, w->windows.n_windows);
    if (!m)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for metrics");
    chip_scene_reset(&w->scene);
    measure(w);
    take_values(m, w);
    enum chip_status st = take_windows(m, w, err);
    if (st == CHIP_OK)
        st = chip_warnings_find(&w->scene, t, &m->warnings, &m->n_warnings, err);
    if (st != CHIP_OK)
        return st;

    measure_disturbed(w);
    for (size_t s = 0; s < m->n_speakers; s++)
        for (int i = 0; i < CHIP_N_METRICS; i++) {
            struct chip_measure *at = &m->speakers[s * CHIP_N_METRICS + (size_t)i];
            *at = conclude(w, at, s, (enum chip_metric)i);
        }
    for (int i = 0; i < CHIP_N_METRICS; i++)
        m->meeting[i] = conclude(w, &m->meeting[i], w->n_rows - 1, (enum chip_metric)i);
    *out = m;
    m = NULL;
    return CHIP_OK;
}

enum chip_status chip_metrics_compute(struct chip_metrics **out,
                                      const struct chip_transcript *transcript,
                                      const struct chip_metrics_options *options,
                                      struct chip_err *err)
{
    if (!out || !transcript)
        return chip_fail(err, CHIP_E_INVAL, "there is no transcript to measure");
    struct work w;
    enum chip_status st = work_init(&w, transcript, options, err);
    if (st == CHIP_OK)
        st = compute(out, &w, transcript, err);
    work_done(&w);
    return st;
}
