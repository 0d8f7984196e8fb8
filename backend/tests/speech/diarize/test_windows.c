#include "../../test.h"

#include <math.h>

#include "speech/diarize/windows.h"

enum { START = 1000000, N = 200000, PAD = CHIP_WINDOW_PAD_SAMPLES };

static struct chip_embedder *embedder;
static struct chip_arena arena;
static float pcm[N];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(chip_embedder_open(&embedder, NULL, NULL), CHIP_OK);
    assert_int_equal(chip_arena_init(&arena, chip_embedder_cost(N), NULL), CHIP_OK);
    for (size_t i = 0; i < N; i++)
        pcm[i] = 0.3f * sinf(0.05f * (float)i) * sinf(1e-8f * (float)(i * i));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    chip_embedder_close(embedder);
    chip_arena_done(&arena);
    return 0;
}

/* A piece of which the segmenter has heard these spans. */
static struct chip_speech piece(struct chip_span *spans, size_t n_spans)
{
    return (struct chip_speech){
        .start = START, .n_samples = N, .pcm = pcm, .spans = spans, .n_spans = n_spans};
}

static size_t make(const struct chip_speech *speech, struct chip_window **windows)
{
    size_t n;
    assert_int_equal(chip_windows_make(embedder, &arena, speech, windows, &n, NULL), CHIP_OK);
    assert_int_equal(arena.used, 0);
    return n;
}

static void a_span_is_heard_with_a_little_around_it(void **state)
{
    (void)state;
    struct chip_span spans[] = {{8000, 20000}, {40000, 50000}};
    const struct chip_speech speech = piece(spans, 2);
    struct chip_window *windows;
    assert_int_equal(make(&speech, &windows), 2);
    assert_int_equal(windows[0].start, START + 8000 - PAD);
    assert_int_equal(windows[0].end, START + 20000 + PAD);
    assert_int_equal(windows[1].start, START + 40000 - PAD);
    assert_int_equal(windows[1].end, START + 50000 + PAD);
    free(windows);
}

static void padding_ends_with_the_piece_and_half_way_to_the_next_span(void **state)
{
    (void)state;
    struct chip_span spans[] = {{100, 20000}, {20101, 40000}, {50000, N}};
    const struct chip_speech speech = piece(spans, 3);
    struct chip_span first = chip_window_span(&speech, 0), second = chip_window_span(&speech, 1),
                     third = chip_window_span(&speech, 2);
    assert_int_equal(first.start, 0);
    assert_true(first.end <= second.start && second.start - first.end <= 1);
    assert_int_equal(second.end, 40000 + PAD);
    assert_int_equal(third.end, N);
}

static void windows_are_what_the_network_makes_of_their_span_alone(void **state)
{
    (void)state;
    struct chip_span spans[] = {{5000, 60000}, {70000, 70000 + 15000}, {100000, 180000}};
    const struct chip_speech speech = piece(spans, 3);
    struct chip_window *windows;
    size_t n = make(&speech, &windows), at = 0;
    for (size_t s = 0; s < 3; s++) {
        const struct chip_span span = chip_window_span(&speech, s);
        size_t length = (size_t)(span.end - span.start), count = chip_window_count(length);
        float voices[16][CHIP_VOICE_DIM];
        assert_true(at + count <= n);
        chip_embedder_run(embedder, &arena, pcm + span.start, length, voices);
        for (size_t i = 0; i < count; i++, at++) {
            assert_int_equal(windows[at].start,
                             START + span.start + (int64_t)chip_window_cut(length, i).start);
            assert_memory_equal(windows[at].voice, voices[i], sizeof voices[i]);
        }
    }
    assert_int_equal(at, n);
    free(windows);
}

static void too_short_a_span_has_no_voice(void **state)
{
    (void)state;
    const int64_t most = CHIP_WINDOW_MIN_SAMPLES - 2 * PAD; /* without its padding */
    struct chip_span spans[] = {{10000, 10000 + most - 1}, {50000, 50000 + most}};
    struct chip_speech speech = piece(spans, 2);
    struct chip_window *windows;
    assert_int_equal(make(&speech, &windows), 1);
    assert_int_equal(windows[0].start, START + 50000 - PAD);
    free(windows);
    speech.n_spans = 1;
    assert_int_equal(make(&speech, &windows), 0);
    assert_null(windows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_is_heard_with_a_little_around_it),
        cmocka_unit_test(padding_ends_with_the_piece_and_half_way_to_the_next_span),
        cmocka_unit_test(windows_are_what_the_network_makes_of_their_span_alone),
        cmocka_unit_test(too_short_a_span_has_no_voice),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
