/**
 * The samples of a transcription as mono, whatever source they come from. On the way the channels
 * can be listened to. One thread.
 */
#pragma once

#include "speech/diarize/channels.h"

enum {
    CHIP_SOUND_READ = 16000,      /* samples at a time */
    CHIP_SOUND_MAX_CHANNELS = 64, /* of a source */
};

struct chip_sound {
    const struct chip_sound_source *source; /* borrowed */
    int64_t at;                             /* samples read */
    bool at_end;
    struct chip_channels *channels; /* NULL: one channel, or nobody wants to know */
    float *planes;                  /* [n_channels][CHIP_SOUND_READ]; NULL: there is one channel */
};

/**
 * Fills a zeroed sound.
 *
 * @param vad to listen to the channels with, if there are 2..CHIP_CHANNELS_MAX; NULL: nobody
 * listens
 * @return CHIP_OK, CHIP_E_INVAL for 0 or too many channels, CHIP_E_NOMEM; chip_sound_done() is due
 *         in any case
 */
CHIP_MUST_CHECK
enum chip_status chip_sound_open(struct chip_sound *sound, const struct chip_sound_source *source,
                                 const struct chip_vad_model *vad, struct chip_err *err);

void chip_sound_done(struct chip_sound *sound);

/**
 * @param pcm [CHIP_SOUND_READ] the mean of all channels
 * @param n   how many were read: CHIP_SOUND_READ, or fewer only before the end; 0: the end
 * @return CHIP_OK; what the source returns; CHIP_E_INVAL for a sample that is not finite
 */
CHIP_MUST_CHECK
enum chip_status chip_sound_next(struct chip_sound *sound, float *pcm, size_t *n,
                                 struct chip_err *err);
