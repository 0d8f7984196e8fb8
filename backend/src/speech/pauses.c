#include "speech/pauses.h"

enum {
    CHUNK = 512,
    MIN_CHUNKS = 3, /* about 0.1 s: less is the closing of a p or t */
};

size_t chip_pauses_find(const float *probs, int64_t start, struct chip_span span, float below,
                        int64_t base, struct chip_span *pauses)
{
    size_t n = 0, quiet = 0; /* chunks of the run */
    size_t first = (size_t)(span.start - start + CHUNK - 1) / CHUNK;
    size_t end = (size_t)(span.end - start) / CHUNK;
    for (size_t i = first; i <= end; i++) {
        if (i < end && probs[i] < below) {
            quiet++;
            continue;
        }
        if (quiet >= MIN_CHUNKS && i < end) /* at the end of a span it is no pause */
            pauses[n++] = (struct chip_span){start + (int64_t)((i - quiet) * CHUNK) - base,
                                             start + (int64_t)(i * CHUNK) - base};
        quiet = 0;
    }
    return n;
}
