/**
 * In a pass in order of start: what has been said so far that ends last, and what of another
 * speaker ends last. Pure; any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct chip_last_heard {
    int64_t end_ms;
    int speaker;
    size_t item; /* the caller's number for it */
};

/** Zero-initialise. */
struct chip_latest {
    struct chip_last_heard heard[2]; /* [n] of different speakers, the later end first */
    int n;
};

/** What of another speaker than this one ends last; NULL: none spoke yet. */
static inline const struct chip_last_heard *chip_latest_other(const struct chip_latest *latest,
                                                              int speaker)
{
    for (int i = 0; i < latest->n; i++)
        if (latest->heard[i].speaker != speaker)
            return &latest->heard[i];
    return NULL;
}

static inline void chip_latest_add(struct chip_latest *latest, struct chip_last_heard heard)
{
    struct chip_last_heard *h = latest->heard;
    int at = 0;
    while (at < latest->n && h[at].speaker != heard.speaker)
        at++;
    if (at == latest->n && latest->n < 2)
        h[latest->n++] = heard;
    else if (at == latest->n)
        at = 1; /* a third speaker: in place of the earlier end */
    if (heard.end_ms > h[at].end_ms)
        h[at] = heard;
    if (latest->n == 2 && h[1].end_ms > h[0].end_ms) {
        struct chip_last_heard first = h[0];
        h[0] = h[1];
        h[1] = first;
    }
}
