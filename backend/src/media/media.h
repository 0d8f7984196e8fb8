/**
 * Recordings in, samples out: whatever FFmpeg's libraries can decode becomes float32 at 16 kHz.
 *
 *     struct chip_media *m;
 *     if (chip_media_open(&m, "meeting.mp4", NULL, &err) != CHIP_OK) ...
 *     while (chip_media_read(m, pcm, 16000, &n, &err) == CHIP_OK && n > 0) ...
 *     chip_media_free(m);
 *
 * Streaming: memory does not grow with the length of the recording, but for the sample index of
 * mp4/mov, which FFmpeg keeps whole (measured for 12 hours of 44.1 kHz AAC: 49 MiB, 96 MiB while
 * opening; everything else: less than 1 MiB).
 *
 * Sample times are the container's times: sample i of the output lies at i / 16000 s of the
 * recording. A track that starts late, and holes of more than 100 ms, are filled with silence;
 * small overlaps are squeezed (2 % faster), so that nothing is dropped; a clock that jumps back or
 * further ahead than the limits below is not believed. The encoder's own padding (mp3, AAC, Opus)
 * is cut. Time 0 is the container's zero for mp4/mov, Matroska/WebM, FLV and ASF, unless everything
 * in the file starts later than CHIP_MEDIA_MAX_LEAD_MS (a cut from a live stream); in all other
 * containers it is where the file's earliest track starts.
 *
 * Security: bytes come only from the path, descriptor or callback given. Playlists (m3u8, ffconcat,
 * DASH, SDP) are refused, references to other files or hosts are never opened, and video decoders
 * are never run.
 *
 * Threads: one thread per handle at a time; different handles are independent. FFmpeg's log
 * callback is process-wide and is set once, at the first open: messages caused by chip become
 * errors here, all others go to av_log_default_callback() as before.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CHIP_MEDIA_RATE_HZ 16000
#define CHIP_MEDIA_MAX_CHANNELS 64 /* a track with more: CHIP_E_LIMIT */
#define CHIP_MEDIA_MIN_SOURCE_HZ 1000
#define CHIP_MEDIA_MAX_SOURCE_HZ 768000
#define CHIP_MEDIA_MAX_TRACKS 64                    /* audio tracks listed; later ones are not */
#define CHIP_MEDIA_MAX_TAGS 64                      /* tags listed */
#define CHIP_MEDIA_MAX_TAG_BYTES 1024               /* longer texts are cut at a character */
#define CHIP_MEDIA_MAX_BREAKS 64                    /* breaks listed; later ones are merged */
#define CHIP_MEDIA_MAX_LEAD_MS (60 * 1000)          /* see above */
#define CHIP_MEDIA_MAX_GAP_MS (60 * 60 * 1000)      /* one hole filled with silence */
#define CHIP_MEDIA_MAX_GAPS_MS (12LL * 3600 * 1000) /* all holes together */
#define CHIP_MEDIA_SPOOL_BYTES (4LL << 30)          /* default of options.spool_limit_bytes */

struct chip_media;

/** Zero-initialise; every zero means the default. */
struct chip_media_options {
    int track;                   /* 1-based among the audio tracks; 0: the default track, else the
                                    one with most channels, else the first (decodable ones only) */
    const volatile bool *cancel; /* polled while opening and reading, also while a pipe is silent;
                                    borrowed for the life of the handle */
    int64_t spool_limit_bytes;   /* most that is buffered in a temporary file, see _open_stream() */
    const char *temp_dir;        /* for that file; NULL: $TMPDIR, else /tmp */
    int spool_fd;                /* an open, empty file to use instead; borrowed; 0: none */
};

struct chip_media_track {
    int number;        /* 1-based among the audio tracks: what options.track takes */
    char codec[32];    /* "aac"; "unknown" */
    int channels;      /* 0: not known before decoding */
    int rate_hz;       /* of the source; 0: not known before decoding */
    char language[16]; /* as tagged, usually ISO 639-2 ("eng"); "" unknown */
    char title[128];   /* "" none */
    bool is_default;   /* the container marks it so */
    bool is_decodable; /* FFmpeg on this machine has a decoder */
};

struct chip_media_tag {
    const char *key, *value; /* valid UTF-8 without control characters but newline and tab */
};

/** What is known of a recording without reading it. Everything is owned by the struct; read only.
 */
struct chip_media_info {
    char container[32];        /* "mp4", "webm", "wav" */
    int64_t duration_ms;       /* of the chosen track, from time 0; -1 unknown */
    bool duration_is_estimate; /* from the bit rate, or cut to what the file can hold */
    bool has_video;            /* pictures attached to music do not count */
    const struct chip_media_track *tracks;
    size_t n_tracks;
    int track;                         /* number of the chosen one; 0: there is no audio */
    const struct chip_media_tag *tags; /* of the file, then of the chosen track */
    size_t n_tags;
};

/** A place where the recording is damaged, or has a hole of a second or more. */
struct chip_media_break {
    int64_t at_ms, end_ms; /* in output time; end_ms == at_ms: a point */
    char message[160];     /* one sentence */
};

/**
 * Opens a recording and decodes its first frame, so that what cannot be read fails here.
 *
 * @param out     receives the handle; free it with chip_media_free()
 * @param path    a file or FIFO; "-" is standard input, which can seek when it is a regular file
 * @param options borrowed; NULL for all defaults
 * @return CHIP_OK, or
 *         CHIP_E_NOT_FOUND   no such file; no such track (the message lists the tracks)
 *         CHIP_E_IO          not readable, or reading failed
 *         CHIP_E_INVAL       a directory, or a negative track
 *         CHIP_E_FORMAT      empty, not media, or too damaged to decode anything
 *         CHIP_E_UNSUPPORTED a playlist, a format or a codec that is not handled
 *         CHIP_E_NO_AUDIO    no audio track, or a track without a single sample
 *         CHIP_E_LIMIT       absurd rate or channel count, or too large to spool
 *         CHIP_E_CANCELLED, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_media_open(struct chip_media **out, const char *path,
                                 const struct chip_media_options *options, struct chip_err *err);

/**
 * Opens a recording that arrives through a callback, in order, without seeking.
 *
 * Most formats play as they arrive. An mp4/mov whose index (moov) stands at its end, and the few
 * other formats that cannot be read forwards, are first written to an unlinked temporary file of at
 * most options.spool_limit_bytes; more is CHIP_E_LIMIT, and the message says what to do. The same
 * holds for pipes given to chip_media_open().
 *
 * @param read called from this and the reading functions only, on the calling thread; it may block.
 *             When it fails, what arrived before is still delivered, then reading is CHIP_E_IO;
 *             only while a file is being buffered, opening fails instead.
 * @param user handed to read; both must live as long as the handle
 * @return as chip_media_open()
 */
CHIP_MUST_CHECK
enum chip_status chip_media_open_stream(struct chip_media **out, chip_read_fn *read, void *user,
                                        const struct chip_media_options *options,
                                        struct chip_err *err);

/** Closes; NULL is accepted. Standard input stays open. */
void chip_media_free(struct chip_media *media);
CHIP_DEFINE_AUTO(chip_media)

/** What was found when opening; lives as long as the handle. */
const struct chip_media_info *chip_media_info(const struct chip_media *media);

/**
 * Looks at a recording without decoding: works without decoders, and for files without sound too
 * (n_tracks = 0, track = 0). Rates and channels are then as the container states them.
 *
 * @param out free it with chip_media_info_free()
 * @return as chip_media_open(), but never CHIP_E_NO_AUDIO, and CHIP_OK for undecodable tracks
 */
CHIP_MUST_CHECK
enum chip_status chip_media_probe(struct chip_media_info **out, const char *path,
                                  const struct chip_media_options *options, struct chip_err *err);
void chip_media_info_free(struct chip_media_info *info);
CHIP_DEFINE_AUTO(chip_media_info)

/**
 * Reads the next samples as mono: the mean of all channels.
 *
 * The mean, because it is the only mix that treats every microphone alike, cannot clip and needs no
 * channel layout (recorders rarely write a right one). Its weakness is stereo in opposite phase
 * (balanced cables wired wrong, some "wide" effects): such a pair cancels to silence, and a voice
 * on one of n channels comes out n times quieter. Use chip_media_read_channels() for those.
 *
 * @param out    [n] samples, finite, -1..1; what the decoder gives outside is clipped, NaN is 0
 * @param n      > 0
 * @param n_read n, or fewer only before the end or a failed read; 0: the end. Written, like out,
 *               only on success
 * @return CHIP_OK also for damaged parts, see chip_media_breaks(); CHIP_E_IO when the source
 * failed; CHIP_E_CANCELLED; CHIP_E_NOMEM; CHIP_E_INVAL on n == 0 or after
 * chip_media_read_channels()
 */
CHIP_MUST_CHECK
enum chip_status chip_media_read(struct chip_media *media, float *out, size_t n, size_t *n_read,
                                 struct chip_err *err);

/** How many channels chip_media_read_channels() gives: 1..CHIP_MEDIA_MAX_CHANNELS, fixed at open.
 */
size_t chip_media_channels(const struct chip_media *media);

/**
 * Reads the next samples of each channel by itself. A handle is read either this way or with
 * chip_media_read(); mixing is CHIP_E_INVAL.
 *
 * @param out    [chip_media_channels()] pointers to [n] samples each. Channels that the recording
 *               loses half way are silent from there on, channels that it gains are left out.
 * @return as chip_media_read()
 */
CHIP_MUST_CHECK
enum chip_status chip_media_read_channels(struct chip_media *media, float *const *out, size_t n,
                                          size_t *n_read, struct chip_err *err);

/** Where the recording was damaged, so far: [*n], in order of time, valid until the next read. */
const struct chip_media_break *chip_media_breaks(const struct chip_media *media, size_t *n);
