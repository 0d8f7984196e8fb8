#include "../test.h"

#include <math.h>
#include <stdbool.h>

#include "nn/kernels.h"
#include "rows.h"

/* Every kernel of every instruction set that this CPU has, against plain C, on rows of many
 * lengths. */

enum { MAX_N = 1700 };

static const size_t lengths[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 52, 288, 416, 1664, 1699};
#define EACH_LENGTH(n)        \
    for (size_t n##_i = 0, n; \
         n##_i < sizeof lengths / sizeof lengths[0] && (n = lengths[n##_i], true); n##_i++)

extern const struct chip_kernels chip_kernels_ref;
static const struct chip_kernels *const ref = &chip_kernels_ref;

/* Calls check(fast) for each set of kernels. */
static void each(void (*check)(const struct chip_kernels *fast))
{
    for (const struct chip_kernels *const *k = chip_kernels_all(); *k; k++) {
        if (*k == ref)
            continue;
        print_message("           %s\n", (*k)->name);
        check(*k);
    }
}

typedef void map_fn(float *x, size_t n);

static void check_map(map_fn *fast, map_fn *plain, float range, float tolerance)
{
    EACH_LENGTH(n)
    {
        float x[MAX_N], y[MAX_N];
        rows_random(x, n, range, (unsigned)n);
        memcpy(y, x, n * sizeof *x);
        fast(x, n);
        plain(y, n);
        rows_assert_close(x, y, n, tolerance);
    }
}

static void check_maps(const struct chip_kernels *k)
{
    check_map(k->gelu, ref->gelu, 6.0f, 2e-6f);
    check_map(k->gelu, ref->gelu, 1e4f, 2e-6f);
    check_map(k->tanh, ref->tanh, 10.0f, 1e-6f);
    check_map(k->tanh, ref->tanh, 1e30f, 1e-6f);
    check_map(k->relu, ref->relu, 10.0f, 0.0f);
}

static void activations_agree_with_plain_c(void **state)
{
    (void)state;
    each(check_maps);
}

static void check_extremes(const struct chip_kernels *k)
{
    float x[] = {0.0f, -0.0f, 1e-38f, -1e-38f, 88.0f, -88.0f, 3e38f, -3e38f};
    float y[8];
    memcpy(y, x, sizeof x);
    k->gelu(y, 8);
    for (int i = 0; i < 8; i++)
        assert_true(isfinite(y[i]));
    assert_true(y[6] == 3e38f && y[7] == 0.0f);
    float value = 2.0f, gate = -1e30f;
    k->silu_mul(&value, &gate, 1);
    assert_true(fabsf(value) < 1e-6f || isfinite(value));
}

static void extreme_values_stay_finite(void **state)
{
    (void)state;
    each(check_extremes);
}

static void check_norms(const struct chip_kernels *k)
{
    EACH_LENGTH(n)
    {
        if (!n)
            continue;
        float x[MAX_N], w[MAX_N], b[MAX_N], y[MAX_N], z[MAX_N];
        rows_random(x, n, 3.0f, 1);
        rows_random(w, n, 2.0f, 2);
        rows_random(b, n, 1.0f, 3);
        k->layer_norm(x, w, NULL, 1e-5f, n, y);
        ref->layer_norm(x, w, NULL, 1e-5f, n, z);
        rows_assert_close(y, z, n, 2e-5f);
        k->layer_norm(x, w, b, 1e-5f, n, x);
        for (size_t i = 0; i < n; i++)
            z[i] += b[i];
        rows_assert_close(x, z, n, 2e-5f);
        k->affine(z, 0.5f, 1.0f, n, y);
        ref->affine(z, 0.5f, 1.0f, n, x);
        rows_assert_close(y, x, n, 1e-6f);
        k->scale_shift(w, b, n, y);
        ref->scale_shift(w, b, n, x);
        rows_assert_close(y, x, n, 1e-5f);
        k->silu_mul(y, w, n);
        ref->silu_mul(x, w, n);
        rows_assert_close(y, x, n, 1e-5f);
    }
}

static void norms_and_row_arithmetic_agree_with_plain_c(void **state)
{
    (void)state;
    each(check_norms);
}

/* Rounding may differ by one where the compiler multiplies and adds in one step. */
static void assert_near(int a, int b)
{
    assert_true(a - b <= 1 && b - a <= 1);
}

/* Both parts together give the row back to a 16,383rd of its range. */
static void check_wide(const struct chip_kernels *k)
{
    EACH_LENGTH(n)
    {
        float x[MAX_N];
        uint8_t high[MAX_N], low[MAX_N];
        rows_random(x, n, 5.0f, 3 + (unsigned)n);
        for (int q_max = 127; q_max <= 255; q_max += 128) {
            struct chip_qrow h, l;
            k->quantize_wide(x, n, q_max, high, low, &h, &l);
            int high_sum = 0, low_sum = 0;
            for (size_t i = 0; i < n; i++) {
                float y = h.scale * (float)(high[i] - h.zero) + l.scale * (float)(low[i] - l.zero);
                assert_true(fabsf(y - x[i]) <= l.scale * 0.51f + 1e-6f);
                assert_true(high[i] <= q_max && low[i] <= q_max);
                high_sum += high[i] - h.zero;
                low_sum += low[i] - l.zero;
            }
            assert_int_equal(h.sum, high_sum);
            assert_int_equal(l.sum, low_sum);
        }
    }
}

static void check_quantize(const struct chip_kernels *k)
{
    EACH_LENGTH(n)
    {
        float x[MAX_N];
        uint8_t q[MAX_N + 64], p[MAX_N + 64];
        memset(q, 0xAA, sizeof q);
        rows_random(x, n, 5.0f, 7 + (unsigned)n);
        for (int q_max = 127; q_max <= 255; q_max += 128) {
            struct chip_qrow a, b;
            k->quantize(x, n, q_max, q, &a);
            ref->quantize(x, n, q_max, p, &b);
            assert_int_equal(a.zero, b.zero);
            assert_true(a.scale == b.scale);
            assert_int_equal(q[n], 0xAA);
            int sum = 0;
            for (size_t i = 0; i < n; i++) {
                sum += q[i] - a.zero;
                assert_near(q[i], p[i]);
                assert_true(fabsf(a.scale * (float)(q[i] - a.zero) - x[i]) <= a.scale * 0.51f);
            }
            assert_int_equal(a.sum, sum);
        }
    }
    check_wide(k);
    float zeros[5] = {0};
    uint8_t q[5];
    struct chip_qrow row;
    k->quantize(zeros, 5, 127, q, &row);
    assert_int_equal(row.sum, 0);
    assert_true(isfinite(row.scale));
}

static void quantisation_is_as_exact_as_plain_c(void **state)
{
    (void)state;
    check_wide(ref);
    each(check_quantize);
}

static void check_dequantize(const struct chip_kernels *k)
{
    EACH_LENGTH(n)
    {
        float sum[MAX_N], offset[MAX_N], bias[MAX_N], y[MAX_N], z[MAX_N];
        int32_t acc[MAX_N];
        rows_random(sum, n, 900.0f, 1);
        rows_random(offset, n, 20.0f, 2);
        rows_random(bias, n, 1.0f, 3);
        for (size_t i = 0; i < n; i++)
            acc[i] = (int32_t)(sum[i] * 37.0f);
        struct chip_qrow row = {.scale = 0.013f, .zero = 71, .sum = -345};
        for (int add = 0; add < 2; add++) {
            rows_random(y, n, 1.0f, 5);
            memcpy(z, y, sizeof y);
            k->dequantize(acc, &row, 64, 0.004f, sum, offset, add ? NULL : bias, add, n, y);
            ref->dequantize(acc, &row, 64, 0.004f, sum, offset, add ? NULL : bias, add, n, z);
            rows_assert_close(y, z, n, 1e-5f);
        }
    }
}

static void dequantisation_agrees_with_plain_c(void **state)
{
    (void)state;
    each(check_dequantize);
}

static void check_products(const struct chip_kernels *k)
{
    EACH_LENGTH(n)
    {
        float a[MAX_N], b[MAX_N], y[MAX_N], z[MAX_N];
        rows_random(a, n, 1.0f, 1);
        rows_random(b, n, 1.0f, 2);
        assert_true(fabsf(k->dot(a, b, n) - ref->dot(a, b, n)) < 1e-4f);
        memcpy(y, b, sizeof y);
        memcpy(z, b, sizeof z);
        k->axpy(0.7f, a, n, y);
        ref->axpy(0.7f, a, n, z);
        rows_assert_close(y, z, n, 1e-6f);
        k->rotate(y, a, b, n & ~(size_t)1);
        ref->rotate(z, a, b, n & ~(size_t)1);
        rows_assert_close(y, z, n, 1e-6f);
        if (n) {
            float s, t;
            assert_int_equal(k->argmax(y, n, &s), ref->argmax(y, n, &t));
            assert_true(fabsf(s - t) <= 1e-5f * t);
        }
    }
}

static void products_agree_with_plain_c(void **state)
{
    (void)state;
    each(check_products);
}

static void check_quantize_i8(const struct chip_kernels *k)
{
    static float x[MAX_N];
    static int8_t a[MAX_N], b[MAX_N];
    EACH_LENGTH(n)
    {
        rows_random(x, n, 1.0f, (unsigned)n);
        assert_true(k->quantize_i8(x, n, a) == ref->quantize_i8(x, n, b));
        for (size_t t = 0; t < n; t++)
            assert_near(a[t], b[t]);
    }
}

static void rows_become_int8_as_in_plain_c(void **state)
{
    (void)state;
    each(check_quantize_i8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_agree_with_plain_c),
        cmocka_unit_test(extreme_values_stay_finite),
        cmocka_unit_test(norms_and_row_arithmetic_agree_with_plain_c),
        cmocka_unit_test(quantisation_is_as_exact_as_plain_c),
        cmocka_unit_test(dequantisation_agrees_with_plain_c),
        cmocka_unit_test(products_agree_with_plain_c),
        cmocka_unit_test(rows_become_int8_as_in_plain_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
