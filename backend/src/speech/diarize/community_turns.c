#include "speech/diarize/community_turns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PEOPLE = CHIP_COMMUNITY_PEOPLE,
    FRAMES = CHIP_COMMUNITY_FRAMES,
    FRAME_STEP = 270, /* samples */
};

/* Frame at which chunk c begins. There are no ties: 1600 / 27 of a whole number has none. */
static size_t first_frame(size_t c)
{
    return (CHIP_COMMUNITY_STEP * c + FRAME_STEP / 2) / FRAME_STEP;
}

size_t chip_community_total(size_t n)
{
    const size_t end = CHIP_SEGMENTATION_SAMPLES + CHIP_COMMUNITY_STEP * (n - 1);
    return n ? (end + FRAME_STEP / 2) / FRAME_STEP + 1 : 0;
}

/* How many chunks cover frame i. */
static size_t coverage(size_t n, size_t i)
{
    size_t covering = 0;
    const size_t last = i * FRAME_STEP / CHIP_COMMUNITY_STEP + 1;
    const size_t around = CHIP_SEGMENTATION_SAMPLES / CHIP_COMMUNITY_STEP + 2;
    for (size_t c = last > around ? last - around : 0; c <= last && c < n; c++)
        covering += first_frame(c) <= i && i < first_frame(c) + FRAMES;
    return covering;
}

void chip_community_count(const struct chip_community_chunk *chunks, size_t n, uint8_t *count)
{
    const size_t total = chip_community_total(n);
    memset(count, 0, total);
    for (size_t c = 0; c < n; c++)
        for (size_t t = 0; t < FRAMES; t++)
            count[first_frame(c) + t] += (uint8_t)__builtin_popcount(chunks[c].active[t]);
    for (size_t i = 0; i < total; i++) {
        const size_t covering = coverage(n, i);
        if (covering) /* halves go to the even number */
            count[i] = (uint8_t)nearbyint((double)count[i] / (double)covering);
    }
}

/* Keeps the `count` largest of what was heard, the first of equals. */
static void keep_largest(uint8_t *heard, size_t n, size_t count)
{
    uint8_t kept[CHIP_COMMUNITY_MAX_SPEAKERS] = {0};
    for (size_t i = 0; i < count; i++) {
        size_t best = n;
        for (size_t j = 0; j < n; j++)
            if (heard[j] && !kept[j] && (best == n || heard[j] > heard[best]))
                best = j;
        if (best == n)
            break;
        kept[best] = 1;
    }
    for (size_t j = 0; j < n; j++)
        heard[j] = kept[j] ? heard[j] : 0;
}

enum chip_status chip_community_reconstruct(const struct chip_community_chunk *chunks, size_t n,
                                            int (*label)[PEOPLE], size_t n_speakers,
                                            const uint8_t *count, uint8_t *active,
                                            struct chip_err *err)
{
    const size_t total = chip_community_total(n);
    if (n_speakers > CHIP_COMMUNITY_MAX_SPEAKERS)
        return chip_fail(err, CHIP_E_LIMIT, "%zu speakers are too many", n_speakers);
    memset(active, 0, total * n_speakers);
    for (size_t c = 0; c < n; c++)
        for (size_t t = 0; t < FRAMES; t++) {
            uint8_t *frame = active + (first_frame(c) + t) * n_speakers;
            for (int p = 0; p < PEOPLE; p++) {
                bool counted = false; /* two people of a chunk may be one speaker */
                for (int other = 0; other < p; other++)
                    counted |= label[c][other] == label[c][p] && chunks[c].active[t] >> other & 1;
                if (label[c][p] >= 0 && chunks[c].active[t] >> p & 1 && !counted)
                    frame[label[c][p]]++;
            }
        }
    for (size_t i = 0; i < total; i++)
        keep_largest(active + i * n_speakers, n_speakers, count[i]);
    return CHIP_OK;
}

/* ---- turns ---- */

static int64_t frame_ms(size_t i)
{
    return (int64_t)((2 * i * FRAME_STEP + CHIP_SEGMENTATION_MIN_SAMPLES + 16) / 32);
}

static int by_start(const void *a, const void *b)
{
    const struct chip_turn *x = a, *y = b;
    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? -1 : 1;
    return x->speaker - y->speaker;
}

static size_t count_turns(const uint8_t *active, size_t total, size_t n_speakers)
{
    size_t n = 0;
    for (size_t i = 0; i < total * n_speakers; i++)
        n += active[i] && (i < n_speakers || !active[i - n_speakers]);
    return n;
}

enum chip_status chip_community_turns(const uint8_t *active, size_t n_chunks, size_t n_speakers,
                                      struct chip_turn **turns, size_t *n_turns,
                                      struct chip_err *err)
{
    const size_t total = chip_community_total(n_chunks);
    const size_t room = count_turns(active, total, n_speakers);
    *turns = NULL;
    *n_turns = 0;
    if (room == 0)
        return CHIP_OK;
    struct chip_turn *out = malloc(room * sizeof *out);
    if (!out)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for %zu turns", room);
    size_t n = 0;
    for (size_t k = 0; k < n_speakers; k++)
        for (size_t i = 0, end; i < total; i = end + 1) {
            size_t agree = 0, covering = 0;
            for (end = i; end < total && active[end * n_speakers + k]; end++) {
                agree += active[end * n_speakers + k];
                covering += coverage(n_chunks, end);
            }
            if (end == i)
                continue;
            /* What goes on in the last frame ends there. */
            const size_t last = end < total ? end : total - 1;
            if (last > i)
                out[n++] = (struct chip_turn){frame_ms(i), frame_ms(last), (int)k,
                                              (float)agree / (float)covering};
        }
    if (n)
        qsort(out, n, sizeof *out, by_start);
    *turns = out;
    *n_turns = n;
    return CHIP_OK;
}
