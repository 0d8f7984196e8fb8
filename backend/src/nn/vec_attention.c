/*
 * Attention of one head, compiled once for each instruction set like vec_kernels.c.
 *
 * The scores of ROWS queries stay in the L1 cache from the product with the keys through softmax to
 * the product with the values, and are scaled once, at the end (as in FlashAttention, Dao et al.
 * 2022, without its tiling over keys: a segment's are few). Keys and values are packed into panels
 * PANEL columns wide, so that both products are the same loop over contiguous memory.
 */
#include "nn/vec_attention.h"

#include "nn/vec.h"

enum {
    ROWS = CHIP_ATTENTION_ROWS,
    PANEL = 2 * VN, /* ROWS x 2 sums, 2 columns and a broadcast: 15 of 16 registers */
};

/* out[r] = sum_i a[r][i] b[i], PANEL columns; n_rows is a constant where this is inlined. */
VEC_INLINE void product(size_t n_rows, const float *a, size_t lda, size_t n, const float *b,
                        float *out, size_t ldo)
{
    vf sum[ROWS][2];
    for (size_t r = 0; r < n_rows; r++)
        sum[r][0] = sum[r][1] = (vf){0};
    for (size_t i = 0; i < n; i++) {
        vf b0 = vf_load(b + i * PANEL), b1 = vf_load(b + i * PANEL + VN);
#pragma GCC unroll 6
        for (size_t r = 0; r < n_rows; r++) {
            sum[r][0] += a[r * lda + i] * b0;
            sum[r][1] += a[r * lda + i] * b1;
        }
    }
    for (size_t r = 0; r < n_rows; r++) {
        vf_store(out + r * ldo, sum[r][0]);
        vf_store(out + r * ldo + VN, sum[r][1]);
    }
}

/* The last rows of a segment may be fewer than ROWS. */
static void product_rows(size_t n_rows, const float *a, size_t lda, size_t n, const float *b,
                         float *out, size_t ldo)
{
    if (n_rows == ROWS) {
        product(ROWS, a, lda, n, b, out, ldo);
        return;
    }
    for (size_t r = 0; r < n_rows; r++)
        product(1, a + r * lda, lda, n, b, out + r * ldo, ldo);
}

/* x = exp(x - max), returns the sum; x has room up to a multiple of PANEL. */
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

/* Panels of keys: [n / PANEL][dim][PANEL], frames side by side, zeros after the last. */
static void pack_keys(const float *k, size_t n, size_t ld, size_t dim, float *panels)
{
    for (size_t t0 = 0; t0 < n; t0 += PANEL, panels += dim * PANEL) {
        size_t width = n - t0 < PANEL ? n - t0 : PANEL;
        if (width < PANEL)
            memset(panels, 0, dim * PANEL * sizeof *panels);
        for (size_t t = 0; t < width; t++)
            for (size_t d = 0; d < dim; d++)
                panels[d * PANEL + t] = k[(t0 + t) * ld + d];
    }
}

/* Panels of values: [dim / PANEL][n][PANEL], elements side by side, zeros after the last. */
static void pack_values(const float *v, size_t n, size_t ld, size_t dim, float *panels)
{
    for (size_t d0 = 0; d0 < dim; d0 += PANEL) {
        size_t width = dim - d0 < PANEL ? dim - d0 : PANEL;
        for (size_t t = 0; t < n; t++, panels += PANEL) {
            memcpy(panels, v + t * ld + d0, width * sizeof *panels);
            memset(panels + width, 0, (PANEL - width) * sizeof *panels);
        }
    }
}

/* out[r] = softmax of the scores of row r, times the values. */
static void mix_values(size_t n_rows, size_t dim, float *scores, size_t stride, size_t n,
                       const float *panels, float *out, size_t ld)
{
    float scale[ROWS], mixed[ROWS * PANEL];
    for (size_t r = 0; r < n_rows; r++)
        scale[r] = 1.0f / exponentiate(scores + r * stride, n);
    for (size_t d0 = 0; d0 < dim; d0 += PANEL, panels += n * PANEL) {
        size_t width = dim - d0 < PANEL ? dim - d0 : PANEL;
        product_rows(n_rows, scores, stride, n, panels, mixed, PANEL);
        for (size_t r = 0; r < n_rows; r++)
            for (size_t d = 0; d < width; d++)
                out[r * ld + d0 + d] = mixed[r * PANEL + d] * scale[r];
    }
}

void CHIP_VEC_NAME(chip_attention_head)(const float *q, size_t n_q, const float *k, const float *v,
                                        size_t n_k, size_t ld, size_t dim, float *scratch,
                                        float *out)
{
    size_t stride = (n_k + PANEL - 1) / PANEL * PANEL;
    float *keys = scratch, *values = keys + stride * dim;
    float *scores = values + (dim + PANEL - 1) / PANEL * PANEL * n_k;
    pack_keys(k, n_k, ld, dim, keys);
    pack_values(v, n_k, ld, dim, values);
    for (size_t i = 0; i < n_q; i += ROWS) {
        size_t n_rows = n_q - i < ROWS ? n_q - i : ROWS;
        for (size_t t = 0; t < n_k; t += PANEL)
            product_rows(n_rows, q + i * ld, ld, dim, keys + t * dim, scores + t, stride);
        mix_values(n_rows, dim, scores, stride, n_k, values, out + i * ld, ld);
    }
}
