#include "speech/diarize/resnet_weights.h"

#include <math.h>
#include <stdio.h>

#include "speech/diarize/community_weights.h"
#include "speech/diarize/resnet.h"

enum { CHANNELS = 32, BANDS = CHIP_RESNET_BANDS / 8, DIM = CHIP_RESNET_DIM };

/*
 * `conv` [n_out][n_in][band][time] and the batch norm behind it, in one: [n_out][time][band][n_in].
 */
static struct chip_conv load_conv(struct chip_community_load *l, const char *conv, const char *norm,
                                  size_t n_out, size_t n_in, size_t kernel, size_t stride)
{
    char name[128];
    snprintf(name, sizeof name, "%s.weight", conv);
    const float *w = chip_community_tensor(l, name, 4, (size_t[]){n_out, n_in, kernel, kernel});
    const float *weight = chip_community_vector(l, norm, "weight", n_out);
    const float *bias = chip_community_vector(l, norm, "bias", n_out);
    const float *mean = chip_community_vector(l, norm, "running_mean", n_out);
    const float *variance = chip_community_vector(l, norm, "running_var", n_out);
    float *to = chip_community_take(l, n_out * n_in * kernel * kernel);
    float *shift = chip_community_take(l, n_out);
    for (size_t o = 0; shift && o < n_out; o++) {
        if (variance[o] < 0.0f) {
            l->status = chip_fail(l->err, CHIP_E_FORMAT, "'%s.running_var' is negative", norm);
            break;
        }
        const float scale = weight[o] / sqrtf(variance[o] + 1e-5f);
        shift[o] = bias[o] - mean[o] * scale;
        for (size_t t = 0; t < kernel; t++)
            for (size_t b = 0; b < kernel; b++)
                for (size_t c = 0; c < n_in; c++)
                    *to++ = w[((o * n_in + c) * kernel + b) * kernel + t] * scale;
    }
    const float *first = shift ? to - n_out * n_in * kernel * kernel : NULL;
    return (struct chip_conv){n_in, n_out, kernel, kernel, stride, first, shift};
}

static void load_block(struct chip_community_load *l, int layer, int i, size_t n_in, size_t n_out,
                       struct chip_resnet_block *block)
{
    const size_t stride = n_in == n_out ? 1 : 2;
    for (int part = 0; part < 2; part++) {
        char conv[64], norm[64];
        snprintf(conv, sizeof conv, "resnet.layer%d.%d.conv%d", layer, i, part + 1);
        snprintf(norm, sizeof norm, "resnet.layer%d.%d.bn%d", layer, i, part + 1);
        block->conv[part] =
            load_conv(l, conv, norm, n_out, part ? n_out : n_in, 3, part ? 1 : stride);
    }
    if (n_in == n_out)
        return;
    char conv[64], norm[64];
    snprintf(conv, sizeof conv, "resnet.layer%d.%d.shortcut.0", layer, i);
    snprintf(norm, sizeof norm, "resnet.layer%d.%d.shortcut.1", layer, i);
    block->shortcut = load_conv(l, conv, norm, n_out, n_in, 1, 2);
}

/* Means, then deviations: [256][channel][band] to [256][band][channel]. */
static const float *load_linear(struct chip_community_load *l)
{
    const size_t channels = 8 * CHANNELS, half = channels * BANDS;
    const float *w = chip_community_tensor(l, "resnet.seg_1.weight", 2, (size_t[]){DIM, 2 * half});
    float *to = chip_community_take(l, 2 * half * DIM);
    for (size_t row = 0; to && row < (size_t)2 * DIM; row++)
        for (size_t b = 0; b < BANDS; b++)
            for (size_t c = 0; c < channels; c++)
                to[row * half + b * channels + c] = w[row * half + c * BANDS + b];
    return to;
}

enum chip_status chip_resnet_weights_load(struct chip_resnet_weights *w,
                                          const struct chip_safetensors *st, struct chip_err *err)
{
    static const int blocks[CHIP_RESNET_LAYERS] = {3, 4, 6, 3};
    *w = (struct chip_resnet_weights){0};
    struct chip_community_load l;
    chip_community_load_begin(&l, st, err);
    w->conv = load_conv(&l, "resnet.conv1", "resnet.bn1", CHANNELS, 1, 3, 1);
    size_t n_in = CHANNELS, n = 0;
    for (int layer = 0; layer < CHIP_RESNET_LAYERS; layer++)
        for (int i = 0; i < blocks[layer]; i++, n++) {
            const size_t n_out = (size_t)CHANNELS << layer;
            load_block(&l, layer + 1, i, n_in, n_out, &w->block[n]);
            n_in = n_out;
        }
    w->linear = load_linear(&l);
    w->bias = chip_community_vector(&l, "resnet.seg_1", "bias", DIM);
    w->memory = l.memory;
    return l.status;
}

void chip_resnet_weights_done(struct chip_resnet_weights *w)
{
    chip_arena_done(&w->memory);
    *w = (struct chip_resnet_weights){0};
}
