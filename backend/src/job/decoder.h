/**
 * Decodes a recording of strangers in a process of its own, which can reach nothing (sandbox.h):
 * whatever the file does to the decoder, it is an error of that recording and nothing else.
 *
 *     struct chip_decoder *d;
 *     const struct chip_decoder_settings settings = {.fd = fd};
 *     if (chip_decoder_start(&d, &settings, &err) != CHIP_OK) ...
 *     const struct chip_sound_source source = chip_decoder_source(d);
 *     chip_transcribe_source(model, &source, &options, &t, &err);
 *     chip_decoder_free(d);
 *
 * The process is this same program, as `chip decode-media`; it dies with the thread that started
 * it, which therefore must outlive it. One thread at a time per decoder. Nobody else may wait for
 * any child of this process (waitpid(-1)).
 */
#pragma once

#include <sys/types.h>

#include "base/err.h"

struct chip_decoder;

/** Zero-initialise; every zero but fd means the default. */
struct chip_decoder_settings {
    const char *program; /* NULL: this one */
    /**
     * The recording, read from where it stands; borrowed until the decoder is freed. A regular file
     * is read in any order, without moving its position. A pipe is read as bytes arrive, so that a
     * recording can be decoded while it is being uploaded; close its writing end for the end.
     */
    int fd;
    int track; /* as in chip_options */
    bool mix;  /* give one channel, the mean of all; else 2..CHIP_CHANNELS_MAX are given apart */
    const volatile bool *cancel; /* polled while waiting: ends the process at once */

    int64_t memory_bytes; /* that decoding may take; 0: 256 MiB */
    int cpu_s;            /* of processor time ahead of the sound (see decoder.c); 0: 30 */
    int patience_s;       /* without any sign of life, when fd is a regular file; 0: 120 */
    /**
     * What arrives through a pipe but cannot be read forwards (an mp4 with its index at the end) is
     * buffered in a file without a name, of at most so many bytes; more is CHIP_E_LIMIT.
     */
    int64_t spool_bytes;   /* 0: 4 GiB, or 512 MiB in memory */
    const char *spool_dir; /* where; NULL: in memory */
};

/** What the recording is; as struct chip_media_info says it. */
struct chip_decoder_info {
    char container[32], codec[32];
    int64_t duration_ms; /* -1: unknown */
    bool duration_is_estimate, has_video;
    int track, source_channels, source_rate_hz;
    size_t n_tracks;
    bool tracks_could_be_people; /* see decoders.h */
    size_t n_channels;           /* that are given */
    int32_t recorded_day;        /* days since 1970, as it says itself; -1: not known */
    unsigned sandbox;            /* parts in force, bit 1 << enum chip_sandbox_part each */
};

/**
 * Starts the process, and waits until the recording is open and its first sound is there.
 *
 * @param out free it with chip_decoder_free(); untouched on failure
 * @return CHIP_OK; what chip_media_open() returns for the recording, its message calls it "the
 *         recording"; and where the process did not survive it
 *         CHIP_E_FORMAT      it crashed, or tried what it may not
 *         CHIP_E_LIMIT       it wanted more memory or processor time than the settings allow
 *         CHIP_E_UNAVAILABLE it was killed from outside, as for lack of memory in the machine
 *         CHIP_E_IO          the program cannot be started
 *         CHIP_E_CANCELLED, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_decoder_start(struct chip_decoder **out,
                                    const struct chip_decoder_settings *settings,
                                    struct chip_err *err);

/** Ends the process at once, if it has not ended, and waits for that. NULL is accepted. */
void chip_decoder_free(struct chip_decoder *decoder);
CHIP_DEFINE_AUTO(chip_decoder)

const struct chip_decoder_info *chip_decoder_info(const struct chip_decoder *decoder);

/** The samples, and the breaks once all were read. Reading fails as chip_decoder_start() does. */
struct chip_sound_source chip_decoder_source(struct chip_decoder *decoder);

/** The process. */
pid_t chip_decoder_pid(const struct chip_decoder *decoder);

/**
 * The other side: `chip decode-media TRACK MIX MEMORY_BYTES SPOOL_BYTES CPU_S`, standard input the
 * recording, standard output a pipe of frames, descriptor 3 the file to spool into unless
 * SPOOL_BYTES is 0. Only for chip_decoder_start(): it locks this process in.
 *
 * @param argv argv[0] is the command's name
 * @return exit code: 0, also for a recording that cannot be decoded (the pipe says so); 2 for wrong
 *         arguments
 */
int chip_decoder_main(int argc, char **argv);
