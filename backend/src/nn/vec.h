/**
 * Vectors of floats as the compiler's own vector type, CHIP_VEC_FLOATS wide.
 *
 * Only files that are compiled once for each instruction set include this. Loads and stores of a
 * part of a vector go through a copy, so that no kernel reads or writes past the end of a row, and
 * rows of any length take one code path.
 */
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define CHIP_VEC_FLOATS 16
#elif defined(__AVX2__)
#define CHIP_VEC_FLOATS 8
#else
#define CHIP_VEC_FLOATS 4
#endif

enum { VN = CHIP_VEC_FLOATS };

typedef float vf __attribute__((vector_size(4 * CHIP_VEC_FLOATS)));
typedef int32_t vi __attribute__((vector_size(4 * CHIP_VEC_FLOATS)));

#define VEC_INLINE static inline __attribute__((always_inline, unused))

VEC_INLINE vf vf_load(const float *p)
{
    vf v;
    memcpy(&v, p, sizeof v);
    return v;
}

VEC_INLINE void vf_store(float *p, vf v)
{
    memcpy(p, &v, sizeof v);
}

/** The first n < VN lanes of p, the others `fill`. */
VEC_INLINE vf vf_load_part(const float *p, size_t n, float fill)
{
    float lanes[VN];
    for (size_t i = 0; i < VN; i++)
        lanes[i] = fill;
    memcpy(lanes, p, n * sizeof *p);
    return vf_load(lanes);
}

/** The first n < VN lanes of p, the others 0; inlined, where vf_load_part() calls memcpy(). */
VEC_INLINE vf vf_load_first(const float *p, size_t n)
{
#if defined(__AVX512F__)
    return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#elif defined(__AVX2__)
    static const int32_t mask[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
    return (vf)_mm256_maskload_ps(p, _mm256_loadu_si256((const __m256i *)(mask + 8 - n)));
#else
    vf v = {0};
    for (size_t i = 0; i < n; i++)
        v[i] = p[i];
    return v;
#endif
}

VEC_INLINE void vf_store_part(float *p, vf v, size_t n)
{
    float lanes[VN];
    vf_store(lanes, v);
    memcpy(p, lanes, n * sizeof *p);
}

/** VN integers, or 2 VN int16 as pairs, from anywhere. */
VEC_INLINE vi vi_load(const void *p)
{
    vi v;
    memcpy(&v, p, sizeof v);
    return v;
}

VEC_INLINE void vi_store(void *p, vi v)
{
    memcpy(p, &v, sizeof v);
}

VEC_INLINE vf vf_set(float x)
{
    return x - (vf){0};
}

VEC_INLINE vf vf_select(vi mask, vf yes, vf no)
{
    return (vf)((mask & (vi)yes) | (~mask & (vi)no));
}

/* The few operations that the compiler does not find by itself come in one form each. */

/** a > b ? a : b, lane by lane (b where either is NaN). */
VEC_INLINE vf vf_max(vf a, vf b)
{
#if defined(__AVX512F__)
    return (vf)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
    return (vf)_mm256_max_ps((__m256)a, (__m256)b);
#else
    return vf_select(a > b, a, b);
#endif
}

/** a < b ? a : b, lane by lane (b where either is NaN). */
VEC_INLINE vf vf_min(vf a, vf b)
{
#if defined(__AVX512F__)
    return (vf)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
    return (vf)_mm256_min_ps((__m256)a, (__m256)b);
#else
    return vf_select(a < b, a, b);
#endif
}

/** a > b ? a : b, lane by lane. */
VEC_INLINE vi vi_max(vi a, vi b)
{
#if defined(__AVX512F__)
    return (vi)_mm512_max_epi32((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
    return (vi)_mm256_max_epi32((__m256i)a, (__m256i)b);
#else
    vi mask = a > b;
    return (mask & a) | (~mask & b);
#endif
}

/** VN pairs of int16 times VN pairs of int16, the products of a pair added. */
VEC_INLINE vi vi_mul_pairs(vi a, vi b)
{
#if defined(__AVX512BW__)
    return (vi)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
    return (vi)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
    return (vi)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
    return (a << 16 >> 16) * (b << 16 >> 16) + (a >> 16) * (b >> 16);
#endif
}

/** VN pairs of int8 times VN pairs of int16, the products of a pair added: for integer dot
 * products. */
VEC_INLINE vi vi_dot_pairs(const int8_t *p, vi pairs)
{
#if defined(__AVX512BW__)
    __m512i wide = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)p));
    return (vi)_mm512_madd_epi16(wide, (__m512i)pairs);
#elif defined(__AVX2__)
    __m256i wide = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p));
    return (vi)_mm256_madd_epi16(wide, (__m256i)pairs);
#else
    vi sum;
    for (int i = 0; i < VN; i++)
        sum[i] = (int16_t)(pairs[i] & 0xffff) * p[2 * i] + (pairs[i] >> 16) * p[2 * i + 1];
    return sum;
#endif
}

/** Stores VN integers -128..127 as bytes. */
VEC_INLINE void vi_store_i8(int8_t *q, vi v)
{
#if defined(__AVX512F__)
    _mm_storeu_si128((__m128i *)q, _mm512_cvtepi32_epi8((__m512i)v));
#elif defined(__AVX2__)
    __m256i words = _mm256_packs_epi32((__m256i)v, (__m256i)v);
    __m256i bytes = _mm256_packs_epi16(words, words);
    int32_t low = _mm256_extract_epi32(bytes, 0), high = _mm256_extract_epi32(bytes, 4);
    memcpy(q, &low, 4);
    memcpy(q + 4, &high, 4);
#else
    for (int i = 0; i < VN; i++)
        q[i] = (int8_t)v[i];
#endif
}

/** Stores VN integers -32768..32767 as int16. */
VEC_INLINE void vi_store_i16(int16_t *q, vi v)
{
#if defined(__AVX512F__)
    _mm256_storeu_si256((__m256i *)q, _mm512_cvtepi32_epi16((__m512i)v));
#elif defined(__AVX2__)
    __m256i words = _mm256_packs_epi32((__m256i)v, (__m256i)v);
    words = _mm256_permute4x64_epi64(words, 0x08); /* the low half of each lane */
    _mm_storeu_si128((__m128i *)q, _mm256_castsi256_si128(words));
#else
    for (int i = 0; i < VN; i++)
        q[i] = (int16_t)v[i];
#endif
}

/** Stores 4 VN integers 0..255 as bytes. */
VEC_INLINE void vi_store_u8(uint8_t *q, const vi v[4])
{
#if defined(__AVX512F__)
    for (int i = 0; i < 4; i++)
        _mm_storeu_si128((__m128i *)(q + i * VN), _mm512_cvtepi32_epi8((__m512i)v[i]));
#elif defined(__AVX2__)
    __m256i low = _mm256_packus_epi32((__m256i)v[0], (__m256i)v[1]);
    __m256i high = _mm256_packus_epi32((__m256i)v[2], (__m256i)v[3]);
    __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7); /* packing keeps to 128-bit halves */
    _mm256_storeu_si256((__m256i *)q,
                        _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), order));
#else
    for (int i = 0; i < 4 * VN; i++)
        q[i] = (uint8_t)v[i / VN][i % VN];
#endif
}

VEC_INLINE vf vf_abs(vf x)
{
    return (vf)((vi)x & 0x7fffffff);
}

/** Exchanges lanes 0 and 1, 2 and 3, ... */
VEC_INLINE vf vf_swap_pairs(vf v)
{
#if CHIP_VEC_FLOATS == 16
    return __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
#elif CHIP_VEC_FLOATS == 8
    return __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6);
#else
    return __builtin_shufflevector(v, v, 1, 0, 3, 2);
#endif
}

VEC_INLINE float vf_sum(vf v)
{
    float lanes[VN];
    vf_store(lanes, v);
    for (size_t half = VN / 2; half; half /= 2)
        for (size_t i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
    return lanes[0];
}

VEC_INLINE float vf_hmax(vf v)
{
    float lanes[VN], m;
    vf_store(lanes, v);
    m = lanes[0];
    for (size_t i = 1; i < VN; i++)
        m = lanes[i] > m ? lanes[i] : m;
    return m;
}

VEC_INLINE int32_t vi_hmax(vi v)
{
    int32_t m = v[0];
    for (size_t i = 1; i < VN; i++)
        m = v[i] > m ? v[i] : m;
    return m;
}

/** Rounds to the nearest integer, |x| < 2^22: adding 1.5 * 2^23 leaves it in the low bits. */
VEC_INLINE vi vf_round(vf x)
{
    const float magic = 12582912.0f;
    return (vi)(x + magic) - 0x4b400000;
}

/**
 * e^x with a relative error below 3e-7; x is clamped to -87..88, so never 0, infinite or NaN for
 * finite x. Reduction by ln 2 in two parts and a degree-6 polynomial (Cody & Waite 1980).
 */
VEC_INLINE vf vf_exp(vf x)
{
    x = vf_min(vf_max(x, vf_set(-87.0f)), vf_set(88.0f));
    vi k = vf_round(x * 1.44269504f);
    vf kf = __builtin_convertvector(k, vf);
    vf r = x - kf * 0.693359375f;
    r = r + kf * 2.12194440e-4f;
    vf p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    return p * (vf)((k + 127) << 23);
}

/**
 * Natural logarithm of a positive normal x, relative error below 2e-7: exponent and mantissa apart,
 * then a degree-9 polynomial on sqrt(1/2)..sqrt(2) (Cody & Waite 1980; coefficients of Cephes).
 */
VEC_INLINE vf vf_log(vf x)
{
    vi bits = (vi)x, exponent = ((bits >> 23) & 0xff) - 126;
    vf m = (vf)((bits & 0x007fffff) | 0x3f000000); /* 0.5..1 */
    vi small = m < 0.707106781f;
    exponent += small; /* -1 where true */
    m = vf_select(small, m + m, m) - 1.0f;
    vf e = __builtin_convertvector(exponent, vf), z = m * m;
    vf p = m * 7.0376836292e-2f - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    return (p * m * z - e * 2.12194440e-4f - 0.5f * z) + m + e * 0.693359375f;
}

/**
 * The normal distribution function, (1 + erf(x / sqrt 2)) / 2, with an absolute error below 1e-6;
 * exactly 0 and 1 beyond 5.25. A minimax polynomial (Lawson's algorithm) in x^2, scaled to -1..1
 * because its powers would cancel each other otherwise.
 */
VEC_INLINE vf vf_normal(vf x)
{
    static const float p[] = {1.03037152e-3f, -2.88353977e-3f, 2.99758976e-3f, -3.49180843e-3f,
                              7.96674658e-3f, -1.37508316e-2f, 1.88152418e-2f, -2.4811592e-2f,
                              3.19681987e-2f, -3.97859663e-2f, 4.96506281e-2f, -6.71262145e-2f,
                              1.3465929e-1f};
    x = vf_min(vf_max(x, vf_set(-5.25f)), vf_set(5.25f));
    vf u = x * x * (2.0f / (5.25f * 5.25f)) - 1.0f, y = vf_set(p[0]);
    for (size_t i = 1; i < sizeof p / sizeof p[0]; i++)
        y = y * u + p[i];
    return vf_min(vf_max(y * x + 0.5f, (vf){0}), vf_set(1.0f));
}

/** tanh(x) with an absolute error below 3e-7. */
VEC_INLINE vf vf_tanh(vf x)
{
    vf a = vf_abs(x);
    vf e = vf_exp(-2.0f * a);
    vf y = (1.0f - e) / (1.0f + e);
    return (vf)((vi)y | ((vi)x & (int32_t)0x80000000));
}
