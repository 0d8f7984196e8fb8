/*
 * One query over the keys and values that were kept in int8, compiled once for each instruction set
 * like vec_kernels.c.
 *
 * The caches of all segments that are decoded together don't fit the CPU's, so that this is bound
 * by memory: keys and values lie one behind the other, in the order in which they are read.
 *
 * Sums are exact. The query and the weights are rounded to int16, by the largest of each; 32 bits
 * hold 512 products of 32767 and 127 (a head has at most 256 elements), and with more frames than
 * that weights are made smaller.
 */
#include "nn/vec_attention.h"

#include "nn/vec.h"
#include "nn/vec_quantize.h"

enum {
    BLOCK = CHIP_KEPT_BLOCK,
    VECTORS = BLOCK / VN,
    MAX_SUM = INT32_MAX / 127, /* of weights */
};

static vi set_pair(const int16_t *q)
{
    int32_t pair;
    memcpy(&pair, q, sizeof pair);
    return pair - (vi){0};
}

/* The scores of all frames of whole blocks. Values, as many bytes, are on their way meanwhile. */
static void score(const struct chip_kept_head *kept, const int16_t *q, float scale, size_t padded,
                  size_t dim, float *scores)
{
    const int8_t *k = kept->k, *v = kept->v;
    for (size_t t = 0; t < padded; t += BLOCK) {
        vi sum[VECTORS] = {0};
        for (size_t d = 0; d < dim; d += 2, k += 2 * BLOCK, v += 2 * BLOCK) {
            vi pair = set_pair(q + d);
            __builtin_prefetch(v);
#pragma GCC unroll 8
            for (size_t j = 0; j < VECTORS; j++)
                sum[j] += vi_dot_pairs(k + j * 2 * VN, pair);
        }
        for (size_t j = 0; j < VECTORS; j++)
            vf_store(scores + t + j * VN, __builtin_convertvector(sum[j], vf) * scale *
                                              vf_load(kept->k_scale + t + j * VN));
    }
}

static float max_of(const float *x, size_t n)
{
    vf m = vf_load(x);
    for (size_t t = VN; t < n; t += VN)
        m = vf_max(vf_load(x + t), m);
    return vf_hmax(m);
}

/* x = exp(x - max): returns the sum, and in *largest the largest times its value's scale. */
static float exponentiate(float *x, size_t padded, const float *v_scale, float *largest)
{
    float max = max_of(x, padded);
    vf sum = {0}, m = {0};
    for (size_t t = 0; t < padded; t += VN) {
        vf e = vf_exp(vf_load(x + t) - max);
        vf_store(x + t, e);
        sum += e;
        m = vf_max(e * vf_load(v_scale + t), m);
    }
    *largest = vf_hmax(m);
    return vf_sum(sum);
}

/* out = sum_t p[t] v[t] for n_vec * VN elements; n_vec is a constant where this is inlined. */
VEC_INLINE void mix_columns(size_t n_vec, const int16_t *p, const int8_t *v, size_t n, size_t dim,
                            float *out)
{
    vi sum[8] = {0};
    for (size_t t = 0; t < n; t += 2, v += 2 * dim) {
        vi pair = set_pair(p + t);
        for (size_t j = 0; j < n_vec; j++)
            sum[j] += vi_dot_pairs(v + j * 2 * VN, pair);
    }
    for (size_t j = 0; j < n_vec; j++)
        vf_store(out + j * VN, __builtin_convertvector(sum[j], vf));
}

/* The same for all elements: up to a multiple of VN, what is behind dim is of no use. */
static void mix(const int16_t *p, const int8_t *v, size_t n, size_t dim, float *out)
{
    size_t d = 0;
    for (; d + 6 * VN < dim; d += 7 * VN) /* heads of 52 elements are done at once with 8 lanes */
        mix_columns(7, p, v + 2 * d, n, dim, out + d);
    for (; d + VN < dim; d += 2 * VN)
        mix_columns(2, p, v + 2 * d, n, dim, out + d);
    if (d < dim)
        mix_columns(1, p, v + 2 * d, n, dim, out + d);
}

/* Scores, or rather their exponentials, times the values' scales as integers. */
static void round_weights(const float *x, const float *v_scale, float inverse, size_t padded,
                          int16_t *p)
{
    for (size_t t = 0; t < padded; t += VN)
        vi_store_i16(p + t, vf_round(vf_load(x + t) * vf_load(v_scale + t) * inverse));
}

static void add_scaled(const float *x, float scale, size_t n, float *y)
{
    size_t t = 0;
    for (; t + VN <= n; t += VN)
        vf_store(y + t, vf_load(y + t) + vf_load(x + t) * scale);
    for (; t < n; t++)
        y[t] += x[t] * scale;
}

void CHIP_VEC_NAME(chip_attention_row)(const struct chip_kept_head *kept, size_t n, size_t dim,
                                       const float *q, void *scratch, float *weights, float *out)
{
    size_t padded = (n + BLOCK - 1) / BLOCK * BLOCK;
    float *scores = scratch, *sums = scores + padded;
    int16_t *p = (int16_t *)(sums + (dim + VN - 1) / VN * VN), *q_i16 = p + padded;

    float scale = CHIP_VEC_NAME(chip_quantize_i16)(q, dim, q_i16);
    score(kept, q_i16, scale, padded, dim, scores);
    for (size_t t = n; t < padded; t++)
        scores[t] = -1e30f; /* nothing was kept here yet, or what is over */
    float largest, total = exponentiate(scores, padded, kept->v_scale, &largest);
    if (weights)
        add_scaled(scores, 1.0f / total, n, weights);

    size_t top = MAX_SUM / n < INT16_MAX ? MAX_SUM / n : INT16_MAX;
    float step = largest / (float)top;
    round_weights(scores, kept->v_scale, largest > 1e-30f ? 1.0f / step : 0.0f, padded, p);
    mix(p, kept->v, n, dim, sums);
    scale = step / total;
    for (size_t d = 0; d < dim; d++)
        out[d] = sums[d] * scale;
}
