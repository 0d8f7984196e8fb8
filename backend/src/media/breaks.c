#include "media/breaks.h"

#include "media/text.h"

enum { NEAR_MS = 1000 };

void chip_breaks_add(struct chip_breaks *breaks, int64_t at_ms, int64_t end_ms, const char *message)
{
    struct chip_media_break *last = breaks->n > 0 ? &breaks->list[breaks->n - 1] : NULL;
    if (last && (at_ms <= last->end_ms + NEAR_MS || breaks->n == CHIP_MEDIA_MAX_BREAKS)) {
        if (end_ms > last->end_ms)
            last->end_ms = end_ms;
        return;
    }
    struct chip_media_break *next = &breaks->list[breaks->n++];
    next->at_ms = at_ms;
    next->end_ms = end_ms;
    chip_media_clean(next->message, sizeof next->message, message);
}
