#include "speech/diarize/channel_turns.h"

#include <stdlib.h>

enum { SAMPLES_PER_MS = 16 };

static const float SURE = 0.95f; /* a channel is hardly ever mistaken for another */

int chip_channel_of(const struct chip_channel_map *map, int64_t start, int64_t end)
{
    size_t chunks[CHIP_CHANNELS_MAX] = {0};
    size_t first = (size_t)(start / CHIP_VAD_CHUNK), last = (size_t)(end / CHIP_VAD_CHUNK);
    for (size_t t = first; t <= last && t < map->n_chunks; t++)
        for (size_t c = 0; c < map->n_channels; c++)
            chunks[c] += map->active[t] >> c & 1;
    int best = -1;
    for (size_t c = 0; c < map->n_channels; c++)
        if (chunks[c] && (best < 0 || chunks[c] > chunks[best]))
            best = (int)c;
    return best;
}

/* The speaker of the channel's window that is nearest to a time; -1: it has none. */
static int speaker_near(const struct chip_turns_input *in, const int *channel_of_window,
                        int channel, int64_t at)
{
    int speaker = -1;
    int64_t best = INT64_MAX;
    for (size_t i = 0; i < in->n_windows; i++) {
        int64_t distance = llabs((in->windows[i].start + in->windows[i].end) / 2 - at);
        if (in->label[i] >= 0 && channel_of_window[i] == channel && distance < best) {
            best = distance;
            speaker = in->label[i];
        }
    }
    return speaker;
}

/* The next run of chunks in which a channel is active, from *at on. */
static bool next_run(const struct chip_channel_map *map, int channel, size_t *at,
                     struct chip_span *run)
{
    while (*at < map->n_chunks && !(map->active[*at] >> channel & 1))
        (*at)++;
    if (*at == map->n_chunks)
        return false;
    run->start = (int64_t)*at * CHIP_VAD_CHUNK;
    while (*at < map->n_chunks && map->active[*at] >> channel & 1)
        (*at)++;
    run->end = (int64_t)*at * CHIP_VAD_CHUNK;
    return true;
}

static size_t count_runs(const struct chip_channel_map *map)
{
    size_t total = 0;
    for (int channel = 0; channel < (int)map->n_channels; channel++) {
        struct chip_span run;
        for (size_t at = 0; next_run(map, channel, &at, &run);)
            total++;
    }
    return total;
}

enum chip_status chip_channel_turns_make(const struct chip_turns_input *in,
                                         const struct chip_channel_map *map,
                                         struct chip_turn **turns, size_t *n, struct chip_err *err)
{
    size_t n_out = 0;
    struct chip_turn *out = malloc((count_runs(map) + 1) * sizeof *out);
    int *channel_of_window = malloc((in->n_windows + 1) * sizeof *channel_of_window);
    if (!out || !channel_of_window) {
        free(out);
        free(channel_of_window);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the speakers' turns");
    }
    for (size_t i = 0; i < in->n_windows; i++)
        channel_of_window[i] = chip_channel_of(map, in->windows[i].start, in->windows[i].end);
    for (int channel = 0; channel < (int)map->n_channels; channel++) {
        struct chip_span run;
        for (size_t at = 0; next_run(map, channel, &at, &run);) {
            int speaker = speaker_near(in, channel_of_window, channel, (run.start + run.end) / 2);
            if (speaker >= 0)
                out[n_out++] = (struct chip_turn){.start_ms = run.start / SAMPLES_PER_MS,
                                                  .end_ms = run.end / SAMPLES_PER_MS,
                                                  .speaker = speaker,
                                                  .confidence = SURE};
        }
    }
    free(channel_of_window);
    *turns = out;
    *n = chip_turns_join(out, n_out);
    return CHIP_OK;
}
