#include "speech/diarize/channels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SPEECH = 128,             /* probability */
    ALIKE_HALF_DB = 6,        /* two channels of one room, 3 dB */
    GIVE_UP_CHUNKS = 30 * 31, /* of speech */
};

struct chip_channels {
    size_t n_channels, n_filled; /* samples of the chunk that is not complete */
    struct chip_vad *vad[CHIP_CHANNELS_MAX];
    double energy[CHIP_CHANNELS_MAX];  /* of that chunk */
    struct chip_channel_chunk *chunks; /* [n_chunks][n_channels] */
    size_t n_chunks, max_chunks;
    size_t n_speech, n_unlike; /* chunks with speech; of them, with channels of unlike level */
    bool given_up;
};

void chip_channel_map_done(struct chip_channel_map *map)
{
    free(map->active);
    *map = (struct chip_channel_map){0};
}

enum chip_status chip_channels_new(struct chip_channels **out, const struct chip_vad_model *vad,
                                   size_t n_channels, struct chip_err *err)
{
    if (n_channels < 2 || n_channels > CHIP_CHANNELS_MAX)
        return chip_fail(err, CHIP_E_INVAL, "%zu channels cannot be told apart", n_channels);
    struct chip_channels *c = calloc(1, sizeof *c);
    if (!c)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the channels");
    c->n_channels = n_channels;
    for (size_t i = 0; i < n_channels; i++) {
        c->vad[i] = chip_vad_new(vad);
        if (!c->vad[i]) {
            chip_channels_free(c);
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the channels");
        }
    }
    *out = c;
    return CHIP_OK;
}

void chip_channels_free(struct chip_channels *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_channels; i++)
        chip_vad_free(c->vad[i]);
    free(c->chunks);
    free(c);
}

/* ---- listening ---- */

static uint8_t half_decibels(double energy)
{
    double level = 200.0 + 20.0 * log10(energy / CHIP_VAD_CHUNK + 1e-12);
    return (uint8_t)(level < 0.0 ? 0.0 : level > 255.0 ? 255.0 : level + 0.5);
}

/* Once enough speech was alike on all channels, the others need no more listening. */
static void notice(struct chip_channels *c, const struct chip_channel_chunk *chunk)
{
    uint8_t low = 255, high = 0;
    bool speech = false;
    for (size_t i = 0; i < c->n_channels; i++) {
        low = chunk[i].level < low ? chunk[i].level : low;
        high = chunk[i].level > high ? chunk[i].level : high;
        speech = speech || chunk[i].probability >= SPEECH;
    }
    c->n_speech += speech;
    c->n_unlike += speech && high - low > ALIKE_HALF_DB;
    if (c->n_speech >= GIVE_UP_CHUNKS && c->n_unlike * 50 < c->n_speech)
        c->given_up = true;
}

static enum chip_status add_chunk(struct chip_channels *c, const float *probabilities,
                                  struct chip_err *err)
{
    if (c->n_chunks == c->max_chunks) {
        size_t max = c->max_chunks ? 2 * c->max_chunks : 4096;
        void *grown = realloc(c->chunks, max * c->n_channels * sizeof *c->chunks);
        if (!grown)
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the channels");
        c->chunks = grown;
        c->max_chunks = max;
    }
    struct chip_channel_chunk *chunk = c->chunks + c->n_chunks++ * c->n_channels;
    for (size_t i = 0; i < c->n_channels; i++) {
        chunk[i].level = half_decibels(c->energy[i]);
        chunk[i].probability = (uint8_t)(probabilities[i] * 255.0f + 0.5f);
        c->energy[i] = 0.0;
    }
    c->n_filled = 0;
    notice(c, chunk);
    return CHIP_OK;
}

enum chip_status chip_channels_push(struct chip_channels *c, const float *const *pcm, size_t n,
                                    struct chip_err *err)
{
    for (size_t at = 0; at < n && !c->given_up;) {
        size_t left = CHIP_VAD_CHUNK - c->n_filled, take = left < n - at ? left : n - at;
        float probabilities[CHIP_CHANNELS_MAX];
        for (size_t i = 0; i < c->n_channels; i++) {
            enum chip_status s =
                chip_vad_push(c->vad[i], pcm[i] + at, take, &probabilities[i], 1, NULL, err);
            if (s != CHIP_OK)
                return s;
            for (size_t k = at; k < at + take; k++)
                c->energy[i] += (double)(pcm[i][k] * pcm[i][k]);
        }
        at += take;
        c->n_filled += take;
        if (c->n_filled == CHIP_VAD_CHUNK) {
            enum chip_status s = add_chunk(c, probabilities, err);
            if (s != CHIP_OK)
                return s;
        }
    }
    return CHIP_OK;
}

enum chip_status chip_channels_finish(struct chip_channels *c, struct chip_channel_map *out,
                                      struct chip_err *err)
{
    if (c->n_filled && !c->given_up) {
        float probabilities[CHIP_CHANNELS_MAX];
        for (size_t i = 0; i < c->n_channels; i++)
            chip_vad_flush(c->vad[i], &probabilities[i]);
        enum chip_status s = add_chunk(c, probabilities, err);
        if (s != CHIP_OK)
            return s;
    }
    return chip_channels_judge(c->chunks, c->given_up ? 0 : c->n_chunks, c->n_channels, out, err);
}
