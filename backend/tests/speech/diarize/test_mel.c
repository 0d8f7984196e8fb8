#include "../../test.h"

#include <math.h>

#include "speech/diarize/mel.h"

enum { FRAMES = 37, N = (FRAMES - 1) * CHIP_MEL_HOP + CHIP_MEL_FRAME };

static float pcm[N + CHIP_MEL_HOP], mel[FRAMES * CHIP_MEL_BANDS];
static struct chip_mel_tables tables;

static void run(const float *from, size_t n_frames, float *out)
{
    void *scratch = aligned_alloc(64, (chip_mel_scratch() + 63) / 64 * 64);
    assert_non_null(scratch);
    chip_mel(&tables, from, n_frames, scratch, out);
    free(scratch);
}

static int setup(void **state)
{
    (void)state;
    unsigned seed = 5;
    for (size_t i = 0; i < sizeof pcm / sizeof pcm[0]; i++) {
        seed = seed * 1664525u + 1013904223u;
        double t = (double)i / 16000.0;
        pcm[i] = (float)(0.3 * sin(2.0 * M_PI * (300.0 + 4000.0 * t) * t) +
                         0.05 * ((double)(seed >> 8) / 8388608.0 - 1.0));
    }
    chip_mel_init(&tables);
    return 0;
}

static double mel_of(double hz)
{
    return 2595.0 * log10(1.0 + hz / 700.0);
}

/* The definition, word by word: a direct Fourier sum, triangles from their corners. */
static double plain(const float *frame, size_t band)
{
    double low = mel_of(60.0), step = (mel_of(7600.0) - low) / 65.0, sum = 1e-6;
    double corner[3];
    for (size_t i = 0; i < 3; i++)
        corner[i] = 700.0 * (pow(10.0, (low + step * (double)(band + i)) / 2595.0) - 1.0);
    for (size_t k = 0; k <= 256; k++) {
        double hz = (double)k * 16000.0 / 512.0;
        double up = (hz - corner[0]) / (corner[1] - corner[0]);
        double down = (corner[2] - hz) / (corner[2] - corner[1]);
        double weight = fmin(up, down), re = 0.0, im = 0.0;
        if (weight <= 0.0)
            continue;
        for (size_t i = 0; i < 400; i++) {
            double x = (double)frame[i] * (0.5 - 0.5 * cos(2.0 * M_PI * (double)i / 399.0));
            re += x * cos(2.0 * M_PI * (double)(k * i % 512) / 512.0);
            im += x * sin(2.0 * M_PI * (double)(k * i % 512) / 512.0);
        }
        sum += weight * (re * re + im * im);
    }
    return log(sum);
}

static void features_are_what_the_definition_says(void **state)
{
    (void)state;
    run(pcm, FRAMES, mel);
    double worst = 0.0;
    for (size_t f = 0; f < FRAMES; f += 6)
        for (size_t band = 0; band < CHIP_MEL_BANDS; band++)
            worst = fmax(worst, fabs((double)mel[f * CHIP_MEL_BANDS + band] -
                                     plain(pcm + f * CHIP_MEL_HOP, band)));
    print_message("largest difference %g\n", worst);
    assert_true(worst < 1e-4);
}

static void a_frame_does_not_depend_on_its_neighbours(void **state)
{
    (void)state;
    run(pcm, FRAMES, mel);
    for (size_t f = 0; f < FRAMES; f++) {
        float alone[CHIP_MEL_BANDS];
        run(pcm + f * CHIP_MEL_HOP, 1, alone);
        assert_memory_equal(alone, mel + f * CHIP_MEL_BANDS, sizeof alone);
    }
}

static void silence_and_full_scale_give_numbers(void **state)
{
    (void)state;
    static float loud[CHIP_MEL_FRAME], silent[CHIP_MEL_FRAME];
    for (size_t i = 0; i < CHIP_MEL_FRAME; i++)
        loud[i] = i % 2 ? 1.0f : -1.0f;
    float out[CHIP_MEL_BANDS];
    run(silent, 1, out);
    for (size_t band = 0; band < CHIP_MEL_BANDS; band++)
        assert_float_equal(out[band], logf(1e-6f), 1e-4);
    run(loud, 1, out);
    for (size_t band = 0; band < CHIP_MEL_BANDS; band++)
        assert_true(isfinite(out[band]));
}

static void only_whole_frames_count(void **state)
{
    (void)state;
    assert_int_equal(chip_mel_frames(0), 0);
    assert_int_equal(chip_mel_frames(399), 0);
    assert_int_equal(chip_mel_frames(400), 1);
    assert_int_equal(chip_mel_frames(559), 1);
    assert_int_equal(chip_mel_frames(560), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_are_what_the_definition_says),
        cmocka_unit_test(a_frame_does_not_depend_on_its_neighbours),
        cmocka_unit_test(silence_and_full_scale_give_numbers),
        cmocka_unit_test(only_whole_frames_count),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
