#include "../test.h"

#include <math.h>

#include "plain_vad.h"
#include "speech/quiet.h"

enum { N = 100 * 512, FROM = 20000, TO = 40000 };

static float pcm[N], probs[100];

/* Loud noise, certainly speech. */
static int setup(void **state)
{
    (void)state;
    unsigned random = 1;
    for (size_t i = 0; i < N; i++)
        pcm[i] = 0.5f * plain_noise(&random);
    for (size_t i = 0; i < 100; i++)
        probs[i] = 0.95f;
    return 0;
}

static void soften(size_t from, size_t to, float by)
{
    for (size_t i = from; i < to; i++)
        pcm[i] *= by;
}

static void assert_between(size_t x, size_t from, size_t to)
{
    if (x < from || x > to)
        fail_msg("%zu is not in %zu..%zu", x, from, to);
}

static void finds_the_middle_of_a_pause(void **state)
{
    (void)state;
    soften(30000, 32000, 0.01f);
    assert_between(chip_quietest(pcm, N, probs, FROM, TO), 30640, 31360);
}

static void a_short_closure_is_no_pause(void **state)
{
    (void)state;
    soften(25000, 25400, 0.0f);  /* 25 ms of nothing, as in a "t" */
    soften(35000, 36400, 0.02f); /* 88 ms of breath */
    assert_between(chip_quietest(pcm, N, probs, FROM, TO), 35500, 35900);
}

static void looks_only_in_its_range(void **state)
{
    (void)state;
    soften(10000, 19000, 0.01f);
    soften(41000, 50000, 0.01f);
    soften(28000, 30000, 0.3f);
    assert_between(chip_quietest(pcm, N, probs, FROM, TO), 28500, 29500);
}

static void doubt_counts_like_20_db(void **state)
{
    (void)state;
    soften(24000, 26000, 0.2f); /* 14 dB */
    for (size_t i = 66; i < 72; i++)
        probs[i] = 0.45f;
    assert_between(chip_quietest(pcm, N, probs, FROM, TO), 67 * 512, 71 * 512);
    soften(24000, 26000, 0.2f); /* 28 dB */
    assert_between(chip_quietest(pcm, N, probs, FROM, TO), 24640, 25360);
}

static void of_equals_the_last_is_taken(void **state)
{
    (void)state;
    memset(pcm, 0, sizeof pcm);
    assert_int_equal(chip_quietest(pcm, N, probs, FROM, TO), TO / 128 * 128);
}

static void ends_of_the_samples_are_no_silence(void **state)
{
    (void)state;
    soften(600, 800, 0.5f);
    assert_between(chip_quietest(pcm, N, probs, 0, N), 128, N - 128);
}

static void without_a_choice_the_end_is_taken(void **state)
{
    (void)state;
    assert_int_equal(chip_quietest(pcm, N, probs, 1001, 1003), 1003);
    for (size_t i = 0; i < N; i++)
        pcm[i] = NAN;
    assert_int_equal(chip_quietest(pcm, N, probs, FROM, TO), TO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(finds_the_middle_of_a_pause, setup),
        cmocka_unit_test_setup(a_short_closure_is_no_pause, setup),
        cmocka_unit_test_setup(looks_only_in_its_range, setup),
        cmocka_unit_test_setup(doubt_counts_like_20_db, setup),
        cmocka_unit_test_setup(of_equals_the_last_is_taken, setup),
        cmocka_unit_test_setup(ends_of_the_samples_are_no_silence, setup),
        cmocka_unit_test_setup(without_a_choice_the_end_is_taken, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
