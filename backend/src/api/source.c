#include "api/source.h"

#include <string.h>

#include "speech/diarize/channels.h"

/* ---- a recording ---- */

static enum chip_status read_mix(void *user, float *const *planes, size_t n, size_t *n_read,
                                 struct chip_err *err)
{
    return chip_media_read(user, planes[0], n, n_read, err);
}

static enum chip_status read_channels(void *user, float *const *planes, size_t n, size_t *n_read,
                                      struct chip_err *err)
{
    return chip_media_read_channels(user, planes, n, n_read, err);
}

static bool get_break(void *user, size_t i, struct chip_sound_break *out)
{
    size_t n;
    const struct chip_media_break *breaks = chip_media_breaks(user, &n);
    if (i >= n)
        return false;
    *out = (struct chip_sound_break){breaks[i].at_ms, breaks[i].end_ms, breaks[i].message};
    return true;
}

struct chip_sound_source chip_source_of_media(struct chip_media *media, bool by_channels)
{
    const size_t n = chip_media_channels(media);
    by_channels = by_channels && n > 1 && n <= CHIP_CHANNELS_MAX;
    return (struct chip_sound_source){
        .user = media,
        .n_channels = by_channels ? n : 1,
        .duration_ms = chip_media_info(media)->duration_ms,
        .read = by_channels ? read_channels : read_mix,
        .get_break = get_break,
    };
}

/* ---- memory ---- */

static enum chip_status read_pcm(void *user, float *const *planes, size_t n, size_t *n_read,
                                 struct chip_err *err)
{
    (void)err;
    struct chip_pcm *pcm = user;
    *n_read = pcm->n - pcm->at < n ? pcm->n - pcm->at : n;
    if (*n_read > 0) /* there may be no samples at all, not even a place for them */
        memcpy(planes[0], pcm->samples + pcm->at, *n_read * sizeof **planes);
    pcm->at += *n_read;
    return CHIP_OK;
}

struct chip_sound_source chip_source_of_pcm(struct chip_pcm *pcm)
{
    return (struct chip_sound_source){
        .user = pcm,
        .n_channels = 1,
        .duration_ms = (int64_t)(pcm->n / (CHIP_MEDIA_RATE_HZ / 1000)),
        .read = read_pcm,
    };
}
