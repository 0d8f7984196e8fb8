#include "../test.h"

#include "plain_vad.h"

#include <math.h>

#include "nn/safetensors_write.h"

enum { BINS = 129, WINDOW = 256, HIDDEN = 128, CONVS = 4 };

static const struct {
    size_t n_out, n_in, stride;
} layers[CONVS] = {{128, BINS, 1}, {64, 128, 2}, {64, 64, 2}, {128, 64, 1}};

struct plain_vad {
    float *basis; /* [258][256] */
    float *w[CONVS], *b[CONVS];
    float *w_ih, *w_hh, *b_ih, *b_hh;
    float *head_w, head_b[1];
};

float plain_noise(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / 8388608.0f - 1.0f;
}

static float *noise(size_t n, double scale, unsigned *state)
{
    float *x = malloc(n * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = plain_noise(state) * (float)scale;
    return x;
}

struct plain_vad *plain_vad_new(unsigned seed)
{
    struct plain_vad *vad = calloc(1, sizeof *vad);
    assert_non_null(vad);
    vad->basis = malloc((size_t)2 * BINS * WINDOW * sizeof(float));
    assert_non_null(vad->basis);
    for (size_t k = 0; k < BINS; k++)
        for (size_t i = 0; i < WINDOW; i++) {
            double turn = 2.0 * M_PI / WINDOW, hann = 0.5 - 0.5 * cos(turn * (double)i);
            vad->basis[k * WINDOW + i] = (float)(hann * cos(turn * (double)(k * i)));
            vad->basis[(BINS + k) * WINDOW + i] = (float)(-hann * sin(turn * (double)(k * i)));
        }
    for (size_t i = 0; i < CONVS; i++) {
        size_t n = layers[i].n_in * 3;
        vad->w[i] = noise(layers[i].n_out * n, sqrt(6.0 / (double)n), &seed);
        vad->b[i] = noise(layers[i].n_out, 0.1, &seed);
    }
    vad->w_ih = noise((size_t)4 * HIDDEN * HIDDEN, 0.3, &seed);
    vad->w_hh = noise((size_t)4 * HIDDEN * HIDDEN, 0.1, &seed);
    vad->b_ih = noise((size_t)4 * HIDDEN, 0.1, &seed);
    vad->b_hh = noise((size_t)4 * HIDDEN, 0.1, &seed);
    vad->head_w = noise(HIDDEN, 0.5, &seed);
    vad->head_b[0] = plain_noise(&seed);
    return vad;
}

void plain_vad_free(struct plain_vad *vad)
{
    free(vad->basis);
    for (size_t i = 0; i < CONVS; i++) {
        free(vad->w[i]);
        free(vad->b[i]);
    }
    free(vad->w_ih);
    free(vad->w_hh);
    free(vad->b_ih);
    free(vad->b_hh);
    free(vad->head_w);
    free(vad);
}

/* ---- the file ---- */

struct list {
    struct chip_tensor tensors[16];
    char names[16][48];
    size_t n;
};

static void add(struct list *list, const char *name, const float *data, int rank, size_t a,
                size_t b, size_t c)
{
    struct chip_tensor *t = &list->tensors[list->n];
    snprintf(list->names[list->n], sizeof list->names[0], "%s", name);
    *t = (struct chip_tensor){.name = list->names[list->n],
                              .dtype = CHIP_F32,
                              .rank = rank,
                              .shape = {a, b, c},
                              .data = data};
    assert_true(chip_tensor_bytes(t->dtype, rank, t->shape, &t->bytes));
    list->n++;
}

void plain_vad_write(const struct plain_vad *vad, const char *dir, enum plain_fault fault)
{
    struct list list = {.n = 0};
    float *basis = malloc((size_t)2 * BINS * WINDOW * sizeof(float));
    assert_non_null(basis);
    memcpy(basis, vad->basis, (size_t)2 * BINS * WINDOW * sizeof(float));
    if (fault == PLAIN_OTHER_SPECTRUM)
        basis[200 * WINDOW + 77] += 0.01f;
    add(&list, "stft.forward_basis_buffer", basis, 3, (size_t)2 * BINS, 1, WINDOW);
    for (size_t i = 0; i < CONVS; i++) {
        char name[48];
        snprintf(name, sizeof name, "encoder.%zu.reparam_conv.weight", i);
        add(&list, name, vad->w[i], 3, layers[i].n_out, layers[i].n_in, 3);
        snprintf(name, sizeof name, "encoder.%zu.reparam_conv.bias", i);
        add(&list, name, vad->b[i], 1, layers[i].n_out, 0, 0);
    }
    add(&list, "decoder.rnn.weight_ih", vad->w_ih, 2, (size_t)4 * HIDDEN, HIDDEN, 0);
    add(&list, "decoder.rnn.weight_hh", vad->w_hh, 2, (size_t)4 * HIDDEN, HIDDEN, 0);
    add(&list, "decoder.rnn.bias_ih", vad->b_ih, 1, (size_t)4 * HIDDEN, 0, 0);
    add(&list, "decoder.rnn.bias_hh", vad->b_hh, 1, (size_t)4 * HIDDEN, 0, 0);
    add(&list, "decoder.decoder.2.weight", vad->head_w, 3, 1, HIDDEN, 1);
    if (fault != PLAIN_NO_HEAD)
        add(&list, "decoder.decoder.2.bias", vad->head_b, 1, 1, 0, 0);
    if (fault == PLAIN_WRONG_SHAPE)
        list.tensors[3].shape[1] = 3, list.tensors[3].shape[2] = 128;

    char path[256];
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    struct chip_err err;
    if (chip_safetensors_write(path, list.tensors, list.n, NULL, 0, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    free(basis);
}

/* ---- the network ---- */

/* relu(convolution) over n frames, kernel 3, a frame of zeros on each side; [frame][channel]. */
static size_t conv(const struct plain_vad *vad, size_t layer, const double *x, size_t n, double *y)
{
    const size_t n_in = layers[layer].n_in, n_out = layers[layer].n_out;
    size_t j = 0;
    for (; j * layers[layer].stride < n; j++)
        for (size_t o = 0; o < n_out; o++) {
            double sum = vad->b[layer][o];
            for (size_t tap = 0; tap < 3; tap++) {
                const size_t frame = j * layers[layer].stride + tap; /* one too many */
                if (frame < 1 || frame > n)
                    continue;
                for (size_t c = 0; c < n_in; c++)
                    sum += x[(frame - 1) * n_in + c] * vad->w[layer][(o * n_in + c) * 3 + tap];
            }
            y[j * n_out + o] = sum > 0.0 ? sum : 0.0;
        }
    return j;
}

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

/* One chunk with its context: 576 samples. */
static double chunk(const struct plain_vad *vad, const double *samples, double *h, double *c)
{
    double padded[640], a[4 * 129], b[4 * 129];
    memcpy(padded, samples, 576 * sizeof *padded);
    for (size_t i = 0; i < 64; i++)
        padded[576 + i] = samples[574 - i];
    for (size_t f = 0; f < 4; f++)
        for (size_t k = 0; k < BINS; k++) {
            double re = 0.0, im = 0.0;
            for (size_t i = 0; i < WINDOW; i++) {
                re += padded[f * 128 + i] * vad->basis[k * WINDOW + i];
                im += padded[f * 128 + i] * vad->basis[(BINS + k) * WINDOW + i];
            }
            a[f * BINS + k] = sqrt(re * re + im * im);
        }
    size_t n = conv(vad, 0, a, 4, b);
    n = conv(vad, 1, b, n, a);
    n = conv(vad, 2, a, n, b);
    n = conv(vad, 3, b, n, a);
    assert_int_equal(n, 1);

    double gate[4 * HIDDEN], logit = vad->head_b[0];
    for (size_t r = 0; r < (size_t)4 * HIDDEN; r++) {
        gate[r] = (double)vad->b_ih[r] + vad->b_hh[r];
        for (size_t k = 0; k < HIDDEN; k++)
            gate[r] += a[k] * vad->w_ih[r * HIDDEN + k] + h[k] * vad->w_hh[r * HIDDEN + k];
    }
    for (size_t j = 0; j < HIDDEN; j++) {
        c[j] = sigmoid(gate[HIDDEN + j]) * c[j] + sigmoid(gate[j]) * tanh(gate[2 * HIDDEN + j]);
        h[j] = sigmoid(gate[3 * HIDDEN + j]) * tanh(c[j]);
        logit += h[j] > 0.0 ? h[j] * vad->head_w[j] : 0.0;
    }
    return sigmoid(logit);
}

void plain_vad_run(const struct plain_vad *vad, const float *pcm, size_t n, double *probs)
{
    double samples[576] = {0}, h[HIDDEN] = {0}, c[HIDDEN] = {0};
    for (size_t at = 0; at < n; at += 512) {
        memmove(samples, samples + 512, 64 * sizeof *samples);
        for (size_t i = 0; i < 512; i++)
            samples[64 + i] = at + i < n ? pcm[at + i] : 0.0;
        *probs++ = chunk(vad, samples, h, c);
    }
}
