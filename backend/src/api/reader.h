/**
 * The reading side of a transcription: samples from their source, through the voice detector, into
 * pieces of speech for the recogniser. Runs in a thread of its own.
 */
#pragma once

#include <pthread.h>

#include "speech/diarize/channels.h"
#include "speech/diarize/community_run.h"
#include "speech/pieces.h"
#include "speech/vad.h"

/**
 * Told by the reading thread how far it has come.
 *
 * @param n_pieces   pieces put so far
 * @param pieces_ms  their lengths together
 * @param settled_ms everything before it is in those pieces, or no speech
 */
typedef void chip_reader_heard_fn(void *user, size_t n_pieces, int64_t pieces_ms,
                                  int64_t settled_ms);

struct chip_reader {
    /* Set before start. */
    const struct chip_sound_source *source; /* borrowed */
    const struct chip_vad_model *vad;
    struct chip_pieces *pieces;
    bool tell_channels;               /* find out whether each channel is a person */
    struct chip_community *community; /* hears all samples too; NULL: nobody; borrowed */
    const volatile bool *cancel;      /* may be NULL */
    chip_reader_heard_fn *heard;      /* may be NULL */
    void *heard_user;

    /* After join. */
    int64_t n_read;                      /* samples */
    int64_t speech;                      /* samples of speech */
    struct chip_channel_map channel_map; /* chip_channel_map_done() it; zero: not looked at */
    enum chip_status status;
    struct chip_err err;

    size_t n_pieces;     /* put; the reading thread's, as the next */
    int64_t n_in_pieces; /* samples */
    pthread_t thread;
};

/** Starts the thread. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_reader_start(struct chip_reader *reader, struct chip_err *err);

/** Waits for it; stop the pieces before to make that quick. @return what the reading ended with */
enum chip_status chip_reader_join(struct chip_reader *reader);
