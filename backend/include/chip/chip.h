/**
 * chip: a recording goes in, a transcript comes out.
 *
 *     struct chip_err err;
 *     struct chip_model *model;
 *     struct chip_transcript *t;
 *     if (chip_model_open(&model, "moonshine-base", &err) == CHIP_OK &&
 *         chip_transcribe_file(model, "meeting.mp4", NULL, &t, &err) == CHIP_OK)
 *         puts(t->segments[0].text);
 *
 * All text is UTF-8. Times are milliseconds from the start of the recording. An opened model is
 * read-only and may be used from any number of threads at once; one transcription runs its own
 * threads and calls back from one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CHIP_API __attribute__((visibility("default")))
#else
#define CHIP_API
#endif

/* ---- errors ---------------------------------------------------------------------------------- */

enum chip_status {
    CHIP_OK = 0,
    CHIP_E_INVAL,       /* an argument or option makes no sense */
    CHIP_E_NOMEM,       /* out of memory */
    CHIP_E_IO,          /* reading or writing failed */
    CHIP_E_NOT_FOUND,   /* no such file, model or track */
    CHIP_E_FORMAT,      /* the bytes are not what they claim to be */
    CHIP_E_NO_AUDIO,    /* a media file without (decodable) sound */
    CHIP_E_UNSUPPORTED, /* well-formed, but not something we handle */
    CHIP_E_LIMIT,       /* larger than a documented limit */
    CHIP_E_NETWORK,     /* a download failed */
    CHIP_E_CHECKSUM,    /* the content does not match its hash */
    CHIP_E_CANCELLED,   /* the caller's cancel flag was set */
    CHIP_E_INTERNAL,    /* a bug in chip */
    CHIP_E_CONFLICT,    /* asked for something that the present state rules out */
    CHIP_E_DENIED,      /* the caller may not do this */
    CHIP_E_UNAVAILABLE, /* a server that is needed does not answer; trying again may help */
};

struct chip_err {
    enum chip_status code;
    char message[512]; /* one sentence: what happened and what to do */
};

/** A short stable name: "not-found". Never NULL. */
CHIP_API const char *chip_status_name(enum chip_status status);

/** "0.1.0" */
CHIP_API const char *chip_version(void);

/* ---- the transcript ---------------------------------------------------------------------------
 */

struct chip_word {
    int64_t start_ms, end_ms;
    float confidence; /* 0..1: the least likely token of the word */
    int speaker;      /* who says it: speakers[speaker]; -1 when nobody was told apart */
    const char *text; /* with its punctuation, without blanks around it */
};

struct chip_segment {
    int64_t start_ms, end_ms;
    float confidence; /* 0..1: geometric mean over its tokens */
    int speaker;      /* of most of its words, -1 as above */
    const char *text;
    size_t first_word, n_words; /* words[first_word .. first_word + n_words) */
};

struct chip_speaker {
    const char *label;      /* "S1", "S2", ... in order of first speech */
    const char *name;       /* given by a person; "" when not known */
    const char *suggestion; /* whose voice profile it is like, see voices_dir; "" when nobody's */
    float similarity;       /* cosine to that profile */
};

/**
 * Speech of one speaker, short pauses included. Turns of different speakers may overlap; two turns
 * of one speaker neither overlap nor touch.
 */
struct chip_turn {
    int64_t start_ms, end_ms;
    int speaker;
    float confidence; /* 0..1: how much nearer to this speaker than to the next one */
};

/** Something that was heard but not kept, or kept with doubt; the transcript says so itself. */
enum chip_audit_kind {
    CHIP_AUDIT_REPETITION,  /* a repetition loop was cut off */
    CHIP_AUDIT_TOKEN_CAP,   /* more tokens than speech of that length can have: cut off */
    CHIP_AUDIT_EMPTY,       /* the voice detector heard speech, the model found no words */
    CHIP_AUDIT_MEDIA_BREAK, /* the recording is damaged from here on, or has a hole here */
};

struct chip_audit {
    enum chip_audit_kind kind;
    int64_t start_ms, end_ms;
    const char *detail; /* what was dropped, or why */
};

struct chip_voices;

/** One recording's words. Everything in it is owned by it; read only. */
struct chip_transcript {
    const char *model;    /* "moonshine-base" */
    const char *language; /* "en" */
    int64_t duration_ms;  /* of the recording */
    int64_t speech_ms;    /* of it, heard as speech */
    struct chip_segment *segments;
    size_t n_segments;
    struct chip_word *words; /* of all segments, in order of time */
    size_t n_words;
    struct chip_speaker *speakers; /* none when speakers were not told apart */
    size_t n_speakers;
    struct chip_turn *turns; /* in order of start */
    size_t n_turns;
    bool overlap_modelled; /* turns overlap where people spoke at once; else only one is known */
    struct chip_voices *voices; /* private: what other numbers of speakers need; may be NULL */
    struct chip_audit *audit;
    size_t n_audit;
    void *owner; /* private */
};

CHIP_API void chip_transcript_free(struct chip_transcript *transcript);

/* ---- models -----------------------------------------------------------------------------------
 */

struct chip_model;

/**
 * Opens a speech model together with the voice detector.
 *
 * @param out  the model; free it with chip_model_close() when no transcription uses it any more
 * @param name "moonshine-base", "moonshine-tiny", or a path to a model directory; NULL: the
 * default. Names are looked up in $CHIP_MODELS_DIR, then in the places `chip doctor` lists.
 * @return CHIP_OK; CHIP_E_NOT_FOUND when it is not installed (the message says how to get it);
 *         CHIP_E_FORMAT or CHIP_E_UNSUPPORTED for a damaged or foreign model
 */
CHIP_API enum chip_status chip_model_open(struct chip_model **out, const char *name,
                                          struct chip_err *err);
CHIP_API void chip_model_close(struct chip_model *model);

/* ---- transcription ----------------------------------------------------------------------------
 */

struct chip_progress {
    int64_t done_ms;    /* of the recording, transcribed without holes */
    int64_t total_ms;   /* of the recording; -1 when not known yet */
    double elapsed_s;   /* since the start */
    double speed;       /* seconds of recording per second, so far */
    double remaining_s; /* estimate; -1 when not known yet */
};

/** Zero-initialise; every zero means the default. */
struct chip_options {
    int threads;          /* 0: all CPUs that this process may use, at most 64 */
    int track;            /* 1-based audio track; 0: chosen by chip (default or most channels) */
    const char *language; /* "en"; NULL: the model's own */
    int batch;            /* segments decoded at once by a thread; 0: default */

    bool no_speakers; /* do not tell speakers apart */
    int n_speakers;   /* exactly so many, 0: found by chip; the next two are then ignored */
    int min_speakers, max_speakers; /* 0: no limit */
    const char *voices_dir; /* voice profiles (`chip voices`) to suggest names from; NULL: none */
    /**
     * Model that says who speaks when, as chip_model_open() takes names: "community-1", which
     * `chip models` installs, hears several people at once; NULL: chip's own network.
     */
    const char *diarize_model;

    /** Called at most ten times a second and once at the end. */
    void (*on_progress)(void *user, const struct chip_progress *progress);
    /** Called with each finished segment, in order of time; borrowed for the call. */
    void (*on_segment)(void *user, const struct chip_segment *segment,
                       const struct chip_word *words);
    void *user;
    /**
     * Polled; when *cancel becomes true the call stops within a second or two and returns
     * CHIP_E_CANCELLED, with what is done so far in *out. May be set by a signal handler.
     */
    const volatile bool *cancel;
};

/**
 * Transcribes a media file.
 *
 * @param path    any container and codec that FFmpeg reads; "-" is standard input
 * @param options borrowed; NULL for all defaults
 * @param out     the transcript; on CHIP_E_CANCELLED what was finished, on other failures untouched
 * @return CHIP_OK also for a recording that is damaged half way (see `audit`) or has no speech
 */
CHIP_API enum chip_status chip_transcribe_file(const struct chip_model *model, const char *path,
                                               const struct chip_options *options,
                                               struct chip_transcript **out, struct chip_err *err);

/**
 * Transcribes samples.
 *
 * @param pcm   [n_pcm] mono float, 16 kHz, -1..1; borrowed for the call
 * @return as above; CHIP_E_NO_AUDIO without samples, CHIP_E_INVAL for one that is not finite
 */
CHIP_API enum chip_status chip_transcribe_pcm(const struct chip_model *model, const float *pcm,
                                              size_t n_pcm, const struct chip_options *options,
                                              struct chip_transcript **out, struct chip_err *err);

/**
 * Reads the next bytes of a media file that is still arriving.
 *
 * @return bytes put into buf (1..size), 0 at the end, -1 on failure
 */
typedef int chip_read_fn(void *user, unsigned char *buf, int size);

/** Like chip_transcribe_file(), from a callback that may block; needs no seeking. */
CHIP_API enum chip_status chip_transcribe_stream(const struct chip_model *model, chip_read_fn *read,
                                                 void *read_user,
                                                 const struct chip_options *options,
                                                 struct chip_transcript **out,
                                                 struct chip_err *err);

/* ---- speakers ---------------------------------------------------------------------------------
 */

/**
 * The same transcript with another number of speakers, from the voices that it holds: no model and
 * no recording is needed, and it takes milliseconds. Speakers that stay who they were keep their
 * names.
 *
 * @param n_speakers 1..100; fewer come out when the recording has fewer stretches of speech
 * @param out        the new transcript
 * @return CHIP_OK; CHIP_E_INVAL; CHIP_E_UNSUPPORTED for a transcript without voices
 */
CHIP_API enum chip_status chip_transcript_relabel(const struct chip_transcript *transcript,
                                                  int n_speakers, struct chip_transcript **out,
                                                  struct chip_err *err);

/* ---- output -----------------------------------------------------------------------------------
 */

enum chip_format {
    CHIP_FORMAT_JSON,     /* docs/TRANSCRIPT.md */
    CHIP_FORMAT_WHISPERX, /* the field names of WhisperX's json */
    CHIP_FORMAT_SRT,
    CHIP_FORMAT_VTT,
    CHIP_FORMAT_TXT,
    CHIP_FORMAT_MD,
    CHIP_FORMAT_TSV,
    CHIP_FORMAT_RTTM, /* who speaks when: the turns, as NIST's scoring tools read them */
};

struct chip_format_options {
    const char *source; /* file name to show in headings; may be NULL */
    bool word_cues;     /* vtt: a time for each word inside the cue */
    int max_line_chars; /* subtitles; 0: 42 */
    int max_lines;      /* subtitles; 0: 2 */
};

/** Finds a format by its name ("srt") into *out. @return false for an unknown name */
CHIP_API bool chip_format_by_name(const char *name, enum chip_format *out);

/**
 * Writes a transcript as text.
 *
 * @param options NULL for all defaults
 * @param out     malloc'ed, NUL-terminated; the caller frees it
 */
CHIP_API enum chip_status chip_format_transcript(const struct chip_transcript *transcript,
                                                 enum chip_format format,
                                                 const struct chip_format_options *options,
                                                 char **out, struct chip_err *err);

/* ---- metrics ----------------------------------------------------------------------------------
 */

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
