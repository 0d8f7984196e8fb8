#include "../test.h"

#include <unistd.h>

#include "layer.h"
#include "nn/safetensors_write.h"
#include "rows.h"

static const float SCALE = 0.0123f, ZERO_POINT = -3.0f;

static void *take(size_t n, size_t size)
{
    void *p = calloc(n, size);
    assert_non_null(p);
    return p;
}

/* Where weight (o, k, c) lies in the file: channels before kernel, as PyTorch stores it. */
static size_t place_in_file(const struct layer *l, size_t o, size_t k, size_t c)
{
    return (o * l->n_channels + c) * l->kernel + k;
}

static void fill(struct layer *l, bool bias)
{
    uint32_t seed = (uint32_t)(l->n_out * 31 + l->n_in);
    size_t n = l->n_out * l->n_in;
    l->w = take(n, sizeof *l->w);
    l->stored = take(n, 1);
    l->in_file = take(n, sizeof *l->in_file);
    for (size_t o = 0; o < l->n_out; o++) {
        for (size_t k = 0; k < l->kernel; k++) {
            for (size_t c = 0; c < l->n_channels; c++) {
                size_t at = place_in_file(l, o, k, c);
                l->stored[at] = (int8_t)((int)(rows_next(&seed) % 160) - 80);
                l->in_file[at] = SCALE * ((float)l->stored[at] - ZERO_POINT);
                l->w[(o * l->kernel + k) * l->n_channels + c] = l->in_file[at];
            }
        }
    }
    if (bias) {
        l->bias = take(l->n_out, sizeof *l->bias);
        rows_random(l->bias, l->n_out, 2.0f, seed);
    }
}

static void write_file(struct layer *l)
{
    bool int8 = l->kind == LAYER_INT8 || l->kind == LAYER_CONV_INT8;
    bool conv = l->kind == LAYER_CONV_FLOAT || l->kind == LAYER_CONV_INT8;
    struct chip_tensor weight = {.name = "layer.weight",
                                 .dtype = int8 ? CHIP_I8 : CHIP_F32,
                                 .rank = conv ? 3 : 2,
                                 .shape = {l->n_out, l->n_channels, l->kernel},
                                 .data = int8 ? (const void *)l->stored : l->in_file,
                                 .bytes = l->n_out * l->n_in * (int8 ? 1 : sizeof(float))};
    struct chip_tensor tensors[4] = {weight};
    size_t n = 1;
    if (int8) {
        tensors[n++] = (struct chip_tensor){"layer.weight_scale", CHIP_F32, 1, {1}, &SCALE, 4};
        tensors[n++] =
            (struct chip_tensor){"layer.weight_zero_point", CHIP_F32, 1, {1}, &ZERO_POINT, 4};
    }
    if (l->bias)
        tensors[n++] =
            (struct chip_tensor){"layer.bias", CHIP_F32, 1, {l->n_out}, l->bias, 4 * l->n_out};
    struct chip_err err;
    if (chip_safetensors_write(l->path, tensors, n, NULL, 0, &err) != CHIP_OK ||
        chip_safetensors_open(&l->file, l->path, &err) != CHIP_OK)
        fail_msg("%s", err.message);
}

void layer_make(struct layer *l, enum layer_kind kind, size_t n_out, size_t n_channels,
                size_t kernel, bool bias)
{
    *l = (struct layer){.path = "/tmp/chip-layer-XXXXXX",
                        .kind = kind,
                        .n_out = n_out,
                        .n_in = n_channels * kernel,
                        .n_channels = n_channels,
                        .kernel = kernel};
    int fd = mkstemp(l->path);
    assert_true(fd >= 0);
    close(fd);
    fill(l, bias);
    write_file(l);
}

void layer_unmake(struct layer *l)
{
    chip_safetensors_close(l->file);
    unlink(l->path);
    free(l->w);
    free(l->stored);
    free(l->in_file);
    free(l->bias);
}

struct chip_linear layer_open(const struct layer *l, bool wide)
{
    struct chip_linear lin;
    struct chip_err err;
    bool conv = l->kind == LAYER_CONV_FLOAT || l->kind == LAYER_CONV_INT8;
    enum chip_status s = conv ? chip_linear_init_conv(&lin, l->file, "layer", l->n_out,
                                                      l->n_channels, l->kernel, wide, &err)
                              : chip_linear_init(&lin, l->file, "layer", l->n_out, l->n_in, &err);
    if (s != CHIP_OK)
        fail_msg("%s", err.message);
    return lin;
}

void layer_plain(const struct layer *l, const float *x, double *out)
{
    for (size_t j = 0; j < l->n_out; j++) {
        out[j] = l->bias ? (double)l->bias[j] : 0.0;
        for (size_t k = 0; k < l->n_in; k++)
            out[j] += (double)l->w[j * l->n_in + k] * (double)x[k];
    }
}

double layer_reach(const struct layer *l, size_t j)
{
    double sum = 0.0;
    for (size_t k = 0; k < l->n_in; k++)
        sum += fabs((double)l->w[j * l->n_in + k]);
    return sum;
}

void layer_run(const struct chip_linear *lin, const float *x, size_t ldx, size_t m, bool add,
               float *out, size_t ldo)
{
    struct chip_arena arena;
    size_t size = chip_rows_cost(m, lin->n_in) + chip_linear_cost(m, lin->n_out, lin->n_in);
    assert_int_equal(chip_arena_init(&arena, size, NULL), CHIP_OK);
    struct chip_rows rows;
    chip_rows_init(&rows, &arena, m, lin->n_in);
    size_t mark = chip_arena_mark(&arena);
    chip_rows_set(&rows, lin, x, ldx, m);
    chip_linear_run(lin, &rows, &arena, add, out, ldo);
    assert_int_equal(chip_arena_mark(&arena), mark);
    chip_arena_done(&arena);
}
