#include "speech/diarize/segmentation_weights.h"

#include <math.h>
#include <stdio.h>

#include "speech/diarize/community_weights.h"
#include "speech/diarize/powerset.h"

enum {
    FILTERS = CHIP_PYANNET_FILTERS,
    CHANNELS = CHIP_PYANNET_CHANNELS,
    HIDDEN = CHIP_PYANNET_HIDDEN,
    BANDS = FILTERS / 2, /* each as a cosine and a sine */
    KERNEL = 251,
    HALF = KERNEL / 2,
    STRIDE = 10,
    TAPS = 5, /* of the other convolutions */
};

static const double RATE = 16000.0, MIN_HZ = 50.0, PI = 3.14159265358979323846;

/* A band from `low` to `high` hertz as the difference of two low-pass filters, windowed (Hamming),
 * and scaled so that the cosine's middle is 1. */
static void make_filter(double low, double high, float *even, float *odd)
{
    for (int i = 0; i < HALF; i++) {
        const double t = 2.0 * PI * (i - HALF) / RATE;
        const double window = 0.54 - 0.46 * cos(2.0 * PI * i / (KERNEL - 1));
        const double scale = window / (t * (high - low));
        even[i] = even[KERNEL - 1 - i] = (float)((sin(high * t) - sin(low * t)) * scale);
        odd[i] = (float)((cos(low * t) - cos(high * t)) * scale);
        odd[KERNEL - 1 - i] = -odd[i];
    }
    even[HALF] = 1.0f;
    odd[HALF] = 0.0f;
}

static void load_filters(struct chip_community_load *l, struct chip_conv *conv)
{
    const size_t shape[] = {BANDS, 1};
    const float *low_hz = chip_community_tensor(l, "sincnet.conv1d.0.filterbank.low_hz_", 2, shape);
    const float *band_hz =
        chip_community_tensor(l, "sincnet.conv1d.0.filterbank.band_hz_", 2, shape);
    float *w = chip_community_take(l, (size_t)FILTERS * KERNEL);
    for (size_t i = 0; w && i < BANDS; i++) {
        const double low = MIN_HZ + fabs((double)low_hz[i]);
        const double high = fmin(low + MIN_HZ + fabs((double)band_hz[i]), RATE / 2);
        if (!(low < high)) {
            l->status = chip_fail(l->err, CHIP_E_FORMAT, "a sinc filter starts at %.0f Hz", low);
            return;
        }
        make_filter(low, high, w + i * KERNEL, w + (BANDS + i) * KERNEL);
    }
    *conv = (struct chip_conv){1, FILTERS, 1, KERNEL, STRIDE, w, NULL};
}

/* [n_out][n_in][TAPS] to [n_out][TAPS][n_in]. */
static void load_conv(struct chip_community_load *l, int i, size_t n_in, struct chip_conv *conv)
{
    char layer[64], name[80];
    snprintf(layer, sizeof layer, "sincnet.conv1d.%d", i);
    snprintf(name, sizeof name, "%s.weight", layer);
    const size_t shape[] = {CHANNELS, n_in, TAPS};
    const float *from = chip_community_tensor(l, name, 3, shape);
    float *to = chip_community_take(l, CHANNELS * TAPS * n_in);
    for (size_t o = 0; to && o < CHANNELS; o++)
        for (size_t k = 0; k < TAPS; k++)
            for (size_t c = 0; c < n_in; c++)
                to[(o * TAPS + k) * n_in + c] = from[(o * n_in + c) * TAPS + k];
    const float *bias = chip_community_vector(l, layer, "bias", CHANNELS);
    *conv = (struct chip_conv){n_in, CHANNELS, 1, TAPS, 1, to, bias};
}

static void load_linear(struct chip_community_load *l, const char *layer, size_t n_out, size_t n_in,
                        struct chip_conv *conv)
{
    char name[80];
    snprintf(name, sizeof name, "%s.weight", layer);
    const float *w = chip_community_tensor(l, name, 2, (const size_t[]){n_out, n_in});
    *conv =
        (struct chip_conv){n_in, n_out, 1, 1, 1, w, chip_community_vector(l, layer, "bias", n_out)};
}

static struct chip_instance_norm load_norm(struct chip_community_load *l, const char *layer,
                                           size_t n)
{
    return (struct chip_instance_norm){chip_community_vector(l, layer, "weight", n),
                                       chip_community_vector(l, layer, "bias", n)};
}

static void load_lstm(struct chip_community_load *l, struct chip_segmentation_weights *w)
{
    for (int i = 0; i < CHIP_PYANNET_LAYERS; i++)
        for (int back = 0; l->status == CHIP_OK && back < 2; back++) {
            char layer[24];
            snprintf(layer, sizeof layer, "_l%d%s", i, back ? "_reverse" : "");
            l->status = chip_lstm_init_layer(&w->lstm[i][back], l->st, "lstm", layer,
                                             i ? 2 * HIDDEN : CHANNELS, HIDDEN, l->err);
        }
}

enum chip_status chip_segmentation_weights_load(struct chip_segmentation_weights *w,
                                                const struct chip_safetensors *st,
                                                struct chip_err *err)
{
    *w = (struct chip_segmentation_weights){0};
    struct chip_community_load l;
    chip_community_load_begin(&l, st, err);
    w->wave = load_norm(&l, "sincnet.wav_norm1d", 1);
    load_filters(&l, &w->conv[0]);
    load_conv(&l, 1, FILTERS, &w->conv[1]);
    load_conv(&l, 2, CHANNELS, &w->conv[2]);
    for (int i = 0; i < CHIP_PYANNET_CONVS; i++) {
        char layer[64];
        snprintf(layer, sizeof layer, "sincnet.norm1d.%d", i);
        w->norm[i] = load_norm(&l, layer, i ? CHANNELS : FILTERS);
    }
    load_lstm(&l, w);
    load_linear(&l, "linear.0", HIDDEN, 2 * HIDDEN, &w->linear[0]);
    load_linear(&l, "linear.1", HIDDEN, HIDDEN, &w->linear[1]);
    load_linear(&l, "classifier", CHIP_POWERSET_CLASSES, HIDDEN, &w->classifier);
    w->memory = l.memory;
    return l.status;
}

void chip_segmentation_weights_done(struct chip_segmentation_weights *w)
{
    for (int i = 0; i < CHIP_PYANNET_LAYERS; i++)
        for (int back = 0; back < 2; back++)
            chip_lstm_done(&w->lstm[i][back]);
    chip_arena_done(&w->memory);
    *w = (struct chip_segmentation_weights){0};
}
