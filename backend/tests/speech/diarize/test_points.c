#include "../../test.h"

#include <math.h>

#include "made_voices.h"
#include "speech/diarize/alike.h"
#include "speech/diarize/kmeans.h"
#include "speech/diarize/points.h"

enum { N = 200 };

static struct chip_points points_of(const struct made *m)
{
    return (struct chip_points){m->voice, m->seconds, m->n, VOICE_DIM};
}

static size_t count_groups(const int *label, size_t n, size_t k)
{
    size_t groups = 0;
    for (size_t j = 0; j < k; j++) {
        bool used = false;
        for (size_t i = 0; i < n; i++) {
            assert_true(label[i] >= 0 && (size_t)label[i] < k);
            used |= label[i] == (int)j;
        }
        groups += used;
    }
    return groups;
}

static void a_center_is_the_weighted_mean_of_length_1(void **state)
{
    (void)state;
    const float x[] = {1, 0, 0, 1, 0, 1}, weight[] = {3, 4, 1};
    const int label[] = {0, 0, 1};
    const struct chip_points p = {x, weight, 3, 2};
    float center[4];
    double weights[2];
    chip_points_centers(&p, label, 2, center);
    chip_points_weights(&p, label, 2, weights);
    assert_true(fabsf(center[0] - 0.6F) < 1e-6F && fabsf(center[1] - 0.8F) < 1e-6F);
    assert_true(fabsf(center[2]) < 1e-6F && fabsf(center[3] - 1) < 1e-6F);
    assert_true(weights[0] == 7 && weights[1] == 1);
}

static void regrouping_mends_wrong_labels_and_never_empties_a_group(void **state)
{
    (void)state;
    struct made m = made_meeting(3, N, 4, NULL, 0.8);
    const struct chip_points p = points_of(&m);
    uint64_t seed = 9;
    int label[N];
    float center[16 * VOICE_DIM];
    for (size_t i = 0; i < N; i++)
        label[i] = made_uniform(&seed) < 0.3 ? (int)(made_uniform(&seed) * 4) : m.who[i];
    assert_int_equal(chip_points_regroup(&p, 3, 4, label, center, NULL), CHIP_OK);
    assert_memory_equal(label, m.who, sizeof label);
    for (int round = 0; round < 50; round++) { /* of more groups than there are people */
        for (size_t i = 0; i < N; i++)
            label[i] = i < 16 ? (int)i : (int)(made_uniform(&seed) * 16);
        assert_int_equal(chip_points_regroup(&p, 3, 16, label, center, NULL), CHIP_OK);
        assert_int_equal(count_groups(label, N, 16), 16);
    }
    made_done(&m);
}

static void any_number_of_groups_can_be_had(void **state)
{
    (void)state;
    struct made m = made_meeting(5, N, 4, NULL, 0.7);
    const struct chip_points p = points_of(&m);
    for (size_t wanted = 1; wanted <= N; wanted = wanted < 20 ? wanted + 1 : wanted + 60) {
        int label[N];
        size_t k = 4;
        memcpy(label, m.who, sizeof label);
        assert_int_equal(chip_points_fit_count(&p, wanted, wanted, label, &k, NULL), CHIP_OK);
        assert_int_equal(k, wanted);
        assert_int_equal(count_groups(label, N, k), wanted);
    }
    made_done(&m);
}

static void splitting_finds_the_two_people_of_one_group(void **state)
{
    (void)state;
    struct made m = made_meeting(6, N, 3, NULL, 0.75);
    const struct chip_points p = points_of(&m);
    int label[N];
    size_t k = 2;
    for (size_t i = 0; i < N; i++)
        label[i] = m.who[i] == 2 ? 1 : m.who[i];
    assert_int_equal(chip_points_fit_count(&p, 3, 8, label, &k, NULL), CHIP_OK);
    assert_int_equal(k, 3);
    assert_true(made_agreement(&m, label, k) > 0.99);
    made_done(&m);
}

static void equal_points_cannot_be_split(void **state)
{
    (void)state;
    const float x[] = {1, 0, 1, 0, 0, 1, 0, 1}, weight[] = {1, 1, 1, 1};
    const struct chip_points p = {x, weight, 4, 2};
    int label[4] = {0};
    size_t k = 1;
    assert_int_equal(chip_points_fit_count(&p, 4, 4, label, &k, NULL), CHIP_OK);
    assert_int_equal(k, 2);
    assert_true(label[0] == label[1] && label[2] == label[3] && label[0] != label[2]);
}

static void groups_of_one_person_are_merged_and_those_of_two_are_not(void **state)
{
    (void)state;
    for (int likeness = 70; likeness <= 90; likeness += 10) {
        struct made m = made_meeting((uint64_t)likeness, N, 3, NULL, likeness / 100.0);
        const struct chip_points p = points_of(&m);
        int label[N];
        size_t k = 6;
        for (size_t i = 0; i < N; i++)
            label[i] = 2 * m.who[i] + (i % 20 < 10);
        assert_int_equal(chip_alike_merge(&p, 1, label, &k, NULL), CHIP_OK);
        assert_int_equal(k, 3);
        assert_true(made_agreement(&m, label, k) > 0.99);
        assert_int_equal(chip_alike_merge(&p, 3, label, &k, NULL), CHIP_OK);
        assert_int_equal(k, 3);
        made_done(&m);
    }
}

/* Overlapping windows are alike because they share sound, not because of the voice. */
static void likeness_leaves_out_the_windows_beside_one(void **state)
{
    (void)state;
    const float x[] = {1, 0, 1, 0, 1, 0, 0, 1}, weight[] = {1, 1, 1, 1};
    const int label[] = {0, 0, 0, 1};
    const struct chip_points p = {x, weight, 4, 2};
    float own[2];
    const int together[] = {0, 0, 0, 0};
    assert_int_equal(chip_alike_own(&p, label, 2, own, NULL), CHIP_OK);
    assert_true(fabsf(own[0] - 1) < 1e-6F); /* of the first and third; the second has none left */
    assert_true(own[1] == 0);
    /* Each to those not beside it: (1,0)-(1,1), (1,0)-(0,1), (1,0)-(1,0), (0,1)-(2,0). */
    assert_int_equal(chip_alike_own(&p, together, 1, own, NULL), CHIP_OK);
    assert_true(fabsf(own[0] - (sqrtf(0.5F) + 0 + 1 + 0) / 4) < 1e-6F);
}

static void labels_are_numbered_as_they_appear(void **state)
{
    (void)state;
    int label[] = {4, 4, 1, 0, 1, 4};
    const int want[] = {0, 0, 1, 2, 1, 0};
    size_t k;
    assert_int_equal(chip_labels_in_order(6, label, &k, NULL), CHIP_OK);
    assert_int_equal(k, 3);
    assert_memory_equal(label, want, sizeof want);
}

static void k_means_finds_clear_groups(void **state)
{
    (void)state;
    uint64_t seed = 8;
    float x[N][3];
    int label[N], name[9];
    for (size_t k = 1; k <= 9; k++) {
        for (size_t i = 0; i < N; i++) { /* the third column is none of its business */
            x[i][0] = (float)(i % k % 3) + 0.2F * (float)made_uniform(&seed);
            x[i][1] = (float)(i % k / 3) + 0.2F * (float)made_uniform(&seed);
            x[i][2] = 100 * (float)made_uniform(&seed);
        }
        assert_int_equal(chip_kmeans(&x[0][0], N, 3, 2, k, label, NULL), CHIP_OK);
        assert_int_equal(count_groups(label, N, k), k);
        for (size_t i = 0; i < N; i++) {
            if (i < k)
                name[i] = label[i];
            assert_int_equal(label[i], name[i % k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_center_is_the_weighted_mean_of_length_1),
        cmocka_unit_test(regrouping_mends_wrong_labels_and_never_empties_a_group),
        cmocka_unit_test(any_number_of_groups_can_be_had),
        cmocka_unit_test(splitting_finds_the_two_people_of_one_group),
        cmocka_unit_test(equal_points_cannot_be_split),
        cmocka_unit_test(groups_of_one_person_are_merged_and_those_of_two_are_not),
        cmocka_unit_test(likeness_leaves_out_the_windows_beside_one),
        cmocka_unit_test(labels_are_numbered_as_they_appear),
        cmocka_unit_test(k_means_finds_clear_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
