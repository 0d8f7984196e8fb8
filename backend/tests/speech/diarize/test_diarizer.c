#include "../../test.h"

#include <math.h>

#include "speech/diarize/diarizer.h"

enum { SECOND = 16000, TURN_S = 6, N_TURNS = 20 };

static unsigned seed;

static float uniform(void) /* -1..1 */
{
    seed = seed * 1664525u + 1013904223u;
    return (float)(seed >> 8) / 8388608.0f - 1.0f;
}

/* A window of a person: that one's own direction and something else. */
static void make_voice(unsigned person, float voice[CHIP_VOICE_DIM])
{
    unsigned before = seed;
    float own[CHIP_VOICE_DIM], square = 0.0f;
    seed = person * 7919 + 1;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        own[i] = uniform();
    seed = before;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++) {
        voice[i] = own[i] + 0.5f * uniform();
        square += voice[i] * voice[i];
    }
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        voice[i] /= sqrtf(square);
}

/* A piece of one person's speech, TURN_S seconds from `start` on. */
static void add_turn(struct chip_diarizer *d, int64_t start, unsigned person)
{
    enum { LENGTH = TURN_S * SECOND };
    struct chip_span span = {0, LENGTH};
    const struct chip_speech speech = {
        .start = start, .n_samples = LENGTH, .spans = &span, .n_spans = 1};
    struct chip_window windows[16];
    size_t n = chip_window_count(LENGTH);
    for (size_t i = 0; i < n; i++) {
        struct chip_cut cut = chip_window_cut(LENGTH, i);
        windows[i].start = start + (int64_t)cut.start;
        windows[i].end = start + (int64_t)cut.end;
        make_voice(person, windows[i].voice);
    }
    assert_int_equal(chip_diarizer_add(d, &speech, windows, n, NULL), CHIP_OK);
}

/* People by turns, two seconds of silence between. */
static struct chip_diarizer *make_talk(unsigned people)
{
    struct chip_diarizer *d = chip_diarizer_new();
    assert_non_null(d);
    seed = 3;
    for (unsigned i = 0; i < N_TURNS; i++)
        add_turn(d, (int64_t)i * (TURN_S + 2) * SECOND, i % people + 1);
    return d;
}

static struct chip_diarization finish(struct chip_diarizer *d,
                                      const struct chip_cluster_options *options,
                                      const struct chip_channel_map *map)
{
    struct chip_diarization out;
    struct chip_err err;
    if (chip_diarizer_finish(d, options, map, &out, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    chip_diarizer_free(d);
    return out;
}

static void every_turn_gets_its_speaker(void **state)
{
    (void)state;
    struct chip_diarization out = finish(make_talk(3), NULL, NULL);
    assert_int_equal(out.n_speakers, 3);
    assert_int_equal(out.n_turns, N_TURNS);
    for (size_t i = 0; i < out.n_turns; i++) {
        assert_int_equal(out.turns[i].speaker, i % 3); /* in order of first speech */
        assert_int_equal(out.turns[i].start_ms, i * (TURN_S + 2) * 1000);
        assert_int_equal(out.turns[i].end_ms, i * (TURN_S + 2) * 1000 + TURN_S * 1000);
    }
    chip_diarization_done(&out);
}

static void a_number_that_is_asked_for_is_met(void **state)
{
    (void)state;
    for (int k = 1; k <= 5; k++) {
        const struct chip_cluster_options options = {.n_speakers = k};
        struct chip_diarization out = finish(make_talk(3), &options, NULL);
        assert_int_equal(out.n_speakers, k);
        chip_diarization_done(&out);
    }
}

static void nobody_who_speaks_is_nobody(void **state)
{
    (void)state;
    struct chip_diarization out = finish(chip_diarizer_new(), NULL, NULL);
    assert_int_equal(out.n_speakers, 0);
    assert_int_equal(out.n_turns, 0);
    chip_diarization_done(&out);
}

/* ---- channels ---- */

/* Turn i on channel i % 2; the last seconds of turn 0 on both. */
static struct chip_channel_map make_map(void)
{
    struct chip_channel_map map = {.independent = true, .n_channels = 2};
    map.n_chunks = (size_t)N_TURNS * (TURN_S + 2) * SECOND / CHIP_VAD_CHUNK;
    map.active = calloc(map.n_chunks, 1);
    assert_non_null(map.active);
    for (size_t t = 0; t < map.n_chunks; t++) {
        size_t at = t * CHIP_VAD_CHUNK, turn = at / ((TURN_S + 2) * SECOND);
        size_t second = at / SECOND % (TURN_S + 2);
        if (second < TURN_S)
            map.active[t] = (uint8_t)(1 << turn % 2);
        if (turn == 0 && (second == 4 || second == 5))
            map.active[t] = 3;
    }
    return map;
}

static void channels_say_who_speaks_even_if_voices_are_alike(void **state)
{
    (void)state;
    struct chip_channel_map map = make_map();
    struct chip_diarization out = finish(make_talk(1), NULL, &map);
    assert_true(out.from_channels);
    assert_int_equal(out.n_speakers, 2);
    assert_int_equal(out.n_turns, N_TURNS + 1); /* and the overlap */
    assert_int_equal(out.turns[0].speaker, 0);
    assert_int_equal(out.turns[1].speaker, 1);
    assert_true(out.turns[1].start_ms < out.turns[0].end_ms);
    for (size_t i = 2; i < out.n_turns; i++)
        assert_int_equal(out.turns[i].speaker, (i - 1) % 2);
    chip_diarization_done(&out);
    chip_channel_map_done(&map);
}

static void several_people_may_share_a_channel(void **state)
{
    (void)state;
    struct chip_channel_map map = make_map();
    struct chip_diarization out = finish(make_talk(4), NULL, &map); /* 1 and 3, 2 and 4 */
    assert_int_equal(out.n_speakers, 4);
    chip_diarization_done(&out);
    chip_channel_map_done(&map);
}

static void who_names_a_number_knows_better_than_the_channels(void **state)
{
    (void)state;
    struct chip_channel_map map = make_map();
    const struct chip_cluster_options options = {.n_speakers = 3};
    struct chip_diarization out = finish(make_talk(3), &options, &map);
    assert_false(out.from_channels);
    assert_int_equal(out.n_speakers, 3);
    chip_diarization_done(&out);
    chip_channel_map_done(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_turn_gets_its_speaker),
        cmocka_unit_test(a_number_that_is_asked_for_is_met),
        cmocka_unit_test(nobody_who_speaks_is_nobody),
        cmocka_unit_test(channels_say_who_speaks_even_if_voices_are_alike),
        cmocka_unit_test(several_people_may_share_a_channel),
        cmocka_unit_test(who_names_a_number_knows_better_than_the_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
