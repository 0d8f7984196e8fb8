#include "../../test.h"

#include <math.h>

#include "made_voices.h"
#include "speech/diarize/cluster.h"

enum { MAX_N = 40000 };

static int label[MAX_N], again[MAX_N];
static float confidence[MAX_N];

static size_t cluster(const struct made *m, const struct chip_cluster_options *options)
{
    struct chip_err err;
    size_t k = 0;
    if (chip_cluster(m->voice, m->seconds, m->n, VOICE_DIM, options, label, confidence, &k, &err) !=
        CHIP_OK)
        fail_msg("%s", err.message);
    int next = 0;
    for (size_t i = 0; i < m->n; i++) {
        assert_true(label[i] >= 0 && label[i] <= next); /* in order of first appearance */
        next += label[i] == next;
        assert_true(confidence[i] >= 0 && confidence[i] <= 1);
    }
    assert_int_equal(next, k);
    return k;
}

static void finds_how_many_speak_and_who(void **state)
{
    (void)state;
    const size_t windows[] = {60, 400, 1100};
    for (size_t people = 1; people <= 7; people++)
        for (size_t i = people > 2 ? 1 : 0; i < (people == 4 ? 3 : 2); i++) {
            struct made m = made_meeting(100 * people + i, windows[i], people, NULL, 0.75);
            const size_t k = cluster(&m, NULL);
            if (k != people || made_agreement(&m, label, k) < 0.99)
                fail_msg("%zu of %zu people in %zu windows, agreement %.3f", k, people, windows[i],
                         made_agreement(&m, label, k));
            made_done(&m);
        }
}

static void one_who_says_little_is_not_lost(void **state)
{
    (void)state;
    const double share[] = {0.5, 0.35, 0.09, 0.06};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct made m = made_meeting(seed, 400, 4, share, 0.75);
        assert_int_equal(cluster(&m, NULL), 4);
        assert_true(made_agreement(&m, label, 4) > 0.99);
        made_done(&m);
    }
}

static void a_monologue_stays_one_speaker(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed += 2) {
        struct made m =
            made_meeting(seed, 10 + seed * seed / 3, 1, NULL, 0.6 + 0.01 * (double)seed);
        const size_t k = cluster(&m, NULL);
        if (k != 1)
            fail_msg("%zu speakers in %zu windows of one", k, m.n);
        assert_true(confidence[0] == 1);
        made_done(&m);
    }
}

static void two_people_do_not_become_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed += 2) {
        struct made m =
            made_meeting(seed, 30 + seed * seed / 3, 2, NULL, 0.65 + 0.01 * (double)seed);
        const size_t k = cluster(&m, NULL);
        if (k != 2)
            fail_msg("%zu speakers in %zu windows of two", k, m.n);
        made_done(&m);
    }
}

static void a_number_asked_for_is_met_exactly(void **state)
{
    (void)state;
    const size_t windows[] = {1, 2, 3, 5, 30, 120, 200};
    const int wanted[] = {1, 2, 4, 9, 12, 100};
    for (size_t i = 0; i < 7; i++) {
        struct made m = made_meeting(i, windows[i], 4, NULL, 0.75);
        for (size_t j = 0; j < 6; j++) {
            const struct chip_cluster_options options = {.n_speakers = wanted[j]};
            const size_t want = (size_t)wanted[j] < m.n ? (size_t)wanted[j] : m.n;
            assert_int_equal(cluster(&m, &options), want);
            if (wanted[j] == 4 && m.n >= 120)
                assert_true(made_agreement(&m, label, 4) > 0.99);
        }
        made_done(&m);
    }
}

static void bounds_are_honoured(void **state)
{
    (void)state;
    struct made m = made_meeting(2, 100, 4, NULL, 0.75);
    for (int least = 0; least <= 12; least += 2)
        for (int most = least > 1 ? least : 1; most <= 13; most += 3) {
            const struct chip_cluster_options options = {.min_speakers = least,
                                                         .max_speakers = most};
            const int k = (int)cluster(&m, &options);
            assert_true(k >= least && k <= most);
            if (least <= 4 && most >= 4)
                assert_int_equal(k, 4); /* bounds that do not bind change nothing */
        }
    const struct chip_cluster_options many = {.min_speakers = 15};
    assert_int_equal(cluster(&m, &many), 15);
    made_done(&m);
}

static void equal_windows_are_one_speaker(void **state)
{
    (void)state;
    struct made m = made_meeting(2, 60, 1, NULL, 0.75);
    for (size_t i = 1; i < m.n; i++)
        memcpy(m.voice + i * VOICE_DIM, m.voice, VOICE_DIM * sizeof *m.voice);
    assert_int_equal(cluster(&m, NULL), 1);
    made_done(&m);
}

static void eight_hours_are_clustered_by_a_sample(void **state)
{
    (void)state;
    const double share[] = {0.4, 0.3, 0.15, 0.1, 0.05};
    struct made m = made_meeting(8, 38000, 5, share, 0.7);
    assert_int_equal(cluster(&m, NULL), 5);
    assert_true(made_agreement(&m, label, 5) > 0.99);
    const struct chip_cluster_options nine = {.n_speakers = 9};
    assert_int_equal(cluster(&m, &nine), 9);
    made_done(&m);
}

static void twice_gives_the_same_and_confidence_may_be_left_out(void **state)
{
    (void)state;
    struct made m = made_meeting(4, 300, 5, NULL, 0.6);
    const size_t k = cluster(&m, NULL);
    size_t k_again = 0;
    assert_int_equal(
        chip_cluster(m.voice, m.seconds, m.n, VOICE_DIM, NULL, again, NULL, &k_again, NULL),
        CHIP_OK);
    assert_int_equal(k, k_again);
    assert_memory_equal(label, again, m.n * sizeof *label);
    made_done(&m);
}

static void confidence_is_low_between_two_speakers(void **state)
{
    (void)state;
    struct made m = made_meeting(4, 100, 2, NULL, 0.85);
    size_t other = 0;
    while (m.who[other] == m.who[0])
        other++;
    double square = 0;
    for (size_t d = 0; d < VOICE_DIM; d++) { /* the last window is half of one, half of the other */
        m.voice[99 * VOICE_DIM + d] = m.voice[d] + m.voice[other * VOICE_DIM + d];
        square += pow((double)m.voice[99 * VOICE_DIM + d], 2);
    }
    for (size_t d = 0; d < VOICE_DIM; d++)
        m.voice[99 * VOICE_DIM + d] /= (float)sqrt(square);
    assert_int_equal(cluster(&m, NULL), 2);
    for (size_t i = 0; i < 99; i++)
        assert_true(confidence[i] > 0.5F);
    assert_true(confidence[99] < 0.3F);
    made_done(&m);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    struct made m = made_meeting(4, 20, 2, NULL, 0.8);
    const struct chip_cluster_options bad[] = {{.n_speakers = -1},
                                               {.n_speakers = CHIP_CLUSTER_MAX_SPEAKERS + 1},
                                               {.min_speakers = 3, .max_speakers = 2}};
    struct chip_err err;
    size_t k;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            chip_cluster(m.voice, m.seconds, m.n, VOICE_DIM, &bad[i], label, confidence, &k, &err),
            CHIP_E_INVAL);
    const float kept = m.voice[5], wrong[] = {NAN, INFINITY, 2};
    for (size_t i = 0; i < 3; i++) {
        m.voice[5] = wrong[i];
        assert_int_equal(
            chip_cluster(m.voice, m.seconds, m.n, VOICE_DIM, NULL, label, NULL, &k, &err),
            CHIP_E_INVAL);
    }
    m.voice[5] = kept;
    m.seconds[3] = 0;
    assert_int_equal(chip_cluster(m.voice, m.seconds, m.n, VOICE_DIM, NULL, label, NULL, &k, &err),
                     CHIP_E_INVAL);
    made_done(&m);
}

static void no_windows_are_no_speakers(void **state)
{
    (void)state;
    size_t k = 7;
    const struct chip_cluster_options two = {.n_speakers = 2};
    assert_int_equal(chip_cluster(NULL, NULL, 0, VOICE_DIM, &two, NULL, NULL, &k, NULL), CHIP_OK);
    assert_int_equal(k, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_how_many_speak_and_who),
        cmocka_unit_test(one_who_says_little_is_not_lost),
        cmocka_unit_test(a_monologue_stays_one_speaker),
        cmocka_unit_test(two_people_do_not_become_one),
        cmocka_unit_test(a_number_asked_for_is_met_exactly),
        cmocka_unit_test(bounds_are_honoured),
        cmocka_unit_test(equal_windows_are_one_speaker),
        cmocka_unit_test(eight_hours_are_clustered_by_a_sample),
        cmocka_unit_test(twice_gives_the_same_and_confidence_may_be_left_out),
        cmocka_unit_test(confidence_is_low_between_two_speakers),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(no_windows_are_no_speakers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
