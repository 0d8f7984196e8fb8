#include "mutate.h"

#include <stdlib.h>
#include <string.h>

/* xorshift64*: Vigna 2016, doi:10.1145/2845077 */
static uint64_t next(struct mutator *m)
{
    m->state ^= m->state >> 12;
    m->state ^= m->state << 25;
    m->state ^= m->state >> 27;
    return m->state * 2685821657736338717u;
}

size_t mutator_pick(struct mutator *m, size_t n)
{
    return n ? (size_t)((next(m) >> 16) % n) : 0;
}

/* Somewhere, mostly in the head. */
static size_t place(struct mutator *m, size_t n, size_t n_head)
{
    size_t head = n_head < n ? n_head : n;
    return mutator_pick(m, mutator_pick(m, 8) ? head : n);
}

static void exchange(struct mutator *m, unsigned char *data, size_t n, size_t n_head)
{
    size_t len = 1 + mutator_pick(m, 8), a = place(m, n, n_head), b = place(m, n, n_head);
    for (size_t i = 0; i < len && a + i < n && b + i < n; i++) {
        unsigned char keep = data[a + i];
        data[a + i] = data[b + i];
        data[b + i] = keep;
    }
}

static size_t damage(struct mutator *m, unsigned char *data, size_t n, size_t cap, size_t n_head)
{
    static const unsigned char extremes[] = {0, 1, 0x7f, 0x80, 0xff, '0', '9', '-', '"', '{', '['};
    if (n == 0)
        return 0;
    size_t at = place(m, n, n_head), len = 1 + mutator_pick(m, 16);
    switch (mutator_pick(m, 7)) {
    case 0:
        data[at] ^= (unsigned char)(1u << mutator_pick(m, 8));
        return n;
    case 1:
        data[at] = extremes[mutator_pick(m, sizeof extremes)];
        return n;
    case 2: /* a length: a run of extreme bytes */
        len = len > 8 ? 8 : len;
        memset(data + at, extremes[mutator_pick(m, 5)], at + len < n ? len : n - at);
        return n;
    case 3: /* left out */
        len = len < n - at ? len : n - at;
        memmove(data + at, data + at + len, n - at - len);
        return n - len;
    case 4: /* doubled */
        len = len < n - at ? len : n - at;
        if (n + len > cap)
            return n;
        memmove(data + at + len, data + at, n - at);
        return n + len;
    case 5:
        exchange(m, data, n, n_head);
        return n;
    default:
        return mutator_pick(m, 4) ? n - mutator_pick(m, n < 64 ? n : 64) : at;
    }
}

unsigned char *mutator_copy(struct mutator *m, const void *data, size_t n, size_t n_head,
                            size_t *n_out)
{
    size_t cap = n + 256;
    unsigned char *copy = malloc(cap);
    if (!copy)
        abort();
    memcpy(copy, data, n);
    for (size_t times = 1 + mutator_pick(m, 4); times > 0; times--)
        n = damage(m, copy, n, cap, n_head);
    *n_out = n;
    return copy;
}
