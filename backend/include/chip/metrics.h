/**
 * chip: measures of a conversation, from its transcript. Part of chip.h, which includes it.
 */
#pragma once

#include <chip/chip.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Why there is no value; chip_lack_name() is its name in files. */
enum chip_lack {
    CHIP_LACK_NONE,        /* there is one */
    CHIP_LACK_SCOPE,       /* defined for the meeting only, or for speakers only */
    CHIP_LACK_SPEAKERS,    /* speakers were not told apart */
    CHIP_LACK_ONE_SPEAKER, /* needs a second speaker */
    CHIP_LACK_OVERLAP,     /* needs a model of overlapping speech */
    CHIP_LACK_WORDS,       /* no words, or their times are not known */
    CHIP_LACK_LANGUAGE,    /* no list of words for this language */
    CHIP_LACK_FEW,         /* too few observations */
};

/** One figure. Without a value (`lack` is not 0) the three numbers are 0. */
struct chip_measure {
    double value;     /* low <= value <= high; always finite */
    double low, high; /* 95 % bounds under doubtful speakers and +-250 ms of every boundary */
    int64_t evidence; /* observations behind it: turns, words, ... as chip_metric_info() says */
    enum chip_lack lack;
};

enum chip_metric_scope { CHIP_FOR_SPEAKERS = 1, CHIP_FOR_MEETING = 2 };

struct chip_metric_info {
    const char *key, *title; /* "talk_share", "Talk share" */
    const char *unit;        /* "s", "share" (0..1), "ratio", "count", "/min", "words/min", ... */
    int scope;               /* bits of enum chip_metric_scope: whom it is defined for */
    const char *evidence;    /* what is counted as evidence: "turns" */
    int min_evidence;        /* less than that is CHIP_LACK_FEW */
    const char *definition;  /* formula, denominator and thresholds, in sentences */
    const char *source;      /* who measures it so, or why so */
};

/** Who had how much of the talk in one window of time. */
struct chip_metric_window {
    int64_t start_ms, end_ms;
    const double *shares; /* [n_speakers], their sum is 1; all 0 with hardly any speech */
};

/** The measures of one conversation. Everything in it is owned by it; read only. */
struct chip_metrics {
    size_t n_metrics, n_speakers;
    struct chip_measure *meeting;       /* [n_metrics], in the order of chip_metric_info() */
    struct chip_measure *speakers;      /* [n_speakers][n_metrics] */
    struct chip_metric_window *windows; /* in order of time, every 30 s */
    size_t n_windows;
    const char **warnings; /* sentences on what to distrust */
    size_t n_warnings;
    void *owner; /* private */
};

struct chip_metrics_options {
    bool overlap_modelled; /* as in the transcript, for one that does not say so itself */
};

/** The metrics by number, from 0; docs/METRICS.md has the same text. NULL beyond the last. */
CHIP_API const struct chip_metric_info *chip_metric_info(size_t metric);
/** The number of a metric, by its key; -1 for an unknown one. */
CHIP_API int chip_metric_find(const char *key);
/** "too-few"; never NULL. */
CHIP_API const char *chip_lack_name(enum chip_lack lack);

/**
 * Measures a conversation. The same transcript gives the same figures, always.
 *
 * @param options NULL for all defaults
 * @param out     free it with chip_metrics_free(); untouched on failure
 * @return CHIP_OK also for a transcript without speech; CHIP_E_INVAL for turns or words that end
 *         before they start or name a speaker that is not there; CHIP_E_NOMEM
 */
CHIP_API enum chip_status chip_metrics_compute(struct chip_metrics **out,
                                               const struct chip_transcript *transcript,
                                               const struct chip_metrics_options *options,
                                               struct chip_err *err);
CHIP_API void chip_metrics_free(struct chip_metrics *metrics);

enum chip_metrics_format {
    CHIP_METRICS_JSON,         /* docs/METRICS.md */
    CHIP_METRICS_TEXT,         /* a table of 80 columns, in UTF-8 */
    CHIP_METRICS_SVG_TIMELINE, /* who spoke when */
    CHIP_METRICS_SVG_SHARES,   /* who spoke how much */
};

struct chip_metrics_look {
    bool ascii;  /* text: nothing else */
    bool colour; /* text: with escape sequences of terminals */
};

/**
 * Writes metrics as text.
 *
 * @param transcript the one that was measured
 * @param look       NULL for all defaults
 * @param out        malloc'ed, NUL-terminated; the caller frees it
 */
CHIP_API enum chip_status chip_metrics_write(const struct chip_metrics *metrics,
                                             const struct chip_transcript *transcript,
                                             enum chip_metrics_format format,
                                             const struct chip_metrics_look *look, char **out,
                                             struct chip_err *err);

#ifdef __cplusplus
}
#endif
