#include "../../test.h"

#include <math.h>

#include "made_voices.h"
#include "speech/diarize/eigen.h"

enum { N = 120, P = 10, SMALL = 30, BLOCK = CHIP_EIGEN_BLOCK, GOOD = CHIP_EIGEN_GOOD };

static void rebuilds_a_random_symmetric_matrix(void **state)
{
    (void)state;
    static double a[SMALL * SMALL], copy[SMALL * SMALL], value[SMALL], vector[SMALL * SMALL];
    uint64_t seed = 1;
    for (size_t i = 0; i < SMALL; i++)
        for (size_t j = 0; j <= i; j++)
            a[i * SMALL + j] = a[j * SMALL + i] = made_uniform(&seed) - 0.5;
    memcpy(copy, a, sizeof a);
    chip_eigen_small(a, SMALL, value, vector);
    for (size_t i = 0; i < SMALL; i++) {
        assert_true(i == 0 || value[i] >= value[i - 1]);
        for (size_t j = 0; j < SMALL; j++) {
            double rebuilt = 0, product = 0;
            for (size_t k = 0; k < SMALL; k++) {
                rebuilt += value[k] * vector[k * SMALL + i] * vector[k * SMALL + j];
                product += vector[i * SMALL + k] * vector[j * SMALL + k];
            }
            assert_true(fabs(rebuilt - copy[i * SMALL + j]) < 1e-12);
            assert_true(fabs(product - (i == j)) < 1e-12);
        }
    }
}

static void knows_the_values_of_a_path(void **state)
{
    (void)state;
    static double a[SMALL * SMALL], value[SMALL], vector[SMALL * SMALL];
    memset(a, 0, sizeof a);
    for (size_t i = 0; i < SMALL; i++) {
        a[i * SMALL + i] = 2;
        if (i > 0)
            a[i * SMALL + i - 1] = a[(i - 1) * SMALL + i] = -1;
    }
    chip_eigen_small(a, SMALL, value, vector);
    for (size_t i = 0; i < SMALL; i++)
        assert_true(fabs(value[i] - (2 - 2 * cos(M_PI * (double)(i + 1) / (SMALL + 1)))) < 1e-12);
}

/* ---- graphs ---- */

/* Each point picks itself and others, mostly of its own of `groups` groups. */
static void pick_at_random(uint16_t *picks, size_t p, size_t groups, double astray, uint64_t seed)
{
    for (size_t i = 0; i < N; i++) {
        bool taken[N] = {false};
        picks[i * P] = (uint16_t)i;
        taken[i] = true;
        for (size_t k = 1; k < p;) {
            size_t j = (size_t)(made_uniform(&seed) * N);
            if (made_uniform(&seed) >= astray)
                j = j / groups * groups + i % groups;
            if (j >= N || taken[j])
                continue;
            taken[j] = true;
            picks[i * P + k++] = (uint16_t)j;
        }
    }
}

/* All eigenvalues of the Laplacian, from its definition. */
static void laplacian(const struct chip_graph *g, double *l)
{
    memset(l, 0, N * N * sizeof *l);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < g->p; k++) {
            const size_t j = g->picks[i * g->stride + k];
            l[i * N + j] -= 0.5;
            l[j * N + i] -= 0.5;
            l[i * N + i] += 0.5;
            l[j * N + j] += 0.5;
        }
}

static void assert_as_dense(struct chip_spectrum *s, const struct chip_graph *g)
{
    static double l[N * N], copy[N * N], value[N], vector[N * N];
    double found[GOOD], largest;
    const float *x = chip_spectrum_of(s, g, found, &largest);
    laplacian(g, l);
    memcpy(copy, l, sizeof l);
    chip_eigen_small(l, N, value, vector);
    if (fabs(largest - value[N - 1]) > 0.02 * value[N - 1])
        fail_msg("the largest is %g instead of %g", largest, value[N - 1]);
    for (size_t j = 0; j < GOOD; j++) {
        if (fabs(found[j] - value[j]) > 1e-3 * largest)
            fail_msg("value %zu is %g instead of %g", j, found[j], value[j]);
        double square = 0, quotient = 0;
        for (size_t a = 0; a < N; a++) {
            square += (double)x[a * BLOCK + j] * (double)x[a * BLOCK + j];
            for (size_t b = 0; b < N; b++)
                quotient += (double)x[a * BLOCK + j] * copy[a * N + b] * (double)x[b * BLOCK + j];
        }
        assert_true(fabs(square - 1) < 1e-4);
        assert_true(fabs(quotient - found[j]) < 1e-3 * largest); /* its own value's vector */
    }
}

static void a_graphs_smallest_values_are_those_of_the_dense_matrix(void **state)
{
    (void)state;
    static uint16_t picks[N * P];
    struct chip_spectrum *s = chip_spectrum_new(N, P);
    assert_non_null(s);
    for (uint64_t seed = 0; seed < 6; seed++)
        for (size_t p = 6; p <= P; p += 4) { /* one after the other with the same scratch */
            pick_at_random(picks, p, 1 + seed % 6, 0.05 * (double)(seed % 5), seed);
            const struct chip_graph g = {picks, N, P, p};
            assert_as_dense(s, &g);
        }
    chip_spectrum_free(s);
}

static void separate_groups_give_as_many_zeros(void **state)
{
    (void)state;
    static uint16_t picks[N * P];
    struct chip_spectrum *s = chip_spectrum_new(N, P);
    double value[GOOD], largest;
    assert_non_null(s);
    for (size_t groups = 1; groups <= 6; groups++) {
        pick_at_random(picks, P, groups, 0, groups);
        const struct chip_graph g = {picks, N, P, P};
        chip_spectrum_of(s, &g, value, &largest);
        for (size_t j = 0; j < GOOD; j++)
            assert_int_equal(fabs(value[j]) < 1e-3 * largest, j < groups);
    }
    chip_spectrum_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rebuilds_a_random_symmetric_matrix),
        cmocka_unit_test(knows_the_values_of_a_path),
        cmocka_unit_test(a_graphs_smallest_values_are_those_of_the_dense_matrix),
        cmocka_unit_test(separate_groups_give_as_many_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
