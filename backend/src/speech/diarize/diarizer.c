#include "speech/diarize/diarizer.h"

#include <stdlib.h>
#include <string.h>

#include "speech/diarize/channel_turns.h"
#include "speech/diarize/turns.h"

struct chip_diarizer {
    struct chip_window *windows;
    size_t n_windows, max_windows;
    struct chip_span *spans;
    size_t n_spans, max_spans;
};

struct chip_diarizer *chip_diarizer_new(void)
{
    return calloc(1, sizeof(struct chip_diarizer));
}

void chip_diarizer_free(struct chip_diarizer *d)
{
    if (!d)
        return;
    free(d->windows);
    free(d->spans);
    free(d);
}

void chip_diarization_done(struct chip_diarization *d)
{
    free(d->turns);
    free(d->windows);
    free(d->label);
    *d = (struct chip_diarization){0};
}

/* Room for n more elements. */
static bool grow(void **array, size_t n, size_t *max, size_t more, size_t size)
{
    if (n + more <= *max)
        return true;
    size_t wanted = 2 * *max > n + more ? 2 * *max : n + more + 64;
    void *grown = realloc(*array, wanted * size);
    if (!grown)
        return false;
    *array = grown;
    *max = wanted;
    return true;
}

/* A padded span, in parts where it has pauses, since a pause may be where the speaker changes.
 * There is room for them. */
static void add_span(struct chip_diarizer *d, const struct chip_speech *speech,
                     struct chip_span span)
{
    int64_t from = span.start;
    for (size_t i = 0; i < speech->n_pauses; i++) {
        struct chip_span pause = speech->pauses[i];
        if (pause.start <= from || pause.end >= span.end)
            continue;
        d->spans[d->n_spans++] =
            (struct chip_span){speech->start + from, speech->start + pause.start};
        from = pause.end;
    }
    d->spans[d->n_spans++] = (struct chip_span){speech->start + from, speech->start + span.end};
}

enum chip_status chip_diarizer_add(struct chip_diarizer *d, const struct chip_speech *speech,
                                   const struct chip_window *windows, size_t n,
                                   struct chip_err *err)
{
    size_t n_spans = speech->n_spans + speech->n_pauses;
    if (!grow((void **)&d->windows, d->n_windows, &d->max_windows, n, sizeof *d->windows) ||
        !grow((void **)&d->spans, d->n_spans, &d->max_spans, n_spans, sizeof *d->spans))
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for voices");
    if (n)
        memcpy(d->windows + d->n_windows, windows, n * sizeof *windows);
    d->n_windows += n;
    for (size_t i = 0; i < speech->n_spans; i++)
        add_span(d, speech, chip_window_span(speech, i));
    return CHIP_OK;
}

/* ---- clustering ---- */

/* Clusters the windows at `index` [n]; their labels start at `base`. */
static enum chip_status cluster(const struct chip_diarizer *d, const size_t *index, size_t n,
                                const struct chip_cluster_options *options, int base, int *label,
                                float *confidence, size_t *n_speakers, struct chip_err *err)
{
    float *voices = calloc(n, sizeof d->windows[0].voice), *seconds = calloc(n, sizeof *seconds);
    float *sure = malloc(n * sizeof *sure);
    int *found = malloc(n * sizeof *found);
    enum chip_status s = CHIP_OK;
    if (voices && seconds && sure && found) {
        for (size_t i = 0; i < n; i++) {
            const struct chip_window *w = &d->windows[index[i]];
            memcpy(voices + i * CHIP_VOICE_DIM, w->voice, sizeof w->voice);
            seconds[i] = (float)(w->end - w->start) / 16000.0f;
        }
        s = chip_cluster(voices, seconds, n, CHIP_VOICE_DIM, options, found, sure, n_speakers, err);
        for (size_t i = 0; s == CHIP_OK && i < n; i++) {
            label[index[i]] = base + found[i];
            confidence[index[i]] = sure[i];
        }
    } else {
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    }
    free(voices);
    free(seconds);
    free(sure);
    free(found);
    return s;
}

/* The windows in which `channel` alone is heard most of the time, or all windows for -1. */
static size_t windows_of(const struct chip_diarizer *d, const struct chip_channel_map *map,
                         int channel, size_t *index)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_windows; i++)
        if (channel < 0 || chip_channel_of(map, d->windows[i].start, d->windows[i].end) == channel)
            index[n++] = i;
    return n;
}

/* Each channel by itself: one speaker, unless its voices say otherwise. */
static enum chip_status cluster_channels(const struct chip_diarizer *d,
                                         const struct chip_channel_map *map, size_t *index,
                                         int *label, float *confidence, size_t *n_speakers,
                                         struct chip_err *err)
{
    enum chip_status s = CHIP_OK;
    *n_speakers = 0;
    for (int channel = 0; s == CHIP_OK && channel < (int)map->n_channels; channel++) {
        size_t n = windows_of(d, map, channel, index), found = 0;
        if (n)
            s = cluster(d, index, n, NULL, (int)*n_speakers, label, confidence, &found, err);
        *n_speakers += found;
    }
    return s;
}

/* ---- the end ---- */

/* Labels for all windows; where channels are people, those of no channel are -1. */
static enum chip_status label_windows(const struct chip_diarizer *d,
                                      const struct chip_cluster_options *options,
                                      const struct chip_channel_map *map, int *label,
                                      float *confidence, size_t *n_speakers, struct chip_err *err)
{
    size_t *index = malloc(d->n_windows * sizeof *index);
    if (!index)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    memset(label, -1, d->n_windows * sizeof *label);
    enum chip_status s;
    if (map)
        s = cluster_channels(d, map, index, label, confidence, n_speakers, err);
    else
        s = cluster(d, index, windows_of(d, NULL, -1, index), options, 0, label, confidence,
                    n_speakers, err);
    free(index);
    return s;
}

/* Speakers are numbered in the order of their first turn. */
static void renumber(struct chip_diarization *out)
{
    enum { MAX = CHIP_CHANNELS_MAX * CHIP_CLUSTER_MAX_SPEAKERS };
    int number[MAX], next = 0;
    memset(number, -1, sizeof number);
    for (size_t i = 0; i < out->n_turns; i++) {
        int *to = &number[out->turns[i].speaker];
        if (*to < 0)
            *to = next++;
        out->turns[i].speaker = *to;
    }
    for (size_t i = 0; i < out->n_windows; i++)
        if (out->label[i] >= 0)
            out->label[i] = number[out->label[i]];
    out->n_speakers = (size_t)next;
}

enum chip_status chip_diarizer_finish(struct chip_diarizer *d,
                                      const struct chip_cluster_options *options,
                                      const struct chip_channel_map *map,
                                      struct chip_diarization *out, struct chip_err *err)
{
    struct chip_diarization result = {.n_windows = d->n_windows};
    bool wanted =
        options && (options->n_speakers || options->min_speakers || options->max_speakers);
    if (!map || !map->independent || wanted) /* who names a number knows better */
        map = NULL;
    if (!d->n_windows) {
        *out = result;
        return CHIP_OK;
    }
    float *confidence = calloc(d->n_windows, sizeof *confidence);
    result.label = malloc(d->n_windows * sizeof *result.label);
    enum chip_status s = CHIP_OK;
    if (!confidence || !result.label)
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
    if (s == CHIP_OK)
        s = label_windows(d, options, map, result.label, confidence, &result.n_speakers, err);
    if (s == CHIP_OK) {
        const struct chip_turns_input in = {
            .windows = d->windows,
            .label = result.label,
            .confidence = confidence,
            .n_windows = d->n_windows,
            .n_speakers = result.n_speakers,
            .spans = d->spans,
            .n_spans = d->n_spans,
        };
        s = map ? chip_channel_turns_make(&in, map, &result.turns, &result.n_turns, err)
                : chip_turns_make(&in, &result.turns, &result.n_turns, err);
    }
    free(confidence);
    if (s != CHIP_OK) {
        chip_diarization_done(&result);
        return s;
    }
    result.windows = d->windows; /* handed over */
    result.from_channels = map != NULL;
    d->windows = NULL;
    d->n_windows = d->max_windows = 0;
    renumber(&result);
    *out = result;
    return CHIP_OK;
}

/* ---- turns of a model ---- */

enum { MAX_SPEAKERS = 255 };

static int longest_speaker(const struct chip_window *w, const struct chip_turn *turns, size_t n)
{
    enum { PER_MS = 16 };
    int64_t heard[MAX_SPEAKERS] = {0};
    int best = -1;
    for (size_t i = 0; i < n && turns[i].start_ms * PER_MS < w->end; i++) {
        const int64_t from = turns[i].start_ms * PER_MS, to = turns[i].end_ms * PER_MS;
        const int64_t both = (to < w->end ? to : w->end) - (from > w->start ? from : w->start);
        if (both <= 0)
            continue;
        const int speaker = turns[i].speaker;
        heard[speaker] += both;
        if (best < 0 || heard[speaker] > heard[best])
            best = speaker;
    }
    return best;
}

enum chip_status chip_diarizer_finish_turns(struct chip_diarizer *d, struct chip_turn *turns,
                                            size_t n_turns, size_t n_speakers,
                                            struct chip_diarization *out, struct chip_err *err)
{
    int *label = malloc((d->n_windows + 1) * sizeof *label);
    if (!label || n_speakers > MAX_SPEAKERS) {
        free(turns);
        if (!label)
            return chip_fail(err, CHIP_E_NOMEM, "not enough memory to tell speakers apart");
        free(label);
        return chip_fail(err, CHIP_E_LIMIT, "%zu speakers are too many", n_speakers);
    }
    for (size_t i = 0; i < d->n_windows; i++)
        label[i] = longest_speaker(&d->windows[i], turns, n_turns);
    *out = (struct chip_diarization){.turns = turns,
                                     .n_turns = n_turns,
                                     .n_speakers = n_speakers,
                                     .windows = d->windows, /* handed over */
                                     .label = label,
                                     .n_windows = d->n_windows};
    d->windows = NULL;
    d->n_windows = d->max_windows = 0;
    return CHIP_OK;
}
