#include "api/sound.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum chip_status chip_sound_open(struct chip_sound *sound, const struct chip_sound_source *source,
                                 const struct chip_vad_model *vad, struct chip_err *err)
{
    const size_t n = source->n_channels;
    if (n < 1 || n > CHIP_SOUND_MAX_CHANNELS)
        return chip_fail(err, CHIP_E_INVAL, "%zu channels are not from 1 to %d", n,
                         CHIP_SOUND_MAX_CHANNELS);
    sound->source = source;
    if (n == 1)
        return CHIP_OK;
    sound->planes = malloc(n * CHIP_SOUND_READ * sizeof *sound->planes);
    if (!sound->planes)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu channels", n);
    return vad && n <= CHIP_CHANNELS_MAX ? chip_channels_new(&sound->channels, vad, n, err)
                                         : CHIP_OK;
}

void chip_sound_done(struct chip_sound *sound)
{
    chip_channels_free(sound->channels);
    free(sound->planes);
}

/* Reads until the planes are full or the source ends, so that nothing depends on how it serves. */
static enum chip_status fill(struct chip_sound *sound, float *const *planes, size_t *n,
                             struct chip_err *err)
{
    const struct chip_sound_source *source = sound->source;
    *n = 0;
    while (*n < CHIP_SOUND_READ && !sound->at_end) {
        float *rest[CHIP_SOUND_MAX_CHANNELS];
        for (size_t c = 0; c < source->n_channels; c++)
            rest[c] = planes[c] + *n;
        size_t got = 0, wanted = CHIP_SOUND_READ - *n;
        enum chip_status s = source->read(source->user, rest, wanted, &got, err);
        if (s != CHIP_OK)
            return s;
        if (got > wanted)
            return chip_fail(err, CHIP_E_INVAL, "the source gave %zu samples where %zu have room",
                             got, wanted);
        sound->at_end = got == 0;
        *n += got;
    }
    return CHIP_OK;
}

static void mix(const float *const *planes, size_t n_channels, float *pcm, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float sum = 0.0f;
        for (size_t c = 0; c < n_channels; c++)
            sum += planes[c][i];
        pcm[i] = sum / (float)n_channels;
    }
}

enum chip_status chip_sound_next(struct chip_sound *sound, float *pcm, size_t *n,
                                 struct chip_err *err)
{
    const size_t n_channels = sound->source->n_channels;
    float *planes[CHIP_SOUND_MAX_CHANNELS] = {pcm};
    for (size_t c = 0; c < n_channels && sound->planes; c++)
        planes[c] = sound->planes + c * CHIP_SOUND_READ;
    enum chip_status s = fill(sound, planes, n, err);
    if (s != CHIP_OK)
        return s;
    if (sound->planes)
        mix((const float *const *)planes, n_channels, pcm, *n);
    for (size_t i = 0; i < *n; i++) /* one that is not finite makes the mix so too */
        if (!isfinite(pcm[i]))
            return chip_fail(err, CHIP_E_INVAL, "sample %" PRId64 " is not a number",
                             sound->at + (int64_t)i);
    sound->at += (int64_t)*n;
    if (!sound->channels || *n == 0)
        return CHIP_OK;
    return chip_channels_push(sound->channels, (const float *const *)planes, *n, err);
}
