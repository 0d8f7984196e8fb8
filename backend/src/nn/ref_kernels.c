/* Plain scalar C, written to be obviously right: what the fast kernels are tested against. */
#include "nn/kernels.h"

#include <math.h>

static void gelu(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(0.5 * x[i] * (1.0 + erf(x[i] / sqrt(2.0))));
}

static void silu_mul(float *x, const float *gate, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(x[i] * (double)gate[i] / (1.0 + exp(-(double)gate[i])));
}

static void tanh_(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = tanhf(x[i]);
}

static void relu(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] > 0.0f ? x[i] : 0.0f;
}

static size_t argmax(const float *x, size_t n, float *sum_exp)
{
    size_t at = 0;
    for (size_t i = 1; i < n; i++)
        if (x[i] > x[at])
            at = i;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += exp((double)x[i] - (double)x[at]);
    *sum_exp = (float)sum;
    return at;
}

static void layer_norm(const float *x, const float *weight, const float *bias, float eps, size_t n,
                       float *out)
{
    double mean = 0.0, var = 0.0;
    for (size_t i = 0; i < n; i++)
        mean += (double)x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        var += ((double)x[i] - mean) * ((double)x[i] - mean) / (double)n;
    double inv = 1.0 / sqrt(var + (double)eps);
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(((double)x[i] - mean) * inv * (double)weight[i]) + (bias ? bias[i] : 0.0f);
}

static void affine(const float *x, float mul, float add, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = x[i] * mul + add;
}

/* 0 for rows that are not finite. */
static float zero_point(float min, float inv, int top)
{
    float zero = rintf(-min * inv);
    return zero >= 0.0f && zero <= (float)top ? zero : 0.0f;
}

static void quantize(const float *x, size_t n, int q_max, uint8_t *q, struct chip_qrow *row)
{
    float min = 0.0f, max = 0.0f;
    for (size_t i = 0; i < n; i++) {
        min = x[i] < min ? x[i] : min;
        max = x[i] > max ? x[i] : max;
    }
    float scale = (max - min) / (float)q_max;
    if (!(scale > 1e-30f))
        scale = 1e-30f;
    float inv = 1.0f / scale;
    float zero = zero_point(min, inv, q_max);
    row->scale = scale;
    row->zero = (int32_t)zero;
    row->sum = 0;
    for (size_t i = 0; i < n; i++) {
        float v = x[i] * inv + zero;
        v = v > 0.0f ? v : 0.0f;
        v = v < (float)q_max ? v : (float)q_max;
        q[i] = (uint8_t)rintf(v);
        row->sum += q[i] - row->zero;
    }
}

static void quantize_wide(const float *x, size_t n, int q_max, uint8_t *high, uint8_t *low,
                          struct chip_qrow *high_row, struct chip_qrow *low_row)
{
    const int bits = q_max > 127 ? 8 : 7, top = (1 << 2 * bits) - 1;
    float min = 0.0f, max = 0.0f;
    for (size_t i = 0; i < n; i++) {
        min = fminf(min, x[i]);
        max = fmaxf(max, x[i]);
    }
    float scale = fmaxf((max - min) / (float)top, 1e-30f), inv = 1.0f / scale;
    int32_t zero = (int32_t)zero_point(min, inv, top);
    *high_row = (struct chip_qrow){.scale = scale * (float)(1 << bits), .zero = zero >> bits};
    *low_row = (struct chip_qrow){.scale = scale, .zero = zero & q_max};
    for (size_t i = 0; i < n; i++) {
        float v = fminf(fmaxf(x[i] * inv + (float)zero, 0.0f), (float)top);
        int32_t k = (int32_t)rintf(v);
        high[i] = (uint8_t)(k >> bits);
        low[i] = (uint8_t)(k & q_max);
        high_row->sum += high[i] - high_row->zero;
        low_row->sum += low[i] - low_row->zero;
    }
}

static void dequantize(const int32_t *acc, const struct chip_qrow *row, int center, float w_scale,
                       const float *w_sum, const float *w_offset, const float *bias, int add,
                       size_t n, float *out)
{
    for (size_t j = 0; j < n; j++) {
        double exact = (double)acc[j] + (double)(center - row->zero) * (double)w_sum[j] +
                       (double)row->sum * (double)w_offset[j];
        float y = (float)(exact * (double)row->scale * (double)w_scale);
        y += bias ? bias[j] : 0.0f;
        out[j] = add ? out[j] + y : y;
    }
}

static void rotate(float *x, const float *cos, const float *sin, size_t n)
{
    for (size_t i = 0; i + 2 <= n; i += 2) {
        float a = x[i], b = x[i + 1];
        x[i] = a * cos[i] + b * sin[i];
        x[i + 1] = b * cos[i + 1] + a * sin[i + 1];
    }
}

static void scale_shift(const float *scale, const float *shift, size_t n, float *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] * scale[i] + shift[i];
}

static float dot(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return (float)sum;
}

static void axpy(float a, const float *x, size_t n, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += a * x[i];
}

static void softmax(float *x, size_t n)
{
    float sum;
    float max = x[argmax(x, n, &sum)];
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(exp((double)x[i] - (double)max) / (double)sum);
}

static void attention_head(const float *q, size_t n_q, const float *k, const float *v, size_t n_k,
                           size_t ld, size_t dim, void *scratch, float *out)
{
    float *weights = scratch;
    for (size_t i = 0; i < n_q; i++) {
        for (size_t t = 0; t < n_k; t++)
            weights[t] = dot(q + i * ld, k + t * ld, dim);
        softmax(weights, n_k);
        for (size_t d = 0; d < dim; d++) {
            double sum = 0.0;
            for (size_t t = 0; t < n_k; t++)
                sum += (double)weights[t] * (double)v[t * ld + d];
            out[i * ld + d] = (float)sum;
        }
    }
}

static float abs_max(const float *x, size_t n)
{
    float max = 0.0f;
    for (size_t i = 0; i < n; i++)
        max = fmaxf(max, fabsf(x[i]));
    return max;
}

static float quantize_i8(const float *x, size_t n, int8_t *q)
{
    float max = abs_max(x, n), inv = max > 1e-30f ? 127.0f / max : 0.0f;
    for (size_t i = 0; i < n; i++)
        q[i] = (int8_t)rintf(x[i] * inv);
    return max > 1e-30f ? max / 127.0f : 0.0f;
}

static void attention_row(const struct chip_kept_head *kept, size_t n, size_t dim, const float *q,
                          void *scratch, float *weights, float *out)
{
    float *softmaxed = scratch;
    for (size_t t = 0; t < n; t++) {
        const int8_t *k = kept->k + t / CHIP_KEPT_BLOCK * CHIP_KEPT_BLOCK * dim;
        double sum = 0.0;
        for (size_t d = 0; d < dim; d++) {
            size_t at = d / 2 * 2 * CHIP_KEPT_BLOCK + t % CHIP_KEPT_BLOCK * 2 + d % 2;
            sum += (double)q[d] * k[at];
        }
        softmaxed[t] = (float)(sum * (double)kept->k_scale[t]);
    }
    softmax(softmaxed, n);
    for (size_t t = 0; weights && t < n; t++)
        weights[t] += softmaxed[t];
    for (size_t d = 0; d < dim; d++) {
        double sum = 0.0;
        for (size_t t = 0; t < n; t++) {
            size_t at = t / 2 * 2 * dim + d * 2 + t % 2;
            sum += (double)softmaxed[t] * (double)kept->v_scale[t] * kept->v[at];
        }
        out[d] = (float)sum;
    }
}

extern const struct chip_kernels chip_kernels_ref;
const struct chip_kernels chip_kernels_ref = {
    .name = "ref",
    .gelu = gelu,
    .silu_mul = silu_mul,
    .tanh = tanh_,
    .relu = relu,
    .argmax = argmax,
    .layer_norm = layer_norm,
    .affine = affine,
    .quantize = quantize,
    .quantize_wide = quantize_wide,
    .dequantize = dequantize,
    .rotate = rotate,
    .scale_shift = scale_shift,
    .dot = dot,
    .axpy = axpy,
    .quantize_i8 = quantize_i8,
    .attention_head = attention_head,
    .attention_row = attention_row,
};
