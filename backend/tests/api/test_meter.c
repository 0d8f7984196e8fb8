/* How far a transcription has come, and how long it will take. */
#include "../test.h"

#include <math.h>
#include <poll.h>

#include "api/meter.h"

struct heard {
    struct chip_progress last;
    int n;
    bool fell;
};

static void hear(void *user, const struct chip_progress *p)
{
    struct heard *heard = user;
    heard->fell |= p->worked_ms < heard->last.worked_ms || p->worked_ms < p->done_ms;
    heard->last = *p;
    heard->n++;
}

/* So that the meter tells again. */
static void pass_time(void)
{
    poll(NULL, 0, 110);
}

static void what_is_read_counts_but_for_speech_that_waits(void **state)
{
    (void)state;
    struct heard heard = {0};
    const struct chip_options options = {.on_progress = hear, .user = &heard};
    struct chip_meter m = chip_meter_start(&options, 100000);
    chip_meter_hear(&m, 60000, 40000);
    pass_time();
    chip_meter_work(&m, 10000);
    assert_int_equal(heard.last.worked_ms, 30000);
    assert_int_equal(heard.last.done_ms, 0);
    double expected = 70.0 / heard.last.speed;
    assert_true(fabs(heard.last.remaining_s - expected) < 0.01);
    pass_time();
    chip_meter_work(&m, 30000);
    assert_int_equal(heard.last.worked_ms, 60000);
    assert_false(heard.fell);
}

static void it_never_falls_nor_goes_beyond_the_whole(void **state)
{
    (void)state;
    struct heard heard = {0};
    const struct chip_options options = {.on_progress = hear, .user = &heard};
    struct chip_meter m = chip_meter_start(&options, 10000);
    pass_time();
    chip_meter_work(&m, 8000); /* told before what was read */
    pass_time();
    chip_meter_work(&m, -3000); /* a loop is decoded again */
    assert_int_equal(heard.last.worked_ms, 8000);
    pass_time();
    chip_meter_work(&m, 9000);
    assert_int_equal(heard.last.worked_ms, 10000);
    assert_false(heard.fell);
    chip_meter_finish(&m, 10500);
    assert_int_equal(heard.last.worked_ms, 10500);
    assert_true(heard.last.remaining_s == 0.0);
}

static void what_was_known_before_does_not_make_it_faster(void **state)
{
    (void)state;
    struct heard heard = {0};
    const struct chip_options options = {.on_progress = hear, .user = &heard};
    struct chip_meter m = chip_meter_start(&options, 1000000);
    chip_meter_hear(&m, 900000, 900000);
    chip_meter_skip(&m, 800000);
    chip_meter_work(&m, 800000); /* of the piece that was skipped */
    pass_time();
    chip_meter_work(&m, 1000);
    assert_int_equal(heard.last.worked_ms, 801000);
    assert_true(heard.last.speed < 1.0 / 0.1 + 1e-6); /* one second in a tenth, or more */
    assert_true(heard.last.speed > 0.0);
}

static void without_a_length_nothing_is_said_of_the_end(void **state)
{
    (void)state;
    struct heard heard = {0};
    const struct chip_options options = {.on_progress = hear, .user = &heard};
    struct chip_meter m = chip_meter_start(&options, -1);
    pass_time();
    chip_meter_hear(&m, 5000, 0);
    chip_meter_move(&m, 5000);
    assert_int_equal(heard.last.total_ms, -1);
    assert_true(heard.last.remaining_s < 0.0);
    assert_int_equal(heard.last.worked_ms, 5000);
}

static void it_tells_at_most_ten_times_a_second(void **state)
{
    (void)state;
    struct heard heard = {0};
    const struct chip_options options = {.on_progress = hear, .user = &heard};
    struct chip_meter m = chip_meter_start(&options, 100000);
    for (int i = 0; i < 1000; i++)
        chip_meter_work(&m, 1);
    assert_true(heard.n <= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_counts_but_for_speech_that_waits),
        cmocka_unit_test(it_never_falls_nor_goes_beyond_the_whole),
        cmocka_unit_test(what_was_known_before_does_not_make_it_faster),
        cmocka_unit_test(without_a_length_nothing_is_said_of_the_end),
        cmocka_unit_test(it_tells_at_most_ten_times_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
