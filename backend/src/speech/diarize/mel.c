#include "speech/diarize/mel.h"

#include <math.h>
#include <string.h>

#include "nn/kernels.h"
#include "speech/diarize/mel_vec.h"

static double mel_of(double hz)
{
    return 2595.0 * log10(1.0 + hz / 700.0);
}

static double hz_of(double mel)
{
    return 700.0 * (pow(10.0, mel / 2595.0) - 1.0);
}

/* Corner i of the triangles, 0..65: triangle b rises from corner b to b + 1 and falls to b + 2. */
static double corner(size_t i)
{
    double low = mel_of(60.0), high = mel_of(7600.0);
    return hz_of(low + (high - low) * (double)i / (CHIP_MEL_BANDS + 1));
}

static double triangle(size_t band, double hz)
{
    double low = corner(band), top = corner(band + 1), high = corner(band + 2);
    double rise = (hz - low) / (top - low), fall = (high - hz) / (high - top);
    return rise < fall ? rise : fall;
}

static void make_triangles(struct chip_mel_tables *t)
{
    size_t used = 0;
    for (size_t band = 0; band < CHIP_MEL_BANDS; band++) {
        t->weight[band] = t->weights + used;
        t->first[band] = t->n[band] = 0;
        for (size_t bin = 0; bin < CHIP_MEL_BINS; bin++) {
            double weight = triangle(band, (double)bin * 16000.0 / CHIP_MEL_FFT);
            if (weight <= 0.0)
                continue;
            if (!t->n[band]++)
                t->first[band] = bin;
            t->weights[used++] = (float)weight;
        }
    }
}

void chip_mel_init(struct chip_mel_tables *t)
{
    for (size_t i = 0; i < CHIP_MEL_FRAME; i++)
        t->window[i] = (float)(0.5 - 0.5 * cos(2.0 * M_PI * (double)i / (CHIP_MEL_FRAME - 1)));
    for (size_t k = 0; k < CHIP_MEL_FFT / 2; k++) {
        t->cos[k] = (float)cos(2.0 * M_PI * (double)k / CHIP_MEL_FFT);
        t->sin[k] = (float)sin(2.0 * M_PI * (double)k / CHIP_MEL_FFT);
    }
    make_triangles(t);
}

size_t chip_mel_frames(size_t n_samples)
{
    return n_samples < CHIP_MEL_FRAME ? 0 : (n_samples - CHIP_MEL_FRAME) / CHIP_MEL_HOP + 1;
}

static const struct chip_mel_kernels *choose(void)
{
#if defined(__x86_64__)
    const char *name = chip_kernels()->name;
    if (strcmp(name, chip_mel_kernels_avx512.name) == 0)
        return &chip_mel_kernels_avx512;
    if (strcmp(name, chip_mel_kernels_avx2.name) == 0)
        return &chip_mel_kernels_avx2;
#endif
    return &chip_mel_kernels_base;
}

size_t chip_mel_scratch(void)
{
    return choose()->scratch;
}

void chip_mel(const struct chip_mel_tables *t, const float *pcm, size_t n_frames, void *scratch,
              float *out)
{
    choose()->log_mel(t, pcm, n_frames, scratch, out);
}
