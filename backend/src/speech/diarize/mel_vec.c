/* Compiled once for each instruction set, with CHIP_ISA as its name: see meson.build. */
#include "speech/diarize/mel_vec.h"

#include "nn/vec_fft.h"

enum {
    FRAME = CHIP_MEL_FRAME,
    HOP = CHIP_MEL_HOP,
    FFT = CHIP_MEL_FFT,
    BINS = CHIP_MEL_BINS,
    BANDS = CHIP_MEL_BANDS,
    POINTS = FFT / 2, /* of the complex transform that does a real one of twice the length: 4^4 */
};

struct scratch {
    struct complex_vec a[POINTS], b[POINTS];
    vf power[BINS];
};

/* Lane l is frame l: even samples are real, odd ones imaginary parts; zeros after the frame. */
static void load_frames(const struct chip_mel_tables *t, const float *pcm, size_t n,
                        struct complex_vec *z)
{
    for (size_t i = 0; i < FRAME / 2; i++) {
        vf even = {0}, odd = {0};
        for (size_t lane = 0; lane < n; lane++) {
            even[lane] = pcm[lane * HOP + 2 * i];
            odd[lane] = pcm[lane * HOP + 2 * i + 1];
        }
        z[i] = (struct complex_vec){even * t->window[2 * i], odd * t->window[2 * i + 1]};
    }
    memset(z + FRAME / 2, 0, (POINTS - FRAME / 2) * sizeof *z);
}

VEC_INLINE vf power(struct complex_vec x)
{
    return 0.25f * (x.re * x.re + x.im * x.im); /* split_real() gives twice the spectrum */
}

static void spectrum(const struct chip_mel_tables *t, struct scratch *s)
{
    radix4(t->cos, t->sin, FFT / 256, 256, 1, s->a, s->b);
    radix4(t->cos, t->sin, FFT / 64, 64, 4, s->b, s->a);
    radix4(t->cos, t->sin, FFT / 16, 16, 16, s->a, s->b);
    radix4(t->cos, t->sin, FFT / 4, 4, 64, s->b, s->a);
    for (size_t k = 0; k <= POINTS / 2; k++) {
        struct complex_vec low, high;
        split_real(t->cos, t->sin, POINTS, k, s->a, &low, &high);
        s->power[k] = power(low);
        s->power[POINTS - k] = power(high);
    }
}

static void log_mel(const struct chip_mel_tables *t, const float *pcm, size_t n_frames,
                    void *scratch, float *out)
{
    struct scratch *s = scratch;
    for (size_t f = 0; f < n_frames; f += VN) {
        size_t n = n_frames - f < VN ? n_frames - f : VN;
        load_frames(t, pcm + f * HOP, n, s->a);
        spectrum(t, s);
        for (size_t band = 0; band < BANDS; band++) {
            vf sum = {0};
            for (size_t i = 0; i < t->n[band]; i++)
                sum += t->weight[band][i] * s->power[t->first[band] + i];
            vf y = vf_log(sum + 1e-6f);
            for (size_t lane = 0; lane < n; lane++)
                out[(f + lane) * BANDS + band] = y[lane];
        }
    }
}

#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)
#define NAME_(a, b) a##_##b
#define NAME(a, b) NAME_(a, b)

const struct chip_mel_kernels NAME(chip_mel_kernels, CHIP_ISA) = {
    .name = TEXT(CHIP_ISA),
    .scratch = sizeof(struct scratch),
    .log_mel = log_mel,
};
