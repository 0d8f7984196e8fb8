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
    int64_t worked_ms;  /* the same with what is done behind holes, or in part: never less */
    int64_t total_ms;   /* of the recording; -1 when not known yet */
    double elapsed_s;   /* since the start */
    double speed;       /* seconds of recording worked off per second, so far */
    double remaining_s; /* estimate; -1 when not known yet */
};

/** Zero-initialise; every zero means the default. */
struct chip_options {
    int threads;          /* 0: all CPUs that this process may use, at most 64 */
    int track;            /* 1-based audio track; 0: chosen by chip (default or most channels), or
                             all, where each is a person */
    const char *language; /* "en"; NULL: the model's own */
    int batch;            /* segments decoded at once by a thread; 0: default */

    /**
     * Words and names to expect ("Siobhan", "Kubernetes"), which are then written so where they are
     * likely to have been said. Ends with NULL; at most 1,000, of at most 50 characters; NULL:
     * none.
     */
    const char *const *hotwords;

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
    /**
     * Called when a piece of speech is done, after its segments: everything up to `done_ms` is.
     *
     * @param piece its segments, words and audit notes, and nothing else; it may have none;
     *              borrowed for the call. Speakers are told apart at the end, so nobody has one yet
     */
    void (*on_piece)(void *user, const struct chip_transcript *piece, int64_t done_ms);
    void *user; /* of all three */

    /**
     * What an earlier run of the same recording with the same model and options had finished, when
     * it was interrupted: all that on_piece told, up to and with known_ms, its last done_ms.
     * It is not recognised again, and not told again; the transcript comes out as if there had been
     * no interruption. So a caller who wants to be able to go on
     *
     *   - keeps what on_piece tells, with done_ms, now and then (chip_format_transcript() as JSON
     *     keeps all that is needed),
     *   - joins it again into one transcript, and gives it with the last done_ms.
     *
     * The transcript that a cancelled run returns will not do: its segments may be cut where
     * speakers change.
     */
    const struct chip_transcript *known; /* borrowed; NULL: nothing */
    int64_t known_ms;

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

/** A place where a recording is damaged, or has a hole. */
struct chip_sound_break {
    int64_t at_ms, end_ms; /* end_ms == at_ms: a point */
    const char *message;   /* one sentence */
};

/** Samples that the caller has, decoded: 16 kHz, each channel by itself. */
struct chip_sound_source {
    void *user;          /* handed to the functions */
    size_t n_channels;   /* 1..64; with several, it is found out whether each is a person */
    int64_t duration_ms; /* as far as it is known before; -1: not */

    /**
     * Gives the next samples; it may block. Called by one thread, not the caller's.
     *
     * @param planes [n_channels] pointers to [n] samples each, finite, -1..1
     * @param n_read how many there are, 1..n; 0: the end
     * @return CHIP_OK; anything else ends the transcription with that status and message. When
     *         options.cancel becomes true it should soon return CHIP_E_CANCELLED
     */
    enum chip_status (*read)(void *user, float *const *planes, size_t n, size_t *n_read,
                             struct chip_err *err);
    /**
     * Gives the i-th break of what was read, in order of time; called after the last read.
     *
     * @param out its message is borrowed until the next call
     * @return false: there are no more
     */
    bool (*get_break)(void *user, size_t i, struct chip_sound_break *out); /* NULL: none */
};

/**
 * Transcribes samples from a callback, with all that a recording has: channels, damage, length.
 *
 * @param source borrowed for the call
 * @return as chip_transcribe_file(); CHIP_E_NO_AUDIO without samples, CHIP_E_INVAL for one that is
 *         not finite, for 0 or more than 64 channels; what source->read returned
 */
CHIP_API enum chip_status chip_transcribe_source(const struct chip_model *model,
                                                 const struct chip_sound_source *source,
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

#ifdef __cplusplus
}
#endif

#include <chip/metrics.h> /* how a conversation went */
