#include "../../test.h"

#include <math.h>

#include "../given.h"
#include "speech/diarize/channels.h"

enum { SECOND = 31, MINUTE = 60 * SECOND }; /* chunks */

/* A made recording: what stands in it is set chunk by chunk. */
struct made {
    size_t n_channels, n;
    struct chip_channel_chunk chunks[5 * MINUTE * 3];
};

static struct made made;

/* Channels of noise, `floor` half decibels above -100 dB. */
static void make(size_t n_channels, size_t n, uint8_t floor)
{
    made.n_channels = n_channels;
    made.n = n;
    for (size_t i = 0; i < n * n_channels; i++)
        made.chunks[i] = (struct chip_channel_chunk){floor, 5};
}

/* Speech of some level on one channel; what is louder stays. */
static void speak(size_t channel, size_t from, size_t to, uint8_t level)
{
    for (size_t t = from; t < to; t++) {
        struct chip_channel_chunk *c = &made.chunks[t * made.n_channels + channel];
        uint8_t varied = (uint8_t)(level + (t * 7 + channel * 3) % 9 - 4);
        c->level = c->level > varied ? c->level : varied;
        c->probability = 250;
    }
}

static struct chip_channel_map judge(void)
{
    struct chip_channel_map map;
    assert_int_equal(chip_channels_judge(made.chunks, made.n, made.n_channels, &map, NULL),
                     CHIP_OK);
    assert_int_equal(map.n_chunks, made.n);
    return map;
}

static void assert_active(const struct chip_channel_map *map, size_t from, size_t to, uint8_t want)
{
    for (size_t t = from; t < to; t++)
        if (map->active[t] != want)
            fail_msg("chunk %zu: channels %#x instead of %#x", t, map->active[t], want);
}

/* Two people take turns of ten seconds; each microphone hears the other one `bleed` half decibels
 * down, and the second is `quiet` half decibels quieter altogether. */
static void make_talk(uint8_t bleed, uint8_t quiet)
{
    make(2, 4 * MINUTE, 60);
    for (size_t t = 0; t < made.n; t += 20 * SECOND) {
        speak(0, t, t + 9 * SECOND, 160);
        speak(1, t, t + 9 * SECOND, (uint8_t)(160 - bleed - quiet));
        speak(1, t + 10 * SECOND, t + 19 * SECOND, (uint8_t)(160 - quiet));
        speak(0, t + 10 * SECOND, t + 19 * SECOND, (uint8_t)(160 - bleed));
    }
}

static void assert_talk(const struct chip_channel_map *map)
{
    assert_true(map->independent);
    for (size_t t = 0; t < made.n; t += 20 * SECOND) {
        assert_active(map, t, t + 9 * SECOND, 1);
        assert_active(map, t + 10 * SECOND, t + 19 * SECOND, 2);
    }
}

static void two_sides_of_a_call_are_two_people(void **state)
{
    (void)state;
    make_talk(90, 0);
    struct chip_channel_map map = judge();
    assert_talk(&map);
    chip_channel_map_done(&map);
}

static void what_a_microphone_hears_of_the_other_person_is_not_its_own(void **state)
{
    (void)state;
    make_talk(34, 0); /* 17 dB: the detector hears speech on both */
    struct chip_channel_map map = judge();
    assert_talk(&map);
    chip_channel_map_done(&map);
}

static void a_quiet_microphone_is_a_person_too(void **state)
{
    (void)state;
    make_talk(40, 50); /* its own voice is quieter than what the other one hears of it */
    struct chip_channel_map map = judge();
    assert_talk(&map);
    chip_channel_map_done(&map);
}

static void both_are_active_while_both_speak(void **state)
{
    (void)state;
    make_talk(90, 0);
    speak(1, 2 * SECOND, 5 * SECOND, 160);
    struct chip_channel_map map = judge();
    assert_true(map.independent);
    assert_active(&map, 0, 2 * SECOND, 1);
    assert_active(&map, 2 * SECOND, 5 * SECOND, 3);
    assert_active(&map, 5 * SECOND, 9 * SECOND, 1);
    chip_channel_map_done(&map);
}

static void short_sounds_are_no_turns_and_short_pauses_no_ends(void **state)
{
    (void)state;
    make_talk(90, 0);
    speak(1, 2 * SECOND, 2 * SECOND + 5, 160);
    for (size_t t = 4 * SECOND; t < 4 * SECOND + 3; t++)
        made.chunks[2 * t].probability = 0;
    struct chip_channel_map map = judge();
    assert_talk(&map);
    chip_channel_map_done(&map);
}

static void channels_that_sound_alike_are_one_room(void **state)
{
    (void)state;
    for (uint8_t bleed = 0; bleed <= 10; bleed += 5) { /* the same, or up to 5 dB apart */
        make_talk(bleed, 0);
        struct chip_channel_map map = judge();
        assert_false(map.independent);
        assert_active(&map, 0, map.n_chunks, 0);
        chip_channel_map_done(&map);
    }
}

static void a_channel_without_a_voice_makes_no_second_person(void **state)
{
    (void)state;
    make(2, 2 * MINUTE, 60);
    speak(0, 0, MINUTE, 160);
    struct chip_channel_map map = judge();
    assert_false(map.independent);
    chip_channel_map_done(&map);

    speak(1, MINUTE, MINUTE + 2 * SECOND, 160); /* nor do two seconds */
    map = judge();
    assert_false(map.independent);
    chip_channel_map_done(&map);
}

static void a_dead_channel_beside_two_people_hears_nobody(void **state)
{
    (void)state;
    make(3, 4 * MINUTE, 60);
    for (size_t t = 0; t < made.n; t += 20 * SECOND) {
        speak(0, t, t + 9 * SECOND, 160);
        speak(1, t + 10 * SECOND, t + 19 * SECOND, 150);
        speak(2, t, t + 19 * SECOND, 90); /* far away, both alike */
    }
    struct chip_channel_map map = judge();
    assert_talk(&map);
    chip_channel_map_done(&map);
}

static void nothing_at_all_is_no_conversation(void **state)
{
    (void)state;
    make(2, 0, 0);
    struct chip_channel_map map = judge();
    assert_false(map.independent);
    chip_channel_map_done(&map);
}

/* ---- with the detector ---- */

/* Brings a clip to an effective value of 0.1. */
static void level(float *clip, size_t n)
{
    double energy = 0.0;
    for (size_t i = 0; i < n; i++)
        energy += (double)(clip[i] * clip[i]);
    float gain = (float)(0.1 / sqrt(energy / (double)n));
    for (size_t i = 0; i < n; i++)
        clip[i] *= gain;
}

/* Clips of two readers by turns, each on a channel; `mix` of each goes to the other one too. */
static size_t make_reading(float mix, float **left, float **right)
{
    static const char *const clips[] = {"asr/1688-142285-0000.flac", "asr/2414-128291-0000.flac",
                                        "asr/1688-142285-0001.flac", "asr/2414-128291-0001.flac"};
    size_t n = 0;
    *left = *right = NULL;
    for (size_t i = 0; i < 4; i++) {
        size_t n_clip;
        float *clip = given_clip(clips[i], &n_clip);
        level(clip, n_clip);
        *left = realloc(*left, (n + n_clip) * sizeof **left);
        *right = realloc(*right, (n + n_clip) * sizeof **right);
        assert_true(*left && *right);
        for (size_t k = 0; k < n_clip; k++) {
            (*left)[n + k] = clip[k] * (i % 2 ? mix : 1.0f);
            (*right)[n + k] = clip[k] * (i % 2 ? 1.0f : mix);
        }
        n += n_clip;
        free(clip);
    }
    return n;
}

static struct chip_channel_map hear(const float *left, const float *right, size_t n, size_t step)
{
    struct chip_vad_model *vad;
    struct chip_channels *channels;
    struct chip_channel_map map;
    assert_int_equal(chip_vad_model_open(&vad, given_model("silero-vad"), NULL), CHIP_OK);
    assert_int_equal(chip_channels_new(&channels, vad, 2, NULL), CHIP_OK);
    for (size_t at = 0; at < n; at += step) {
        const float *pcm[] = {left + at, right + at};
        size_t take = step < n - at ? step : n - at;
        assert_int_equal(chip_channels_push(channels, pcm, take, NULL), CHIP_OK);
    }
    assert_int_equal(chip_channels_finish(channels, &map, NULL), CHIP_OK);
    chip_channels_free(channels);
    chip_vad_model_close(vad);
    return map;
}

static void real_speech_is_found_on_its_channel(void **state)
{
    (void)state;
    float *left, *right;
    size_t n = make_reading(0.05f, &left, &right);
    struct chip_channel_map map = hear(left, right, n, 16000), odd = hear(left, right, n, 777);
    assert_true(map.independent);
    size_t only[4] = {0};
    for (size_t t = 0; t < map.n_chunks; t++)
        only[map.active[t]]++;
    assert_true(only[1] > 10 * SECOND && only[2] > 7 * SECOND);
    assert_true(only[3] * 50 < map.n_chunks);
    assert_int_equal(odd.n_chunks, map.n_chunks);
    assert_memory_equal(odd.active, map.active, map.n_chunks);
    chip_channel_map_done(&map);
    chip_channel_map_done(&odd);
    free(left);
    free(right);
}

static void real_speech_that_is_the_same_on_both_is_not(void **state)
{
    (void)state;
    float *left, *right;
    size_t n = make_reading(0.8f, &left, &right);
    struct chip_channel_map map = hear(left, right, n, 16000);
    assert_false(map.independent);
    chip_channel_map_done(&map);
    free(left);
    free(right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_sides_of_a_call_are_two_people),
        cmocka_unit_test(what_a_microphone_hears_of_the_other_person_is_not_its_own),
        cmocka_unit_test(a_quiet_microphone_is_a_person_too),
        cmocka_unit_test(both_are_active_while_both_speak),
        cmocka_unit_test(short_sounds_are_no_turns_and_short_pauses_no_ends),
        cmocka_unit_test(channels_that_sound_alike_are_one_room),
        cmocka_unit_test(a_channel_without_a_voice_makes_no_second_person),
        cmocka_unit_test(a_dead_channel_beside_two_people_hears_nobody),
        cmocka_unit_test(nothing_at_all_is_no_conversation),
        cmocka_unit_test(real_speech_is_found_on_its_channel),
        cmocka_unit_test(real_speech_that_is_the_same_on_both_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
