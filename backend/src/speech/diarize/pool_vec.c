/* Compiled once for each instruction set, with CHIP_ISA as its name: see meson.build. */
#include "speech/diarize/pool_vec.h"

#include "nn/vec.h"

enum { WIDTH = CHIP_POOL_WIDTH };

static const float MIN_LOG_WEIGHT = -60.0f, MIN_VARIANCE = 1e-4f;

static void weigh(float *x, size_t n)
{
    for (size_t j = 0; j < WIDTH; j += VN) {
        vf max = vf_load(x + j);
        for (size_t i = 1; i < n; i++)
            max = vf_max(vf_load(x + i * WIDTH + j), max);
        for (size_t i = 0; i < n; i++) {
            float *at = x + i * WIDTH + j;
            /* Products with a weight must not underflow: that of a lone faint frame divides by it.
             */
            vf_store(at, vf_exp(vf_max(vf_load(at) - max, vf_set(MIN_LOG_WEIGHT))));
        }
    }
}

static void pool(const float *h, const float *w, size_t n, float *out)
{
    for (size_t j = 0; j < WIDTH; j += VN) {
        vf total = {0}, sum = {0}, squares = {0};
        for (size_t i = 0; i < n; i++) {
            vf value = vf_load(h + i * WIDTH + j), weight = vf_load(w + i * WIDTH + j);
            total += weight;
            sum += weight * value;
            squares += weight * value * value;
        }
        vf mean = sum / total, variance = squares / total - mean * mean;
        vf_store(out + j, mean);
        variance = vf_max(variance, vf_set(MIN_VARIANCE));
        for (size_t lane = 0; lane < VN; lane++)
            out[WIDTH + j + lane] = sqrtf(variance[lane]);
    }
}

#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)
#define NAME_(a, b) a##_##b
#define NAME(a, b) NAME_(a, b)

const struct chip_pool_kernels NAME(chip_pool_kernels, CHIP_ISA) = {
    .name = TEXT(CHIP_ISA),
    .weigh = weigh,
    .pool = pool,
};
