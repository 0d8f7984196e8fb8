#include "../../test.h"

#include <math.h>

#include "../given.h"
#include "nn/kernels.h"
#include "nn/safetensors.h"
#include "speech/diarize/embedder.h"
#include "speech/diarize/mel.h"

enum { MAX_SAMPLES = 32 * 16000 };

struct fixture {
    struct chip_embedder *embedder;
    struct chip_arena arena;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct chip_err err;
    if (chip_embedder_open(&f->embedder, NULL, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_int_equal(chip_arena_init(&f->arena, chip_embedder_cost(MAX_SAMPLES), NULL), CHIP_OK);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    chip_embedder_close(f->embedder);
    chip_arena_done(&f->arena);
    free(f);
    return 0;
}

static float cosine(const float *a, const float *b)
{
    float sum = 0.0f;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        sum += a[i] * b[i];
    return sum;
}

/* ---- against the network that was trained ---- */

static const float *tensor(const struct chip_safetensors *st, const char *name, size_t *n)
{
    const struct chip_tensor *t = chip_safetensors_find(st, name);
    assert_non_null(t);
    assert_int_equal(t->dtype, CHIP_F32);
    *n = t->bytes / sizeof(float);
    return t->data;
}

static void the_golden_vector_of_training_is_met(void **state)
{
    struct fixture *f = *state;
    char path[4096];
    snprintf(path, sizeof path, "%s/backend/tests/speech/diarize/golden_speaker.safetensors",
             given_root());
    struct chip_safetensors *st;
    assert_int_equal(chip_safetensors_open(&st, path, NULL), CHIP_OK);
    size_t n_mel, n_voice, n_pcm;
    const float *mel = tensor(st, "test_input", &n_mel),
                *want = tensor(st, "test_embedding", &n_voice);
    const float *pcm = tensor(st, "test_pcm", &n_pcm);
    assert_int_equal(n_voice, CHIP_VOICE_DIM);
    size_t n_frames = n_mel / CHIP_MEL_BANDS;
    assert_int_equal(n_frames, chip_mel_frames(n_pcm));

    float voice[CHIP_VOICE_DIM], worst = 0.0f, length = 0.0f, dot = 0.0f;
    chip_embedder_features(f->embedder, &f->arena, mel, n_frames, voice);
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++) {
        worst = fmaxf(worst, fabsf(voice[i] - want[i]));
        length += want[i] * want[i];
    }
    print_message("largest difference %g\n", (double)worst);
    assert_true(worst < 1e-4f);

    float whole[1][CHIP_VOICE_DIM]; /* and from the sound */
    chip_embedder_run(f->embedder, &f->arena, pcm, CHIP_WINDOW_SAMPLES, whole);
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        dot += whole[0][i] * want[i];
    assert_true(dot / sqrtf(length) > 0.999f); /* which is a little longer */
    chip_safetensors_close(st);
}

/* ---- windows ---- */

static void windows_cover_a_stretch_evenly(void **state)
{
    (void)state;
    assert_int_equal(chip_window_count(CHIP_WINDOW_MIN_SAMPLES - 1), 0);
    for (size_t n = CHIP_WINDOW_MIN_SAMPLES; n < 20 * 16000; n += 997) {
        size_t count = chip_window_count(n);
        for (size_t i = 0; i < count; i++) {
            struct chip_cut cut = chip_window_cut(n, i);
            assert_true(cut.end - cut.start == (n < CHIP_WINDOW_SAMPLES ? n : CHIP_WINDOW_SAMPLES));
            assert_true(cut.end <= n);
            if (i)
                assert_true(cut.start - chip_window_cut(n, i - 1).start <= CHIP_WINDOW_HOP);
        }
        assert_int_equal(chip_window_cut(n, 0).start, 0);
        assert_int_equal(chip_window_cut(n, count - 1).end, n);
    }
}

static void any_stretch_gives_vectors_of_length_one(void **state)
{
    struct fixture *f = *state;
    static float pcm[MAX_SAMPLES], voices[64][CHIP_VOICE_DIM];
    for (int loud = 0; loud < 3; loud++) { /* silence, noise, clipping */
        unsigned seed = 3;
        for (size_t i = 0; i < MAX_SAMPLES; i++) {
            seed = seed * 1664525u + 1013904223u;
            float x = (float)(seed >> 8) / 8388608.0f - 1.0f;
            pcm[i] = loud == 0 ? 0.0f : loud == 1 ? 0.01f * x : x > 0.0f ? 1.0f : -1.0f;
        }
        static const size_t lengths[] = {CHIP_WINDOW_MIN_SAMPLES, CHIP_WINDOW_SAMPLES - 1,
                                         CHIP_WINDOW_SAMPLES + 1, MAX_SAMPLES};
        for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
            chip_embedder_run(f->embedder, &f->arena, pcm, lengths[k], voices);
            for (size_t i = 0; i < chip_window_count(lengths[k]); i++)
                assert_float_equal(cosine(voices[i], voices[i]), 1.0f, 1e-4);
        }
    }
    assert_int_equal(f->arena.used, 0);
}

/* ---- voices ---- */

/* The mean voice of a clip. */
static void voice_of(struct fixture *f, const char *clip, float *voice)
{
    size_t n;
    float *pcm = given_clip(clip, &n), voices[64][CHIP_VOICE_DIM];
    n = n < MAX_SAMPLES ? n : MAX_SAMPLES;
    chip_embedder_run(f->embedder, &f->arena, pcm, n, voices);
    memset(voice, 0, CHIP_VOICE_DIM * sizeof *voice);
    for (size_t i = 0; i < chip_window_count(n); i++)
        for (size_t d = 0; d < CHIP_VOICE_DIM; d++)
            voice[d] += voices[i][d];
    float length = sqrtf(cosine(voice, voice));
    for (size_t d = 0; d < CHIP_VOICE_DIM; d++)
        voice[d] /= length;
    free(pcm);
}

static void clips_of_one_person_are_more_alike_than_those_of_two(void **state)
{
    static const char *const clips[][3] = {
        {"asr/1688-142285-0000.flac", "asr/1688-142285-0001.flac", "asr/1688-142285-0004.flac"},
        {"asr/1998-15444-0000.flac", "asr/1998-15444-0001.flac", "asr/1998-15444-0002.flac"},
        {"asr/2414-128291-0001.flac", "asr/2414-128291-0002.flac", "asr/2414-128291-0003.flac"},
        {"asr/3080-5032-0000.flac", "asr/3080-5032-0001.flac", "asr/3080-5032-0002.flac"},
    };
    static float voices[4][3][CHIP_VOICE_DIM];
    for (size_t p = 0; p < 4; p++)
        for (size_t c = 0; c < 3; c++)
            voice_of(*state, clips[p][c], voices[p][c]);
    float same = 1.0f, other = -1.0f;
    for (size_t p = 0; p < 12; p++)
        for (size_t q = 0; q < p; q++) {
            float alike = cosine(voices[p / 3][p % 3], voices[q / 3][q % 3]);
            if (p / 3 == q / 3)
                same = fminf(same, alike);
            else
                other = fmaxf(other, alike);
        }
    print_message("one person at least %.2f, two at most %.2f\n", (double)same, (double)other);
    assert_true(same > other);
}

static void the_rest_of_the_stretch_hardly_matters_to_a_window(void **state)
{
    struct fixture *f = *state;
    size_t n;
    float *pcm = given_clip("asr/1688-142285-0000.flac", &n);
    float long_voices[64][CHIP_VOICE_DIM], alone[1][CHIP_VOICE_DIM];
    chip_embedder_run(f->embedder, &f->arena, pcm, n, long_voices);
    for (size_t i = 0; i < chip_window_count(n); i++) {
        struct chip_cut cut = chip_window_cut(n, i);
        chip_embedder_run(f->embedder, &f->arena, pcm + cut.start, cut.end - cut.start, alone);
        assert_true(cosine(alone[0], long_voices[i]) > 0.95f); /* edges and the grid of frames */
    }
    free(pcm);
}

/* Stretches cut at the grid of frames, so that windows of both lie on the same frames: away from
 * the edges, where the cut one has no context, nothing may differ. */
static void a_window_does_not_depend_on_where_the_stretch_is_cut(void **state)
{
    struct fixture *f = *state;
    enum { HOP = 37 * 320, ALL = 9, SKIPPED = 2, PART = 5 };
    const size_t n_all = CHIP_WINDOW_SAMPLES + HOP * (ALL - 1),
                 n_part = CHIP_WINDOW_SAMPLES + HOP * (PART - 1);
    size_t n;
    float *pcm = given_clip("asr/1688-142285-0000.flac", &n), worst = 0.0f;
    float all[ALL][CHIP_VOICE_DIM], part[PART][CHIP_VOICE_DIM];
    assert_true(n >= n_all);
    assert_int_equal(chip_window_count(n_all), ALL);
    assert_int_equal(chip_window_count(n_part), PART);
    chip_embedder_run(f->embedder, &f->arena, pcm, n_all, all);
    chip_embedder_run(f->embedder, &f->arena, pcm + (size_t)SKIPPED * HOP, n_part, part);
    for (size_t i = 1; i + 1 < PART; i++)
        for (size_t d = 0; d < CHIP_VOICE_DIM; d++)
            worst = fmaxf(worst, fabsf(part[i][d] - all[SKIPPED + i][d]));
    print_message("largest difference %g\n", (double)worst);
    assert_true(worst < 1e-5f);
    free(pcm);
}

static void all_instruction_sets_hear_the_same_voice(void **state)
{
    struct fixture *f = *state;
    enum { N = CHIP_WINDOW_SAMPLES };
    static float pcm[N];
    for (size_t i = 0; i < N; i++)
        pcm[i] = 0.2f * sinf(0.04f * (float)i + 3.0f * sinf(0.0007f * (float)i));
    float want[1][CHIP_VOICE_DIM], got[1][CHIP_VOICE_DIM];
    chip_embedder_run(f->embedder, &f->arena, pcm, N, want);
    for (const struct chip_kernels *const *k = chip_kernels_all(); *k; k++) {
        struct chip_embedder *e;
        float worst = 0.0f;
        setenv("CHIP_KERNELS", (*k)->name, 1);
        assert_int_equal(chip_embedder_open(&e, NULL, NULL), CHIP_OK);
        chip_embedder_run(e, &f->arena, pcm, N, got);
        chip_embedder_close(e);
        for (size_t d = 0; d < CHIP_VOICE_DIM; d++)
            worst = fmaxf(worst, fabsf(got[0][d] - want[0][d]));
        print_message("%s: largest difference %g\n", (*k)->name, (double)worst);
        assert_true(worst < 1e-5f);
    }
    unsetenv("CHIP_KERNELS");
}

/* ---- files ---- */

static void a_file_without_the_network_is_refused_by_name(void **state)
{
    (void)state;
    struct chip_embedder *e;
    struct chip_err err;
    char path[4096];
    snprintf(path, sizeof path, "%s/backend/tests/speech/diarize/golden_speaker.safetensors",
             given_root());
    assert_int_equal(chip_embedder_open(&e, path, &err), CHIP_E_FORMAT);
    assert_non_null(strstr(err.message, "'inp.weight' is missing"));
    assert_int_equal(chip_embedder_open(&e, "/no/such/file", &err), CHIP_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_golden_vector_of_training_is_met, setup, teardown),
        cmocka_unit_test(windows_cover_a_stretch_evenly),
        cmocka_unit_test_setup_teardown(any_stretch_gives_vectors_of_length_one, setup, teardown),
        cmocka_unit_test_setup_teardown(clips_of_one_person_are_more_alike_than_those_of_two, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_rest_of_the_stretch_hardly_matters_to_a_window, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_window_does_not_depend_on_where_the_stretch_is_cut, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(all_instruction_sets_hear_the_same_voice, setup, teardown),
        cmocka_unit_test(a_file_without_the_network_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
