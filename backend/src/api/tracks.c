#include "api/tracks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/side_by_side.h"
#include "api/source.h"

struct chip_tracks {
    struct chip_side_by_side all;
    struct chip_media *media[CHIP_CHANNELS_MAX]; /* [all.n] */
};

/* ---- which recordings come into question ---- */

static bool is_regular(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool chip_tracks_could_be_people(const struct chip_media_info *info)
{
    if (info->n_tracks < 2 || info->n_tracks > CHIP_CHANNELS_MAX)
        return false;
    for (size_t i = 0; i < info->n_tracks; i++)
        if (!info->tracks[i].is_decodable ||
            strcmp(info->tracks[i].language, info->tracks[0].language) != 0)
            return false;
    return true;
}

/* ---- opening ---- */

static enum chip_status open_all(struct chip_tracks *tracks, const char *path,
                                 const struct chip_media_info *info, const volatile bool *cancel,
                                 struct chip_err *err)
{
    for (size_t i = 0; i < info->n_tracks; i++) {
        const struct chip_media_options options = {.track = info->tracks[i].number,
                                                   .cancel = cancel};
        enum chip_status s = chip_media_open(&tracks->media[i], path, &options, err);
        if (s != CHIP_OK)
            return s;
        tracks->all.of[i] = chip_source_of_media(tracks->media[i], false);
        tracks->all.n = i + 1;
    }
    return CHIP_OK;
}

static void close_all(struct chip_tracks *tracks)
{
    for (size_t i = 0; i < CHIP_CHANNELS_MAX; i++) {
        chip_media_free(tracks->media[i]);
        tracks->media[i] = NULL;
    }
    tracks->all.n = 0;
}

struct chip_sound_source chip_source_of_tracks(struct chip_tracks *tracks)
{
    return chip_source_side_by_side(&tracks->all);
}

enum chip_status chip_tracks_open(struct chip_tracks **out, const char *path,
                                  const struct chip_media *first, const struct chip_vad_model *vad,
                                  const volatile bool *cancel, struct chip_err *err)
{
    *out = NULL;
    const struct chip_media_info *info = chip_media_info(first);
    if (!is_regular(path) || !chip_tracks_could_be_people(info))
        return CHIP_OK;
    CHIP_AUTO(chip_tracks) tracks = calloc(1, sizeof *tracks);
    if (!tracks)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu tracks", info->n_tracks);
    bool people = false;
    enum chip_status s = open_all(tracks, path, info, cancel, err);
    if (s == CHIP_OK)
        s = chip_side_by_side_hear(&tracks->all, vad, &people, err);
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
