#include "http/draft_turns.h"

#include <stdlib.h>
#include <string.h>

/* Turns are a little longer than the words in them. Less than the metrics' collar beside a segment
 * is such an edge, and goes with it: nobody has a turn of a tenth of a second. */
enum { EDGE_MS = 250 };

bool chip_draft_turns_init(struct chip_draft_turns *t, const struct chip_turn *turns, size_t n)
{
    *t = (struct chip_draft_turns){.turns = malloc((n + 1) * sizeof *turns), .size = n + 1};
    if (!t->turns)
        return false;
    if (n)
        memcpy(t->turns, turns, n * sizeof *turns);
    t->n = n;
    return true;
}

void chip_draft_turns_done(struct chip_draft_turns *t)
{
    free(t->turns);
    *t = (struct chip_draft_turns){0};
}

static bool add(struct chip_draft_turns *t, struct chip_turn turn)
{
    if (turn.start_ms >= turn.end_ms)
        return true;
    if (t->n == t->size) {
        struct chip_turn *more = realloc(t->turns, 2 * t->size * sizeof *more);
        if (!more)
            return false;
        t->turns = more;
        t->size *= 2;
    }
    t->turns[t->n++] = turn;
    return true;
}

bool chip_draft_turns_give(struct chip_draft_turns *t, int64_t start_ms, int64_t end_ms, int from,
                           int to)
{
    int64_t from_ms = start_ms, to_ms = end_ms;
    for (size_t i = t->n; i-- > 0;) { /* what is added lies behind */
        struct chip_turn turn = t->turns[i];
        if (turn.speaker != from || turn.end_ms <= start_ms || turn.start_ms >= end_ms)
            continue;
        t->turns[i] = t->turns[--t->n];
        struct chip_turn before = turn, behind = turn;
        before.end_ms = start_ms;
        behind.start_ms = end_ms;
        if (turn.start_ms < start_ms && start_ms - turn.start_ms < EDGE_MS)
            from_ms = turn.start_ms;
        else if (!add(t, before))
            return false;
        if (turn.end_ms > end_ms && turn.end_ms - end_ms < EDGE_MS)
            to_ms = turn.end_ms;
        else if (!add(t, behind))
            return false;
    }
    return add(t, (struct chip_turn){from_ms, to_ms, to, 1.0f});
}

static int by_speaker(const void *a, const void *b)
{
    const struct chip_turn *x = a, *y = b;
    if (x->speaker != y->speaker)
        return x->speaker < y->speaker ? -1 : 1;
    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? -1 : 1;
    return (x->end_ms > y->end_ms) - (x->end_ms < y->end_ms);
}

static int by_start(const void *a, const void *b)
{
    const struct chip_turn *x = a, *y = b;
    if (x->start_ms != y->start_ms)
        return x->start_ms < y->start_ms ? -1 : 1;
    return by_speaker(a, b);
}

static float mean_confidence(const struct chip_turn *a, const struct chip_turn *b)
{
    double x = (double)(a->end_ms - a->start_ms), y = (double)(b->end_ms - b->start_ms);
    return x + y > 0 ? (float)((x * a->confidence + y * b->confidence) / (x + y)) : a->confidence;
}

void chip_draft_turns_join(struct chip_draft_turns *t)
{
    if (!t->n)
        return;
    qsort(t->turns, t->n, sizeof *t->turns, by_speaker);
    size_t last = 0;
    for (size_t i = 1; i < t->n; i++) {
        struct chip_turn *into = &t->turns[last];
        const struct chip_turn *turn = &t->turns[i];
        if (turn->speaker != into->speaker || turn->start_ms > into->end_ms) {
            t->turns[++last] = *turn;
            continue;
        }
        into->confidence = mean_confidence(into, turn);
        if (turn->end_ms > into->end_ms)
            into->end_ms = turn->end_ms;
    }
    t->n = last + 1;
    qsort(t->turns, t->n, sizeof *t->turns, by_start);
}
