#include "speech/diarize/community_weights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void chip_community_load_begin(struct chip_community_load *l, const struct chip_safetensors *st,
                               struct chip_err *err)
{
    size_t bytes = 1 << 20; /* filters that are computed, and the ends of lines of the cache */
    for (size_t i = 0; i < chip_safetensors_count(st); i++)
        bytes += 2 * (chip_safetensors_at(st, i)->bytes + 64);
    *l = (struct chip_community_load){.st = st, .err = err};
    l->status = chip_arena_init(&l->memory, bytes, err);
}

float *chip_community_take(struct chip_community_load *l, size_t n)
{
    return l->status == CHIP_OK ? chip_arena_take(&l->memory, n * sizeof(float)) : NULL;
}

const float *chip_community_tensor(struct chip_community_load *l, const char *name, int rank,
                                   const size_t *shape)
{
    const struct chip_tensor *t;
    if (l->status == CHIP_OK)
        l->status = chip_safetensors_require(l->st, name, CHIP_F32, rank, shape, &t, l->err);
    if (l->status != CHIP_OK)
        return NULL;
    const size_t n = t->bytes / sizeof(float);
    float *out = chip_community_take(l, n);
    memcpy(out, t->data, t->bytes);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(out[i])) {
            l->status =
                chip_fail(l->err, CHIP_E_FORMAT, "tensor '%s' holds what is no number", name);
            return NULL;
        }
    return out;
}

const float *chip_community_vector(struct chip_community_load *l, const char *layer,
                                   const char *part, size_t n)
{
    char name[128];
    snprintf(name, sizeof name, "%s.%s", layer, part);
    return chip_community_tensor(l, name, 1, (const size_t[]){n});
}
