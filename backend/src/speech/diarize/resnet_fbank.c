#include "speech/diarize/resnet_fbank.h"

#include <dnnl.h>
#include <math.h>
#include <stdlib.h>

enum {
    BANDS = CHIP_FBANK_BANDS,
    FRAME = CHIP_FBANK_FRAME,
    HOP = CHIP_FBANK_HOP,
    FFT = 512,
    BINS = FFT / 2, /* the one at half the rate is in no triangle */
    TILE = 64,      /* frames of one product */
};

/*
 * The Fourier transform is a product with its matrix: 400 x 512 multiplications a frame, which at a
 * hundred frames a second are nothing beside the network.
 */
struct chip_fbank {
    float window[FRAME];
    float wave[2 * BINS][FRAME]; /* cosines, then sines */
    float mel[BANDS][BINS];      /* triangles */
};

static double mel_of(double hz)
{
    return 1127.0 * log(1.0 + hz / 700.0);
}

static void fill_triangles(struct chip_fbank *fb)
{
    const double low = mel_of(20.0), step = (mel_of(8000.0) - low) / (BANDS + 1);
    for (int b = 0; b < BANDS; b++)
        for (int k = 0; k < BINS; k++) {
            const double at = (mel_of(k * 16000.0 / FFT) - low) / step - b;
            fb->mel[b][k] = (float)fmax(0.0, fmin(at, 2.0 - at));
        }
}

struct chip_fbank *chip_fbank_new(void)
{
    static const double TURN = 2.0 * 3.14159265358979323846;
    struct chip_fbank *fb = malloc(sizeof *fb);
    if (!fb)
        return NULL;
    for (int i = 0; i < FRAME; i++)
        fb->window[i] = (float)(0.54 - 0.46 * cos(TURN * i / (FRAME - 1)));
    for (int k = 0; k < BINS; k++)
        for (int i = 0; i < FRAME; i++) {
            const double angle = TURN * (k * i % FFT) / FFT;
            fb->wave[k][i] = (float)cos(angle);
            fb->wave[BINS + k][i] = (float)sin(angle);
        }
    fill_triangles(fb);
    return fb;
}

void chip_fbank_free(struct chip_fbank *fb)
{
    free(fb);
}

size_t chip_fbank_frames(size_t n_samples)
{
    return n_samples < FRAME ? 0 : (n_samples - FRAME) / HOP + 1;
}

size_t chip_fbank_cost(void)
{
    return chip_arena_cost(TILE * FRAME * sizeof(float)) +
           chip_arena_cost(TILE * 2 * BINS * sizeof(float)) +
           chip_arena_cost(TILE * BINS * sizeof(float));
}

static void prepare(const struct chip_fbank *fb, const float *pcm, float *out)
{
    double sum = 0.0;
    for (int i = 0; i < FRAME; i++)
        sum += pcm[i];
    const float mean = (float)(sum / FRAME);
    out[0] = 32768.0f * (pcm[0] - mean) * (1.0f - 0.97f) * fb->window[0];
    for (int i = 1; i < FRAME; i++)
        out[i] = 32768.0f * (pcm[i] - mean - 0.97f * (pcm[i - 1] - mean)) * fb->window[i];
}

/* c [m][n] = a [m][k] b [n][k]^T */
static void product(const float *a, const float *b, size_t m, size_t n, size_t k, float *c)
{
    dnnl_sgemm('N', 'T', (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)k, 1.0f, a, (dnnl_dim_t)k, b,
               (dnnl_dim_t)k, 0.0f, c, (dnnl_dim_t)n);
}

void chip_fbank_run(const struct chip_fbank *fb, struct chip_arena *arena, const float *pcm,
                    size_t n_frames, float *out)
{
    const size_t mark = chip_arena_mark(arena);
    float *frame = chip_arena_take(arena, TILE * FRAME * sizeof *frame);
    float *spectrum = chip_arena_take(arena, TILE * 2 * BINS * sizeof *spectrum);
    float *power = chip_arena_take(arena, TILE * BINS * sizeof *power);
    for (size_t t = 0, m; t < n_frames; t += m) {
        m = n_frames - t < TILE ? n_frames - t : TILE;
        for (size_t i = 0; i < m; i++)
            prepare(fb, pcm + (t + i) * HOP, frame + i * FRAME);
        product(frame, fb->wave[0], m, 2 * BINS, FRAME, spectrum);
        for (size_t i = 0; i < m; i++)
            for (size_t k = 0; k < BINS; k++) {
                const float *s = spectrum + i * 2 * BINS;
                power[i * BINS + k] = s[k] * s[k] + s[BINS + k] * s[BINS + k];
            }
        product(power, fb->mel[0], m, BANDS, BINS, out + t * BANDS);
        for (size_t i = t * BANDS; i < (t + m) * BANDS; i++)
            out[i] = logf(fmaxf(out[i], 0x1p-23f));
    }
    chip_arena_release(arena, mark);
}
