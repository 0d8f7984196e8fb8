#include "api/tracks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "speech/diarize/channels.h"

enum { READ = 16000 }; /* samples at a time while listening */

struct chip_tracks {
    size_t n;
    struct chip_media *media[CHIP_CHANNELS_MAX]; /* [n] */
    int64_t duration_ms;                         /* of the longest; -1 unknown */
};

/* ---- which recordings come into question ---- */

static bool is_regular(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Several tracks that can be decoded, all in one language as far as it is told. */
static bool could_be_people(const struct chip_media_info *info)
{
    if (info->n_tracks < 2 || info->n_tracks > CHIP_CHANNELS_MAX)
        return false;
    for (size_t i = 0; i < info->n_tracks; i++)
        if (!info->tracks[i].is_decodable ||
            strcmp(info->tracks[i].language, info->tracks[0].language) != 0)
            return false;
    return true;
}

/* ---- reading them side by side ---- */

static enum chip_status open_all(struct chip_tracks *tracks, const char *path,
                                 const struct chip_media_info *info, const volatile bool *cancel,
                                 struct chip_err *err)
{
    tracks->duration_ms = 0;
    for (size_t i = 0; i < info->n_tracks; i++) {
        const struct chip_media_options options = {.track = info->tracks[i].number,
                                                   .cancel = cancel};
        enum chip_status s = chip_media_open(&tracks->media[i], path, &options, err);
        if (s != CHIP_OK)
            return s;
        tracks->n = i + 1;
        int64_t ms = chip_media_info(tracks->media[i])->duration_ms;
        if (ms < 0 || (tracks->duration_ms >= 0 && ms > tracks->duration_ms))
            tracks->duration_ms = ms;
    }
    return CHIP_OK;
}

static void close_all(struct chip_tracks *tracks)
{
    for (size_t i = 0; i < CHIP_CHANNELS_MAX; i++) {
        chip_media_free(tracks->media[i]);
        tracks->media[i] = NULL;
    }
    tracks->n = 0;
}

/* Tracks that end before the longest are silent from there on. */
static enum chip_status read_all(void *user, float *const *planes, size_t n, size_t *n_read,
                                 struct chip_err *err)
{
    struct chip_tracks *tracks = user;
    size_t got[CHIP_CHANNELS_MAX];
    *n_read = 0;
    for (size_t i = 0; i < tracks->n; i++) {
        enum chip_status s = chip_media_read(tracks->media[i], planes[i], n, &got[i], err);
        if (s != CHIP_OK)
            return s;
        *n_read = got[i] > *n_read ? got[i] : *n_read;
    }
    for (size_t i = 0; i < tracks->n; i++)
        memset(planes[i] + got[i], 0, (*n_read - got[i]) * sizeof **planes);
    return CHIP_OK;
}

/* The breaks of the first track, then those of the second, ... */
static bool get_break(void *user, size_t i, struct chip_sound_break *out)
{
    const struct chip_tracks *tracks = user;
    for (size_t t = 0; t < tracks->n; t++) {
        size_t n;
        const struct chip_media_break *breaks = chip_media_breaks(tracks->media[t], &n);
        if (i < n) {
            *out = (struct chip_sound_break){breaks[i].at_ms, breaks[i].end_ms, breaks[i].message};
            return true;
        }
        i -= n;
    }
    return false;
}

struct chip_sound_source chip_source_of_tracks(struct chip_tracks *tracks)
{
    return (struct chip_sound_source){
        .user = tracks,
        .n_channels = tracks->n,
        .duration_ms = tracks->duration_ms,
        .read = read_all,
        .get_break = get_break,
    };
}

/* ---- listening first ---- */

static enum chip_status listen(struct chip_tracks *tracks, struct chip_channels *channels,
                               float *samples, bool *people, struct chip_err *err)
{
    float *planes[CHIP_CHANNELS_MAX];
    for (size_t i = 0; i < tracks->n; i++)
        planes[i] = samples + i * READ;
    size_t n;
    do {
        enum chip_status s = read_all(tracks, planes, READ, &n, err);
        if (s == CHIP_OK && n > 0)
            s = chip_channels_push(channels, (const float *const *)planes, n, err);
        if (s != CHIP_OK)
            return s;
    } while (n > 0);
    struct chip_channel_map map;
    enum chip_status s = chip_channels_finish(channels, &map, err);
    if (s != CHIP_OK)
        return s;
    *people = map.independent;
    chip_channel_map_done(&map);
    return CHIP_OK;
}

static enum chip_status hear_people(struct chip_tracks *tracks, const struct chip_vad_model *vad,
                                    bool *people, struct chip_err *err)
{
    CHIP_AUTO(chip_channels) channels = NULL;
    enum chip_status s = chip_channels_new(&channels, vad, tracks->n, err);
    if (s != CHIP_OK)
        return s;
    float *samples = malloc(tracks->n * READ * sizeof *samples);
    s = samples ? listen(tracks, channels, samples, people, err)
                : chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu tracks", tracks->n);
    free(samples);
    return s;
}

enum chip_status chip_tracks_open(struct chip_tracks **out, const char *path,
                                  const struct chip_media *first, const struct chip_vad_model *vad,
                                  const volatile bool *cancel, struct chip_err *err)
{
    *out = NULL;
    const struct chip_media_info *info = chip_media_info(first);
    if (!is_regular(path) || !could_be_people(info))
        return CHIP_OK;
    CHIP_AUTO(chip_tracks) tracks = calloc(1, sizeof *tracks);
    if (!tracks)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu tracks", info->n_tracks);
    bool people = false;
    enum chip_status s = open_all(tracks, path, info, cancel, err);
    if (s == CHIP_OK)
        s = hear_people(tracks, vad, &people, err);
    close_all(tracks);
    if (s == CHIP_OK && people)
        s = open_all(tracks, path, info, cancel, err); /* from the start again */
    if (s == CHIP_E_CANCELLED || s == CHIP_E_NOMEM)
        return s;
    if (s == CHIP_OK && people) {
        *out = tracks;
        tracks = NULL;
    }
    return CHIP_OK;
}

void chip_tracks_free(struct chip_tracks *tracks)
{
    if (!tracks)
        return;
    close_all(tracks);
    free(tracks);
}
