#include "make.h"

#include <math.h>

#include "base/str.h"
#include "meeting/assign.h"

/* The segments of t told apart by these turns: "0:one two|1:three four". */
static void expect_parts(const struct chip_transcript *t, const struct chip_turn *turns,
                         size_t n_turns, const char *expected)
{
    struct chip_transcript *told;
    struct chip_err err = {0};
    if (chip_transcript_with_turns(t, turns, n_turns, 3, &told, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    struct chip_str s = {0};
    for (size_t i = 0; i < told->n_segments; i++)
        chip_str_addf(&s, "%s%d:%s", i ? "|" : "", told->segments[i].speaker,
                      told->segments[i].text);
    assert_string_equal(s.data, expected);
    chip_str_done(&s);
    chip_transcript_free(told);
}

/* The words "aaaaa bbbbb ...", 500 ms each, told apart by these turns. */
static void expect_words(const char *words, const struct chip_turn *turns, size_t n_turns,
                         const char *expected)
{
    struct chip_transcript *t = make_spoken(words);
    expect_parts(t, turns, n_turns, expected);
    chip_transcript_free(t);
}

static void a_segment_is_cut_where_the_speaker_changes(void **state)
{
    (void)state;
    const struct chip_turn turns[] = {{0, 1000, 1, 1}, {1100, 2500, 0, 1}};
    expect_words("aaaaa bbbbb ccccc ddddd", turns, 2, "1:aaaaa bbbbb|0:ccccc ddddd");
}

static void a_part_of_one_word_or_of_less_than_a_second_is_not_cut_off(void **state)
{
    (void)state;
    const struct chip_turn one_word[] = {{0, 1000, 0, 1}, {1000, 2500, 1, 1}};
    expect_words("aaaaa bbbbb cccccccccccccccc", one_word, 2, "0:aaaaa bbbbb cccccccccccccccc");
    const struct chip_turn brief[] = {{0, 2000, 0, 1}, {2000, 2900, 1, 1}};
    expect_words("aaaaa bbbbb ccccc ddddd eeeee ffff", brief, 2,
                 "0:aaaaa bbbbb ccccc ddddd eeeee ffff");
    const struct chip_turn inside[] = {{0, 1000, 0, 1}, {1000, 1500, 1, 1}, {1500, 2500, 0, 1}};
    expect_words("aaaaa bbbbb ccccc ddddd eeeee", inside, 3, "0:aaaaa bbbbb ccccc ddddd eeeee");
}

static void a_word_belongs_to_the_turn_that_covers_most_of_it(void **state)
{
    (void)state;
    const struct chip_turn early[] = {{0, 1240, 0, 1}, {1240, 2500, 1, 1}};
    expect_words("aaaaa bbbbb ccccc ddddd eeeee", early, 2, "0:aaaaa bbbbb|1:ccccc ddddd eeeee");
    const struct chip_turn late[] = {{0, 1260, 0, 1}, {1260, 2500, 1, 1}};
    expect_words("aaaaa bbbbb ccccc ddddd eeeee", late, 2, "0:aaaaa bbbbb ccccc|1:ddddd eeeee");
}

static void in_overlap_whoever_spoke_goes_on(void **state)
{
    (void)state;
    const struct chip_turn turns[] = {{0, 2000, 0, 1}, {1000, 3000, 1, 1}, {1000, 2000, 2, 1}};
    expect_words("aaaaa bbbbb ccccc ddddd eeeee fffff", turns, 3,
                 "0:aaaaa bbbbb ccccc ddddd|1:eeeee fffff");
}

static void outside_all_turns_the_nearest_speaks(void **state)
{
    (void)state;
    const struct chip_turn turns[] = {{1000, 2000, 0, 1}, {6000, 7000, 1, 1}};
    expect_words("aaaaa bbbbb {1800}ccccc ddddd {500}eeeee fffff {4000}ggggg hhhhh", turns, 2,
                 "0:aaaaa bbbbb ccccc ddddd|1:eeeee fffff ggggg hhhhh");
}

static void a_turn_inside_a_longer_one_does_not_hide_what_follows(void **state)
{
    (void)state;
    const struct chip_turn turns[] = {{0, 3000, 0, 1}, {500, 1000, 1, 1}, {9000, 9500, 2, 1}};
    expect_words("aaaaa bbbbb {3000}ccccc ddddd {4000}eeeee fffff", turns, 3,
                 "0:aaaaa bbbbb ccccc ddddd|2:eeeee fffff");
}

static void a_segment_without_words_has_a_speaker_too(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    const struct chip_segment seg = {.start_ms = 1000, .end_ms = 3000, .text = "text only"};
    assert_int_equal(chip_transcript_add_segment(t, &seg, NULL, 0, NULL), CHIP_OK);
    const struct chip_turn turns[] = {{0, 1500, 0, 1}, {1500, 3000, 2, 1}};
    expect_parts(t, turns, 2, "2:text only");
    chip_transcript_free(t);
}

static void parts_keep_the_text_as_it_is_written(void **state)
{
    (void)state;
    const struct chip_word words[] = {{0, 500, 1, -1, "aa"},
                                      {500, 1000, 1, -1, "bb"},
                                      {1000, 1500, 1, -1, "cc"},
                                      {1500, 2000, 1, -1, "dd"}};
    struct chip_segment seg = {.start_ms = 0, .end_ms = 2000, .text = "aabb ccdd!"};
    const struct chip_turn turns[] = {{0, 1000, 0, 1}, {1000, 2000, 1, 1}};
    struct chip_transcript *t = make_empty();
    assert_int_equal(chip_transcript_add_segment(t, &seg, words, 4, NULL), CHIP_OK);
    expect_parts(t, turns, 2, "0:aabb|1:ccdd!");
    chip_transcript_free(t);

    t = make_empty();
    seg.text = "something else";
    assert_int_equal(chip_transcript_add_segment(t, &seg, words, 4, NULL), CHIP_OK);
    expect_parts(t, turns, 2, "0:aa bb|1:cc dd");
    chip_transcript_free(t);
}

static void without_turns_nobody_speaks(void **state)
{
    (void)state;
    struct chip_transcript *t = make_spoken("aaaaa bbbbb"), *told;
    expect_parts(t, NULL, 0, "-1:aaaaa bbbbb");
    assert_int_equal(chip_transcript_with_turns(t, NULL, 0, 0, &told, NULL), CHIP_OK);
    assert_int_equal(told->n_speakers, 0);
    assert_int_equal(told->words[1].speaker, -1);
    chip_transcript_free(told);
    chip_transcript_free(t);
}

static void turns_that_break_their_promise_are_refused(void **state)
{
    (void)state;
    struct chip_transcript *t = make_spoken("aaaaa bbbbb"), *told = NULL;
    const struct chip_turn wrong[][2] = {
        {{0, 1000, 3, 1}, {2000, 3000, 0, 1}},   {{0, 1000, -1, 1}, {2000, 3000, 0, 1}},
        {{1000, 0, 0, 1}, {2000, 3000, 0, 1}},   {{-1, 1000, 0, 1}, {2000, 3000, 0, 1}},
        {{2000, 3000, 0, 1}, {0, 1000, 1, 1}},   {{0, 1000, 0, 1}, {1000, 2000, 0, 1}},
        {{0, 1000, 0, NAN}, {2000, 3000, 0, 1}}, {{0, 1000, 0, 1}, {2000, INT64_MAX, 1, 1}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct chip_err err = {0};
        assert_int_equal(chip_transcript_with_turns(t, wrong[i], 2, 3, &told, &err), CHIP_E_INVAL);
        assert_true(*err.message);
        assert_null(told);
    }
    assert_int_equal(chip_transcript_with_turns(t, NULL, 0, CHIP_MAX_SPEAKERS + 1, &told, NULL),
                     CHIP_E_INVAL);
    chip_transcript_free(t);
}

/* ---- any conversation ---- */

static struct chip_transcript *random_transcript(uint32_t *seed)
{
    struct chip_transcript *t = make_empty();
    int64_t at = 0;
    for (uint32_t n = 1 + make_random(seed) % 6; n > 0; n--) {
        char spoken[300] = "";
        for (uint32_t k = 1 + make_random(seed) % 12; k > 0; k--) {
            char word[40];
            snprintf(word, sizeof word, "%s{%u}%.*s", *spoken ? " " : "", make_random(seed) % 400,
                     1 + (int)(make_random(seed) % 9), "abcdefghi");
            strcat(spoken, word);
        }
        at = make_segment(t, at + make_random(seed) % 3000, spoken);
    }
    const struct chip_audit note = {CHIP_AUDIT_EMPTY, 5, 6, "x"};
    assert_int_equal(chip_transcript_add_audit(t, &note, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_set_durations(t, at, at / 2, NULL), CHIP_OK);
    return t;
}

static size_t random_turns(uint32_t *seed, struct chip_turn *turns, size_t max)
{
    int64_t start = 0, end[3] = {-1, -1, -1};
    size_t n = 0;
    while (n < max) {
        int who = (int)(make_random(seed) % 3);
        start += make_random(seed) % 1500;
        if (start <= end[who])
            continue;
        end[who] = start + 100 + make_random(seed) % 4000;
        turns[n++] = (struct chip_turn){start, end[who], who, 0.5f};
    }
    return n;
}

static void check_told(const struct chip_transcript *t, const struct chip_transcript *told)
{
    assert_int_equal(told->n_words, t->n_words);
    for (size_t i = 0; i < t->n_words; i++) {
        const struct chip_word *a = &t->words[i], *b = &told->words[i];
        assert_int_equal(a->start_ms, b->start_ms);
        assert_int_equal(a->end_ms, b->end_ms);
        assert_string_equal(a->text, b->text);
        assert_float_equal(a->confidence, b->confidence, 0);
        assert_true(b->speaker >= 0 && b->speaker < 3);
    }
    assert_true(told->n_segments >= t->n_segments);
    size_t from = 0; /* segment of t */
    for (size_t i = 0; i < told->n_segments; i++) {
        const struct chip_segment *seg = &told->segments[i];
        const struct chip_word *words = told->words + seg->first_word;
        while (seg->first_word >= t->segments[from].first_word + t->segments[from].n_words)
            from++;
        bool cut = seg->n_words < t->segments[from].n_words;
        if (cut) {
            assert_true(seg->n_words >= 2);
            assert_true(words[seg->n_words - 1].end_ms - words[0].start_ms >= 1000);
        } else {
            assert_string_equal(seg->text, t->segments[from].text);
        }
        if (i && seg->first_word > t->segments[from].first_word)
            assert_int_not_equal(seg->speaker, seg[-1].speaker);
        for (size_t k = 0; k < seg->n_words; k++)
            assert_int_equal(words[k].speaker, seg->speaker);
    }
    assert_int_equal(told->duration_ms, t->duration_ms);
    assert_int_equal(told->speech_ms, t->speech_ms);
    assert_int_equal(told->n_audit, t->n_audit);
    assert_string_equal(told->model, t->model);
    assert_string_equal(told->language, t->language);
}

static void whatever_is_said_each_word_stays_and_cuts_keep_the_rule(void **state)
{
    (void)state;
    uint32_t seed = 31;
    size_t n_cut = 0;
    for (int round = 0; round < 500; round++) {
        struct chip_transcript *t = random_transcript(&seed), *told, *again;
        struct chip_turn turns[12];
        size_t n = random_turns(&seed, turns, 1 + make_random(&seed) % 12);
        assert_int_equal(chip_transcript_with_turns(t, turns, n, 3, &told, NULL), CHIP_OK);
        check_told(t, told);
        assert_int_equal(told->n_turns, n);
        assert_memory_equal(told->turns, turns, n * sizeof *turns);
        n_cut += told->n_segments - t->n_segments;

        const struct chip_turn all = {0, 1000000, 1, 1}; /* forgets who spoke, not what was said */
        assert_int_equal(chip_transcript_with_turns(told, &all, 1, 3, &again, NULL), CHIP_OK);
        assert_int_equal(again->n_words, t->n_words);
        for (size_t i = 0; i < again->n_words; i++)
            assert_int_equal(again->words[i].speaker, 1);
        chip_transcript_free(again);
        chip_transcript_free(told);
        chip_transcript_free(t);
    }
    assert_true(n_cut > 100);
}

/* What each word of a long segment gets, found in the plainest way. */
static int covering(const struct chip_word *w, const struct chip_turn *turns, size_t n, int before)
{
    int best = -1;
    int64_t most = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        int64_t from = turns[i].start_ms > w->start_ms ? turns[i].start_ms : w->start_ms;
        int64_t to = turns[i].end_ms < w->end_ms ? turns[i].end_ms : w->end_ms;
        if (to - from > most || (to - from == most && turns[i].speaker == before)) {
            most = to - from;
            best = turns[i].speaker;
        }
    }
    return best;
}

static void single_words_get_the_turn_that_a_full_search_finds(void **state)
{
    (void)state;
    uint32_t seed = 8;
    for (int round = 0; round < 300; round++) {
        struct chip_transcript *t = make_empty(), *told;
        int64_t at = 0;
        for (int i = 0; i < 30; i++)
            at = make_segment(t, at + 1 + make_random(&seed) % 1200, i % 2 ? "aaa" : "a");
        struct chip_turn turns[15];
        size_t n = random_turns(&seed, turns, 1 + make_random(&seed) % 15);
        assert_int_equal(chip_transcript_with_turns(t, turns, n, 3, &told, NULL), CHIP_OK);
        int before = -1;
        for (size_t i = 0; i < t->n_words; i++) {
            before = covering(&t->words[i], turns, n, before);
            assert_int_equal(told->words[i].speaker, before);
        }
        chip_transcript_free(told);
        chip_transcript_free(t);
    }
}

static void an_endless_segment_takes_no_endless_time(void **state)
{
    (void)state;
    enum { N = 200000 }; /* every word a turn of its own: the square of that would take minutes */
    struct chip_word *words = calloc(N, sizeof *words);
    struct chip_turn *turns = calloc(N, sizeof *turns);
    assert_true(words && turns);
    for (int i = 0; i < N; i++) {
        words[i] = (struct chip_word){100 * i, 100 * i + 100, 1, -1, "a"};
        turns[i] = (struct chip_turn){100 * i, 100 * i + 99, i % 2, 1};
    }
    const struct chip_segment seg = {.start_ms = 0, .end_ms = 100 * N};
    struct chip_transcript *t = make_empty(), *told;
    assert_int_equal(chip_transcript_add_segment(t, &seg, words, N, NULL), CHIP_OK);
    assert_int_equal(chip_transcript_with_turns(t, turns, N, 2, &told, NULL), CHIP_OK);
    assert_int_equal(told->n_words, N);
    chip_transcript_free(told);
    chip_transcript_free(t);
    free(turns);
    free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_is_cut_where_the_speaker_changes),
        cmocka_unit_test(a_part_of_one_word_or_of_less_than_a_second_is_not_cut_off),
        cmocka_unit_test(a_word_belongs_to_the_turn_that_covers_most_of_it),
        cmocka_unit_test(in_overlap_whoever_spoke_goes_on),
        cmocka_unit_test(outside_all_turns_the_nearest_speaks),
        cmocka_unit_test(a_turn_inside_a_longer_one_does_not_hide_what_follows),
        cmocka_unit_test(a_segment_without_words_has_a_speaker_too),
        cmocka_unit_test(parts_keep_the_text_as_it_is_written),
        cmocka_unit_test(without_turns_nobody_speaks),
        cmocka_unit_test(turns_that_break_their_promise_are_refused),
        cmocka_unit_test(whatever_is_said_each_word_stays_and_cuts_keep_the_rule),
        cmocka_unit_test(an_endless_segment_takes_no_endless_time),
        cmocka_unit_test(single_words_get_the_turn_that_a_full_search_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
