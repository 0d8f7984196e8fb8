/*
 * Attention of one head in 16-bit integers, compiled once for each instruction set like
 * vec_kernels.c.
 *
 * `vpmaddwd` multiplies 16 pairs of int16 and adds neighbours into 32 bits; with the addition that
 * follows it does 26 products a cycle on Zen 3, where FMA does 16. So queries, keys, weights and
 * values are rounded to integers, a head's together by the largest of them, and 32 bits provably
 * hold their sums:
 *
 * - Queries and keys are at most `top`, with dim * top^2 < 2^30, so that differences of two scores
 *   fit as well.
 * - Weights are 2^(score - max) * 16383, values at most 2047, and no more than 64 keys are summed
 *   before the sum goes into a float: 64 * 16383 * 2047 < 2^31.
 *
 * Integer sums are exact, so that they don't depend on the instruction set.
 *
 * The scores of ROWS queries stay in the L1 cache from the product with the keys through softmax to
 * the product with the values, and are scaled once, at the end (as in FlashAttention, Dao et al.
 * 2022, without its tiling over keys: a segment's are few). What they are divided by, the sum of
 * the weights, is one more column of the same product: a value of 1 for each key.
 *
 * Operands are pairs of int16 in one int32, and panels of them PANEL columns wide, so that both
 * products are the same loop over contiguous memory. Which numbers make a pair does not matter as
 * long as both sides agree: elements d and d + dim / 2 of queries and keys; keys t and t + VN of a
 * panel for weights and values.
 */
#include "nn/vec_attention.h"

#include <stdbool.h>

#include "nn/vec.h"

enum {
    ROWS = CHIP_ATTENTION_ROWS,
    PANEL = 2 * VN, /* ROWS x 2 sums, 2 columns, a broadcast and a product: 16 of 16 registers */
    BLOCK = 64,     /* keys whose weighted values are summed in 32 bits */
    MAX_WEIGHT = 16383,
    MAX_VALUE = 2047,
};

static const float FAR = 16.0f; /* MAX_WEIGHT / 2^FAR rounds to 0 */

/* One head, packed. */
struct head {
    size_t dim, half;  /* half: pairs of a query */
    size_t ldq;        /* half, rounded up to VN */
    size_t n, columns; /* keys, a multiple of PANEL; columns of values, a multiple of VN > dim */
    float top;         /* what a query or key is at most */
    int32_t *keys;     /* [n / PANEL][half][PANEL] pairs */
    int32_t *values;   /* [columns / PANEL][n / 2][PANEL] pairs; the last panel may be VN wide */
    int32_t *queries;  /* [ROWS][ldq] pairs */
    int32_t *scores;   /* [ROWS][n], then [ROWS][n / 2] pairs of weights */
    float *sums;       /* [ROWS][columns] */
};

static struct head head_place(size_t n_k, size_t dim, int32_t *scratch)
{
    struct head h = {.dim = dim,
                     .half = (dim + 1) / 2,
                     .ldq = ((dim + 1) / 2 + VN - 1) / VN * VN,
                     .n = (n_k + PANEL - 1) / PANEL * PANEL,
                     .columns = dim / VN * VN + VN,
                     .top = fminf(sqrtf(1073741824.0f / (float)dim) - 1.0f, 32767.0f)};
    h.keys = scratch;
    h.values = h.keys + h.n * h.half;
    h.queries = h.values + h.n / 2 * h.columns;
    h.scores = h.queries + ROWS * h.ldq;
    h.sums = (float *)(h.scores + ROWS * h.n);
    return h;
}

/* ---- to integers ---- */

/* VN elements of x from d on, zeros from element n on. */
VEC_INLINE vf load_upto(const float *x, size_t d, size_t n)
{
    return d + VN <= n ? vf_load(x + d) : vf_load_first(x + d, d < n ? n - d : 0);
}

static float largest(const float *x, size_t n_rows, size_t ld, size_t dim)
{
    vf m = {0};
    for (size_t i = 0; i < n_rows; i++, x += ld)
        for (size_t d = 0; d < dim; d += VN)
            m = vf_max(vf_abs(load_upto(x, d, dim)), m);
    return vf_hmax(m);
}

/* What numbers up to `max` are multiplied by to become -top..top. */
static float inverse_step(float max, float top)
{
    return max > 1e-30f ? top / max : 0.0f;
}

static float step(float max, float top)
{
    return max > 1e-30f ? max / top : 0.0f;
}

VEC_INLINE vi to_steps(vf x, float inverse, float top)
{
    return vf_round(vf_min(vf_max(x * inverse, vf_set(-top)), vf_set(top)));
}

VEC_INLINE vi to_pairs(vi low, vi high)
{
    return (low & 0xffff) | high << 16;
}

/* A query or key as pairs of elements d and d + half. */
static void pack_row(const struct head *h, const float *x, float inverse, int32_t *pairs)
{
    for (size_t d = 0; d < h->half; d += VN)
        vi_store(pairs + d,
                 to_pairs(to_steps(load_upto(x, d, h->half), inverse, h->top),
                          to_steps(load_upto(x + h->half, d, h->dim - h->half), inverse, h->top)));
}

/* The last key fills up its panel; no value belongs to what is added so. */
static void pack_keys(const struct head *h, const float *k, size_t n, size_t ld, float inverse)
{
    int32_t *panel = h->keys, *pairs = h->queries;
    for (size_t t0 = 0; t0 < h->n; t0 += PANEL, panel += h->half * PANEL) {
        for (size_t t = 0; t < PANEL; t++) {
            if (t0 + t < n)
                pack_row(h, k + (t0 + t) * ld, inverse, pairs);
            for (size_t d = 0; d < h->half; d++)
                panel[d * PANEL + t] = pairs[d];
        }
    }
}

/* Row `row` of pairs of values: of keys a and b, with their number in column dim. */
static void pack_value_row(const struct head *h, size_t row, const float *a, size_t n_a,
                           const float *b, size_t n_b, float inverse)
{
    for (size_t c = 0; c < h->columns; c += PANEL) {
        size_t width = h->columns - c < PANEL ? VN : PANEL;
        int32_t *pairs = h->values + c * (h->n / 2) + row * width;
        for (size_t d = 0; d < width; d += VN)
            vi_store(pairs + d, to_pairs(to_steps(load_upto(a, c + d, n_a), inverse, MAX_VALUE),
                                         to_steps(load_upto(b, c + d, n_b), inverse, MAX_VALUE)));
        if (h->dim - c < width)
            pairs[h->dim - c] = (n_a ? 1 : 0) | (n_b ? 1 << 16 : 0);
    }
}

static void pack_values(const struct head *h, const float *v, size_t n, size_t ld, float inverse)
{
    for (size_t row = 0; row < h->n / 2; row++) {
        size_t a = row / VN * PANEL + row % VN, b = a + VN;
        bool has_a = a < n, has_b = b < n;
        pack_value_row(h, row, has_a ? v + a * ld : v, has_a ? h->dim : 0, has_b ? v + b * ld : v,
                       has_b ? h->dim : 0, inverse);
    }
}

/* ---- products ---- */

/* sum[r] = sum_i a[r][i] b[i], `width` columns: a constant where this is inlined. */
VEC_INLINE void product(size_t width, const int32_t *a, size_t lda, size_t n, const int32_t *b,
                        vi sum[ROWS][2])
{
    for (size_t r = 0; r < ROWS; r++)
        sum[r][0] = sum[r][1] = (vi){0};
    for (size_t i = 0; i < n; i++) {
        vi b0 = vi_load(b + i * width), b1 = width > VN ? vi_load(b + i * width + VN) : b0;
#pragma GCC unroll 6
        for (size_t r = 0; r < ROWS; r++) {
            vi pair = a[r * lda + i] - (vi){0};
            sum[r][0] += vi_mul_pairs(pair, b0);
            if (width > VN)
                sum[r][1] += vi_mul_pairs(pair, b1);
        }
    }
}

/* The scores of the queries. */
static void score(const struct head *h)
{
    for (size_t t = 0; t < h->n; t += PANEL) {
        vi sum[ROWS][2];
        product(PANEL, h->queries, h->ldq, h->half, h->keys + t * h->half, sum);
        for (size_t r = 0; r < ROWS; r++) {
            vi_store(h->scores + r * h->n + t, sum[r][0]);
            vi_store(h->scores + r * h->n + t + VN, sum[r][1]);
        }
    }
}

/* Adds `width` columns of n pairs of rows of values, from pair i on, times their weights. */
VEC_INLINE void mix_panel(const struct head *h, size_t width, size_t column, size_t i, size_t n)
{
    vi sum[ROWS][2];
    const int32_t *values = h->values + column * (h->n / 2) + i * width;
    product(width, h->scores + i, h->n, n, values, sum);
    for (size_t r = 0; r < ROWS; r++) {
        float *out = h->sums + r * h->columns + column;
        vf_store(out, vf_load(out) + __builtin_convertvector(sum[r][0], vf));
        if (width > VN)
            vf_store(out + VN, vf_load(out + VN) + __builtin_convertvector(sum[r][1], vf));
    }
}

/* The weighted sums of the values. */
static void mix(const struct head *h)
{
    memset(h->sums, 0, ROWS * h->columns * sizeof *h->sums);
    for (size_t c = 0; c < h->columns; c += PANEL) {
        for (size_t i = 0; i < h->n / 2; i += BLOCK / 2) {
            size_t n = h->n / 2 - i < BLOCK / 2 ? h->n / 2 - i : BLOCK / 2;
            if (h->columns - c < PANEL)
                mix_panel(h, VN, c, i, n);
            else
                mix_panel(h, PANEL, c, i, n);
        }
    }
}

/* ---- softmax ---- */

static int32_t max_of(const int32_t *x, size_t n)
{
    vi m[2] = {vi_load(x), vi_load(x + VN)};
    for (size_t t = PANEL; t < n; t += PANEL)
        for (size_t j = 0; j < 2; j++)
            m[j] = vi_max(vi_load(x + t + j * VN), m[j]);
    return vi_hmax(vi_max(m[0], m[1]));
}

/*
 * MAX_WEIGHT * 2^(x * scale), x <= 0, in the low 16 bits of a lane: a polynomial for the fraction
 * (of least relative error, 1.02e-4, that gives 1 for 0), the integer added to the exponent.
 */
VEC_INLINE vi weight(vi x, float scale)
{
    const float top = MAX_WEIGHT, magic = 12582912.0f; /* as in vf_round() */
    vf y = __builtin_convertvector(x, vf);
    vf shifted = y * scale + magic, r = y * scale - (shifted - magic);
    vf p = r * (0.0550080413f * top) + 0.242211571f * top;
    p = p * r + 0.693283071f * top;
    p = p * r + top;
    return (vi)((vf)((vi)p + ((vi)shifted << 23)) + magic);
}

/* The difference of scores from which on weights are 0: it keeps exponents in range. */
static int32_t furthest(float scale)
{
    float steps = ceilf(FAR / scale);
    return steps < 1e9f ? -(int32_t)steps : INT32_MIN;
}

static void weigh_row(int32_t *x, size_t n, int32_t max, int32_t far, float scale)
{
    for (size_t t = 0; t < n; t += PANEL) {
        vi a = vi_max(vi_load(x + t) - max, far - (vi){0});
        vi b = vi_max(vi_load(x + t + VN) - max, far - (vi){0});
        vi_store(x + t / 2, to_pairs(weight(a, scale), weight(b, scale)));
    }
}

/* Scores become pairs of weights, of keys t and t + VN. */
static void weigh(const struct head *h, float scale)
{
    scale = fminf(scale, FAR); /* scores are integers: a difference of 1 is far then */
    int32_t max[ROWS], far = furthest(scale);
    for (size_t r = 0; r < ROWS; r++) /* a loop of its own: it waits for each result */
        max[r] = max_of(h->scores + r * h->n, h->n);
    for (size_t r = 0; r < ROWS; r++)
        weigh_row(h->scores + r * h->n, h->n, max[r], far, scale);
}

void CHIP_VEC_NAME(chip_attention_head)(const float *q, size_t n_q, const float *k, const float *v,
                                        size_t n_k, size_t ld, size_t dim, void *scratch,
                                        float *out)
{
    struct head h = head_place(n_k, dim, scratch);
    float q_max = largest(q, n_q, ld, dim), k_max = largest(k, n_k, ld, dim);
    float v_max = largest(v, n_k, ld, dim);
    float scale = step(q_max, h.top) * step(k_max, h.top) * 1.44269504f; /* for 2^x, not e^x */
    float inverse = inverse_step(q_max, h.top), value_step = step(v_max, MAX_VALUE);
    pack_keys(&h, k, n_k, ld, inverse_step(k_max, h.top));
    pack_values(&h, v, n_k, ld, inverse_step(v_max, MAX_VALUE));
    memset(h.queries, 0, ROWS * h.ldq * sizeof *h.queries); /* the last rows may be fewer */
    for (size_t i = 0; i < n_q; i += ROWS) {
        size_t n_rows = n_q - i < ROWS ? n_q - i : ROWS;
        for (size_t r = 0; r < n_rows; r++)
            pack_row(&h, q + (i + r) * ld, inverse, h.queries + r * h.ldq);
        score(&h);
        weigh(&h, scale);
        mix(&h);
        for (size_t r = 0; r < n_rows; r++) {
            const float *sums = h.sums + r * h.columns;
            float to_mean = value_step / sums[dim];
            for (size_t d = 0; d < dim; d++)
                out[(i + r) * ld + d] = sums[d] * to_mean;
        }
    }
}
