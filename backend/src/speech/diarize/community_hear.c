#include "speech/diarize/community_hear.h"

#include <string.h>

enum {
    SAMPLES = CHIP_SEGMENTATION_SAMPLES,
    FRAMES = CHIP_COMMUNITY_FRAMES,
    PEOPLE = CHIP_COMMUNITY_PEOPLE,
    FEATURES = 998, /* frames of features */
    LEAST = 2,      /* frames; fewer clean ones than that make no voice */
};

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t chip_community_hear_cost(const struct chip_community_model *m)
{
    const size_t logits = (size_t)FRAMES * CHIP_POWERSET_CLASSES * sizeof(float);
    const size_t features = (size_t)FEATURES * CHIP_FBANK_BANDS * sizeof(float);
    const size_t frames = chip_resnet_frames(FEATURES) * CHIP_RESNET_WIDTH * sizeof(float);
    const size_t scratch =
        largest(chip_segmentation_cost(m->segmentation, SAMPLES),
                largest(chip_fbank_cost(), chip_resnet_cost(m->resnet, FEATURES)));
    return chip_arena_cost(logits) + chip_arena_cost(features) + chip_arena_cost(frames) + scratch;
}

/* Where he speaks alone; if that is hardly anywhere, where he speaks. */
static void weigh(const uint8_t *active, int person, float *weight)
{
    size_t alone = 0;
    for (size_t t = 0; t < FRAMES; t++)
        alone += active[t] == 1 << person;
    for (size_t t = 0; t < FRAMES; t++)
        weight[t] = alone > LEAST ? active[t] == 1 << person : active[t] >> person & 1;
}

void chip_community_hear(const struct chip_community_model *m, struct chip_arena *arena,
                         const float *pcm, struct chip_community_chunk *chunk)
{
    const size_t mark = chip_arena_mark(arena), n = chip_resnet_frames(FEATURES);
    float *logits = chip_arena_take(arena, (size_t)FRAMES * CHIP_POWERSET_CLASSES * sizeof *logits);
    float *features =
        chip_arena_take(arena, (size_t)FEATURES * CHIP_FBANK_BANDS * sizeof *features);
    float *frames = chip_arena_take(arena, n * CHIP_RESNET_WIDTH * sizeof *frames);
    uint8_t anybody = 0;
    *chunk = (struct chip_community_chunk){0};
    chip_segmentation_run(m->segmentation, arena, pcm, SAMPLES, logits);
    chip_powerset_decode(logits, FRAMES, chunk->active);
    for (size_t t = 0; t < FRAMES; t++)
        anybody |= chunk->active[t];
    if (anybody) {
        chip_fbank_run(m->fbank, arena, pcm, FEATURES, features);
        chip_resnet_run(m->resnet, arena, features, FEATURES, frames);
    }
    for (int person = 0; person < PEOPLE; person++) {
        float weight[FRAMES];
        if (!(anybody >> person & 1))
            continue;
        weigh(chunk->active, person, weight);
        chip_resnet_pool(m->resnet, arena, frames, n, weight, FRAMES, chunk->voice[person]);
    }
    chip_arena_release(arena, mark);
}
