#include "nn/linear.h"

#include <dnnl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    TILE = 16,          /* rows of a float32 product, */
    CONV_TILE = 96,     /* and of a convolution, which always has many */
    ARGMAX_CHUNK = 2048 /* outputs at a time; a multiple of 16 */
};

static size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/* ---- opening ---- */

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

/* Column sums and offsets that dequantisation needs, after the backend has packed the weights. */
static enum chip_status prepare_int8(struct chip_linear *lin, const char *name,
                                     struct chip_err *err)
{
    size_t padded = round_up(lin->n_out, 16);
    size_t bytes = lin->gemm->packed_bytes(lin->n_out, lin->n_in);
    int8_t *offset = malloc(padded);
    lin->w_sum = calloc(padded, sizeof *lin->w_sum);
    lin->w_offset = calloc(padded, sizeof *lin->w_offset);
    lin->packed = bytes ? aligned_alloc(64, round_up(bytes, 64)) : NULL;
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
                                .tile = CONV_TILE,
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

/* ---- rows ---- */

void chip_rows_init(struct chip_rows *rows, struct chip_arena *arena, size_t max_m, size_t n_in)
{
    size_t stride = round_up(n_in, 32);
    *rows = (struct chip_rows){
        .max_m = max_m,
        .stride = stride,
        .q = chip_arena_take(arena, 2 * max_m * stride),
        .row = chip_arena_take(arena, 2 * max_m * sizeof *rows->row),
    };
    memset(rows->q, 0, 2 * max_m * stride);
}

size_t chip_rows_cost(size_t max_m, size_t n_in)
{
    return chip_arena_cost(2 * max_m * round_up(n_in, 32)) +
           chip_arena_cost(2 * max_m * sizeof(struct chip_qrow));
}

void chip_rows_set(struct chip_rows *rows, const struct chip_linear *lin, const float *x,
                   size_t ldx, size_t m)
{
    rows->m = m;
    rows->x = x;
    rows->ldx = ldx;
    if (!lin->gemm)
        return;
    const struct chip_kernels *k = lin->kernels;
    for (size_t i = 0; i < m; i++) {
        uint8_t *q = rows->q + i * rows->stride, *low = q + rows->max_m * rows->stride;
        struct chip_qrow *row = &rows->row[i];
        if (lin->wide)
            k->quantize_wide(x + i * ldx, lin->n_in, lin->gemm->q_max, q, low, row,
                             row + rows->max_m);
        else
            k->quantize(x + i * ldx, lin->n_in, lin->gemm->q_max, q, row);
    }
}

/* ---- running ---- */

size_t chip_linear_cost(size_t max_m, size_t n_out, size_t n_in)
{
    size_t m = max_m > CONV_TILE ? max_m : CONV_TILE;
    return chip_arena_cost(m * (round_up(n_out, 16) + 16) * sizeof(int32_t)) +
           chip_arena_cost(CONV_TILE * n_in * sizeof(float));
}

/* For products that only sum: as many outputs at a time as keep their sums in the L2 cache. */
static void run_and_finish(const struct chip_linear *lin, const struct chip_rows *rows,
                           const uint8_t *q, size_t first, size_t n, struct chip_arena *arena,
                           const struct chip_qfinish *f)
{
    size_t at_once = n < lin->gemm->n_at_once ? n : lin->gemm->n_at_once;
    size_t ld = round_up(at_once, 16) + 16; /* 16 more: rows then start in different cache sets */
    size_t mark = chip_arena_mark(arena);
    int32_t *acc = chip_arena_take(arena, rows->m * ld * sizeof *acc);
    for (size_t j = 0; j < n; j += at_once) {
        size_t width = n - j < at_once ? n - j : at_once;
        lin->gemm->run(lin->w, lin->packed, lin->n_out, lin->n_in, q, rows->stride, rows->m,
                       first + j, width, acc, ld);
        for (size_t i = 0; i < rows->m; i++)
            lin->kernels->dequantize(acc + i * ld, &f->row[i], lin->gemm->center, f->w_scale,
                                     f->w_sum + j, f->w_offset + j, f->bias ? f->bias + j : NULL,
                                     f->add, width, f->out + i * f->ld + j);
    }
    chip_arena_release(arena, mark);
}

/* In all of the following, out holds n columns from column `first` on. */
static void run_part(const struct chip_linear *lin, const struct chip_rows *rows, size_t part,
                     size_t first, size_t n, struct chip_arena *arena, bool add, float *out,
                     size_t ldo)
{
    const uint8_t *q = rows->q + part * rows->max_m * rows->stride;
    const struct chip_qfinish f = {
        .row = rows->row + part * rows->max_m,
        .w_scale = lin->w_scale,
        .w_sum = lin->w_sum + first,
        .w_offset = lin->w_offset + first,
        .bias = lin->bias && part == 0 ? lin->bias + first : NULL,
        .add = add,
        .out = out,
        .ld = ldo,
    };
    if (lin->gemm->run_finished)
        lin->gemm->run_finished(lin->packed, lin->n_in, q, rows->stride, rows->m, first, n, &f);
    else
        run_and_finish(lin, rows, q, first, n, arena, &f);
}

static void run_int8(const struct chip_linear *lin, const struct chip_rows *rows, size_t first,
                     size_t n, struct chip_arena *arena, bool add, float *out, size_t ldo)
{
    run_part(lin, rows, 0, first, n, arena, add, out, ldo);
    if (lin->wide)
        run_part(lin, rows, 1, first, n, arena, true, out, ldo);
}

/* oneDNN always gets `tile` rows: it may sum in another order for fewer. */
static void run_f32(const struct chip_linear *lin, const struct chip_rows *rows, size_t first,
                    size_t n, struct chip_arena *arena, bool add, float *out, size_t ldo)
{
    const size_t tile = lin->tile;
    float *product = chip_arena_take(arena, tile * n * sizeof *product);
    float *padded = chip_arena_take(arena, tile * lin->n_in * sizeof *padded);
    for (size_t i = 0; i < rows->m; i += tile) {
        size_t m = rows->m - i < tile ? rows->m - i : tile;
        const float *x = rows->x + i * rows->ldx;
        size_t ldx = rows->ldx;
        if (m < tile || ldx < lin->n_in) { /* oneDNN refuses rows that overlap */
            memset(padded, 0, tile * lin->n_in * sizeof *padded);
            for (size_t r = 0; r < m; r++)
                memcpy(padded + r * lin->n_in, x + r * ldx, lin->n_in * sizeof *padded);
            x = padded;
            ldx = lin->n_in;
        }
        dnnl_sgemm('N', 'T', (dnnl_dim_t)tile, (dnnl_dim_t)n, (dnnl_dim_t)lin->n_in, 1.0f, x,
                   (dnnl_dim_t)ldx, lin->w_f32 + first * lin->n_in, (dnnl_dim_t)lin->n_in, 0.0f,
                   product, (dnnl_dim_t)n);
        for (size_t r = 0; r < m; r++) {
            float *to = out + (i + r) * ldo;
            for (size_t j = 0; j < n; j++) {
                float y = product[r * n + j] + (lin->bias ? lin->bias[first + j] : 0.0f);
                to[j] = add ? to[j] + y : y;
            }
        }
    }
}

static void run(const struct chip_linear *lin, const struct chip_rows *rows, size_t first, size_t n,
                struct chip_arena *arena, bool add, float *out, size_t ldo)
{
    size_t mark = chip_arena_mark(arena);
    if (lin->gemm)
        run_int8(lin, rows, first, n, arena, add, out, ldo);
    else
        run_f32(lin, rows, first, n, arena, add, out, ldo);
    chip_arena_release(arena, mark);
}

void chip_linear_run(const struct chip_linear *lin, const struct chip_rows *rows,
                     struct chip_arena *arena, bool add, float *out, size_t ldo)
{
    run(lin, rows, 0, lin->n_out, arena, add, out, ldo);
}

size_t chip_linear_argmax_cost(size_t max_m, size_t n_in)
{
    return chip_linear_cost(max_m, ARGMAX_CHUNK, n_in) +
           chip_arena_cost(max_m * ARGMAX_CHUNK * sizeof(float)) +
           2 * chip_arena_cost(max_m * sizeof(float));
}

void chip_linear_argmax(const struct chip_linear *lin, const struct chip_rows *rows,
                        struct chip_arena *arena, int32_t *best, float *probability)
{
    size_t mark = chip_arena_mark(arena), m = rows->m;
    float *out = chip_arena_take(arena, m * ARGMAX_CHUNK * sizeof *out);
    float *max = chip_arena_take(arena, m * sizeof *max);
    float *total = chip_arena_take(arena, m * sizeof *total);
    for (size_t i = 0; i < m; i++) {
        best[i] = 0;
        max[i] = -INFINITY;
        total[i] = 0.0f;
    }
    for (size_t first = 0; first < lin->n_out; first += ARGMAX_CHUNK) {
        size_t n = lin->n_out - first < ARGMAX_CHUNK ? lin->n_out - first : ARGMAX_CHUNK;
        run(lin, rows, first, n, arena, false, out, n);
        for (size_t i = 0; i < m; i++) {
            float sum;
            size_t at = lin->kernels->argmax(out + i * n, n, &sum);
            float top = out[i * n + at];
            if (top > max[i]) {
                total[i] = total[i] * expf(max[i] - top) + sum;
                max[i] = top;
                best[i] = (int32_t)(first + at);
            } else {
                total[i] += sum * expf(top - max[i]);
            }
        }
    }
    for (size_t i = 0; i < m; i++)
        probability[i] = 1.0f / total[i];
    chip_arena_release(arena, mark);
}

void chip_linear_row(const struct chip_linear *lin, size_t index, float *out)
{
    if (!lin->gemm) {
        memcpy(out, lin->w_f32 + index * lin->n_in, lin->n_in * sizeof *out);
        return;
    }
    const int8_t *row = lin->w + index * lin->n_in;
    for (size_t k = 0; k < lin->n_in; k++)
        out[k] = ((float)row[k] - lin->zero_point) * lin->w_scale;
}
