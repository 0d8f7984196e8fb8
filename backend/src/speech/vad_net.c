/* Compiled once for each instruction set, with CHIP_ISA as its name: see meson.build. */
#include "speech/vad_net.h"

#include "nn/vec_fft.h"

enum {
    CHUNK = 512,
    CONTEXT = CHIP_VAD_CONTEXT,
    WINDOW = CHIP_VAD_WINDOW,
    HOP = 128,
    FRAMES = 4, /* spectra of a chunk */
    BINS = CHIP_VAD_BINS,
    POINTS = WINDOW / 2, /* of the complex transform that does a real one of twice the length */
    FIRST = 128,         /* outputs of the first layer */
    FEATURES = CHIP_VAD_FEATURES,
    ROWS = CHIP_VAD_ROWS,
    TERMS = CHIP_VAD_TERMS,
    GROUPS = 3, /* vectors side by side: with 4 rows 12 sums, which 16 registers hold */
};

/* GCC must unroll the small loops before it decides which sums live in registers. */
#if defined(__clang__)
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

struct scratch {
    vf samples[CONTEXT + CHUNK + CONTEXT]; /* of one group of chunks */
    struct complex_vec a[POINTS], b[POINTS];
    vf spectra[FRAMES * BINS * GROUPS];
    vf terms[TERMS * BINS * GROUPS];
    vf y0[FRAMES * FIRST * GROUPS], y1[FRAMES * FIRST * GROUPS];
};

/* ---- spectrum ---- */

/* What is no number would stay in the LSTM's state for ever. */
VEC_INLINE vf clean(vf x)
{
    const vf one = vf_set(1.0f);
    return vf_min(vf_max(vf_select(x == x, x, (vf){0}), -one), one);
}

/* Lane l of samples[i] is sample i of chunk l. The end is mirrored, the edge not repeated. */
static void load_chunks(const float *pcm, size_t n, vf *samples)
{
    if (n < VN)
        memset(samples, 0, (CONTEXT + CHUNK) * sizeof *samples);
    float *to = (float *)samples;
    for (size_t lane = 0; lane < n && lane < VN; lane++)
        for (size_t i = 0; i < CONTEXT + CHUNK; i++)
            to[i * VN + lane] = pcm[lane * CHUNK + i];
    for (size_t i = 0; i < CONTEXT + CHUNK; i++)
        samples[i] = clean(samples[i]);
    for (size_t i = 0; i < CONTEXT; i++)
        samples[CONTEXT + CHUNK + i] = samples[CONTEXT + CHUNK - 2 - i];
}

VEC_INLINE vf magnitude(struct complex_vec x)
{
    vf square = x.re * x.re + x.im * x.im, root;
    for (size_t l = 0; l < VN; l++)
        root[l] = sqrtf(square[l]);
    return root;
}

/* |DFT| of 256 windowed samples: even ones as real, odd ones as imaginary parts of 128 points. */
VEC_INLINE void spectrum(const struct chip_vad_net *net, const vf *samples, size_t groups,
                         struct complex_vec *a, struct complex_vec *b, vf *out)
{
    for (size_t i = 0; i < POINTS; i++)
        a[i] = (struct complex_vec){samples[2 * i] * net->window[2 * i],
                                    samples[2 * i + 1] * net->window[2 * i + 1]};
    radix4(net->cos, net->sin, WINDOW / 128, 128, 1, a, b);
    radix4(net->cos, net->sin, WINDOW / 32, 32, 4, b, a);
    radix4(net->cos, net->sin, WINDOW / 8, 8, 16, a, b);
    for (size_t q = 0; q < POINTS / 2; q++) {
        const struct complex_vec x = b[q], y = b[q + POINTS / 2];
        a[q] = (struct complex_vec){x.re + y.re, x.im + y.im};
        a[q + POINTS / 2] = (struct complex_vec){x.re - y.re, x.im - y.im};
    }
    /* Spectra of the even and the odd samples come apart by symmetry; bins k and 128 - k at once.
     */
    for (size_t k = 0; k <= POINTS / 2; k++) {
        struct complex_vec low, high;
        split_real(net->cos, net->sin, POINTS, k, a, &low, &high);
        out[k * groups] = magnitude(low);
        out[(POINTS - k) * groups] = magnitude(high);
    }
}

/* ---- products ---- */

/* sum[r][g] += sum over k of w[k][r] in[k][g], k in order. */
VEC_INLINE void accumulate(const float *w, const vf *in, size_t n, size_t groups,
                           vf sum[ROWS][GROUPS])
{
    vf s[ROWS][GROUPS];
    UNROLL
    for (size_t r = 0; r < ROWS; r++) {
        UNROLL
        for (size_t g = 0; g < groups; g++)
            s[r][g] = sum[r][g];
    }
    for (size_t k = 0; k < n; k++) {
        UNROLL
        for (size_t r = 0; r < ROWS; r++) {
            UNROLL
            for (size_t g = 0; g < groups; g++)
                s[r][g] += w[k * ROWS + r] * in[k * groups + g];
        }
    }
    UNROLL
    for (size_t r = 0; r < ROWS; r++) {
        UNROLL
        for (size_t g = 0; g < groups; g++)
            sum[r][g] = s[r][g];
    }
}

VEC_INLINE vf relu(vf x)
{
    return vf_max(x, vf_set(0.0f));
}

/*
 * The first layer, 4 frames -> 4 frames, kernel 3, a frame of zeros before and after: by Winograd's
 * short convolution F(4, 3) it takes 6 products instead of 10 (Lavin & Gray 2016,
 * arXiv:1509.09308). The weights' half of that transform was done when the model was opened.
 */
VEC_INLINE void short_conv(const struct chip_vad_net *net, const vf *in, size_t groups, vf *v,
                           vf *out)
{
    const size_t n = BINS * groups;
    for (size_t i = 0; i < n; i++) {
        const vf d0 = in[i], d1 = in[n + i], d2 = in[2 * n + i], d3 = in[3 * n + i];
        const vf a = d3 - 4.0f * d1, b = 4.0f * d0 - d2, c = d3 - d1, d = 2.0f * (d0 - d2);
        v[i] = d3 - 5.0f * d1;
        v[n + i] = a - b;
        v[2 * n + i] = a + b;
        v[3 * n + i] = c - d;
        v[4 * n + i] = c + d;
        v[5 * n + i] = 4.0f * d0 - 5.0f * d2;
    }
    for (size_t o = 0; o < FIRST; o += ROWS) {
        vf m[TERMS][ROWS][GROUPS] = {0};
        for (size_t t = 0; t < TERMS; t++)
            accumulate(net->first_w + (o * TERMS + t * ROWS) * BINS, v + t * n, BINS, groups, m[t]);
        for (size_t r = 0; r < ROWS; r++)
            for (size_t g = 0; g < groups; g++) {
                const float bias = net->first_bias[o + r];
                const vf p = m[1][r][g] + m[2][r][g], q = m[1][r][g] - m[2][r][g];
                const vf s = m[3][r][g] + m[4][r][g], t = m[3][r][g] - m[4][r][g];
                vf *y = out + (o + r) * groups + g;
                y[0] = relu(m[0][r][g] + p + s + bias);
                y[FIRST * groups] = relu(q + 2.0f * t + bias);
                y[2 * FIRST * groups] = relu(p + 4.0f * s + bias);
                y[3 * FIRST * groups] = relu(q + 8.0f * t + m[5][r][g] + bias);
            }
    }
}

/* relu(convolution) of n_frames frames, kernel 3, one frame of zeros on each side. */
VEC_INLINE void conv(const struct chip_vad_conv *layer, const vf *in, size_t n_frames,
                     size_t stride, size_t groups, vf *out)
{
    const size_t n_in = layer->n_in;
    for (size_t o = 0; o < layer->n_out; o += ROWS)
        for (size_t j = 0; j * stride < n_frames; j++) {
            const size_t centre = j * stride; /* taps on frames that exist: from..to */
            const size_t from = centre == 0, to = centre + 1 < n_frames ? 3 : 2;
            vf sum[ROWS][GROUPS];
            for (size_t r = 0; r < ROWS; r++)
                for (size_t g = 0; g < groups; g++)
                    sum[r][g] = vf_set(layer->bias[o + r]);
            accumulate(layer->w + (o * 3 + from * ROWS) * n_in,
                       in + (centre + from - 1) * n_in * groups, (to - from) * n_in, groups, sum);
            for (size_t r = 0; r < ROWS; r++)
                for (size_t g = 0; g < groups; g++)
                    out[(j * layer->n_out + o + r) * groups + g] = relu(sum[r][g]);
        }
}

/* ---- all together ---- */

VEC_INLINE void tile(const struct chip_vad_net *net, const float *pcm, size_t n, size_t groups,
                     struct scratch *s, float *out)
{
    for (size_t g = 0; g < groups; g++) {
        const size_t first = g * VN, here = n > first ? n - first : 0;
        load_chunks(pcm + (here ? first : 0) * CHUNK, here, s->samples);
        for (size_t f = 0; f < FRAMES; f++)
            spectrum(net, s->samples + f * HOP, groups, s->a, s->b,
                     s->spectra + f * BINS * groups + g);
    }
    short_conv(net, s->spectra, groups, s->terms, s->y0);
    conv(&net->conv[0], s->y0, 4, 2, groups, s->y1);
    conv(&net->conv[1], s->y1, 2, 2, groups, s->y0);
    conv(&net->conv[2], s->y0, 1, 1, groups, s->y1);
    const float *y = (const float *)s->y1;
    for (size_t l = 0; l < n && l < groups * VN; l++)
        for (size_t j = 0; j < FEATURES; j++)
            out[l * FEATURES + j] = y[j * groups * VN + l];
}

static void features(const struct chip_vad_net *net, const float *pcm, size_t n, void *scratch,
                     float *out)
{
    while (n > 0) {
        const size_t groups = n > VN ? GROUPS : 1;
        if (groups == 1)
            tile(net, pcm, n, 1, scratch, out);
        else
            tile(net, pcm, n, GROUPS, scratch, out);
        const size_t done = n < groups * VN ? n : groups * VN;
        pcm += done * CHUNK;
        out += done * FEATURES;
        n -= done;
    }
}

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

const struct chip_vad_kernels JOIN(chip_vad_kernels_, CHIP_ISA) = {
    .name = TEXT(CHIP_ISA),
    .scratch = sizeof(struct scratch),
    .features = features,
};
