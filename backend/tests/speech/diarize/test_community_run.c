/* community-1 from samples to turns, with random weights: what comes out means nothing. */
#include "../../test.h"

#include <math.h>

#include "community_made.h"
#include "speech/diarize/community_hear.h"
#include "speech/diarize/community_run.h"
#include "speech/diarize/diarizer.h"

enum { SECOND = 16000, CHUNK = CHIP_SEGMENTATION_SAMPLES, SAMPLES = CHUNK + 2 * SECOND + 77 };

static struct chip_community_model *model;
static float pcm[SAMPLES];

static int open_model(void **state)
{
    (void)state;
    memcpy(pcm, made_community_array("pcm", CHUNK), CHUNK * sizeof *pcm);
    memcpy(pcm + CHUNK, pcm + 3 * SECOND, (SAMPLES - CHUNK) * sizeof *pcm);
    return chip_community_model_open(&model, made_community_folder(), NULL) == CHIP_OK ? 0 : -1;
}

static int close_model(void **state)
{
    (void)state;
    chip_community_model_close(model);
    return 0;
}

struct result {
    struct chip_turn *turns;
    size_t n_turns, n_speakers;
};

static struct result run(size_t n, int threads, size_t portion)
{
    struct chip_community *c;
    struct result r;
    assert_int_equal(chip_community_new(&c, model, threads, NULL), CHIP_OK);
    for (size_t i = 0; i < n; i += portion)
        assert_int_equal(chip_community_push(c, pcm + i, n - i < portion ? n - i : portion, NULL),
                         CHIP_OK);
    assert_int_equal(chip_community_finish(c, NULL, &r.turns, &r.n_turns, &r.n_speakers, NULL),
                     CHIP_OK);
    chip_community_free(c);
    return r;
}

static void turns_keep_what_they_promise(const struct result *r, size_t n)
{
    for (size_t i = 0; i < r->n_turns; i++) {
        const struct chip_turn *t = &r->turns[i];
        assert_true(t->start_ms >= 0 && t->start_ms < t->end_ms && t->end_ms <= (int64_t)n / 16);
        assert_in_range(t->speaker, 0, r->n_speakers - 1);
        assert_true(i == 0 || t->start_ms >= t[-1].start_ms);
        assert_true(t->confidence > 0.0f && t->confidence <= 1.0f);
    }
}

static void threads_and_portions_change_nothing(void **state)
{
    (void)state;
    const struct result one = run(SAMPLES, 1, SAMPLES), three = run(SAMPLES, 3, 1000);
    assert_true(one.n_turns > 0);
    turns_keep_what_they_promise(&one, SAMPLES);
    assert_int_equal(one.n_turns, three.n_turns);
    assert_int_equal(one.n_speakers, three.n_speakers);
    for (size_t i = 0; i < one.n_turns; i++) {
        assert_int_equal(one.turns[i].start_ms, three.turns[i].start_ms);
        assert_int_equal(one.turns[i].end_ms, three.turns[i].end_ms);
        assert_int_equal(one.turns[i].speaker, three.turns[i].speaker);
    }
    free(one.turns);
    free(three.turns);
}

static void recordings_shorter_than_a_chunk_are_heard(void **state)
{
    (void)state;
    const struct result nothing = run(0, 2, 1), sample = run(1, 2, 1),
                        short_one = run(70000, 2, 999);
    assert_int_equal(nothing.n_turns, 0);
    assert_int_equal(sample.n_turns, 0); /* the first frame begins later */
    turns_keep_what_they_promise(&short_one, 70000);
    free(sample.turns);
    free(short_one.turns);
}

static void a_chunk_is_what_its_networks_say(void **state)
{
    (void)state;
    static struct chip_community_chunk chunk;
    struct chip_arena arena;
    static uint8_t active[CHIP_COMMUNITY_FRAMES];
    assert_int_equal(chip_arena_init(&arena, chip_community_hear_cost(model), NULL), CHIP_OK);
    chip_community_hear(model, &arena, pcm, &chunk);
    chip_powerset_decode(
        made_community_array("logits", CHIP_COMMUNITY_FRAMES * CHIP_POWERSET_CLASSES),
        CHIP_COMMUNITY_FRAMES, active);
    assert_memory_equal(chunk.active, active, sizeof active);
    for (int p = 0; p < CHIP_COMMUNITY_PEOPLE; p++) {
        size_t speaks = 0;
        float sum = 0.0f;
        for (size_t t = 0; t < CHIP_COMMUNITY_FRAMES; t++)
            speaks += active[t] >> p & 1;
        for (size_t d = 0; d < CHIP_RESNET_DIM; d++)
            sum += fabsf(chunk.voice[p][d]);
        assert_true(isfinite(sum));
        assert_int_equal(sum > 0.0f, speaks > 0);
    }
    assert_int_equal(chip_arena_mark(&arena), 0);
    chip_arena_done(&arena);
}

static void windows_belong_to_who_speaks_longest_in_them(void **state)
{
    (void)state;
    const struct chip_turn given[] = {{0, 1000, 0, 1.0f}, {600, 3000, 1, 1.0f}};
    struct chip_window windows[] = {{.start = 0, .end = 20000},      /* 1 s and 0.65 s */
                                    {.start = 12800, .end = 28800},  /* 0.2 s and 1 s */
                                    {.start = 64000, .end = 80000}}; /* nobody */
    struct chip_turn *turns = malloc(sizeof given);
    struct chip_diarizer *d = chip_diarizer_new();
    struct chip_diarization out;
    const struct chip_speech nothing = {0};
    assert_true(turns && d);
    memcpy(turns, given, sizeof given);
    assert_int_equal(chip_diarizer_add(d, &nothing, windows, 3, NULL), CHIP_OK);
    assert_int_equal(chip_diarizer_finish_turns(d, turns, 2, 2, &out, NULL), CHIP_OK);
    assert_int_equal(out.label[0], 0);
    assert_int_equal(out.label[1], 1);
    assert_int_equal(out.label[2], -1);
    chip_diarization_done(&out);
    chip_diarizer_free(d);
}

static void another_model_is_refused_with_its_folder(void **state)
{
    (void)state;
    struct chip_community_model *other;
    struct chip_err err;
    assert_int_equal(chip_community_model_open(&other, "/nonexistent", &err), CHIP_E_NOT_FOUND);
    assert_non_null(strstr(err.message, "/nonexistent"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_and_portions_change_nothing),
        cmocka_unit_test(recordings_shorter_than_a_chunk_are_heard),
        cmocka_unit_test(a_chunk_is_what_its_networks_say),
        cmocka_unit_test(windows_belong_to_who_speaks_longest_in_them),
        cmocka_unit_test(another_model_is_refused_with_its_folder),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
