/*
 * Attention of a few query rows at a time, compiled once for each instruction set like
 * vec_kernels.c.
 *
 * The scores of ROWS queries stay in the L1 cache from the product with the keys through softmax to
 * the product with the values, and are scaled once, at the end (as in FlashAttention, Dao et al.
 * 2022, without its tiling over keys: a segment's are few).
 */
#include "nn/vec_attention.h"

#include "nn/vec.h"

enum { ROWS = 6, PAIR = 2, MAX_COLUMNS = 7 }; /* 6 x 2 or 2 x 7 sums fit 16 registers */

/* scores[r][t] = q[r] . k[.][t]; n_rows is a constant where this is inlined. */
VEC_INLINE void score(size_t n_rows, const float *q, size_t ld, size_t dim, const float *k,
                      size_t stride, float *scores)
{
    for (size_t t = 0; t < stride; t += 2 * VN) {
        vf sum[ROWS][2];
        for (size_t r = 0; r < n_rows; r++)
            sum[r][0] = sum[r][1] = (vf){0};
        for (size_t d = 0; d < dim; d++) {
            vf k0 = vf_load(k + d * stride + t), k1 = vf_load(k + d * stride + t + VN);
#pragma GCC unroll 6
            for (size_t r = 0; r < n_rows; r++) {
                sum[r][0] += q[r * ld + d] * k0;
                sum[r][1] += q[r * ld + d] * k1;
            }
        }
        for (size_t r = 0; r < n_rows; r++) {
            vf_store(scores + r * stride + t, sum[r][0]);
            vf_store(scores + r * stride + t + VN, sum[r][1]);
        }
    }
}

/* x = exp(x - max), returns the sum; x is padded to a multiple of VN. */
static float exponentiate(float *x, size_t n)
{
    size_t padded = (n + VN - 1) / VN * VN;
    for (size_t t = n; t < padded; t++)
        x[t] = -1e30f;
    vf m = vf_set(-1e30f);
    for (size_t t = 0; t < padded; t += VN)
        m = vf_max(vf_load(x + t), m);
    float max = vf_hmax(m);
    vf sum = {0};
    for (size_t t = 0; t < padded; t += VN) {
        vf e = vf_exp(vf_load(x + t) - max);
        vf_store(x + t, e);
        sum += e;
    }
    return vf_sum(sum); /* what padding adds, e^-87, is nothing */
}

/* out[r] = scale[r] * sum_t p[r][t] v[t], for n_columns vectors of v; constants as above. */
VEC_INLINE void mix(size_t n_rows, size_t n_columns, const float *p, size_t stride, size_t n,
                    const float *v, size_t ldv, const float *scale,
                    float out[PAIR][MAX_COLUMNS * VN])
{
    vf sum[PAIR][MAX_COLUMNS];
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_columns; c++)
            sum[r][c] = (vf){0};
    for (size_t t = 0; t < n; t++) {
#pragma GCC unroll 7
        for (size_t c = 0; c < n_columns; c++) {
            vf values = vf_load(v + t * ldv + c * VN);
#pragma GCC unroll 2
            for (size_t r = 0; r < n_rows; r++)
                sum[r][c] += p[r * stride + t] * values;
        }
    }
    for (size_t r = 0; r < n_rows; r++)
        for (size_t c = 0; c < n_columns; c++)
            vf_store(out[r] + c * VN, sum[r][c] * scale[r]);
}

VEC_INLINE void mix_columns(size_t n_rows, size_t n_columns, const float *p, size_t stride,
                            size_t n, const float *v, size_t ldv, const float *scale,
                            float out[PAIR][MAX_COLUMNS * VN])
{
    switch (n_columns) {
    case 7:
        mix(n_rows, 7, p, stride, n, v, ldv, scale, out);
        break;
    case 6:
        mix(n_rows, 6, p, stride, n, v, ldv, scale, out);
        break;
    case 5:
        mix(n_rows, 5, p, stride, n, v, ldv, scale, out);
        break;
    case 4:
        mix(n_rows, 4, p, stride, n, v, ldv, scale, out);
        break;
    case 3:
        mix(n_rows, 3, p, stride, n, v, ldv, scale, out);
        break;
    case 2:
        mix(n_rows, 2, p, stride, n, v, ldv, scale, out);
        break;
    default:
        mix(n_rows, 1, p, stride, n, v, ldv, scale, out);
        break;
    }
}

/* All rows' outputs, PAIR rows and MAX_COLUMNS vectors at a time. */
static void mix_rows(size_t n_rows, size_t dim, const float *p, size_t stride, size_t n,
                     const float *v, size_t ldv, const float *scale, float *out, size_t ld)
{
    for (size_t first = 0; first < dim; first += MAX_COLUMNS * VN) {
        size_t width = dim - first < MAX_COLUMNS * VN ? dim - first : MAX_COLUMNS * VN;
        size_t n_columns = (width + VN - 1) / VN;
        for (size_t r = 0; r < n_rows; r += PAIR) {
            float result[PAIR][MAX_COLUMNS * VN];
            size_t rows = n_rows - r < PAIR ? n_rows - r : PAIR;
            if (rows == PAIR)
                mix_columns(PAIR, n_columns, p + r * stride, stride, n, v + first, ldv, scale + r,
                            result);
            else
                mix_columns(1, n_columns, p + r * stride, stride, n, v + first, ldv, scale + r,
                            result);
            for (size_t i = 0; i < rows; i++)
                memcpy(out + (r + i) * ld + first, result[i], width * sizeof *out);
        }
    }
}

static void score_rows(size_t n_rows, const float *q, size_t ld, size_t dim, const float *k,
                       size_t stride, float *scores)
{
    switch (n_rows) {
    case ROWS:
        score(ROWS, q, ld, dim, k, stride, scores);
        break;
    default: /* the last rows of a segment */
        for (size_t r = 0; r < n_rows; r++)
            score(1, q + r * ld, ld, dim, k, stride, scores + r * stride);
        break;
    }
}

void CHIP_VEC_NAME(chip_attention_head)(const float *q, size_t n_q, size_t ld, size_t dim,
                                        const float *k, size_t stride, const float *v, size_t ldv,
                                        size_t n_k, float *scores, float *out)
{
    for (size_t i = 0; i < n_q; i += ROWS) {
        size_t n_rows = n_q - i < ROWS ? n_q - i : ROWS;
        float scale[ROWS];
        score_rows(n_rows, q + i * ld, ld, dim, k, stride, scores);
        for (size_t r = 0; r < n_rows; r++)
            scale[r] = 1.0f / exponentiate(scores + r * stride, n_k);
        mix_rows(n_rows, dim, scores, stride, n_k, v, ldv, scale, out + i * ld, ld);
    }
}
