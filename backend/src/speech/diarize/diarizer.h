/**
 * Who spoke when in one recording: takes the voices of its pieces as they come, clusters them at
 * the end, and makes turns.
 *
 * Where each channel is a person (channels.h) the channels say who speaks when, and clustering only
 * asks whether several people share one.
 *
 * One thread at a time.
 */
#pragma once

#include "speech/diarize/channels.h"
#include "speech/diarize/cluster.h"
#include "speech/diarize/windows.h"

struct chip_diarizer;

/** @return NULL when out of memory */
struct chip_diarizer *chip_diarizer_new(void);
/** NULL is accepted. */
void chip_diarizer_free(struct chip_diarizer *diarizer);
CHIP_DEFINE_AUTO(chip_diarizer)

/**
 * Adds the next piece.
 *
 * @param windows [n] of the piece, in order; copied
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_diarizer_add(struct chip_diarizer *diarizer, const struct chip_speech *speech,
                                   const struct chip_window *windows, size_t n,
                                   struct chip_err *err);

/** What came out. Arrays are owned: chip_diarization_done(). */
struct chip_diarization {
    struct chip_turn *turns; /* [n_turns] */
    size_t n_turns, n_speakers;
    struct chip_window *windows; /* [n_windows] all of them, in order */
    int *label;                  /* [n_windows] their speakers */
    size_t n_windows;
    bool from_channels; /* turns are those of the channels */
};

void chip_diarization_done(struct chip_diarization *diarization);

/**
 * @param options how many speakers; NULL: automatic
 * @param map     what the channels hold; NULL or not independent: one mixed channel
 * @param out     untouched on failure; no speakers without windows
 * @return CHIP_OK, CHIP_E_INVAL for options that make no sense, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_diarizer_finish(struct chip_diarizer *diarizer,
                                      const struct chip_cluster_options *options,
                                      const struct chip_channel_map *map,
                                      struct chip_diarization *out, struct chip_err *err);

/**
 * The same when a model of overlapping speech has made the turns already: a window belongs to who
 * speaks longest in it.
 *
 * @param turns malloc'ed [n_turns], handed over, freed also on failure
 * @param out   untouched on failure
 * @return CHIP_OK, CHIP_E_LIMIT for more than 255 speakers, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_diarizer_finish_turns(struct chip_diarizer *diarizer, struct chip_turn *turns,
                                            size_t n_turns, size_t n_speakers,
                                            struct chip_diarization *out, struct chip_err *err);
