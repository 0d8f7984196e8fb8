/* People of chunks to the centers of speakers. */
#include <math.h>
#include <string.h>

#include "nn/kernels.h"
#include "speech/diarize/community_cluster.h"

enum { PEOPLE = CHIP_COMMUNITY_PEOPLE, DIM = CHIP_RESNET_DIM, BEST = PEOPLE };

/* The speakers most like one person; with three people in a chunk no more of them matter. */
struct likings {
    size_t n;
    int speaker[BEST];
    float cosine[BEST]; /* falling */
};

static float cosine(const struct chip_kernels *kernels, const float *a, const float *b)
{
    const float lengths = kernels->dot(a, a, DIM) * kernels->dot(b, b, DIM);
    return lengths > 0.0f ? kernels->dot(a, b, DIM) / sqrtf(lengths) : 0.0f;
}

static struct likings find_likings(const float *voice, const float *centers, size_t k)
{
    const struct chip_kernels *kernels = chip_kernels();
    struct likings l = {0};
    for (size_t j = 0; j < k; j++) {
        const float c = cosine(kernels, voice, centers + j * DIM);
        size_t at = l.n;
        while (at > 0 && l.cosine[at - 1] < c)
            at--;
        if (at == BEST)
            continue;
        l.n += l.n < BEST;
        for (size_t i = l.n - 1; i > at; i--) {
            l.speaker[i] = l.speaker[i - 1];
            l.cosine[i] = l.cosine[i - 1];
        }
        l.speaker[at] = (int)j;
        l.cosine[at] = c;
    }
    return l;
}

/* Tries every way to give people from `person` on different speakers, and keeps the best. */
struct search {
    const struct likings *of;
    bool active[PEOPLE];
    int now[PEOPLE], best[PEOPLE];
    double best_sum;
};

static void search(struct search *s, int person, double sum)
{
    if (person == PEOPLE) {
        if (sum > s->best_sum) {
            s->best_sum = sum;
            memcpy(s->best, s->now, sizeof s->best);
        }
        return;
    }
    s->now[person] = -1;
    search(s, person + 1, sum);
    for (size_t i = 0; s->active[person] && i < s->of[person].n; i++) {
        const int speaker = s->of[person].speaker[i];
        bool taken = false;
        for (int other = 0; other < person; other++)
            taken |= s->now[other] == speaker;
        if (taken)
            continue;
        s->now[person] = speaker;
        /* Two, the largest cosine is 1: to have a speaker is always better than to have none. */
        search(s, person + 1, sum + 2.0 + (double)s->of[person].cosine[i]);
        s->now[person] = -1;
    }
}

void chip_community_assign(const struct chip_community_chunk *chunks, size_t n,
                           const float *centers, size_t k, bool alone, int (*label)[PEOPLE])
{
    for (size_t c = 0; c < n; c++) {
        struct likings of[PEOPLE];
        struct search s = {.of = of, .best = {-1, -1, -1}, .best_sum = -1.0};
        uint8_t anybody = 0;
        for (size_t t = 0; t < CHIP_COMMUNITY_FRAMES; t++)
            anybody |= chunks[c].active[t];
        for (int p = 0; p < PEOPLE; p++) {
            s.active[p] = anybody >> p & 1;
            of[p] = find_likings(chunks[c].voice[p], centers, k);
        }
        if (alone)
            search(&s, 0, 0.0);
        for (int p = 0; p < PEOPLE; p++)
            label[c][p] = alone ? s.best[p] : s.active[p] ? of[p].speaker[0] : -1;
    }
}
