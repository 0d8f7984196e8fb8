/* Layers from their weights: see linear.h. */
#include "nn/linear.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { TILE = 16 }; /* rows of a float32 product that is no convolution */

static size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

static enum chip_status scalar(const struct chip_safetensors *st, const char *name,
                               const char *suffix, float *out, struct chip_err *err)
{
    char full[256];
    snprintf(full, sizeof full, "%s.weight_%s", name, suffix);
    const struct chip_tensor *t;
    enum chip_status s =
        chip_safetensors_require(st, full, CHIP_F32, 1, (const size_t[]){1}, &t, err);
    if (s != CHIP_OK)
        return s;
    *out = *(const float *)t->data;
    return isfinite(*out) ? CHIP_OK
                          : chip_fail(err, CHIP_E_FORMAT, "tensor '%s' is not a number", full);
}

static enum chip_status no_memory(const char *name, struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for layer '%s'", name);
}

/* The weights have been packed: their pages need no memory any more. Mapped ones come back from the
 * file when they are read again (chip_linear_row). */
static void let_go(struct chip_linear *lin)
{
    if (lin->owned) {
        free(lin->owned);
        lin->owned = NULL;
        lin->w = NULL;
        return;
    }
    const uintptr_t page = 4096, from = ((uintptr_t)lin->w + page - 1) / page * page;
    const uintptr_t to = ((uintptr_t)lin->w + lin->n_out * lin->n_in) / page * page;
    if (to > from)
        madvise((void *)from, to - from, MADV_DONTNEED); /* only a hint: failing does not matter */
}

/* Memory for packed weights. Large layers get huge pages: a decoder's step reads all weights once,
 * and would miss the TLB for every 4 KiB of them. */
static void *packed_alloc(size_t bytes)
{
    const size_t huge = 2 << 20;
    size_t align = bytes < huge ? 64 : huge;
    void *packed = aligned_alloc(align, round_up(bytes, align));
    if (packed && align == huge)
        madvise(packed, round_up(bytes, align), MADV_HUGEPAGE); /* only a hint, as above */
    return packed;
}

/* Column sums and offsets that dequantisation needs, after the backend has packed the weights. */
static enum chip_status prepare_int8(struct chip_linear *lin, const char *name,
                                     struct chip_err *err)
{
    size_t padded = round_up(lin->n_out, 16);
    size_t bytes = lin->gemm->packed_bytes(lin->n_out, lin->n_in);
    int8_t *offset = malloc(padded);
    lin->w_sum = calloc(padded, sizeof *lin->w_sum);
    lin->w_offset = calloc(padded, sizeof *lin->w_offset);
    lin->packed = bytes ? packed_alloc(bytes) : NULL;
    if (!offset || !lin->w_sum || !lin->w_offset || (bytes && !lin->packed)) {
        free(offset);
        return no_memory(name, err);
    }
    if (!lin->gemm->pack(lin->w, lin->n_out, lin->n_in, lin->packed, offset)) {
        free(offset);
        return no_memory(name, err);
    }
    for (size_t j = 0; j < lin->n_out; j++) {
        const int8_t *row = lin->w + j * lin->n_in;
        int32_t sum = 0;
        for (size_t k = 0; k < lin->n_in; k++)
            sum += row[k];
        lin->w_sum[j] = (float)(sum - (int32_t)lin->n_in * offset[j]);
        lin->w_offset[j] = (float)offset[j] - lin->zero_point;
    }
    free(offset);
    if (lin->packed)
        let_go(lin);
    return CHIP_OK;
}

/* w in float32, from int8 [n_out][n_in]. */
static enum chip_status expand(struct chip_linear *lin, const char *name, struct chip_err *err)
{
    size_t n = lin->n_out * lin->n_in;
    float *w = malloc(n * sizeof *w);
    if (!w)
        return no_memory(name, err);
    for (size_t i = 0; i < n; i++)
        w[i] = ((float)lin->w[i] - lin->zero_point) * lin->w_scale;
    free(lin->owned);
    lin->owned = w;
    lin->w_f32 = w;
    lin->w = NULL;
    lin->gemm = NULL;
    return CHIP_OK;
}

/* [n_out][channels][kernel] -> [n_out][kernel][channels], elements of `size` bytes. */
static void *channels_last(const void *w, size_t n_out, size_t channels, size_t kernel, size_t size)
{
    char *out = malloc(n_out * channels * kernel * size);
    if (!out)
        return NULL;
    for (size_t o = 0; o < n_out; o++)
        for (size_t k = 0; k < kernel; k++)
            for (size_t c = 0; c < channels; c++)
                memcpy(out + ((o * kernel + k) * channels + c) * size,
                       (const char *)w + ((o * channels + c) * kernel + k) * size, size);
    return out;
}

static enum chip_status open_weights(struct chip_linear *lin, const struct chip_safetensors *st,
                                     const char *name, const struct chip_tensor *t,
                                     struct chip_err *err)
{
    if (t->dtype == CHIP_F32) {
        lin->w_f32 = lin->owned ? lin->owned : t->data;
    } else {
        enum chip_status s = scalar(st, name, "scale", &lin->w_scale, err);
        if (s == CHIP_OK)
            s = scalar(st, name, "zero_point", &lin->zero_point, err);
        if (s != CHIP_OK)
            return s;
        lin->w = lin->owned ? lin->owned : t->data;
        lin->gemm = chip_qgemm();
        s = lin->gemm ? prepare_int8(lin, name, err) : expand(lin, name, err);
        if (s != CHIP_OK)
            return s;
    }
    char full[256];
    snprintf(full, sizeof full, "%s.bias", name);
    if (!chip_safetensors_find(st, full))
        return CHIP_OK;
    const struct chip_tensor *bias;
    enum chip_status s = chip_safetensors_require(st, full, CHIP_F32, 1, &lin->n_out, &bias, err);
    if (s != CHIP_OK)
        return s;
    lin->bias = calloc(round_up(lin->n_out, 16), sizeof *lin->bias);
    if (!lin->bias)
        return no_memory(name, err);
    memcpy(lin->bias, bias->data, lin->n_out * sizeof *lin->bias);
    return CHIP_OK;
}

static enum chip_status find_weights(const struct chip_safetensors *st, const char *name, int rank,
                                     const size_t *shape, const struct chip_tensor **out,
                                     struct chip_err *err)
{
    char full[256];
    snprintf(full, sizeof full, "%s.weight", name);
    const struct chip_tensor *t = chip_safetensors_find(st, full);
    enum chip_dtype dtype = t && t->dtype == CHIP_I8 ? CHIP_I8 : CHIP_F32;
    return chip_safetensors_require(st, full, dtype, rank, shape, out, err);
}

enum chip_status chip_linear_init(struct chip_linear *lin, const struct chip_safetensors *st,
                                  const char *name, size_t n_out, size_t n_in, struct chip_err *err)
{
    *lin =
        (struct chip_linear){.n_in = n_in, .n_out = n_out, .tile = TILE, .kernels = chip_kernels()};
    const struct chip_tensor *t;
    enum chip_status s = find_weights(st, name, 2, (const size_t[]){n_out, n_in}, &t, err);
    return s == CHIP_OK ? open_weights(lin, st, name, t, err) : s;
}

enum chip_status chip_linear_init_conv(struct chip_linear *lin, const struct chip_safetensors *st,
                                       const char *name, size_t n_out, size_t n_channels,
                                       size_t kernel, bool wide, struct chip_err *err)
{
    *lin = (struct chip_linear){.n_in = kernel * n_channels,
                                .n_out = n_out,
                                .tile = CHIP_LINEAR_CONV_TILE,
                                .wide = wide,
                                .kernels = chip_kernels()};
    const struct chip_tensor *t;
    enum chip_status s =
        find_weights(st, name, 3, (const size_t[]){n_out, n_channels, kernel}, &t, err);
    if (s != CHIP_OK)
        return s;
    lin->owned =
        channels_last(t->data, n_out, n_channels, kernel, t->dtype == CHIP_F32 ? sizeof(float) : 1);
    return lin->owned ? open_weights(lin, st, name, t, err) : no_memory(name, err);
}

void chip_linear_done(struct chip_linear *lin)
{
    free(lin->packed);
    free(lin->w_sum);
    free(lin->w_offset);
    free(lin->bias);
    free(lin->owned);
    *lin = (struct chip_linear){0};
}
