#include "nn/linear.h"

#include <dnnl.h>
#include <math.h>
#include <string.h>

enum {
    CONV_TILE = CHIP_LINEAR_CONV_TILE,
    ARGMAX_CHUNK = 2048 /* outputs at a time; a multiple of 16 */
};

static size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
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

/* out[m][n] = x[m][ldx] w[n][n_in]', in float. */
static void multiply(const float *x, size_t m, size_t ldx, const float *w, size_t n, size_t n_in,
                     float *out)
{
    dnnl_status_t status =
        dnnl_sgemm('N', 'T', (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)n_in, 1.0f, x,
                   (dnnl_dim_t)ldx, w, (dnnl_dim_t)n_in, 0.0f, out, (dnnl_dim_t)n);
    if (status == dnnl_success)
        return;
    for (size_t r = 0; r < m; r++) /* no memory for its buffers; this needs none */
        for (size_t j = 0; j < n; j++) {
            float sum = 0.0f;
            for (size_t i = 0; i < n_in; i++)
                sum += x[r * ldx + i] * w[j * n_in + i];
            out[r * n + j] = sum;
        }
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
        multiply(x, tile, ldx, lin->w_f32 + first * lin->n_in, n, lin->n_in, product);
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

/* Copies the picks from `first` pick on that are among the n outputs from `base` on; returns the
 * next pick. */
static size_t pick(const struct chip_picks *picks, size_t first, size_t base, size_t n,
                   const float *out, size_t m)
{
    size_t next = first;
    for (; next < picks->n && (size_t)picks->outputs[next] < base + n; next++)
        for (size_t i = 0; i < m; i++)
            picks->below[i * picks->n + next] = out[i * n + (size_t)picks->outputs[next] - base];
    return next;
}

void chip_linear_argmax(const struct chip_linear *lin, const struct chip_rows *rows,
                        struct chip_arena *arena, int32_t *best, float *probability,
                        const struct chip_picks *picks)
{
    size_t mark = chip_arena_mark(arena), m = rows->m, picked = 0;
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
        if (picks)
            picked = pick(picks, picked, first, n, out, m);
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
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < picked; j++)
            picks->below[i * picked + j] = max[i] - picks->below[i * picked + j];
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
