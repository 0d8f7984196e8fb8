#include "minutes/chunks.h"

#include <stdlib.h>
#include <string.h>

enum {
    LINE_TOKENS = 10,     /* "[123] S1 (Ann): " */
    OVERLAP_SHARE = 16,   /* of the budget, repeated from the part before */
    TURN_WORTH_MS = 3000, /* a change of speaker is as good as so long a pause */
    LATE_SHARE = 3,       /* cuts lie in the last third */
};

int chip_tokens_estimate(const char *text)
{
    size_t wide = 0, n = strlen(text);
    for (size_t i = 0; i < n; i++)
        wide += (unsigned char)text[i] >= 0x80;
    return (int)((n - wide) / 4 + wide / 2 + 1);
}

static int tokens_of(const struct chip_transcript *t, size_t segment)
{
    return chip_tokens_estimate(t->segments[segment].text) + LINE_TOKENS;
}

int chip_chunks_tokens(const struct chip_transcript *transcript)
{
    int n = 0;
    for (size_t i = 0; i < transcript->n_segments; i++)
        n += tokens_of(transcript, i);
    return n;
}

/* How good it is to cut before a segment. */
static int64_t worth(const struct chip_transcript *t, size_t segment)
{
    const struct chip_segment *a = &t->segments[segment - 1], *b = &t->segments[segment];
    int64_t pause = b->start_ms > a->end_ms ? b->start_ms - a->end_ms : 0;
    return pause + (a->speaker != b->speaker ? TURN_WORTH_MS : 0);
}

/* @param fits the first segment that does not fit, > first */
static size_t cut_before(const struct chip_transcript *t, size_t first, size_t fits)
{
    size_t earliest = fits - (fits - first) / LATE_SHARE, best = fits;
    for (size_t s = fits; s > earliest && s > first + 1; s--)
        if (worth(t, s - 1) > worth(t, best))
            best = s - 1;
    return best;
}

static size_t context_before(const struct chip_transcript *t, size_t first, int budget)
{
    int room = budget / OVERLAP_SHARE;
    size_t context = first;
    while (context > 0 && tokens_of(t, context - 1) <= room)
        room -= tokens_of(t, --context);
    return context;
}

enum chip_status chip_chunks_cut(const struct chip_transcript *transcript, int budget,
                                 struct chip_chunk **out, size_t *n, struct chip_err *err)
{
    size_t n_segments = transcript->n_segments, made = 0;
    struct chip_chunk *chunks = calloc(n_segments + 1, sizeof *chunks);
    if (!chunks)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    for (size_t first = 0; first < n_segments; made++) {
        size_t context = context_before(transcript, first, budget), end = context;
        int used = 0;
        while (end < n_segments && (end <= first || used + tokens_of(transcript, end) <= budget))
            used += tokens_of(transcript, end++);
        if (end < n_segments)
            end = cut_before(transcript, first, end);
        chunks[made] = (struct chip_chunk){context, first, end};
        first = end;
    }
    *out = chunks;
    *n = made;
    return CHIP_OK;
}
