/* Compiled once for each instruction set, with CHIP_ISA as its name: see meson.build. */
#include "nn/kernels.h"

#include "nn/vec.h"
#include "nn/vec_quantize.h"

/* x = f(x); f is inlined. */
VEC_INLINE void map(float *x, size_t n, vf (*f)(vf))
{
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        vf_store(x + i, f(vf_load(x + i)));
    if (i < n)
        vf_store_part(x + i, f(vf_load_part(x + i, n - i, 0.0f)), n - i);
}

VEC_INLINE vf gelu_of(vf x)
{
    return x * vf_normal(x);
}

VEC_INLINE vf relu_of(vf x)
{
    return vf_max(x, (vf){0});
}

static void gelu(float *x, size_t n)
{
    map(x, n, gelu_of);
}

static void tanh_(float *x, size_t n)
{
    map(x, n, vf_tanh);
}

static void relu(float *x, size_t n)
{
    map(x, n, relu_of);
}

VEC_INLINE vf silu_times(vf x, vf gate)
{
    return x * gate / (1.0f + vf_exp(-gate));
}

static void silu_mul(float *x, const float *gate, size_t n)
{
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        vf_store(x + i, silu_times(vf_load(x + i), vf_load(gate + i)));
    if (i < n)
        vf_store_part(x + i,
                      silu_times(vf_load_part(x + i, n - i, 0), vf_load_part(gate + i, n - i, 0)),
                      n - i);
}

static void affine(const float *x, float mul, float add, size_t n, float *out)
{
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        vf_store(out + i, vf_load(x + i) * mul + add);
    for (; i < n; i++)
        out[i] = x[i] * mul + add;
}

static float row_max(const float *x, size_t n)
{
    vf m = vf_set(-INFINITY);
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        m = vf_max(vf_load(x + i), m);
    if (i < n)
        m = vf_max(vf_load_part(x + i, n - i, -INFINITY), m);
    return vf_hmax(m);
}

static size_t argmax(const float *x, size_t n, float *sum_exp)
{
    float max = row_max(x, n);
    vf total = {0};
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        total += vf_exp(vf_load(x + i) - max);
    float sum = vf_sum(total);
    for (; i < n; i++)
        sum += vf_exp(vf_set(x[i] - max))[0];
    *sum_exp = sum;

    size_t at = 0;
    while (at + 1 < n && !(x[at] >= max))
        at++;
    return at;
}

static void layer_norm(const float *x, const float *weight, const float *bias, float eps, size_t n,
                       float *out)
{
    vf total = {0};
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        total += vf_load(x + i);
    float sum = vf_sum(total);
    for (; i < n; i++)
        sum += x[i];
    float mean = sum / (float)n;

    vf squares = {0};
    for (i = 0; i + VN <= n; i += VN) {
        vf d = vf_load(x + i) - mean;
        squares += d * d;
    }
    float var = vf_sum(squares);
    for (; i < n; i++)
        var += (x[i] - mean) * (x[i] - mean);

    float inv = 1.0f / sqrtf(var / (float)n + eps);
    for (i = 0; i + VN <= n; i += VN) {
        vf y = (vf_load(x + i) - mean) * inv * vf_load(weight + i);
        vf_store(out + i, bias ? y + vf_load(bias + i) : y);
    }
    for (; i < n; i++)
        out[i] = (x[i] - mean) * inv * weight[i] + (bias ? bias[i] : 0.0f);
}

static void rotate(float *x, const float *cos, const float *sin, size_t n)
{
    size_t i = 0;
    for (; i + VN <= n; i += VN) {
        vf v = vf_load(x + i);
        vf_store(x + i, v * vf_load(cos + i) + vf_swap_pairs(v) * vf_load(sin + i));
    }
    for (; i + 2 <= n; i += 2) {
        float a = x[i], b = x[i + 1];
        x[i] = a * cos[i] + b * sin[i];
        x[i + 1] = b * cos[i + 1] + a * sin[i + 1];
    }
}

static void scale_shift(const float *scale, const float *shift, size_t n, float *x)
{
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        vf_store(x + i, vf_load(x + i) * vf_load(scale + i) + vf_load(shift + i));
    for (; i < n; i++)
        x[i] = x[i] * scale[i] + shift[i];
}

static float dot(const float *a, const float *b, size_t n)
{
    vf total = {0};
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        total += vf_load(a + i) * vf_load(b + i);
    float sum = vf_sum(total);
    for (; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void axpy(float a, const float *x, size_t n, float *y)
{
    size_t i = 0;
    for (; i + VN <= n; i += VN)
        vf_store(y + i, vf_load(y + i) + a * vf_load(x + i));
    for (; i < n; i++)
        y[i] += a * x[i];
}

#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

extern const struct chip_kernels CHIP_VEC_NAME(chip_kernels);
const struct chip_kernels CHIP_VEC_NAME(chip_kernels) = {
    .name = TEXT(CHIP_ISA),
    .gelu = gelu,
    .silu_mul = silu_mul,
    .tanh = tanh_,
    .relu = relu,
    .argmax = argmax,
    .layer_norm = layer_norm,
    .affine = affine,
    .quantize = CHIP_VEC_NAME(chip_quantize),
    .quantize_wide = CHIP_VEC_NAME(chip_quantize_wide),
    .dequantize = CHIP_VEC_NAME(chip_dequantize),
    .rotate = rotate,
    .scale_shift = scale_shift,
    .dot = dot,
    .axpy = axpy,
    .quantize_i8 = CHIP_VEC_NAME(chip_quantize_i8),
    .attention_head = CHIP_VEC_NAME(chip_attention_head),
    .attention_row = CHIP_VEC_NAME(chip_attention_row),
};
