#include "speech/diarize/resnet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels.h"
#include "speech/diarize/resnet_weights.h"

enum {
    BANDS = CHIP_RESNET_BANDS,
    WIDTH = CHIP_RESNET_WIDTH,
    BLOCKS = CHIP_RESNET_BLOCKS,
    DIM = CHIP_RESNET_DIM,
};

struct chip_resnet {
    struct chip_resnet_weights w;
    const struct chip_kernels *kernels;
};

enum chip_status chip_resnet_open(struct chip_resnet **out, const struct chip_safetensors *st,
                                  struct chip_err *err)
{
    struct chip_resnet *net = calloc(1, sizeof *net);
    if (!net)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the voice network");
    net->kernels = chip_kernels();
    enum chip_status s = chip_resnet_weights_load(&net->w, st, err);
    if (s != CHIP_OK) {
        chip_resnet_close(net);
        return s;
    }
    *out = net;
    return CHIP_OK;
}

void chip_resnet_close(struct chip_resnet *net)
{
    if (!net)
        return;
    chip_resnet_weights_done(&net->w);
    free(net);
}

/* ---- images with a frame of zeros around them ---- */

struct padded {
    size_t n, bands, channels; /* without the zeros */
    float *data;               /* [n + 2][bands + 2][channels] */
};

static size_t padded_floats(size_t n, size_t bands, size_t channels)
{
    return (n + 2) * (bands + 2) * channels;
}

/* Only the zeros are written. */
static struct padded wrap(float *data, size_t n, size_t bands, size_t channels)
{
    const size_t ld = (bands + 2) * channels;
    memset(data, 0, ld * sizeof *data);
    memset(data + (n + 1) * ld, 0, ld * sizeof *data);
    for (size_t t = 1; t <= n; t++) {
        memset(data + t * ld, 0, channels * sizeof *data);
        memset(data + (t + 1) * ld - channels, 0, channels * sizeof *data);
    }
    return (struct padded){n, bands, channels, data};
}

static struct chip_image outside(struct padded p)
{
    return (struct chip_image){p.data, (p.bands + 2) * p.channels};
}

static struct chip_image inside(struct padded p)
{
    const size_t ld = (p.bands + 2) * p.channels;
    return (struct chip_image){p.data + ld + p.channels, ld};
}

/* ---- the network ---- */

static size_t halved(size_t n)
{
    return (n + 1) / 2;
}

size_t chip_resnet_frames(size_t n)
{
    return halved(halved(halved(n)));
}

/* Floats of the largest image; with few frames the zeros around them decide. */
static size_t largest_image(const struct chip_resnet *net, size_t n)
{
    size_t bands = BANDS, most = padded_floats(n, bands, net->w.conv.n_out);
    for (int i = 0; i < BLOCKS; i++) {
        const struct chip_conv *c = net->w.block[i].conv;
        n = c->stride == 2 ? halved(n) : n;
        bands = c->stride == 2 ? halved(bands) : bands;
        const size_t floats = padded_floats(n, bands, c->n_out);
        most = floats > most ? floats : most;
    }
    return most;
}

size_t chip_resnet_cost(const struct chip_resnet *net, size_t n)
{
    size_t scratch = chip_arena_cost((size_t)2 * WIDTH * sizeof(double));
    for (int i = 0; i < BLOCKS; i++)
        if (chip_conv_cost(&net->w.block[i].conv[1]) > scratch)
            scratch = chip_conv_cost(&net->w.block[i].conv[1]);
    return 3 * chip_arena_cost(largest_image(net, n) * sizeof(float)) +
           chip_arena_cost(padded_floats(n, BANDS, 1) * sizeof(float)) + scratch;
}

/* @return where the result is: one of the two buffers that are not `in`'s */
static struct padded run_block(const struct chip_resnet_block *b, struct chip_arena *arena,
                               struct padded in, float *first, float *second)
{
    const size_t stride = b->conv[0].stride, n_out = b->conv[0].n_out;
    const size_t n = stride == 2 ? halved(in.n) : in.n;
    const size_t bands = stride == 2 ? halved(in.bands) : in.bands;
    const struct padded inner = wrap(first, n, bands, n_out), out = wrap(second, n, bands, n_out);
    chip_conv_run(&b->conv[0], arena, outside(in), n, bands, NULL, true, inside(inner));
    struct chip_image beside = inside(in);
    if (b->shortcut.n_out) {
        beside = inside(out);
        chip_conv_run(&b->shortcut, arena, inside(in), n, bands, NULL, false, beside);
    }
    chip_conv_run(&b->conv[1], arena, outside(inner), n, bands, &beside, true, inside(out));
    return out;
}

/* The mean over time of each band is taken off. */
static struct padded take_features(const float *features, size_t n, float *data)
{
    const struct padded image = wrap(data, n, BANDS, 1);
    double mean[BANDS] = {0};
    for (size_t t = 0; t < n; t++)
        for (size_t b = 0; b < BANDS; b++)
            mean[b] += features[t * BANDS + b];
    const struct chip_image to = inside(image);
    for (size_t t = 0; t < n; t++)
        for (size_t b = 0; b < BANDS; b++)
            to.data[t * to.ld + b] = (float)(features[t * BANDS + b] - mean[b] / (double)n);
    return image;
}

void chip_resnet_run(const struct chip_resnet *net, struct chip_arena *arena, const float *features,
                     size_t n, float *out)
{
    const size_t mark = chip_arena_mark(arena), channels = net->w.conv.n_out;
    float *buffer[3], *small = chip_arena_take(arena, padded_floats(n, BANDS, 1) * sizeof *small);
    for (int i = 0; i < 3; i++)
        buffer[i] = chip_arena_take(arena, largest_image(net, n) * sizeof **buffer);
    const struct padded features_image = take_features(features, n, small);
    struct padded x = wrap(buffer[0], n, BANDS, channels);
    chip_conv_run(&net->w.conv, arena, outside(features_image), n, BANDS, NULL, true, inside(x));
    for (int i = 0; i < BLOCKS; i++) {
        float *was = x.data;
        x = run_block(&net->w.block[i], arena, x, buffer[1], buffer[2]);
        buffer[2] = was;
    }
    const struct chip_image from = inside(x);
    for (size_t t = 0; t < x.n; t++)
        memcpy(out + t * WIDTH, from.data + t * from.ld, WIDTH * sizeof *out);
    chip_arena_release(arena, mark);
}

/* ---- pooling ---- */

void chip_resnet_pool(const struct chip_resnet *net, struct chip_arena *arena, const float *frames,
                      size_t n, const float *weight, size_t n_weights, float voice[DIM])
{
    const size_t mark = chip_arena_mark(arena);
    float *pooled = chip_arena_take(arena, (size_t)2 * WIDTH * sizeof *pooled);
    float *mean = pooled, *deviation = pooled + WIDTH;
    memset(pooled, 0, (size_t)2 * WIDTH * sizeof *pooled);
    float sum = 1e-8f, squares = 0.0f;
    for (size_t t = 0; t < n; t++) {
        const float w = weight[t * n_weights / n];
        sum += w;
        squares += w * w;
        if (w != 0.0f)
            net->kernels->axpy(w, frames + t * WIDTH, WIDTH, mean);
    }
    for (size_t i = 0; i < WIDTH; i++)
        mean[i] /= sum;
    for (size_t t = 0; t < n; t++) {
        const float w = weight[t * n_weights / n];
        for (size_t i = 0; w != 0.0f && i < WIDTH; i++) {
            const float d = frames[t * WIDTH + i] - mean[i];
            deviation[i] += w * d * d;
        }
    }
    for (size_t i = 0; i < WIDTH; i++)
        deviation[i] = sqrtf(deviation[i] / (sum - squares / sum + 1e-8f));
    for (size_t o = 0; o < DIM; o++)
        voice[o] = net->kernels->dot(pooled, net->w.linear + o * 2 * WIDTH, (size_t)2 * WIDTH) +
                   net->w.bias[o];
    chip_arena_release(arena, mark);
}
