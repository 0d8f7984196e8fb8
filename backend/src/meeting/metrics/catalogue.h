/**
 * The one table of metrics: what each is called, means and needs. The public API, docs/METRICS.md
 * and every writer read it, so none can say something else. Any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/** Numbers of the metrics, for chip_metric_info() and the arrays of struct chip_metrics. */
enum chip_metric {
    CHIP_METRIC_TALK_TIME,
    CHIP_METRIC_TALK_SHARE,
    CHIP_METRIC_TALK_TO_LISTEN,
    CHIP_METRIC_TURNS,
    CHIP_METRIC_MEAN_TURN,
    CHIP_METRIC_MEDIAN_TURN,
    CHIP_METRIC_LONGEST_MONOLOGUE,
    CHIP_METRIC_LONGEST_LISTENING,
    CHIP_METRIC_INTERACTIVITY,
    CHIP_METRIC_PATIENCE,
    CHIP_METRIC_IMMEDIATE_HANDOVERS,
    CHIP_METRIC_INTERRUPTIONS_GIVEN,
    CHIP_METRIC_INTERRUPTIONS_RECEIVED,
    CHIP_METRIC_BACKCHANNEL_RATE,
    CHIP_METRIC_OVERLAP_SHARE,
    CHIP_METRIC_SILENCE_RATIO,
    CHIP_METRIC_LONGEST_SILENCE,
    CHIP_METRIC_LAPSES,
    CHIP_METRIC_PACE,
    CHIP_METRIC_ARTICULATION,
    CHIP_METRIC_FILLER_RATE,
    CHIP_METRIC_QUESTION_RATE,
    CHIP_METRIC_QUESTIONS_ANSWERED,
    CHIP_METRIC_VOCABULARY,
    CHIP_METRIC_BALANCE,
    CHIP_METRIC_GINI,
    CHIP_METRIC_DOMINANCE,
    CHIP_N_METRICS,
};

/* Thresholds, in milliseconds; the definitions spell them out. */
enum {
    CHIP_TALK_COLLAR_MS = 250,          /* nothing is claimed finer than this */
    CHIP_TALK_JOIN_MS = 2000,           /* a pause shorter than this does not end a turn */
    CHIP_TALK_LAPSE_MS = 5000,          /* a silence longer than this is a lapse */
    CHIP_TALK_OVERLAP_MS = 300,         /* shorter overlaps are quick handovers */
    CHIP_TALK_YIELD_MS = 2000,          /* interrupted people stop within this ... */
    CHIP_TALK_TAKEOVER_MS = 2000,       /* ... and who interrupts goes on for at least this */
    CHIP_TALK_ANSWER_MS = 10000,        /* an answer begins within this */
    CHIP_TALK_PAUSE_MS = 300,           /* a pause of this length ends an utterance */
    CHIP_TALK_UTTERANCE_MS = 1500,      /* shorter utterances have no pace */
    CHIP_TALK_BACKCHANNEL_MS = 1000,    /* the longest backchannel in languages without a list */
    CHIP_TALK_WINDOW_MS = 150000,       /* windows over the meeting ... */
    CHIP_TALK_STEP_MS = 30000,          /* ... and how far apart they begin */
    CHIP_TALK_WINDOW_SPEECH_MS = 10000, /* windows with less speech are left out */
    CHIP_TALK_VOCABULARY_WORDS = 50,    /* window of the type-token ratio */
};

/** What a metric cannot do without; bits. */
enum chip_metric_needs {
    CHIP_NEEDS_SPEAKERS = 1,       /* speakers told apart */
    CHIP_NEEDS_TWO = 2,            /* two of them who speak */
    CHIP_NEEDS_OVERLAP = 4,        /* turns that overlap, or a model that found none */
    CHIP_NEEDS_WORDS = 8,          /* words with times */
    CHIP_NEEDS_LANGUAGE = 16,      /* a list of words of the language */
    CHIP_NEEDS_OVERLAP_MODEL = 32, /* a model that looked for overlap */
};

/** @return bits of enum chip_metric_needs */
unsigned chip_metric_needs(enum chip_metric metric);
