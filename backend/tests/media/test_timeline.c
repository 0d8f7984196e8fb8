#include "../test.h"

#include "media/media.h"
#include "media/timeline.h"

/* Frames of 20 ms; positions in samples of 16 kHz. */
enum { LEN = 320, SECOND = 16000 };

static struct chip_timeline started(void)
{
    struct chip_timeline line = {.end = -1};
    int64_t n;
    assert_int_equal(chip_timeline_place(&line, 0, 0, LEN, LEN, &n), CHIP_TIMELINE_FOLLOWS);
    return line;
}

static void small_differences_are_jitter(void **state)
{
    (void)state;
    struct chip_timeline line = started();
    int64_t n;
    assert_int_equal(chip_timeline_place(&line, SECOND, SECOND + 1600, LEN, 0, &n),
                     CHIP_TIMELINE_FOLLOWS);
    assert_int_equal(chip_timeline_place(&line, SECOND, SECOND - 1600, LEN, 0, &n),
                     CHIP_TIMELINE_FOLLOWS);
    assert_int_equal(chip_timeline_place(&line, SECOND, CHIP_TIMELINE_NO_STAMP, LEN, 0, &n),
                     CHIP_TIMELINE_FOLLOWS);
}

static void a_late_first_frame_is_placed_exactly(void **state)
{
    (void)state;
    struct chip_timeline line = {.end = -1};
    int64_t n = 0;
    assert_int_equal(chip_timeline_place(&line, 0, 100, LEN, 100 + LEN, &n), CHIP_TIMELINE_GAP);
    assert_int_equal(n, 100);
    struct chip_timeline exact = {.end = -1};
    assert_int_equal(chip_timeline_place(&exact, 0, 16, LEN, 16 + LEN, &n), CHIP_TIMELINE_FOLLOWS);
}

static void a_hole_that_the_next_frame_confirms_is_filled(void **state)
{
    (void)state;
    struct chip_timeline line = started();
    int64_t n = 0, at = SECOND, stamp = 3 * SECOND;
    assert_int_equal(chip_timeline_place(&line, at, stamp, LEN, stamp + LEN, &n),
                     CHIP_TIMELINE_GAP);
    assert_int_equal(n, 2 * SECOND);
    /* So does one more hole after it (silence that is not sent), and the end of the file. */
    line = started();
    assert_int_equal(chip_timeline_place(&line, at, stamp, LEN, stamp + SECOND, &n),
                     CHIP_TIMELINE_GAP);
    line = started();
    assert_int_equal(chip_timeline_place(&line, at, stamp, LEN, CHIP_TIMELINE_NO_STAMP, &n),
                     CHIP_TIMELINE_GAP);
}

static void a_single_wrong_stamp_is_ignored_in_either_direction(void **state)
{
    (void)state;
    struct chip_timeline line = started();
    int64_t n = 0, at = 100 * SECOND;
    assert_int_equal(chip_timeline_place(&line, at, at + 50 * SECOND, LEN, at + LEN, &n),
                     CHIP_TIMELINE_FOLLOWS);
    assert_int_equal(chip_timeline_place(&line, at, 0, LEN, at + LEN, &n), CHIP_TIMELINE_FOLLOWS);
    assert_int_equal(line.shift, 0);
    assert_int_equal(line.padded, 0);
}

static void a_small_overlap_is_squeezed_and_a_large_one_is_another_clock(void **state)
{
    (void)state;
    struct chip_timeline line = started();
    int64_t n = 0, at = 10 * SECOND, stamp = at - 5000;
    assert_int_equal(chip_timeline_place(&line, at, stamp, LEN, stamp + LEN, &n),
                     CHIP_TIMELINE_OVERLAP);
    assert_int_equal(n, 5000);
    /* A second recording behind the first: its clock starts again, its sound follows. */
    assert_int_equal(chip_timeline_place(&line, at, 0, LEN, LEN, &n), CHIP_TIMELINE_JUMPED);
    assert_int_equal(chip_timeline_place(&line, at + LEN, LEN, LEN, 2 * LEN, &n),
                     CHIP_TIMELINE_FOLLOWS);
    assert_int_equal(
        chip_timeline_place(&line, at + 2 * LEN, 2 * LEN + SECOND, LEN, 3 * LEN + SECOND, &n),
        CHIP_TIMELINE_GAP);
    assert_int_equal(n, SECOND);
}

static void absurd_holes_are_not_filled(void **state)
{
    (void)state;
    const int64_t hour = 3600LL * SECOND;
    int64_t n = 0, at = SECOND;
    struct chip_timeline line = started();
    assert_int_equal(chip_timeline_place(&line, at, at + hour, LEN, at + hour + LEN, &n),
                     CHIP_TIMELINE_GAP);
    line = started();
    assert_int_equal(chip_timeline_place(&line, at, at + hour + 1, LEN, at + hour + 1 + LEN, &n),
                     CHIP_TIMELINE_JUMPED);
    /* Nor past the end that the header gives. */
    line = started();
    line.end = 10 * SECOND;
    assert_int_equal(chip_timeline_place(&line, at, 13 * SECOND, LEN, 13 * SECOND + LEN, &n),
                     CHIP_TIMELINE_JUMPED);
}

static void all_holes_together_stay_under_their_limit(void **state)
{
    (void)state;
    const int64_t gap = 3599LL * SECOND;
    struct chip_timeline line = started();
    int64_t at = SECOND, stamp = SECOND, padded = 0, n = 0;
    for (int i = 0; i < 30; i++) {
        stamp += gap;
        n = 0;
        if (chip_timeline_place(&line, at, stamp, LEN, stamp + LEN, &n) != CHIP_TIMELINE_GAP)
            n = 0;
        padded += n;
        at += n + LEN;
        stamp += LEN;
    }
    assert_true(padded <= CHIP_MEDIA_MAX_GAPS_MS * 16);
    assert_true(padded >= CHIP_MEDIA_MAX_GAPS_MS * 16 - 2 * gap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_differences_are_jitter),
        cmocka_unit_test(a_late_first_frame_is_placed_exactly),
        cmocka_unit_test(a_hole_that_the_next_frame_confirms_is_filled),
        cmocka_unit_test(a_single_wrong_stamp_is_ignored_in_either_direction),
        cmocka_unit_test(a_small_overlap_is_squeezed_and_a_large_one_is_another_clock),
        cmocka_unit_test(absurd_holes_are_not_filled),
        cmocka_unit_test(all_holes_together_stay_under_their_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
