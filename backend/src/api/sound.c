#include "api/sound.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum chip_status chip_sound_listen(struct chip_sound *sound, const struct chip_vad_model *vad,
                                   struct chip_err *err)
{
    size_t n = sound->media ? chip_media_channels(sound->media) : 1;
    if (n < 2 || n > CHIP_CHANNELS_MAX)
        return CHIP_OK;
    enum chip_status s = chip_channels_new(&sound->channels, vad, n, err);
    if (s != CHIP_OK)
        return s;
    float *samples = malloc(n * CHIP_SOUND_READ * sizeof *samples);
    if (!samples)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu channels", n);
    for (size_t c = 0; c < n; c++)
        sound->planes[c] = samples + c * CHIP_SOUND_READ;
    sound->n_channels = n;
    return CHIP_OK;
}

void chip_sound_done(struct chip_sound *sound)
{
    chip_channels_free(sound->channels);
    free(sound->planes[0]);
}

/* From the caller's memory, where anything may be; media gives finite samples only. */
static enum chip_status copy_samples(struct chip_sound *sound, float *pcm, size_t *n,
                                     struct chip_err *err)
{
    size_t left = sound->n_pcm - sound->at;
    *n = left < CHIP_SOUND_READ ? left : CHIP_SOUND_READ;
    memcpy(pcm, sound->pcm + sound->at, *n * sizeof *pcm);
    for (size_t i = 0; i < *n; i++)
        if (!isfinite(pcm[i]))
            return chip_fail(err, CHIP_E_INVAL, "sample %zu is not a number", sound->at + i);
    sound->at += *n;
    return CHIP_OK;
}

static enum chip_status read_channels(struct chip_sound *sound, float *pcm, size_t *n,
                                      struct chip_err *err)
{
    enum chip_status s =
        chip_media_read_channels(sound->media, sound->planes, CHIP_SOUND_READ, n, err);
    if (s != CHIP_OK)
        return s;
    for (size_t i = 0; i < *n; i++) {
        float sum = 0.0f;
        for (size_t c = 0; c < sound->n_channels; c++)
            sum += sound->planes[c][i];
        pcm[i] = sum / (float)sound->n_channels;
    }
    return chip_channels_push(sound->channels, (const float *const *)sound->planes, *n, err);
}

enum chip_status chip_sound_next(struct chip_sound *sound, float *pcm, size_t *n,
                                 struct chip_err *err)
{
    if (sound->channels)
        return read_channels(sound, pcm, n, err);
    if (sound->media)
        return chip_media_read(sound->media, pcm, CHIP_SOUND_READ, n, err);
    return copy_samples(sound, pcm, n, err);
}
