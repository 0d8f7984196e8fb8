#include "api/side_by_side.h"

#include <stdlib.h>
#include <string.h>

enum { READ = 16000 }; /* samples at a time while listening */

/* Reads n samples, fewer only at the end. */
static enum chip_status fill(const struct chip_sound_source *source, float *pcm, size_t n,
                             size_t *n_read, struct chip_err *err)
{
    size_t got = 1;
    *n_read = 0;
    while (*n_read < n && got > 0) {
        enum chip_status s =
            source->read(source->user, (float *const[]){pcm + *n_read}, n - *n_read, &got, err);
        if (s != CHIP_OK)
            return s;
        *n_read += got;
    }
    return CHIP_OK;
}

static enum chip_status read_all(void *user, float *const *planes, size_t n, size_t *n_read,
                                 struct chip_err *err)
{
    const struct chip_side_by_side *all = user;
    size_t got[CHIP_CHANNELS_MAX];
    *n_read = 0;
    for (size_t i = 0; i < all->n; i++) {
        enum chip_status s = fill(&all->of[i], planes[i], n, &got[i], err);
        if (s != CHIP_OK)
            return s;
        *n_read = got[i] > *n_read ? got[i] : *n_read;
    }
    for (size_t i = 0; i < all->n; i++)
        memset(planes[i] + got[i], 0, (*n_read - got[i]) * sizeof **planes);
    return CHIP_OK;
}

/* The breaks of the first, then those of the second, ... */
static bool get_break(void *user, size_t i, struct chip_sound_break *out)
{
    const struct chip_side_by_side *all = user;
    for (size_t k = 0; k < all->n; k++) {
        const struct chip_sound_source *source = &all->of[k];
        size_t n = 0;
        for (; source->get_break && source->get_break(source->user, n, out); n++)
            if (n == i)
                return true;
        i -= n;
    }
    return false;
}

static int64_t longest(const struct chip_side_by_side *all)
{
    int64_t ms = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (all->of[i].duration_ms < 0)
            return -1;
        ms = all->of[i].duration_ms > ms ? all->of[i].duration_ms : ms;
    }
    return ms;
}

struct chip_sound_source chip_source_side_by_side(const struct chip_side_by_side *all)
{
    return (struct chip_sound_source){
        .user = (void *)all, /* only read */
        .n_channels = all->n,
        .duration_ms = longest(all),
        .read = read_all,
        .get_break = get_break,
    };
}

/* ---- listening ---- */

static enum chip_status listen(const struct chip_side_by_side *all, struct chip_channels *channels,
                               float *samples, bool *people, struct chip_err *err)
{
    float *planes[CHIP_CHANNELS_MAX];
    for (size_t i = 0; i < all->n; i++)
        planes[i] = samples + i * READ;
    size_t n;
    do {
        enum chip_status s = read_all((void *)all, planes, READ, &n, err);
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

enum chip_status chip_side_by_side_hear(const struct chip_side_by_side *all,
                                        const struct chip_vad_model *vad, bool *people,
                                        struct chip_err *err)
{
    CHIP_AUTO(chip_channels) channels = NULL;
    enum chip_status s = chip_channels_new(&channels, vad, all->n, err);
    if (s != CHIP_OK)
        return s;
    float *samples = malloc(all->n * READ * sizeof *samples);
    s = samples ? listen(all, channels, samples, people, err)
                : chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu tracks", all->n);
    free(samples);
    return s;
}
