#include "../test.h"

#include "speech/pauses.h"

enum { CHUNK = 512 };

static struct chip_span found[64];

/* Pauses in "SSqqqqSS", one letter a chunk, from sample 1024 on; the span is all of it. */
static size_t find(const char *chunks, int64_t base)
{
    float probs[64];
    size_t n = strlen(chunks);
    for (size_t i = 0; i < n; i++)
        probs[i] = chunks[i] == 'S' ? 0.9f : 0.2f;
    return chip_pauses_find(probs, 1024, (struct chip_span){1024, 1024 + (int64_t)n * CHUNK}, 0.5f,
                            base, found);
}

static void runs_of_three_chunks_and_more_are_pauses(void **state)
{
    (void)state;
    assert_int_equal(find("SSqqqSSSqqqqqS", 0), 2);
    assert_int_equal(found[0].start, 1024 + 2 * CHUNK);
    assert_int_equal(found[0].end, 1024 + 5 * CHUNK);
    assert_int_equal(found[1].start, 1024 + 8 * CHUNK);
    assert_int_equal(found[1].end, 1024 + 13 * CHUNK);
}

static void shorter_runs_are_part_of_speech(void **state)
{
    (void)state;
    assert_int_equal(find("SqSqqSqSSqqS", 0), 0);
}

static void silence_at_the_end_is_no_pause(void **state)
{
    (void)state;
    assert_int_equal(find("SSSSqqqq", 0), 0);
    assert_int_equal(find("", 0), 0);
}

static void pauses_count_from_the_base(void **state)
{
    (void)state;
    assert_int_equal(find("SqqqS", 1000), 1);
    assert_int_equal(found[0].start, 24 + CHUNK);
    assert_int_equal(found[0].end, 24 + 4 * CHUNK);
}

static void a_span_that_starts_inside_a_chunk_is_looked_at_from_the_next_on(void **state)
{
    (void)state;
    const float probs[] = {0.1f, 0.1f, 0.1f, 0.1f, 0.9f};
    assert_int_equal(chip_pauses_find(probs, 0, (struct chip_span){100, 5 * CHUNK}, 0.5f, 0, found),
                     1);
    assert_int_equal(found[0].start, CHUNK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_three_chunks_and_more_are_pauses),
        cmocka_unit_test(shorter_runs_are_part_of_speech),
        cmocka_unit_test(silence_at_the_end_is_no_pause),
        cmocka_unit_test(pauses_count_from_the_base),
        cmocka_unit_test(a_span_that_starts_inside_a_chunk_is_looked_at_from_the_next_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
