#include "../test.h"

#include "../nn/rows.h"
#include "speech/align.h"

enum { MAX_TOKENS = 300, MAX_FRAMES = 900 };

static float attention[MAX_TOKENS * MAX_FRAMES];
static int32_t start[MAX_TOKENS + 1];

/* In an arena of just the documented size. */
static void align(size_t n_tokens, size_t n_frames)
{
    struct chip_arena arena;
    assert_int_equal(chip_arena_init(&arena, chip_align_cost(n_tokens, n_frames), NULL), CHIP_OK);
    chip_align(attention, n_tokens, n_frames, &arena, start);
    assert_int_equal(chip_arena_mark(&arena), 0);
    chip_arena_done(&arena);
}

/* What always holds: tokens start in order, the first at 0, and the list ends with the frames. */
static void assert_in_order(size_t n_tokens, size_t n_frames)
{
    assert_int_equal(start[n_tokens], n_frames);
    for (size_t i = 0; i < n_tokens; i++) {
        assert_true(start[i] >= 0 && start[i] < (int32_t)n_frames);
        assert_true(start[i] <= start[i + 1]);
    }
    if (n_tokens)
        assert_int_equal(start[0], 0);
}

/* Each token looks at its own frames, from true_start[i] to true_start[i + 1]. */
static void look(const int32_t *true_start, size_t n_tokens, size_t n_frames)
{
    memset(attention, 0, sizeof attention);
    for (size_t i = 0; i < n_tokens; i++)
        for (int32_t t = true_start[i]; t < true_start[i + 1]; t++)
            attention[i * n_frames + (size_t)t] = 1.0f / (float)(true_start[i + 1] - true_start[i]);
}

static void add_noise(float level, size_t n)
{
    uint32_t seed = 5;
    for (size_t i = 0; i < n; i++)
        attention[i] += level * (float)(rows_next(&seed) % 1000) / 1000.0f;
}

static const int32_t uneven[] = {0, 12, 20, 60, 68, 90, 120};
enum { UNEVEN = 6 };

static void assert_uneven(void)
{
    for (size_t i = 0; i <= UNEVEN; i++)
        assert_int_equal(start[i], uneven[i]);
}

static void tokens_that_look_at_their_frames_start_exactly_there(void **state)
{
    (void)state;
    look(uneven, UNEVEN, 120);
    align(UNEVEN, 120);
    assert_uneven();

    int32_t even[41];
    for (int32_t i = 0; i <= 40; i++)
        even[i] = 8 * i;
    look(even, 40, 320);
    align(40, 320);
    for (size_t i = 0; i <= 40; i++)
        assert_int_equal(start[i], even[i]);
}

static void the_scale_of_a_token_does_not_matter_much(void **state)
{
    (void)state;
    look(uneven, UNEVEN, 120);
    for (size_t t = 0; t < 120; t++) {
        attention[t] *= 100.0f;
        attention[2 * 120 + t] *= 0.01f;
    }
    align(UNEVEN, 120);
    assert_uneven();
}

/* Heads park attention that they do not need on some frame, mostly the first or last. */
static void frames_that_every_token_looks_at_are_ignored(void **state)
{
    (void)state;
    static const size_t sinks[] = {0, 1, 40, 118, 119};
    look(uneven, UNEVEN, 120);
    for (size_t i = 0; i < UNEVEN; i++)
        for (size_t s = 0; s < sizeof sinks / sizeof sinks[0]; s++)
            attention[i * 120 + sinks[s]] += 5.0f;
    align(UNEVEN, 120);
    assert_uneven();
}

/* A tenth of all places, as large as what counts. */
static void single_frames_that_stand_out_move_starts_by_few_frames(void **state)
{
    (void)state;
    static const int32_t even[] = {0, 20, 40, 60, 80, 100, 120};
    int32_t total = 0;
    for (uint32_t seed = 1; seed <= 200; seed++) {
        uint32_t next = seed * 77;
        look(even, 6, 120);
        for (size_t i = 0; i < (size_t)6 * 120; i++)
            if (rows_next(&next) % 10 == 0)
                attention[i] = 1.0f / 20;
        align(6, 120);
        assert_in_order(6, 120);
        for (size_t i = 1; i < 6; i++) {
            assert_in_range(start[i] - even[i] + 3, 0, 6);
            total += abs(start[i] - even[i]);
        }
    }
    assert_true(total < 200); /* 0.2 frames on average */
}

static void noise_moves_starts_by_few_frames(void **state)
{
    (void)state;
    look(uneven, UNEVEN, 120);
    add_noise(0.01f, (size_t)UNEVEN * 120);
    align(UNEVEN, 120);
    assert_in_order(UNEVEN, 120);
    for (size_t i = 0; i <= UNEVEN; i++)
        assert_in_range(start[i] - uneven[i] + 3, 0, 6);
}

static void one_token_has_all_frames(void **state)
{
    (void)state;
    for (size_t frames = 1; frames < 20; frames++) {
        rows_random(attention, frames, 1.0f, 1);
        align(1, frames);
        assert_int_equal(start[0], 0);
        assert_int_equal(start[1], frames);
    }
}

static void no_tokens_have_none(void **state)
{
    (void)state;
    start[0] = -1;
    align(0, 50);
    assert_int_equal(start[0], 50);
}

static void more_tokens_than_frames_share_them(void **state)
{
    (void)state;
    for (size_t frames = 1; frames <= 12; frames++) {
        memset(attention, 0, sizeof attention);
        for (size_t i = 0; i < 50; i++)
            attention[i * frames + i * frames / 50] = 1.0f;
        align(50, frames);
        assert_in_order(50, frames);
        if (frames == 5) /* ten tokens each, exactly */
            for (size_t i = 0; i < 50; i++)
                assert_int_equal(start[i], i / 10);
    }
}

static void any_matrix_gives_starts_in_order(void **state)
{
    (void)state;
    static const size_t tokens[] = {1, 2, 3, 17, MAX_TOKENS},
                        frames[] = {1, 2, 6, 7, 8, 100, MAX_FRAMES};
    static const float levels[] = {0.0f, 1e-30f, 1.0f, 1e20f};
    for (size_t a = 0; a < sizeof tokens / sizeof tokens[0]; a++) {
        for (size_t b = 0; b < sizeof frames / sizeof frames[0]; b++) {
            for (size_t l = 0; l < sizeof levels / sizeof levels[0]; l++) {
                memset(attention, 0, sizeof attention);
                add_noise(levels[l], tokens[a] * frames[b]);
                align(tokens[a], frames[b]);
                assert_in_order(tokens[a], frames[b]);
            }
        }
    }
    memset(attention, 0xff, sizeof attention); /* NaN: of a broken model */
    align(17, 100);
    assert_in_order(17, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_that_look_at_their_frames_start_exactly_there),
        cmocka_unit_test(the_scale_of_a_token_does_not_matter_much),
        cmocka_unit_test(frames_that_every_token_looks_at_are_ignored),
        cmocka_unit_test(single_frames_that_stand_out_move_starts_by_few_frames),
        cmocka_unit_test(noise_moves_starts_by_few_frames),
        cmocka_unit_test(one_token_has_all_frames),
        cmocka_unit_test(no_tokens_have_none),
        cmocka_unit_test(more_tokens_than_frames_share_them),
        cmocka_unit_test(any_matrix_gives_starts_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
