#include "../../test.h"

#include <math.h>

#include "nn/kernels.h"
#include "speech/diarize/pool_vec.h"

enum { WIDTH = CHIP_POOL_WIDTH, N = 75 };

static float logits[N * WIDTH], values[N * WIDTH], weights[N * WIDTH];

static int setup(void **state)
{
    (void)state;
    unsigned seed = 11;
    for (size_t i = 0; i < (size_t)N * WIDTH; i++) {
        seed = seed * 1664525u + 1013904223u;
        logits[i] = (float)(seed >> 8) / 1048576.0f - 8.0f; /* -8..8 */
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
    }
    return 0;
}

/* Runs the test with the kernels of each instruction set that this CPU has. */
static void with_all(void (*test)(const struct chip_pool_kernels *))
{
    for (const struct chip_kernels *const *k = chip_kernels_all(); *k; k++) {
        setenv("CHIP_KERNELS", (*k)->name, 1);
        print_message("%s\n", chip_pool_kernels()->name);
        test(chip_pool_kernels());
    }
    unsetenv("CHIP_KERNELS");
}

/* The definition: softmax over the frames, then mean and deviation, in double precision. */
static void plain(size_t channel, size_t first, size_t last, double *mean, double *deviation)
{
    double total = 0.0, sum = 0.0, squares = 0.0;
    for (size_t i = first; i <= last; i++)
        total += exp((double)logits[i * WIDTH + channel]);
    for (size_t i = first; i <= last; i++) {
        double h = (double)values[i * WIDTH + channel];
        double w = exp((double)logits[i * WIDTH + channel]) / total;
        sum += w * h;
        squares += w * h * h;
    }
    *mean = sum;
    *deviation = sqrt(fmax(squares - sum * sum, 1e-4));
}

static void check_definition(const struct chip_pool_kernels *k)
{
    static const size_t ranges[][2] = {{0, N - 1}, {0, 1}, {20, 56}, {N - 1, N - 1}};
    memcpy(weights, logits, sizeof weights);
    k->weigh(weights, N);
    for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++) {
        size_t first = ranges[r][0], last = ranges[r][1];
        float pooled[2 * WIDTH];
        k->pool(values + first * WIDTH, weights + first * WIDTH, last - first + 1, pooled);
        for (size_t j = 0; j < WIDTH; j++) {
            double mean, deviation;
            plain(j, first, last, &mean, &deviation);
            assert_float_equal(pooled[j], mean, 1e-5);
            assert_float_equal(pooled[WIDTH + j] * pooled[WIDTH + j], deviation * deviation, 1e-5);
        }
    }
}

static void any_range_of_frames_has_a_softmax_of_its_own(void **state)
{
    (void)state;
    with_all(check_definition);
}

static void check_extremes(const struct chip_pool_kernels *k)
{
    float pooled[2 * WIDTH];
    for (size_t i = 0; i < (size_t)N * WIDTH; i++)
        weights[i] = i < WIDTH ? 1e4f : -1e4f;
    k->weigh(weights, N);
    k->pool(values, weights, N, pooled); /* the first frame is all */
    for (size_t j = 0; j < WIDTH; j++) {
        assert_float_equal(pooled[j], values[j], 1e-6);
        assert_float_equal(pooled[WIDTH + j], 0.01f, 1e-6);
    }
    k->pool(values + WIDTH, weights + WIDTH, 1, pooled); /* and without it another is */
    for (size_t j = 0; j < WIDTH; j++)
        assert_float_equal(pooled[j], values[WIDTH + j], 1e-6);
}

static void no_logit_is_too_large_or_too_small(void **state)
{
    (void)state;
    with_all(check_extremes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_range_of_frames_has_a_softmax_of_its_own),
        cmocka_unit_test(no_logit_is_too_large_or_too_small),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
