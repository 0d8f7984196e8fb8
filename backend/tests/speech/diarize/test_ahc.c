#include "../../test.h"

#include <math.h>

#include "golden_arrays.h"
#include "made_voices.h"
#include "speech/diarize/ahc.h"

enum { N = 154, DIM = 256, MAX_N = 300 };

static void equals_scipys_centroid_linkage_of_real_voices(void **state)
{
    (void)state;
    const char *file = "golden_community1/vbx_reference.npz";
    double *x = golden_array(file, "train_n", (size_t)N * DIM);
    double *z = golden_array(file, "linkage_Z", (N - 1) * 4);
    double *ahc = golden_array(file, "ahc", N);
    float *voice = malloc((size_t)N * DIM * sizeof *voice);
    for (size_t i = 0; i < (size_t)N * DIM; i++)
        voice[i] = (float)x[i];
    struct chip_merge tree[N - 1];
    assert_int_equal(chip_ahc(voice, NULL, N, DIM, CHIP_LINKAGE_CENTROID, tree, NULL), CHIP_OK);
    double worst = 0;
    for (size_t i = 0; i < N - 1; i++) {
        assert_int_equal(tree[i].a, (int)z[4 * i]);
        assert_int_equal(tree[i].b, (int)z[4 * i + 1]);
        assert_int_equal((int)tree[i].weight, (int)z[4 * i + 3]);
        worst = fmax(worst, fabs(tree[i].distance - z[4 * i + 2]));
    }
    print_message("largest difference of a distance: %.1e\n", worst);
    assert_true(worst < 1e-5);

    int label[N], name[N];
    size_t k;
    assert_int_equal(chip_ahc_cut(tree, N, 0.6, label, &k, NULL), CHIP_OK);
    assert_int_equal(k, 9);
    for (size_t i = 0; i < N; i++)
        name[label[i]] = (int)ahc[i];
    for (size_t i = 0; i < N; i++) /* the same groups under other names */
        assert_int_equal(name[label[i]], (int)ahc[i]);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(name[i], name[j]);
    free(voice);
    free(ahc);
    free(z);
    free(x);
}

/* Weighted mean of all cosine distances between two groups of points, from the definition. */
static double average_distance(const struct made *m, const float *weight, const int *group, int a,
                               int b)
{
    double sum = 0, weights = 0;
    for (size_t i = 0; i < m->n; i++)
        for (size_t j = 0; j < m->n; j++) {
            if (group[i] != a || group[j] != b)
                continue;
            double dot = 0;
            for (size_t d = 0; d < VOICE_DIM; d++)
                dot += (double)m->voice[i * VOICE_DIM + d] * (double)m->voice[j * VOICE_DIM + d];
            sum += (double)weight[i] * (double)weight[j] * (1 - dot);
            weights += (double)weight[i] * (double)weight[j];
        }
    return sum / weights;
}

static void average_linkage_merges_the_nearest_groups_of_weighted_points(void **state)
{
    (void)state;
    enum { FEW = 24 };
    struct made m = made_meeting(11, FEW, 3, NULL, 0.7);
    struct chip_merge tree[FEW - 1];
    float weight[FEW];
    uint64_t seed = 4;
    int group[FEW];
    for (size_t i = 0; i < FEW; i++) {
        weight[i] = (float)(0.3 + 5 * made_uniform(&seed));
        group[i] = (int)i;
    }
    assert_int_equal(chip_ahc(m.voice, weight, FEW, VOICE_DIM, CHIP_LINKAGE_AVERAGE, tree, NULL),
                     CHIP_OK);
    for (int step = 0; step < FEW - 1; step++) {
        double least = INFINITY;
        for (int a = 0; a < FEW + step; a++)
            for (int b = 0; b < a; b++) {
                const double far = average_distance(&m, weight, group, a, b);
                if (far < least) /* not of groups that are gone: 0 / 0 */
                    least = far;
            }
        assert_true(fabs(tree[step].distance - least) < 1e-5);
        assert_true(fabs(average_distance(&m, weight, group, tree[step].a, tree[step].b) - least) <
                    1e-5);
        for (size_t i = 0; i < FEW; i++)
            if (group[i] == tree[step].a || group[i] == tree[step].b)
                group[i] = FEW + step;
    }
    made_done(&m);
}

static void a_cut_by_count_has_that_many_groups_one_inside_the_other(void **state)
{
    (void)state;
    struct made m = made_meeting(7, MAX_N, 6, NULL, 0.6);
    struct chip_merge tree[MAX_N - 1];
    int fine[MAX_N], coarse[MAX_N];
    assert_int_equal(
        chip_ahc(m.voice, m.seconds, MAX_N, VOICE_DIM, CHIP_LINKAGE_AVERAGE, tree, NULL), CHIP_OK);
    for (size_t k = 1; k < MAX_N; k += 13) {
        assert_int_equal(chip_ahc_cut_count(tree, MAX_N, k, coarse, NULL), CHIP_OK);
        assert_int_equal(chip_ahc_cut_count(tree, MAX_N, k + 1, fine, NULL), CHIP_OK);
        int parent[MAX_N], next = 0;
        memset(parent, -1, sizeof parent);
        for (size_t i = 0; i < MAX_N; i++) {
            assert_true(coarse[i] <= next); /* in order of first appearance */
            next += coarse[i] == next;
            if (parent[fine[i]] < 0)
                parent[fine[i]] = coarse[i];
            assert_int_equal(parent[fine[i]], coarse[i]);
        }
        assert_int_equal(next, k);
    }
    made_done(&m);
}

static void one_point_needs_no_merge_and_too_many_are_refused(void **state)
{
    (void)state;
    const float x[] = {1, 0};
    struct chip_merge none;
    struct chip_err err;
    int label = -1;
    size_t k = 0;
    assert_int_equal(chip_ahc(x, NULL, 1, 2, CHIP_LINKAGE_CENTROID, &none, NULL), CHIP_OK);
    assert_int_equal(chip_ahc_cut(&none, 1, 0.5, &label, &k, NULL), CHIP_OK);
    assert_int_equal(label, 0);
    assert_int_equal(k, 1);
    assert_int_equal(chip_ahc(x, NULL, CHIP_AHC_MAX_N + 1, 2, CHIP_LINKAGE_CENTROID, &none, &err),
                     CHIP_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_scipys_centroid_linkage_of_real_voices),
        cmocka_unit_test(average_linkage_merges_the_nearest_groups_of_weighted_points),
        cmocka_unit_test(a_cut_by_count_has_that_many_groups_one_inside_the_other),
        cmocka_unit_test(one_point_needs_no_merge_and_too_many_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
