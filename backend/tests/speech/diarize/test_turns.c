#include "../../test.h"

#include "speech/diarize/turns.h"

enum { SECOND = 16000, MAX = 400 };

/* Speech and its windows; each speaker's voice is a direction of its own. */
static struct chip_window windows[MAX];
static int label[MAX];
static float confidence[MAX];
static struct chip_span spans[MAX];
static size_t n_windows, n_spans;

static void clear(void)
{
    n_windows = n_spans = 0;
}

static void add_span(double from, double to)
{
    spans[n_spans++] = (struct chip_span){(int64_t)(from * SECOND), (int64_t)(to * SECOND)};
}

static void add_window(double from, double to, int speaker, float sure)
{
    struct chip_window *w = &windows[n_windows];
    *w = (struct chip_window){.start = (int64_t)(from * SECOND), .end = (int64_t)(to * SECOND)};
    w->voice[speaker] = 1.0f;
    label[n_windows] = speaker;
    confidence[n_windows++] = sure;
}

/* The windows of a span as windows.h lays them, from 0.3 s on. */
static int window_count(double from, double to)
{
    return to - from < 0.3 ? 0 : to - from <= 1.5 ? 1 : 1 + (int)((to - from - 1.5) / 0.75 + 0.999);
}

static double window_start(double from, double to, int i)
{
    int n = window_count(from, to);
    return n > 1 ? from + (to - from - 1.5) * i / (n - 1) : from;
}

/* A span in which one person speaks. */
static void add_speech(double from, double to, int speaker, float sure)
{
    add_span(from, to);
    for (int i = 0; i < window_count(from, to); i++) {
        double start = window_start(from, to, i);
        add_window(start, to - start > 1.5 ? start + 1.5 : to, speaker, sure);
    }
}

static struct chip_turns_input input(void)
{
    return (struct chip_turns_input){.windows = windows,
                                     .label = label,
                                     .confidence = confidence,
                                     .n_windows = n_windows,
                                     .n_speakers = 4,
                                     .spans = spans,
                                     .n_spans = n_spans};
}

static struct chip_turn *make(const struct chip_turns_input *in, size_t *n)
{
    struct chip_turn *turns;
    assert_int_equal(chip_turns_make(in, &turns, n, NULL), CHIP_OK);
    return turns;
}

static void expect(const struct chip_turns_input *in, const struct chip_turn *expected, size_t n)
{
    size_t got;
    struct chip_turn *turns = make(in, &got);
    assert_int_equal(got, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(turns[i].start_ms, expected[i].start_ms);
        assert_int_equal(turns[i].end_ms, expected[i].end_ms);
        assert_int_equal(turns[i].speaker, expected[i].speaker);
        assert_float_equal(turns[i].confidence, expected[i].confidence, 1e-3);
    }
    free(turns);
}

static void a_change_inside_a_span_is_where_the_voices_change(void **state)
{
    (void)state;
    clear();
    add_span(1, 7);
    for (int i = 0; i < 7; i++)
        add_window(1 + 0.75 * i, 2.5 + 0.75 * i, i < 4 ? 2 : 1, 0.5f);
    const struct chip_turn turns[] = {{1000, 4400, 2, 0.5f}, {4400, 7000, 1, 0.5f}};
    const struct chip_turns_input in = input();
    expect(&in, turns, 2);
}

static void less_than_three_tenths_of_a_second_are_no_turn(void **state)
{
    (void)state;
    for (int tenths = 1; tenths <= 3; tenths++) {
        clear();
        double back = 1 + 0.1 * tenths;
        add_span(0, back + 1);
        add_window(0, 1, 0, 1);
        add_window(1, back, 1, 1);
        add_window(back, back + 1, 0, 1);
        const struct chip_turns_input in = input();
        size_t n;
        free(make(&in, &n));
        assert_int_equal(n, tenths < 3 ? 1 : 3);
    }
}

static void pieces_less_than_a_second_apart_are_one_turn(void **state)
{
    (void)state;
    clear();
    add_speech(0, 2, 0, 1);
    add_speech(2.9, 4, 0, 1);
    add_speech(5, 6, 0, 0);
    const struct chip_turn turns[] = {{0, 4000, 0, 1}, {5000, 6000, 0, 0}};
    const struct chip_turns_input in = input();
    expect(&in, turns, 2);
}

static void pieces_between_which_somebody_speaks_stay_apart(void **state)
{
    (void)state;
    clear();
    add_speech(0, 2, 0, 1);
    add_speech(2.2, 2.6, 1, 1);
    add_speech(2.8, 4, 0, 1);
    const struct chip_turn turns[] = {{0, 2000, 0, 1}, {2200, 2600, 1, 1}, {2800, 4000, 0, 1}};
    const struct chip_turns_input in = input();
    expect(&in, turns, 3);
}

static void speech_too_short_for_a_window_goes_to_the_nearest_with_no_confidence(void **state)
{
    (void)state;
    clear();
    add_speech(0, 2, 3, 1);
    add_speech(5, 5.25, 0, 1);
    add_speech(9, 10, 1, 1);
    const struct chip_turn turns[] = {{0, 2000, 3, 1}, {5000, 5250, 3, 0}, {9000, 10000, 1, 1}};
    const struct chip_turns_input in = input();
    expect(&in, turns, 3);
}

static void a_second_speaker_is_kept_as_overlap(void **state)
{
    (void)state;
    clear();
    add_speech(0, 5, 0, 1);
    const struct chip_overlap overlaps[] = {{4 * SECOND, 6 * SECOND, 1, 0.5f},
                                            {1 * SECOND, 2 * SECOND, 1, 0.25f},
                                            {2 * SECOND, 3 * SECOND, 0, 1}};
    struct chip_turns_input in = input();
    in.overlaps = overlaps;
    in.n_overlaps = 3;
    size_t n;
    struct chip_turn *turns = make(&in, &n);
    assert_int_equal(n, 3);
    assert_int_equal(turns[0].end_ms, 5000);
    assert_int_equal(turns[1].speaker, 1);
    assert_int_equal(turns[1].start_ms, 1000);
    assert_int_equal(turns[1].end_ms, 2000);
    assert_int_equal(turns[2].end_ms, 6000);
    free(turns);
}

static void nothing_heard_is_no_turn(void **state)
{
    (void)state;
    clear();
    add_span(0, 1);
    struct chip_turns_input in = input();
    expect(&in, NULL, 0);
    in.n_spans = 0;
    expect(&in, NULL, 0);
}

/* ---- any pieces, any speech ---- */

static uint32_t draw(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static void check_order(const struct chip_turn *turns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_true(turns[i].start_ms <= turns[i].end_ms);
        assert_true(turns[i].confidence >= 0 && turns[i].confidence <= 1);
        if (i)
            assert_true(turns[i - 1].start_ms <= turns[i].start_ms);
        for (size_t k = i + 1; k < n; k++)
            if (turns[k].speaker == turns[i].speaker)
                assert_true(turns[k].start_ms > turns[i].end_ms);
    }
}

static bool speaks(const struct chip_turn *turns, size_t n, int speaker, int64_t from, int64_t to)
{
    for (size_t i = 0; i < n; i++)
        if (turns[i].speaker == speaker && turns[i].start_ms <= from && turns[i].end_ms >= to)
            return true;
    return false;
}

/* Whether anybody but `speaker` speaks between two times. */
static bool others_speak(const struct chip_turn *turns, size_t n, int speaker, int64_t from,
                         int64_t to)
{
    for (size_t i = 0; i < n; i++)
        if (turns[i].speaker != speaker && turns[i].start_ms < to && turns[i].end_ms > from)
            return true;
    return false;
}

static void joining_loses_nothing_and_fills_only_short_silence(void **state)
{
    (void)state;
    uint32_t seed = 5;
    for (int round = 0; round < 2000; round++) {
        struct chip_turn pieces[30] = {{.start_ms = 0}}, joined[30];
        size_t n = draw(&seed, 31);
        for (size_t i = 0; i < n; i++) {
            int64_t start = draw(&seed, 30000);
            pieces[i] = (struct chip_turn){start, start + 1 + draw(&seed, 2500),
                                           (int)draw(&seed, 3), (float)draw(&seed, 101) / 100};
        }
        memcpy(joined, pieces, sizeof pieces);
        size_t n_joined = chip_turns_join(joined, n);
        check_order(joined, n_joined);
        for (size_t i = 0; i < n; i++)
            assert_true(
                speaks(joined, n_joined, pieces[i].speaker, pieces[i].start_ms, pieces[i].end_ms));
        for (size_t i = 0; i < n_joined; i++)
            for (size_t k = i + 1; k < n_joined; k++)
                if (joined[k].speaker == joined[i].speaker) { /* not joined, for a reason */
                    assert_true(joined[k].start_ms - joined[i].end_ms >= 1000 ||
                                others_speak(pieces, n, joined[i].speaker, joined[i].end_ms,
                                             joined[k].start_ms));
                    break;
                }
        struct chip_turn again[30];
        memcpy(again, joined, sizeof joined);
        assert_int_equal(chip_turns_join(again, n_joined), n_joined);
        assert_memory_equal(again, joined, n_joined * sizeof *joined);
    }
}

/* A span in which any number of people speak. */
static void add_talk(uint32_t *seed, double from, double to, int *speaker)
{
    add_span(from, to);
    for (int i = 0; i < window_count(from, to); i++) {
        double start = window_start(from, to, i);
        if (draw(seed, 4) == 0)
            *speaker = (int)draw(seed, 4);
        add_window(start, to - start > 1.5 ? start + 1.5 : to, *speaker,
                   (float)draw(seed, 101) / 100);
    }
}

static void every_moment_of_speech_has_one_speaker(void **state)
{
    (void)state;
    uint32_t seed = 77;
    for (int round = 0; round < 200; round++) {
        clear();
        double at = 0;
        int speaker = 0;
        while (n_spans < 12 && n_windows < MAX - 40) {
            at += 0.01 * draw(&seed, 250);
            double end = at + 0.05 + 0.01 * draw(&seed, 1500);
            add_talk(&seed, at, end, &speaker);
            at = end;
        }
        const struct chip_turns_input in = input();
        size_t n, n_again;
        struct chip_turn *turns = make(&in, &n), *again = make(&in, &n_again);
        check_order(turns, n);
        assert_int_equal(n_again, n);
        assert_memory_equal(again, turns, n * sizeof *turns);
        for (size_t i = 1; i < n; i++)
            assert_true(turns[i].start_ms >= turns[i - 1].end_ms);
        for (size_t i = 0; i < n_spans && n_windows; i++)
            for (int64_t ms = spans[i].start / 16; ms < spans[i].end / 16; ms += 7) {
                int found = 0;
                for (size_t k = 0; k < n; k++)
                    found += turns[k].start_ms <= ms && ms < turns[k].end_ms;
                assert_int_equal(found, 1);
            }
        free(again);
        free(turns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_inside_a_span_is_where_the_voices_change),
        cmocka_unit_test(less_than_three_tenths_of_a_second_are_no_turn),
        cmocka_unit_test(pieces_less_than_a_second_apart_are_one_turn),
        cmocka_unit_test(pieces_between_which_somebody_speaks_stay_apart),
        cmocka_unit_test(speech_too_short_for_a_window_goes_to_the_nearest_with_no_confidence),
        cmocka_unit_test(a_second_speaker_is_kept_as_overlap),
        cmocka_unit_test(nothing_heard_is_no_turn),
        cmocka_unit_test(joining_loses_nothing_and_fills_only_short_silence),
        cmocka_unit_test(every_moment_of_speech_has_one_speaker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
