/* The public networks against PyTorch, with random weights. */
#include "../../test.h"

#include <math.h>

#include "community_made.h"
#include "speech/diarize/powerset.h"
#include "speech/diarize/resnet.h"
#include "speech/diarize/resnet_fbank.h"
#include "speech/diarize/segmentation.h"

enum { SAMPLES = CHIP_SEGMENTATION_SAMPLES, FRAMES = CHIP_SEGMENTATION_FRAMES, CLASSES = 7 };

static struct chip_safetensors *st;

static int open_model(void **state)
{
    (void)state;
    return chip_safetensors_open(&st, made_community_model(), NULL) == CHIP_OK ? 0 : -1;
}

static int close_model(void **state)
{
    (void)state;
    chip_safetensors_close(st);
    return 0;
}

static double worst(const float *a, const float *b, size_t n)
{
    double most = 0.0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)a[i] - b[i]));
    assert_false(isnan(most));
    return most;
}

static void segmentation_matches_pytorch(void **state)
{
    (void)state;
    struct chip_segmentation *seg;
    struct chip_arena arena;
    assert_int_equal(chip_segmentation_open(&seg, st, NULL), CHIP_OK);
    assert_int_equal(chip_arena_init(&arena, chip_segmentation_cost(seg, SAMPLES), NULL), CHIP_OK);
    assert_int_equal(chip_segmentation_frames(SAMPLES), FRAMES);
    const float *pcm = made_community_array("pcm", SAMPLES);
    static float out[FRAMES * CLASSES];
    chip_segmentation_run(seg, &arena, pcm, SAMPLES, out);
    double difference = worst(out, made_community_array("logits", FRAMES * CLASSES), FRAMES * 7);

    const size_t n = chip_segmentation_frames(4000);
    chip_segmentation_run(seg, &arena, pcm, 4000, out);
    difference = fmax(difference, worst(out, made_community_array("short_logits", n * 7), n * 7));
    print_message("largest difference of a log probability: %.1e\n", difference);
    assert_true(difference < 1e-4);
    assert_int_equal(chip_arena_mark(&arena), 0);
    chip_arena_done(&arena);
    chip_segmentation_close(seg);
}

static void the_shortest_sound_gives_one_frame(void **state)
{
    (void)state;
    assert_int_equal(chip_segmentation_frames(CHIP_SEGMENTATION_MIN_SAMPLES - 1), 0);
    assert_int_equal(chip_segmentation_frames(CHIP_SEGMENTATION_MIN_SAMPLES), 1);
    struct chip_segmentation *seg;
    struct chip_arena arena;
    static const float pcm[CHIP_SEGMENTATION_MIN_SAMPLES];
    float out[CLASSES], sum = 0.0f;
    assert_int_equal(chip_segmentation_open(&seg, st, NULL), CHIP_OK);
    assert_int_equal(
        chip_arena_init(&arena, chip_segmentation_cost(seg, CHIP_SEGMENTATION_MIN_SAMPLES), NULL),
        CHIP_OK);
    chip_segmentation_run(seg, &arena, pcm, CHIP_SEGMENTATION_MIN_SAMPLES, out);
    for (int i = 0; i < CLASSES; i++)
        sum += expf(out[i]);
    assert_true(fabsf(sum - 1.0f) < 1e-5f);
    chip_arena_done(&arena);
    chip_segmentation_close(seg);
}

static void features_match_double_precision(void **state)
{
    (void)state;
    struct chip_fbank *fbank = chip_fbank_new();
    struct chip_arena arena;
    assert_non_null(fbank);
    assert_int_equal(chip_arena_init(&arena, chip_fbank_cost(), NULL), CHIP_OK);
    const size_t n = chip_fbank_frames(SAMPLES);
    assert_int_equal(n, 998);
    static float out[998 * CHIP_FBANK_BANDS];
    chip_fbank_run(fbank, &arena, made_community_array("pcm", SAMPLES), n, out);
    const double difference =
        worst(out, made_community_array("features", n * CHIP_FBANK_BANDS), n * CHIP_FBANK_BANDS);
    print_message("largest difference of a feature: %.1e\n", difference);
    assert_true(difference < 1e-3);
    chip_arena_done(&arena);
    chip_fbank_free(fbank);
}

static void features_of_silence_are_the_floor(void **state)
{
    (void)state;
    struct chip_fbank *fbank = chip_fbank_new();
    struct chip_arena arena;
    static const float pcm[CHIP_FBANK_FRAME];
    float out[CHIP_FBANK_BANDS];
    assert_int_equal(chip_arena_init(&arena, chip_fbank_cost(), NULL), CHIP_OK);
    assert_int_equal(chip_fbank_frames(CHIP_FBANK_FRAME - 1), 0);
    chip_fbank_run(fbank, &arena, pcm, 1, out);
    for (int i = 0; i < CHIP_FBANK_BANDS; i++)
        assert_true(fabsf(out[i] - logf(0x1p-23f)) < 1e-5f);
    chip_arena_done(&arena);
    chip_fbank_free(fbank);
}

static double voice_difference(const struct chip_resnet *net, struct chip_arena *arena,
                               size_t n_frames, const float *weight, size_t n_weights,
                               const char *want)
{
    static float frames[50 * CHIP_RESNET_WIDTH];
    float voice[CHIP_RESNET_DIM];
    const size_t n = chip_resnet_frames(n_frames);
    const float *features = made_community_array("features", 998 * CHIP_FBANK_BANDS);
    chip_resnet_run(net, arena, features, n_frames, frames);
    chip_resnet_pool(net, arena, frames, n, weight, n_weights, voice);
    const float *other = made_community_array(want, CHIP_RESNET_DIM);
    double length = 0.0;
    for (int i = 0; i < CHIP_RESNET_DIM; i++)
        length += (double)other[i] * other[i];
    assert_true(length > 0.01);
    return worst(voice, other, CHIP_RESNET_DIM) / sqrt(length / CHIP_RESNET_DIM);
}

static void voices_match_pytorch(void **state)
{
    (void)state;
    struct chip_resnet *net;
    struct chip_arena arena;
    assert_int_equal(chip_resnet_open(&net, st, NULL), CHIP_OK);
    assert_int_equal(chip_arena_init(&arena, chip_resnet_cost(net, 400), NULL), CHIP_OK);
    const float ones[] = {1, 1, 1, 1, 1};
    double difference =
        voice_difference(net, &arena, 400, made_community_array("weight", FRAMES), FRAMES, "voice");
    chip_arena_done(&arena);
    assert_int_equal(chip_arena_init(&arena, chip_resnet_cost(net, 13), NULL), CHIP_OK);
    difference = fmax(difference, voice_difference(net, &arena, 13, ones, 5, "short_voice"));
    print_message("largest difference of a voice, of its numbers' size: %.1e\n", difference);
    assert_true(difference < 1e-4);
    assert_int_equal(chip_arena_mark(&arena), 0);
    chip_arena_done(&arena);
    chip_resnet_close(net);
}

/* One frame has no deviation, and no frame has no mean: both must still be numbers. */
static void one_frame_or_no_weight_gives_numbers(void **state)
{
    (void)state;
    struct chip_resnet *net;
    struct chip_arena arena;
    assert_int_equal(chip_resnet_open(&net, st, NULL), CHIP_OK);
    assert_int_equal(chip_arena_init(&arena, chip_resnet_cost(net, 1), NULL), CHIP_OK);
    static float frame[CHIP_RESNET_WIDTH];
    float voice[CHIP_RESNET_DIM];
    assert_int_equal(chip_resnet_frames(1), 1);
    chip_resnet_run(net, &arena, made_community_array("features", 998 * CHIP_FBANK_BANDS), 1,
                    frame);
    for (int w = 0; w < 2; w++) {
        chip_resnet_pool(net, &arena, frame, 1, &(float){(float)w}, 1, voice);
        for (int i = 0; i < CHIP_RESNET_DIM; i++)
            assert_true(isfinite(voice[i]));
    }
    chip_arena_done(&arena);
    chip_resnet_close(net);
}

static void a_class_is_its_set_of_speakers(void **state)
{
    (void)state;
    static const uint8_t want[CLASSES] = {0, 1, 2, 4, 3, 5, 6};
    float logits[CLASSES][CLASSES] = {{0}};
    uint8_t active[CLASSES];
    for (int i = 0; i < CLASSES; i++)
        logits[i][i] = 1.0f;
    chip_powerset_decode(logits[0], CLASSES, active);
    assert_memory_equal(active, want, CLASSES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segmentation_matches_pytorch),
        cmocka_unit_test(the_shortest_sound_gives_one_frame),
        cmocka_unit_test(features_match_double_precision),
        cmocka_unit_test(features_of_silence_are_the_floor),
        cmocka_unit_test(voices_match_pytorch),
        cmocka_unit_test(one_frame_or_no_weight_gives_numbers),
        cmocka_unit_test(a_class_is_its_set_of_speakers),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
