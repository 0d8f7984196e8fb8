#include "../test.h"

#include "nn/attention.h"
#include "rows.h"

/* Attention of a whole segment against sums in double, for every set of kernels. */

enum { HEADS = 2, MAX_T = 317, MAX_DIM = 256, MAX_LD = HEADS * MAX_DIM + 7 };

static const size_t lengths[] = {1, 5, 6, 7, 31, 32, 33, MAX_T};
static const size_t dims[] = {36, 52, 1, 64, MAX_DIM};
enum { N_LENGTHS = sizeof lengths / sizeof lengths[0], N_DIMS = sizeof dims / sizeof dims[0] };

/*
 * Kernels other than the reference round queries and keys to 12 bits or more, weights to 14 and
 * values to 11. With scores of about -10..10 that moves a score by some 5e-4 (one standard
 * deviation), and so the mean of the values, here -2..2; the largest of 100,000 is below this.
 */
static double tolerance(const struct chip_kernels *kernels)
{
    return strcmp(kernels->name, "ref") == 0 ? 1e-5 : 4e-3;
}

static float q[MAX_T * MAX_LD], k[MAX_T * MAX_LD], v[MAX_T * MAX_LD], out[MAX_T * MAX_LD];

static void each(void (*check)(const struct chip_kernels *kernels))
{
    for (const struct chip_kernels *const *all = chip_kernels_all(); *all; all++) {
        print_message("           %s\n", (*all)->name);
        check(*all);
    }
}

static double product(const float *a, const float *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* One query and head: the weights of n_k keys, and the mean of the values. */
static void plain(const float *query, const float *keys, const float *values, size_t n_k, size_t ld,
                  size_t dim, double *weight, double *mean)
{
    double max = -INFINITY, sum = 0.0;
    for (size_t t = 0; t < n_k; t++) {
        weight[t] = product(query, keys + t * ld, dim);
        max = fmax(max, weight[t]);
    }
    for (size_t t = 0; t < n_k; t++)
        sum += weight[t] = exp(weight[t] - max);
    for (size_t d = 0; d < dim; d++)
        mean[d] = 0.0;
    for (size_t t = 0; t < n_k; t++) {
        weight[t] /= sum;
        for (size_t d = 0; d < dim; d++)
            mean[d] += weight[t] * (double)values[t * ld + d];
    }
}

static void assert_rows(const float *queries, size_t n_q, size_t n_k, size_t ld, size_t dim,
                        double allowed)
{
    static double weight[MAX_T], mean[MAX_DIM];
    for (size_t i = 0; i < n_q; i++) {
        for (size_t h = 0; h < HEADS; h++) {
            plain(queries + i * ld + h * dim, k + h * dim, v + h * dim, n_k, ld, dim, weight, mean);
            for (size_t d = 0; d < dim; d++) {
                double got = (double)out[i * ld + h * dim + d];
                if (!(fabs(got - mean[d]) <= allowed))
                    fail_msg("query %zu of %zu over %zu keys, head %zu, dim %zu of %zu: %g, not %g",
                             i, n_q, n_k, h, d, dim, got, mean[d]);
            }
        }
    }
}

static void attend(const struct chip_kernels *kernels, size_t n_q, size_t n_k, size_t ld,
                   size_t dim, const float *queries)
{
    struct chip_heads heads = {HEADS, dim};
    struct chip_arena arena;
    assert_int_equal(chip_arena_init(&arena, chip_attention_cost(heads, n_k), NULL), CHIP_OK);
    chip_attention(heads, kernels, &arena, queries, n_q, k, v, n_k, ld, out);
    assert_int_equal(chip_arena_mark(&arena), 0);
    chip_arena_done(&arena);
}

/* Scores of about -3..3, as networks have them; queries are scaled by the caller. */
static void fill(size_t ld, size_t dim, float range)
{
    rows_random(q, MAX_T * ld, range / sqrtf((float)dim), 1);
    rows_random(k, MAX_T * ld, 3.0f, 2);
    rows_random(v, MAX_T * ld, 2.0f, 3);
}

static void check_segment(const struct chip_kernels *kernels)
{
    for (size_t d = 0; d < N_DIMS; d++) {
        size_t dim = dims[d], ld = HEADS * dim + 7;
        fill(ld, dim, 3.0f);
        for (size_t t = 0; t < N_LENGTHS; t++) {
            memset(out, 0x55, sizeof out);
            attend(kernels, lengths[t], lengths[t], ld, dim, q);
            assert_rows(q, lengths[t], lengths[t], ld, dim, tolerance(kernels));
            for (size_t i = 0; i < lengths[t]; i++) /* what lies between rows is left alone */
                for (size_t b = 0; b < 7 * sizeof(float); b++)
                    assert_int_equal(((unsigned char *)(out + i * ld + HEADS * dim))[b], 0x55);
        }
        attend(kernels, 3, 40, ld, dim, q);
        assert_rows(q, 3, 40, ld, dim, tolerance(kernels));
        attend(kernels, 40, 3, ld, dim, q);
        assert_rows(q, 40, 3, ld, dim, tolerance(kernels));
    }
}

static void a_segment_attends_as_in_plain_c(void **state)
{
    (void)state;
    each(check_segment);
}

static void check_in_place(const struct chip_kernels *kernels)
{
    static float queries[MAX_T * MAX_LD];
    size_t dim = 52, ld = HEADS * dim;
    fill(ld, dim, 3.0f);
    memcpy(queries, q, sizeof q);
    memcpy(out, q, sizeof q);
    attend(kernels, 33, 33, ld, dim, out);
    assert_rows(queries, 33, 33, ld, dim, tolerance(kernels));
}

static void the_output_may_replace_the_queries(void **state)
{
    (void)state;
    each(check_in_place);
}

static void check_extremes(const struct chip_kernels *kernels)
{
    size_t dim = 36, ld = HEADS * dim;
    static const float ranges[] = {0.0f, 1e-30f, 30.0f, 300.0f, 1e5f, 1e15f};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        fill(ld, dim, ranges[i]);
        attend(kernels, 7, 33, ld, dim, q);
        /* Of scores that differ by rounding, either may win when they are huge. */
        if (ranges[i] <= 30.0f)
            assert_rows(q, 7, 33, ld, dim, 10 * tolerance(kernels));
        for (size_t r = 0; r < 7 * ld; r++)
            assert_true(fabsf(out[r]) <= 2.001f);
    }
    fill(ld, dim, 1e5f); /* all keys alike: the plain mean, however large the scores */
    for (size_t t = 0; t < MAX_T; t++)
        memcpy(k + t * ld, k, ld * sizeof *k);
    attend(kernels, 7, 33, ld, dim, q);
    assert_rows(q, 7, 33, ld, dim, tolerance(kernels));
}

static void extreme_scores_stay_a_mean_of_the_values(void **state)
{
    (void)state;
    each(check_extremes);
}

/* Every number is the largest that there is, so that every sum of integers is. */
static void check_largest(const struct chip_kernels *kernels)
{
    for (size_t d = 0; d < N_DIMS; d++) {
        size_t dim = dims[d], ld = HEADS * dim;
        for (size_t i = 0; i < MAX_T * ld; i++) {
            q[i] = k[i] = 1000.0f;
            v[i] = i / ld % 2 ? 7.0f : -7.0f;
        }
        for (size_t t = 0; t < MAX_T; t += 2) /* every second key is as far as can be */
            for (size_t i = 0; i < ld; i++)
                k[t * ld + i] = -1000.0f;
        attend(kernels, 7, MAX_T, ld, dim, q);
        for (size_t i = 0; i < 7 * ld; i++)
            assert_float_equal(out[i], 7.0f, 1e-5f);
        memset(k, 0, sizeof k); /* all weights are the largest, and the values of one sign */
        for (size_t i = 0; i < MAX_T * ld; i++)
            v[i] = -7.0f;
        attend(kernels, 7, MAX_T, ld, dim, q);
        for (size_t i = 0; i < 7 * ld; i++)
            assert_float_equal(out[i], -7.0f, 1e-5f);
    }
}

static void the_largest_numbers_do_not_overflow(void **state)
{
    (void)state;
    each(check_largest);
}

/* Only the exponential rounds differently, and with it a few weights, by a step of 1 / 16383. */
static void instruction_sets_agree_to_a_step_of_a_weight(void **state)
{
    (void)state;
    static float first[MAX_T * MAX_LD];
    const struct chip_kernels *const *all = chip_kernels_all();
    for (size_t d = 0; d < N_DIMS; d++) {
        size_t dim = dims[d], ld = HEADS * dim;
        fill(ld, dim, 3.0f);
        attend(all[0], MAX_T, MAX_T, ld, dim, q);
        memcpy(first, out, sizeof first);
        for (size_t i = 1; strcmp(all[i]->name, "ref") != 0; i++) {
            attend(all[i], MAX_T, MAX_T, ld, dim, q);
            for (size_t j = 0; j < MAX_T * ld; j++)
                assert_float_equal(out[j], first[j], 2 * 4.0f / 16383);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_attends_as_in_plain_c),
        cmocka_unit_test(the_output_may_replace_the_queries),
        cmocka_unit_test(extreme_scores_stay_a_mean_of_the_values),
        cmocka_unit_test(the_largest_numbers_do_not_overflow),
        cmocka_unit_test(instruction_sets_agree_to_a_step_of_a_weight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
