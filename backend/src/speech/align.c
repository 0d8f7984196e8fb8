#include "speech/align.h"

#include <math.h>

size_t chip_align_cost(size_t n_tokens, size_t n_frames)
{
    return chip_arena_cost((n_frames + 1) * sizeof(float)) +
           chip_arena_cost((n_tokens + 1) * (n_frames + 1));
}

/* Each frame's attention relative to what it gets from the other tokens: attention sinks vanish. */
static void standardize(float *a, size_t n_tokens, size_t n_frames)
{
    for (size_t t = 0; t < n_frames; t++) {
        double sum = 0.0, squares = 0.0;
        for (size_t i = 0; i < n_tokens; i++) {
            double x = (double)a[i * n_frames + t];
            sum += x;
            squares += x * x;
        }
        double mean = sum / (double)n_tokens;
        double variance = squares / (double)n_tokens - mean * mean;
        double inv = 1.0 / (sqrt(variance > 0.0 ? variance : 0.0) + 1e-6);
        for (size_t i = 0; i < n_tokens; i++)
            a[i * n_frames + t] = (float)(((double)a[i * n_frames + t] - mean) * inv);
    }
}

enum move { DIAGONAL, FRAME, TOKEN };

/* best[t + 1] becomes the largest sum of a path that ends in (token, t). */
static void relax(const float *row, size_t n_frames, float *best, unsigned char *moves)
{
    float corner = best[0];
    best[0] = -INFINITY;
    for (size_t t = 0; t < n_frames; t++) {
        float from[3] = {corner, best[t], best[t + 1]};
        enum move move = from[DIAGONAL] >= from[FRAME] ? DIAGONAL : FRAME;
        if (from[TOKEN] > from[move])
            move = TOKEN;
        corner = best[t + 1];
        best[t + 1] = from[move] + row[t];
        moves[t] = (unsigned char)move;
    }
}

void chip_align(float *attention, size_t n_tokens, size_t n_frames, struct chip_arena *arena,
                int32_t *start)
{
    start[n_tokens] = (int32_t)n_frames;
    if (!n_tokens)
        return;
    size_t mark = chip_arena_mark(arena);
    float *best = chip_arena_take(arena, (n_frames + 1) * sizeof *best);
    unsigned char *moves = chip_arena_take(arena, n_tokens * n_frames);

    standardize(attention, n_tokens, n_frames);
    best[0] = 0.0f;
    for (size_t t = 0; t < n_frames; t++)
        best[t + 1] = -INFINITY;
    for (size_t i = 0; i < n_tokens; i++)
        relax(attention + i * n_frames, n_frames, best, moves + i * n_frames);

    size_t i = n_tokens - 1, t = n_frames - 1;
    start[i] = (int32_t)t;
    while (i > 0 || t > 0) {
        enum move move = (enum move)moves[i * n_frames + t];
        if (move == TOKEN || t == 0) {
            i--;
        } else if (move == FRAME || i == 0) {
            t--;
        } else {
            i--;
            t--;
        }
        start[i] = (int32_t)t;
    }
    chip_arena_release(arena, mark);
}
