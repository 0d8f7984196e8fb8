/**
 * Recordings in which each channel is a person: call recorders, podcasts, a microphone for each
 * seat. What tells them from stereo: while somebody speaks, their channel stands far above the
 * others; two microphones of one room hear everybody nearly alike.
 *
 * The voice detector runs on each channel. Levels are compared after each channel has been brought
 * to the level of its own voice, so that a quiet microphone is not taken for a bleeding one.
 */
#pragma once

#include "speech/vad.h"

enum { CHIP_CHANNELS_MAX = 8 }; /* more are a microphone array, not people */

/** What the channels hold; chunks are those of the voice detector. */
struct chip_channel_map {
    bool independent; /* at least two channels have a voice of their own */
    size_t n_channels, n_chunks;
    uint8_t *active; /* [n_chunks] bit c: channel c's own voice; 0 all over when not independent */
};

void chip_channel_map_done(struct chip_channel_map *map);

/** Listens to the channels of one recording; one per thread. */
struct chip_channels;

/**
 * @param vad        borrowed
 * @param n_channels 2..CHIP_CHANNELS_MAX
 * @param out        free it with chip_channels_free()
 * @return CHIP_OK, CHIP_E_INVAL, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_channels_new(struct chip_channels **out, const struct chip_vad_model *vad,
                                   size_t n_channels, struct chip_err *err);
/** NULL is accepted. */
void chip_channels_free(struct chip_channels *channels);
CHIP_DEFINE_AUTO(chip_channels)

/**
 * Hears the next samples. Once half a minute of speech sounded alike on all channels it stops
 * listening: they are no persons then.
 *
 * @param pcm [n_channels] pointers to [n] samples, mono, 16 kHz
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_channels_push(struct chip_channels *channels, const float *const *pcm,
                                    size_t n, struct chip_err *err);

/**
 * Ends the recording and judges.
 *
 * @param out done with chip_channel_map_done(); untouched on failure
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_channels_finish(struct chip_channels *channels, struct chip_channel_map *out,
                                      struct chip_err *err);

/** One channel in one chunk, as the judgement reads it. */
struct chip_channel_chunk {
    uint8_t level;       /* half decibels above -100 dB re full scale */
    uint8_t probability; /* of speech, 0..255 */
};

/**
 * The judgement alone.
 *
 * @param chunks [n_chunks][n_channels]
 * @param out    as above
 */
CHIP_MUST_CHECK
enum chip_status chip_channels_judge(const struct chip_channel_chunk *chunks, size_t n_chunks,
                                     size_t n_channels, struct chip_channel_map *out,
                                     struct chip_err *err);
