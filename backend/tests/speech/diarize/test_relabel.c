#include "../../test.h"

#include <math.h>

#include "base/clock.h"
#include "made_voices.h"
#include "speech/diarize/relabel.h"

enum { N = 700 };

/* As it is kept with a transcript: times, then the voice. */
struct stretch {
    int64_t start_ms, end_ms;
    int8_t voice[VOICE_DIM];
};

struct kept {
    struct made made;
    struct stretch *stretches;
    struct chip_relabel_input input;
};

static struct kept keep(uint64_t seed, size_t people)
{
    struct kept kept = {
        made_meeting(seed, N, people, NULL, 0.85), malloc(N * sizeof(struct stretch)), {0}};
    for (size_t i = 0; i < N; i++) {
        for (size_t d = 0; d < VOICE_DIM; d++)
            kept.stretches[i].voice[d] = (int8_t)lrintf(127 * kept.made.voice[i * VOICE_DIM + d]);
        kept.made.seconds[i] = 0.5F + (float)(i % 12) / 2;
    }
    kept.input = (struct chip_relabel_input){kept.stretches->voice,
                                             sizeof(struct stretch),
                                             kept.made.seconds,
                                             kept.made.who,
                                             N,
                                             VOICE_DIM,
                                             people};
    return kept;
}

static void kept_done(struct kept *kept)
{
    made_done(&kept->made);
    free(kept->stretches);
}

static size_t relabel(const struct chip_relabel_input *input, size_t k, int *label)
{
    struct chip_err err;
    size_t found = 0;
    if (chip_relabel(input, k, label, &found, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return found;
}

static void the_number_it_was_labelled_with_gives_the_same_labels(void **state)
{
    (void)state;
    struct kept kept = keep(3, 5);
    int label[N];
    assert_int_equal(relabel(&kept.input, 5, label), 5);
    assert_memory_equal(label, kept.made.who, sizeof label);
    kept_done(&kept);
}

static void without_labels_the_true_number_finds_who_spoke(void **state)
{
    (void)state;
    for (size_t people = 1; people <= 8; people++) {
        struct kept kept = keep(people, people);
        int label[N];
        kept.input.label = NULL;
        assert_int_equal(relabel(&kept.input, people, label), people);
        assert_true(made_agreement(&kept.made, label, people) > 0.99);
        kept_done(&kept);
    }
}

static void every_number_is_met_and_used(void **state)
{
    (void)state;
    struct kept kept = keep(9, 4);
    int label[N];
    for (size_t k = 1; k <= N + 1; k = k < 12 ? k + 1 : k + 229) {
        const size_t want = k < N ? k : N;
        assert_int_equal(relabel(&kept.input, k, label), want);
        int next = 0;
        for (size_t i = 0; i < N; i++) {
            if (k != 4)
                assert_true(label[i] >= 0 && label[i] <= next);
            next += label[i] == next;
        }
        assert_int_equal(next, want);
    }
    kept_done(&kept);
}

static void an_hour_takes_less_than_a_twentieth_of_a_second(void **state)
{
    (void)state;
    struct kept kept = keep(9, 4);
    int label[N];
    int64_t best = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        const int64_t start = chip_clock_ns();
        assert_int_equal(relabel(&kept.input, 3, label), 3);
        const int64_t took = chip_clock_ns() - start;
        best = took < best ? took : best;
    }
    print_message("%.1f ms\n", (double)best / 1e6);
#ifndef __SANITIZE_ADDRESS__
    assert_true(best < 50000000);
#endif
    kept_done(&kept);
}

static void damaged_input_is_refused(void **state)
{
    (void)state;
    struct kept kept = keep(1, 3);
    int label[N], wrong[N];
    size_t found;
    struct chip_err err;
    assert_int_equal(chip_relabel(&kept.input, 0, label, &found, &err), CHIP_E_INVAL);

    struct chip_relabel_input input = kept.input;
    memcpy(wrong, kept.made.who, sizeof wrong);
    wrong[7] = 3;
    input.label = wrong;
    assert_int_equal(chip_relabel(&input, 2, label, &found, &err), CHIP_E_INVAL);
    wrong[7] = -1;
    assert_int_equal(chip_relabel(&input, 2, label, &found, &err), CHIP_E_INVAL);

    input = kept.input;
    input.n = CHIP_RELABEL_MAX_N + 1;
    assert_int_equal(chip_relabel(&input, 2, label, &found, &err), CHIP_E_LIMIT);

    kept.made.seconds[5] = NAN;
    assert_int_equal(chip_relabel(&kept.input, 2, label, &found, &err), CHIP_E_INVAL);
    kept.made.seconds[5] = 1;
    memset(kept.stretches[4].voice, 0, VOICE_DIM);
    assert_int_equal(chip_relabel(&kept.input, 2, label, &found, &err), CHIP_E_INVAL);
    kept_done(&kept);
}

static void nothing_kept_is_nobody(void **state)
{
    (void)state;
    const struct chip_relabel_input none = {.dim = VOICE_DIM, .pitch = VOICE_DIM};
    assert_int_equal(relabel(&none, 3, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_it_was_labelled_with_gives_the_same_labels),
        cmocka_unit_test(without_labels_the_true_number_finds_who_spoke),
        cmocka_unit_test(every_number_is_met_and_used),
        cmocka_unit_test(an_hour_takes_less_than_a_twentieth_of_a_second),
        cmocka_unit_test(damaged_input_is_refused),
        cmocka_unit_test(nothing_kept_is_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
