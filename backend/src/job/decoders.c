#include "job/decoders.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "api/side_by_side.h"

struct chip_decoders {
    struct chip_decoder *alone; /* NULL once the tracks are taken together */
    struct chip_decoder *of[CHIP_CHANNELS_MAX];
    struct chip_side_by_side tracks; /* n is 0: not taken together */
    struct chip_decoder_info info;
};

static enum chip_status start_tracks(struct chip_decoders *d,
                                     const struct chip_decoder_settings *settings,
                                     struct chip_err *err)
{
    for (size_t i = 0; i < d->info.n_tracks; i++) {
        struct chip_decoder_settings track = *settings;
        track.track = (int)i + 1;
        track.mix = true;
        enum chip_status s = chip_decoder_start(&d->of[i], &track, err);
        if (s != CHIP_OK)
            return s;
        d->tracks.of[i] = chip_decoder_source(d->of[i]);
        d->tracks.n = i + 1;
    }
    return CHIP_OK;
}

static void stop_tracks(struct chip_decoders *d)
{
    for (size_t i = 0; i < CHIP_CHANNELS_MAX; i++) {
        chip_decoder_free(d->of[i]);
        d->of[i] = NULL;
    }
    d->tracks.n = 0;
}

/* Takes the tracks together if each is a person. */
static enum chip_status take_tracks(struct chip_decoders *d,
                                    const struct chip_decoder_settings *settings,
                                    const struct chip_vad_model *vad, struct chip_err *err)
{
    bool people = false;
    enum chip_status s = start_tracks(d, settings, err);
    if (s == CHIP_OK)
        s = chip_side_by_side_hear(&d->tracks, vad, &people, err);
    stop_tracks(d);
    if (s == CHIP_OK && people)
        s = start_tracks(d, settings, err); /* from the start again */
    if (s == CHIP_OK && people) {
        chip_decoder_free(d->alone);
        d->alone = NULL;
        return CHIP_OK;
    }
    stop_tracks(d);
    return s == CHIP_E_CANCELLED || s == CHIP_E_NOMEM ? s : CHIP_OK;
}

static bool is_file(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

enum chip_status chip_decoders_start(struct chip_decoders **out,
                                     const struct chip_decoder_settings *settings,
                                     const struct chip_vad_model *vad, struct chip_err *err)
{
    CHIP_AUTO(chip_decoders) d = calloc(1, sizeof *d);
    if (!d)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for decoders");
    enum chip_status s = chip_decoder_start(&d->alone, settings, err);
    if (s != CHIP_OK)
        return s;
    d->info = *chip_decoder_info(d->alone);
    if (vad && !settings->track && !settings->mix && is_file(settings->fd) &&
        d->info.tracks_could_be_people && d->info.n_tracks <= CHIP_CHANNELS_MAX)
        s = take_tracks(d, settings, vad, err);
    if (s != CHIP_OK)
        return s;
    *out = d;
    d = NULL;
    return CHIP_OK;
}

void chip_decoders_free(struct chip_decoders *d)
{
    if (!d)
        return;
    stop_tracks(d);
    chip_decoder_free(d->alone);
    free(d);
}

const struct chip_decoder_info *chip_decoders_info(const struct chip_decoders *d)
{
    return &d->info;
}

struct chip_sound_source chip_decoders_source(const struct chip_decoders *d)
{
    return d->alone ? chip_decoder_source(d->alone) : chip_source_side_by_side(&d->tracks);
}
