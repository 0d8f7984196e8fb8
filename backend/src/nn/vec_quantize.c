/*
 * Quantised rows and the products on them, compiled once for each instruction set like
 * vec_kernels.c.
 */
#include "nn/vec_quantize.h"

#include <stdbool.h>

#include "nn/vec.h"

/* The range of a row, stretched to hold 0, in steps: x ~ scale * (q - zero), q in 0..top. */
struct steps {
    float scale, inverse, zero;
};

static struct steps range_steps(const float *x, size_t n, int top)
{
    vf lo = {0}, hi = {0}, lo2 = {0}, hi2 = {0};
    size_t i = 0;
    for (; i + 2 * VN <= n; i += 2 * VN) { /* two chains, which do not wait for each other */
        vf a = vf_load(x + i), b = vf_load(x + i + VN);
        lo = vf_min(a, lo);
        hi = vf_max(a, hi);
        lo2 = vf_min(b, lo2);
        hi2 = vf_max(b, hi2);
    }
    lo = vf_min(lo2, lo);
    hi = vf_max(hi2, hi);
    for (; i + VN <= n; i += VN) {
        vf v = vf_load(x + i);
        lo = vf_min(v, lo);
        hi = vf_max(v, hi);
    }
    if (i < n) {
        vf v = vf_load_part(x + i, n - i, 0.0f);
        lo = vf_min(v, lo);
        hi = vf_max(v, hi);
    }
    float min = -vf_hmax(-lo), max = vf_hmax(hi);
    struct steps s = {.scale = (max - min) / (float)top};
    if (!(s.scale > 1e-30f))
        s.scale = 1e-30f; /* a row of zeros */
    s.inverse = 1.0f / s.scale;
    s.zero = rintf(-min * s.inverse);
    if (!(s.zero >= 0.0f && s.zero <= (float)top))
        s.zero = 0.0f; /* a row of numbers that are not finite, which has no sensible result */
    return s;
}

enum { AT_ONCE = 4 * VN };

/* The steps of n <= AT_ONCE values; those of the lanes beyond them are 0. */
VEC_INLINE void to_steps(const float *x, size_t n, struct steps s, float top, vi k[4])
{
    float lanes[AT_ONCE];
    if (n < AT_ONCE) {
        for (size_t i = 0; i < AT_ONCE; i++)
            lanes[i] = -INFINITY;
        memcpy(lanes, x, n * sizeof *x);
        x = lanes;
    }
    for (size_t j = 0; j < 4; j++) {
        vf v = vf_load(x + j * VN) * s.inverse + s.zero;
        k[j] = vf_round(vf_min(vf_max(v, (vf){0}), vf_set(top)));
    }
}

/* Stores the first n <= AT_ONCE of them. */
VEC_INLINE void store_steps(uint8_t *q, const vi k[4], size_t n)
{
    uint8_t all[AT_ONCE];
    vi_store_u8(n < AT_ONCE ? all : q, k);
    if (n < AT_ONCE)
        memcpy(q, all, n);
}

static int32_t vi_sum(vi v)
{
    int32_t sum = 0;
    for (size_t j = 0; j < VN; j++)
        sum += v[j];
    return sum;
}

/* Quantises n <= AT_ONCE values. @return the sum of their steps, lane by lane */
VEC_INLINE vi quantize_some(const float *x, size_t n, struct steps s, int q_max, uint8_t *q)
{
    vi k[4];
    to_steps(x, n, s, (float)q_max, k);
    store_steps(q, k, n);
    return k[0] + k[1] + k[2] + k[3];
}

void CHIP_VEC_NAME(chip_quantize)(const float *x, size_t n, int q_max, uint8_t *q,
                                  struct chip_qrow *row)
{
    struct steps s = range_steps(x, n, q_max);
    vi total = {0};
    size_t i = 0;
    for (; i + AT_ONCE <= n; i += AT_ONCE)
        total += quantize_some(x + i, AT_ONCE, s, q_max, q + i);
    if (i < n)
        total += quantize_some(x + i, n - i, s, q_max, q + i);
    row->scale = s.scale;
    row->zero = (int32_t)s.zero;
    row->sum = vi_sum(total) - (int32_t)n * row->zero;
}

/* The same in two parts of `bits` bits. */
VEC_INLINE void quantize_some_wide(const float *x, size_t n, struct steps s, int bits,
                                   uint8_t *high, uint8_t *low, vi *high_total, vi *low_total)
{
    vi k[4], h[4], l[4];
    to_steps(x, n, s, (float)((1 << 2 * bits) - 1), k);
    for (size_t j = 0; j < 4; j++) {
        h[j] = k[j] >> bits;
        l[j] = k[j] & ((1 << bits) - 1);
        *high_total += h[j];
        *low_total += l[j];
    }
    store_steps(high, h, n);
    store_steps(low, l, n);
}

void CHIP_VEC_NAME(chip_quantize_wide)(const float *x, size_t n, int q_max, uint8_t *high,
                                       uint8_t *low, struct chip_qrow *high_row,
                                       struct chip_qrow *low_row)
{
    const int bits = q_max > 127 ? 8 : 7;
    struct steps s = range_steps(x, n, (1 << 2 * bits) - 1);
    vi high_total = {0}, low_total = {0};
    size_t i = 0;
    for (; i + AT_ONCE <= n; i += AT_ONCE)
        quantize_some_wide(x + i, AT_ONCE, s, bits, high + i, low + i, &high_total, &low_total);
    if (i < n)
        quantize_some_wide(x + i, n - i, s, bits, high + i, low + i, &high_total, &low_total);
    int32_t zero = (int32_t)s.zero;
    *high_row = (struct chip_qrow){.scale = s.scale * (float)(1 << bits), .zero = zero >> bits};
    *low_row = (struct chip_qrow){.scale = s.scale, .zero = zero & q_max};
    high_row->sum = vi_sum(high_total) - (int32_t)n * high_row->zero;
    low_row->sum = vi_sum(low_total) - (int32_t)n * low_row->zero;
}

void CHIP_VEC_NAME(chip_dequantize)(const int32_t *acc, const struct chip_qrow *row, int center,
                                    float w_scale, const float *w_sum, const float *w_offset,
                                    const float *bias, int add, size_t n, float *out)
{
    const float shift = (float)(center - row->zero), sum = (float)row->sum;
    const float scale = row->scale * w_scale;
    size_t i = 0;
    for (; i + VN <= n; i += VN) {
        vf y = __builtin_convertvector(vi_load(acc + i), vf) + shift * vf_load(w_sum + i) +
               sum * vf_load(w_offset + i);
        y = y * scale;
        if (bias)
            y += vf_load(bias + i);
        if (add)
            y += vf_load(out + i);
        vf_store(out + i, y);
    }
    for (; i < n; i++) {
        float y = ((float)acc[i] + shift * w_sum[i] + sum * w_offset[i]) * scale;
        y += bias ? bias[i] : 0.0f;
        out[i] = add ? out[i] + y : y;
    }
}

static float row_abs_max(const float *x, size_t n)
{
    vf m = {0};
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        m = vf_max(vf_abs(vf_load(x + i)), m);
    if (i < n)
        m = vf_max(vf_abs(vf_load_first(x + i, n - i)), m);
    return vf_hmax(m);
}

/* What x is multiplied by so that its largest value becomes q_max; 0 for zeros. */
static float inverse_scale(const float *x, size_t n, float q_max, float *scale)
{
    float max = row_abs_max(x, n);
    bool some = max > 1e-30f;
    *scale = some ? max / q_max : 0.0f;
    return some ? q_max / max : 0.0f;
}

float CHIP_VEC_NAME(chip_quantize_i8)(const float *x, size_t n, int8_t *q)
{
    float scale, inv = inverse_scale(x, n, 127.0f, &scale);
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        vi_store_i8(q + i, vf_round(vf_load(x + i) * inv));
    for (; i < n; i++)
        q[i] = (int8_t)vf_round(vf_set(x[i] * inv))[0];
    return scale;
}

float CHIP_VEC_NAME(chip_quantize_i16)(const float *x, size_t n, int16_t *q)
{
    float scale, inv = inverse_scale(x, n, 32767.0f, &scale);
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        vi_store_i16(q + i, vf_round(vf_load(x + i) * inv));
    for (; i < n; i++)
        q[i] = (int16_t)vf_round(vf_set(x[i] * inv))[0];
    return scale;
}
