#include <stdlib.h>
#include <string.h>

#include "speech/diarize/channels.h"

/*
 * All levels in half decibels. The thresholds are wide apart from what they separate: on call
 * recordings the silent side lies 30 dB and more under the speaking one, in a room two microphones
 * differ by a few dB, and a headset hears its neighbour 15 to 25 dB down.
 */
enum {
    SPEECH_ON = 128,    /* probability that starts speech, */
    SPEECH_OFF = 90,    /* and that keeps it going */
    APART = 20,         /* a chunk belongs to one channel when the next is 10 dB down */
    BLEED = 24,         /* what is 12 dB under the loudest is that one's sound */
    DEAD = 60,          /* no microphone in use is 30 dB quieter than another */
    ROUNDS = 4,         /* of finding each channel's own level */
    MIN_OWN = 5 * 31,   /* chunks with a voice of its own: 5 s, */
    MIN_OWN_SHARE = 50, /* and a fiftieth of all speech */
    MIN_APART_PERCENT = 60,
    MAX_GAP = 3, /* chunks: a pause inside a word */
    MIN_RUN = 8, /* chunks: less is a cough, or the detector's mistake */
};

struct judge {
    const struct chip_channel_chunk *chunks;
    size_t n_chunks, n_channels;
    uint8_t *speech;                 /* [n_chunks] bit c: the detector hears speech on channel c */
    int own[CHIP_CHANNELS_MAX];      /* level of the channel's own voice */
    size_t n_own[CHIP_CHANNELS_MAX]; /* chunks in which it is the loudest */
    size_t n_speech, n_apart;
};

static void find_speech(struct judge *j)
{
    bool on[CHIP_CHANNELS_MAX] = {false};
    for (size_t t = 0; t < j->n_chunks; t++) {
        j->speech[t] = 0;
        for (size_t c = 0; c < j->n_channels; c++) {
            uint8_t p = j->chunks[t * j->n_channels + c].probability;
            on[c] = p >= (on[c] ? SPEECH_OFF : SPEECH_ON);
            j->speech[t] |= (uint8_t)(on[c] << c);
        }
        j->n_speech += j->speech[t] != 0;
    }
}

/* The channel with speech that is loudest against its own voice; *next is how much less the one
 * after it has, whether that is speech or not. There must be speech. */
static size_t loudest(const struct judge *j, size_t t, int *next)
{
    const struct chip_channel_chunk *chunk = j->chunks + t * j->n_channels;
    size_t best = j->n_channels;
    for (size_t c = 0; c < j->n_channels; c++)
        if (j->speech[t] >> c & 1 &&
            (best == j->n_channels ||
             chunk[c].level - j->own[c] > chunk[best].level - j->own[best]))
            best = c;
    *next = 255;
    for (size_t c = 0; c < j->n_channels; c++) {
        int under = (chunk[best].level - j->own[best]) - (chunk[c].level - j->own[c]);
        if (c != best && under < *next)
            *next = under;
    }
    return best;
}

/* The level that `percent` of a histogram's n > 0 chunks do not reach. */
static int percentile(const size_t *histogram, size_t n, size_t percent)
{
    int level = 0;
    for (size_t seen = histogram[0]; 100 * seen < n * percent; seen += histogram[level])
        level++;
    return level;
}

/* Own levels from those of the chunks that count for each channel. A channel without enough of
 * them, or far under the others, has no voice: it is measured as if it had the loudest one. */
static void set_levels(struct judge *j, const size_t (*histogram)[256], size_t percent)
{
    int highest = 0;
    for (size_t c = 0; c < j->n_channels; c++) {
        j->own[c] = j->n_own[c] >= MIN_OWN ? percentile(histogram[c], j->n_own[c], percent) : 0;
        highest = j->own[c] > highest ? j->own[c] : highest;
    }
    for (size_t c = 0; c < j->n_channels; c++)
        if (j->own[c] + DEAD < highest)
            j->own[c] = highest;
}

/* A first guess: near the loudest speech on each channel, which is rarely another one's. */
static void guess_levels(struct judge *j)
{
    size_t histogram[CHIP_CHANNELS_MAX][256] = {{0}};
    for (size_t t = 0; t < j->n_chunks; t++)
        for (size_t c = 0; c < j->n_channels; c++)
            if (j->speech[t] >> c & 1) {
                histogram[c][j->chunks[t * j->n_channels + c].level]++;
                j->n_own[c]++;
            }
    set_levels(j, histogram, 95);
}

/* A channel's own level is the median over the chunks in which it is the loudest, which needs the
 * levels: found in rounds from the guess on. */
static void find_levels(struct judge *j)
{
    guess_levels(j);
    for (int round = 0; round < ROUNDS; round++) {
        size_t histogram[CHIP_CHANNELS_MAX][256] = {{0}};
        memset(j->n_own, 0, sizeof j->n_own);
        j->n_apart = 0;
        for (size_t t = 0; t < j->n_chunks; t++) {
            if (!j->speech[t])
                continue;
            int next;
            size_t c = loudest(j, t, &next);
            histogram[c][j->chunks[t * j->n_channels + c].level]++;
            j->n_own[c]++;
            j->n_apart += next >= APART;
        }
        set_levels(j, histogram, 50);
    }
}

static bool is_independent(const struct judge *j)
{
    size_t voices = 0;
    for (size_t c = 0; c < j->n_channels; c++)
        voices += j->n_own[c] >= MIN_OWN && j->n_own[c] * MIN_OWN_SHARE >= j->n_speech;
    return voices >= 2 && j->n_apart * 100 >= j->n_speech * MIN_APART_PERCENT;
}

/* Speech that is not another channel's. */
static void remove_bleed(const struct judge *j, uint8_t *active)
{
    for (size_t t = 0; t < j->n_chunks; t++) {
        active[t] = 0;
        if (!j->speech[t])
            continue;
        const struct chip_channel_chunk *chunk = j->chunks + t * j->n_channels;
        int next;
        size_t best = loudest(j, t, &next);
        for (size_t c = 0; c < j->n_channels; c++) {
            int under = (chunk[best].level - j->own[best]) - (chunk[c].level - j->own[c]);
            if (j->speech[t] >> c & 1 && under < BLEED)
                active[t] |= (uint8_t)(1 << c);
        }
    }
}

/* Turns runs of chunks whose bit is `value`, shorter than `min` and not at an end, around. */
static void flip_short_runs(uint8_t *active, size_t n, uint8_t bit, bool value, size_t min)
{
    for (size_t t = 0; t < n;) {
        size_t end = t;
        while (end < n && !!(active[end] & bit) == !!(active[t] & bit))
            end++;
        bool inside = value || (t > 0 && end < n);
        if (!!(active[t] & bit) == value && end - t < min && inside)
            for (size_t i = t; i < end; i++)
                active[i] ^= bit;
        t = end;
    }
}

enum chip_status chip_channels_judge(const struct chip_channel_chunk *chunks, size_t n_chunks,
                                     size_t n_channels, struct chip_channel_map *out,
                                     struct chip_err *err)
{
    struct judge j = {.chunks = chunks, .n_chunks = n_chunks, .n_channels = n_channels};
    uint8_t *active = calloc(n_chunks + 1, 1);
    j.speech = calloc(n_chunks + 1, 1);
    if (!active || !j.speech) {
        free(active);
        free(j.speech);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the channels");
    }
    find_speech(&j);
    find_levels(&j);
    bool independent = is_independent(&j);
    if (independent) {
        remove_bleed(&j, active);
        for (size_t c = 0; c < n_channels; c++) {
            flip_short_runs(active, n_chunks, (uint8_t)(1 << c), false, MAX_GAP + 1);
            flip_short_runs(active, n_chunks, (uint8_t)(1 << c), true, MIN_RUN);
        }
    }
    free(j.speech);
    *out = (struct chip_channel_map){independent, n_channels, n_chunks, active};
    return CHIP_OK;
}
