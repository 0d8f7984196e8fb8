#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "speech/diarize/eigen.h"

enum { K = CHIP_EIGEN_BLOCK, DEGREE = 6, MAX_ROUNDS = 12, LANCZOS = 24 };

static const double CLOSE_ENOUGH = 5e-4; /* change of the values in a round, of the largest */

/* The neighbours of one point: edges[from .. half) of weight 1, edges[half .. end) of weight 1/2.
 */
struct row {
    uint32_t from, half, end;
};

struct chip_spectrum {
    size_t n, max_p;
    float *x, *y, *z; /* [n][K]: the vectors, and the filter's scratch */
    float *krylov;    /* [LANCZOS + 1][n] */
    uint64_t *picked; /* [n][n] bits: row i, bit j: i picked j */
    struct row *rows; /* [n] */
    uint16_t *edges;  /* [2 * n * max_p] */
};

/* Uniform in -1..1, always the same: splitmix64 (Steele, Lea & Flood 2014). */
static float noise(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (float)((double)((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1);
}

static size_t words(size_t n)
{
    return (n + 63) / 64;
}

struct chip_spectrum *chip_spectrum_new(size_t n, size_t max_p)
{
    struct chip_spectrum *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->n = n;
    s->max_p = max_p;
    s->x = malloc(n * K * sizeof(float));
    s->y = malloc(n * K * sizeof(float));
    s->z = malloc(n * K * sizeof(float));
    s->krylov = malloc((LANCZOS + 1) * n * sizeof(float));
    s->picked = malloc(n * words(n) * sizeof *s->picked);
    s->rows = malloc(n * sizeof *s->rows);
    s->edges = malloc(2 * n * max_p * sizeof *s->edges);
    if (!s->x || !s->y || !s->z || !s->krylov || !s->picked || !s->rows || !s->edges) {
        chip_spectrum_free(s);
        return NULL;
    }
    uint64_t state = 1;
    for (size_t i = 0; i < n * K; i++)
        s->x[i] = noise(&state);
    return s;
}

void chip_spectrum_free(struct chip_spectrum *s)
{
    if (!s)
        return;
    free(s->edges);
    free(s->rows);
    free(s->picked);
    free(s->krylov);
    free(s->z);
    free(s->y);
    free(s->x);
    free(s);
}

static bool has_picked(const struct chip_spectrum *s, size_t i, size_t j)
{
    return (s->picked[i * words(s->n) + j / 64] >> (j % 64)) & 1;
}

/* Every pick is an edge of weight 1 of the one who picked, or of weight 1/2 of both. */
static void lay_out_edges(struct chip_spectrum *s, const struct chip_graph *g)
{
    memset(s->picked, 0, s->n * words(s->n) * sizeof *s->picked);
    memset(s->rows, 0, s->n * sizeof *s->rows);
    for (size_t i = 0; i < s->n; i++)
        for (size_t p = 0; p < g->p; p++) {
            const size_t j = g->picks[i * g->stride + p];
            s->picked[i * words(s->n) + j / 64] |= (uint64_t)1 << (j % 64);
        }
    /* Count: `half` edges of weight 1, `end` of weight 1/2; then turn counts into places. */
    for (size_t i = 0; i < s->n; i++)
        for (size_t p = 0; p < g->p; p++) {
            const size_t j = g->picks[i * g->stride + p];
            if (has_picked(s, j, i)) {
                s->rows[i].half++;
            } else {
                s->rows[i].end++;
                s->rows[j].end++;
            }
        }
    uint32_t at = 0;
    for (size_t i = 0; i < s->n; i++) {
        const uint32_t whole = s->rows[i].half, halves = s->rows[i].end;
        s->rows[i] = (struct row){at, at, at + whole}; /* half, end: the next free places */
        at += whole + halves;
    }
    for (size_t i = 0; i < s->n; i++)
        for (size_t p = 0; p < g->p; p++) {
            const size_t j = g->picks[i * g->stride + p];
            if (has_picked(s, j, i)) {
                s->edges[s->rows[i].half++] = (uint16_t)j;
            } else {
                s->edges[s->rows[i].end++] = (uint16_t)j;
                s->edges[s->rows[j].end++] = (uint16_t)i;
            }
        }
}

/* y = L x for `width` vectors side by side; inlined, so that the width is a constant. */
static inline __attribute__((always_inline)) void multiply(const struct chip_spectrum *s,
                                                           const float *x, float *y, size_t width)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct row row = s->rows[i];
        float whole[K] = {0}, half[K] = {0};
        for (size_t e = row.from; e < row.half; e++)
            for (size_t k = 0; k < width; k++)
                whole[k] += x[s->edges[e] * width + k];
        for (size_t e = row.half; e < row.end; e++)
            for (size_t k = 0; k < width; k++)
                half[k] += x[s->edges[e] * width + k];
        const float degree = (float)(row.half - row.from) + 0.5F * (float)(row.end - row.half);
        for (size_t k = 0; k < width; k++)
            y[i * width + k] = degree * x[i * width + k] - whole[k] - 0.5F * half[k];
    }
}

static void multiply_block(const struct chip_spectrum *s, const float *x, float *y)
{
    multiply(s, x, y, K);
}

static double dot(const float *a, const float *b, size_t n, size_t step)
{
    double sum = 0;
    for (size_t i = 0; i < n * step; i += step)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static void subtract(double factor, const float *x, float *y, size_t n, size_t step)
{
    for (size_t i = 0; i < n * step; i += step)
        y[i] -= (float)factor * x[i];
}

static void multiply_by(double factor, float *x, size_t n, size_t step)
{
    for (size_t i = 0; i < n * step; i += step)
        x[i] *= (float)factor;
}

/* Gram-Schmidt, each column twice, which is enough (Giraud et al. 2005). */
static void orthonormalize(float *x, size_t n)
{
    for (size_t j = 0; j < K; j++) {
        multiply_by(1 / fmax(sqrt(dot(x + j, x + j, n, K)), 1e-30), x + j, n, K);
        for (int again = 0; again < 2; again++) {
            for (size_t i = 0; i < j; i++)
                subtract(dot(x + i, x + j, n, K), x + i, x + j, n, K);
            multiply_by(1 / fmax(sqrt(dot(x + j, x + j, n, K)), 1e-30), x + j, n, K);
        }
    }
}

/* Lanczos with full orthogonalisation. @param bound receives what no eigenvalue exceeds */
static double largest_value(const struct chip_spectrum *s, double *bound)
{
    const size_t n = s->n;
    double t[LANCZOS * LANCZOS] = {0}, value[LANCZOS], vector[LANCZOS * LANCZOS], beta = 0;
    uint64_t state = 2;
    for (size_t i = 0; i < n; i++)
        s->krylov[i] = noise(&state);
    multiply_by(1 / sqrt(dot(s->krylov, s->krylov, n, 1)), s->krylov, n, 1);
    size_t steps = 0;
    while (steps < LANCZOS) {
        const float *v = s->krylov + steps * n;
        float *next = s->krylov + (steps + 1) * n;
        multiply(s, v, next, 1);
        t[steps * LANCZOS + steps] = dot(v, next, n, 1);
        for (int again = 0; again < 2; again++)
            for (size_t i = 0; i <= steps; i++)
                subtract(dot(s->krylov + i * n, next, n, 1), s->krylov + i * n, next, n, 1);
        beta = sqrt(dot(next, next, n, 1));
        steps++;
        if (beta < 1e-4 || steps == LANCZOS)
            break;
        t[(steps - 1) * LANCZOS + steps] = t[steps * LANCZOS + steps - 1] = beta;
        multiply_by(1 / beta, next, n, 1);
    }
    for (size_t i = 0; i < steps * steps; i++) /* close up the rows */
        t[i] = t[i / steps * LANCZOS + i % steps];
    chip_eigen_small(t, steps, value, vector);
    *bound = value[steps - 1] + beta;
    return value[steps - 1];
}

/* x = T(L) x, T the Chebyshev polynomial that is small on from..to and grows below. */
static void filter(struct chip_spectrum *s, double from, double to)
{
    const float center = (float)((from + to) / 2), half = (float)((to - from) / 2);
    multiply_block(s, s->x, s->y);
    for (size_t i = 0; i < s->n * K; i++)
        s->y[i] = (s->y[i] - center * s->x[i]) / half;
    for (int d = 1; d < DEGREE; d++) {
        multiply_block(s, s->y, s->z);
        for (size_t i = 0; i < s->n * K; i++)
            s->z[i] = 2 * (s->z[i] - center * s->y[i]) / half - s->x[i];
        float *oldest = s->x;
        s->x = s->y;
        s->y = s->z;
        s->z = oldest;
    }
    float *filtered = s->y;
    s->y = s->x;
    s->x = filtered;
}

/* The best eigenvectors within the block's span (Rayleigh-Ritz). */
static void settle(struct chip_spectrum *s, double *value)
{
    orthonormalize(s->x, s->n);
    multiply_block(s, s->x, s->y);
    double h[K * K] = {0}, vector[K * K];
    for (size_t i = 0; i < s->n; i++)
        for (size_t a = 0; a < K; a++)
            for (size_t b = 0; b < K; b++)
                h[a * K + b] += (double)s->x[i * K + a] * (double)s->y[i * K + b];
    for (size_t a = 0; a < K; a++)
        for (size_t b = a; b < K; b++)
            h[a * K + b] = h[b * K + a] = (h[a * K + b] + h[b * K + a]) / 2;
    chip_eigen_small(h, K, value, vector);
    for (size_t i = 0; i < s->n; i++) {
        double row[K] = {0};
        for (size_t b = 0; b < K; b++)
            for (size_t a = 0; a < K; a++)
                row[b] += vector[b * K + a] * (double)s->x[i * K + a];
        for (size_t b = 0; b < K; b++)
            s->x[i * K + b] = (float)row[b];
    }
}

const float *chip_spectrum_of(struct chip_spectrum *s, const struct chip_graph *graph,
                              double *value, double *largest)
{
    double bound, now[K], before[K];
    assert(graph->n == s->n && graph->p <= s->max_p);
    lay_out_edges(s, graph);
    *largest = largest_value(s, &bound);
    settle(s, now);
    for (int round = 0; round < MAX_ROUNDS; round++) {
        memcpy(before, now, sizeof before);
        /* Never more than 0.6 of the range is kept: float sums bear only so much growth. */
        filter(s, fmin(now[K - 1], 0.6 * bound), bound);
        settle(s, now);
        double change = 0;
        for (size_t j = 0; j < CHIP_EIGEN_GOOD; j++)
            change = fmax(change, fabs(now[j] - before[j]));
        if (change <= CLOSE_ENOUGH * *largest)
            break;
    }
    memcpy(value, now, CHIP_EIGEN_GOOD * sizeof *value);
    return s->x;
}
