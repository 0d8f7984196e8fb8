/**
 * Where the samples of a transcription come from: a recording or the caller's memory; mono either
 * way. On the way the channels of a recording can be listened to. One thread.
 */
#pragma once

#include "media/media.h"
#include "speech/diarize/channels.h"

enum { CHIP_SOUND_READ = 16000 }; /* samples at a time */

struct chip_sound {
    struct chip_media *media; /* NULL: from pcm; borrowed */
    const float *pcm;         /* [n_pcm] 16 kHz; borrowed */
    size_t n_pcm, at;

    struct chip_channels *channels; /* NULL: one channel, or nobody wants to know */
    size_t n_channels;
    float *planes[CHIP_CHANNELS_MAX]; /* [CHIP_SOUND_READ] each */
};

/**
 * Listens to the channels from here on, if there are 2..CHIP_CHANNELS_MAX of them.
 *
 * @return CHIP_OK or CHIP_E_NOMEM; chip_sound_done() is due in any case
 */
CHIP_MUST_CHECK
enum chip_status chip_sound_listen(struct chip_sound *sound, const struct chip_vad_model *vad,
                                   struct chip_err *err);

/** Frees what chip_sound_listen() took. */
void chip_sound_done(struct chip_sound *sound);

/**
 * @param pcm [CHIP_SOUND_READ] the mean of all channels
 * @param n   how many were read; 0: the end
 * @return CHIP_OK; as chip_media_read(); CHIP_E_INVAL for a sample in memory that is not finite
 */
CHIP_MUST_CHECK
enum chip_status chip_sound_next(struct chip_sound *sound, float *pcm, size_t *n,
                                 struct chip_err *err);
