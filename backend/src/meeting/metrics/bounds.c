#include "meeting/metrics/bounds.h"

#include <math.h>
#include <stdlib.h>

enum chip_status chip_bounds_init(struct chip_bounds *bounds, size_t n_cells, struct chip_err *err)
{
    *bounds = (struct chip_bounds){
        .values = calloc(n_cells * CHIP_BOUNDS_ROUNDS, sizeof *bounds->values),
        .n = calloc(n_cells, sizeof *bounds->n),
        .n_cells = n_cells,
    };
    if (!bounds->values || !bounds->n)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for metrics");
    return CHIP_OK;
}

void chip_bounds_done(struct chip_bounds *bounds)
{
    free(bounds->values);
    free(bounds->n);
    *bounds = (struct chip_bounds){0};
}

/* ---- another way it could have been ---------------------------------------------------------- */

/* xorshift64*, upper half: uniform in 0..1, the same everywhere. Vigna 2016, arXiv:1402.6246 */
static double uniform(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (double)((*seed * UINT64_C(0x2545F4914F6CDD1D)) >> 32) / 4294967296.0;
}

/* The speaker of the nearest piece of somebody else, before or behind; the own one without any. */
static int neighbour(const struct chip_talk *talk, size_t i, bool before)
{
    int own = talk->turns[i].speaker;
    for (size_t at = i; before ? at-- > 0 : ++at < talk->n_turns;)
        if (talk->turns[at].speaker != own)
            return talk->turns[at].speaker;
    return own;
}

static int redraw_speaker(const struct chip_talk *talk, size_t i, uint64_t *seed)
{
    double doubt = exp(-8 * (double)talk->turns[i].confidence) / 2;
    double draw = uniform(seed);
    if (draw >= doubt)
        return talk->turns[i].speaker;
    bool before = draw < doubt / 2;
    int other = neighbour(talk, i, before);
    return other != talk->turns[i].speaker ? other : neighbour(talk, i, !before);
}

/* At most half a piece, so that none turns around. */
static int64_t shift(const struct chip_talk_turn *turn, uint64_t *seed)
{
    double half = (double)(turn->end_ms - turn->start_ms) / 2;
    return (int64_t)((2 * uniform(seed) - 1) * fmin(CHIP_TALK_COLLAR_MS, half));
}

static int64_t clamp(int64_t ms, int64_t least, int64_t most)
{
    return ms < least ? least : ms > most ? most : ms;
}

/* Lets two pieces that did not overlap meet in the middle of where they overlap now. */
static void part(struct chip_piece *a, struct chip_piece *b)
{
    if (b->start_ms >= a->end_ms)
        return;
    int64_t middle = clamp((a->end_ms + b->start_ms) / 2, a->start_ms, b->end_ms);
    a->end_ms = b->start_ms = middle;
}

void chip_bounds_disturb(struct chip_scene *scene, uint64_t *seed)
{
    const struct chip_talk *talk = scene->talk;
    chip_scene_reset(scene);
    size_t last = 0; /* the piece that ends last so far */
    for (size_t i = 0; i < scene->n_pieces; i++) {
        const struct chip_talk_turn *turn = &talk->turns[i];
        struct chip_piece *p = &scene->pieces[i];
        p->speaker = redraw_speaker(talk, i, seed);
        p->start_ms = clamp(turn->start_ms + shift(turn, seed), 0, talk->duration_ms);
        p->end_ms = clamp(turn->end_ms + shift(turn, seed), p->start_ms, talk->duration_ms);
        if (i > 0 && turn->start_ms >= talk->turns[last].end_ms)
            part(&scene->pieces[last], p);
        if (turn->end_ms >= talk->turns[last].end_ms)
            last = i;
    }
}

/* ---- what came of it ------------------------------------------------------------------------- */

void chip_bounds_add(struct chip_bounds *bounds, const struct chip_sample *samples)
{
    for (size_t cell = 0; cell < bounds->n_cells; cell++)
        if (samples[cell].evidence > 0)
            bounds->values[cell * CHIP_BOUNDS_ROUNDS + bounds->n[cell]++] = samples[cell].value;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void chip_bounds_of(struct chip_bounds *bounds, size_t cell, double value, double *low,
                    double *high)
{
    double *values = bounds->values + cell * CHIP_BOUNDS_ROUNDS;
    size_t n = bounds->n[cell], cut = n / 40;
    *low = *high = value;
    if (!n)
        return;
    qsort(values, n, sizeof *values, compare);
    *low = fmin(value, values[cut]);
    *high = fmax(value, values[n - 1 - cut]);
}
