/*
 * u8 x s8 on AVX2 with sums kept in 16 bits for as long as they provably fit.
 *
 * `vpmaddubsw` multiplies 32 pairs and adds neighbours into 16 bits; the usual next step, widening
 * to 32 bits with `vpmaddwd` each time, costs as much again on the same two execution ports. Here
 * up to 8 products are added in 16 bits before one widening. What makes that exact:
 *
 * - Activations are 0..127, so that a pair (at most 2 * 127 * 128) cannot saturate.
 * - A lane's sum over a block is S = sum (q - 64) w. It starts at -64 sum(w), a constant kept with
 *   the weights, so |S| <= 64 sum |w|. Additions wrap modulo 2^16, so only the final S must fit:
 *   it does when sum |w| <= 511 over the lane's 2 * group weights of a block.
 * - Subtracting from each output's weights their mean (given back by the layer in float, as a
 *   multiple of the row's sum) makes them small; then nearly all panels of real networks pass with
 *   blocks of 16 or 32 inputs. pack() checks, and takes a shorter block for a panel that does not.
 *
 * Layout: panels of 16 outputs. A panel is n_in / (4 group) blocks; a block is 64 bytes of starting
 * values (2 x 16 int16), then `group` times 64 bytes: for each of 16 outputs, 4 inputs.
 * The idea of 16-bit sums is known from FBGEMM (Khudia et al. 2021, arXiv:2101.05615), which moves
 * large weights into a sparse matrix instead.
 */
#include "nn/qgemm.h"

#include <immintrin.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    PANEL = 16, /* outputs */
    ROWS = 4,   /* of activations at a time: their 8 sums in 16 bits stay in registers */
    MAX_GROUP = 8,
    BLOCK_IN = 4 * MAX_GROUP,
    CENTER = 64,
    PART_BYTES = 160 * 1024, /* of weights that all rows pass: they stay in the L2 cache */
    AHEAD = 3072,            /* bytes of weights that are fetched before they are needed */
    MAX_ABS_SUM = 32767 / CENTER,
};

static size_t blocks(size_t n_in)
{
    return (n_in + BLOCK_IN - 1) / BLOCK_IN;
}

/* A panel with the shortest blocks (group 1) is the largest: half of it are starting values. */
static size_t panel_bytes(size_t n_in, size_t group)
{
    size_t n_blocks = blocks(n_in) * (MAX_GROUP / group);
    return n_blocks * (group + 1) * 64;
}

/* packed: [n_panels + 1] size_t: where each panel starts, its group in the low 4 bits; panels. */
static size_t index_bytes(size_t n_out)
{
    return ((n_out / PANEL + 2) * sizeof(size_t) + 63) & ~(size_t)63;
}

static size_t packed_bytes(size_t n_out, size_t n_in)
{
    size_t n_panels = (n_out + PANEL - 1) / PANEL;
    return index_bytes(n_out) + n_panels * panel_bytes(n_in, 1);
}

static int clamp(int x, int lo, int hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* The rounded mean of a row, as far as all differences from it fit int8. */
static int8_t row_offset(const int8_t *w, size_t n_in)
{
    int64_t sum = 0;
    int min = 127, max = -128;
    for (size_t k = 0; k < n_in; k++) {
        sum += w[k];
        min = w[k] < min ? w[k] : min;
        max = w[k] > max ? w[k] : max;
    }
    int mean = (int)((double)sum / (double)n_in);
    return (int8_t)clamp(mean, max - 127, min + 128);
}

/* The weights of a panel less their offsets, rows padded with zeros to whole blocks; and for each
 * pair of inputs the sums of values and of absolute values. */
struct panel {
    size_t n_pairs;
    int8_t *values;         /* [PANEL][2 n_pairs] */
    int16_t *sum, *abs_sum; /* [PANEL][n_pairs] */
};

static void center_panel(const int8_t *w, const int8_t *offset, size_t n_out, size_t n_in,
                         size_t j0, struct panel *p)
{
    for (size_t j = 0; j < PANEL; j++) {
        int8_t *values = p->values + j * 2 * p->n_pairs;
        int16_t *sum = p->sum + j * p->n_pairs, *abs_sum = p->abs_sum + j * p->n_pairs;
        memset(values, 0, 2 * p->n_pairs);
        if (j0 + j < n_out)
            for (size_t k = 0; k < n_in; k++)
                values[k] = (int8_t)(w[(j0 + j) * n_in + k] - offset[j0 + j]);
        for (size_t i = 0; i < p->n_pairs; i++) {
            int a = (int)values[2 * i], b = (int)values[2 * i + 1];
            sum[i] = (int16_t)(a + b);
            abs_sum[i] = (int16_t)((a < 0 ? -a : a) + (b < 0 ? -b : b));
        }
    }
}

/* A block's sum over every second pair, which are one lane's. */
static int lane_sum(const int16_t *pairs, size_t group)
{
    int sum = 0;
    for (size_t g = 0; g < group; g++)
        sum += pairs[2 * g];
    return sum;
}

/* Whether no lane of any block of `group` can overflow. */
static bool group_fits(const struct panel *p, size_t group)
{
    for (size_t j = 0; j < PANEL; j++)
        for (size_t i = 0; i < p->n_pairs; i += 2 * group)
            for (size_t lane = 0; lane < 2; lane++)
                if (lane_sum(p->abs_sum + j * p->n_pairs + i + lane, group) > MAX_ABS_SUM)
                    return false;
    return true;
}

static void write_panel(const struct panel *p, size_t group, int8_t *out)
{
    for (size_t i = 0; i < p->n_pairs; i += 2 * group) {
        int16_t start[2 * PANEL];
        for (size_t j = 0; j < PANEL; j++) {
            const int8_t *values = p->values + j * 2 * p->n_pairs + 2 * i;
            const int16_t *sum = p->sum + j * p->n_pairs + i;
            for (size_t g = 0; g < group; g++)
                memcpy(out + 64 + g * 64 + j * 4, values + 4 * g, 4);
            start[2 * j] = (int16_t)(-CENTER * lane_sum(sum, group));
            start[2 * j + 1] = (int16_t)(-CENTER * lane_sum(sum + 1, group));
        }
        memcpy(out, start, sizeof start);
        out += (group + 1) * 64;
    }
}

static bool pack(const int8_t *w, size_t n_out, size_t n_in, void *packed, int8_t *offset)
{
    struct panel p = {.n_pairs = blocks(n_in) * BLOCK_IN / 2};
    p.values = malloc(PANEL * p.n_pairs * (2 + 2 * sizeof *p.sum));
    if (!p.values)
        return false;
    p.sum = (int16_t *)(void *)(p.values + PANEL * 2 * p.n_pairs);
    p.abs_sum = p.sum + PANEL * p.n_pairs;
    for (size_t j = 0; j < n_out; j++)
        offset[j] = row_offset(w + j * n_in, n_in);

    size_t *index = packed;
    size_t at = index_bytes(n_out);
    for (size_t j0 = 0, i = 0; j0 < n_out; j0 += PANEL, i++) {
        center_panel(w, offset, n_out, n_in, j0, &p);
        size_t group = MAX_GROUP;
        while (group > 1 && !group_fits(&p, group)) /* 1 always fits: 2 * 128 <= MAX_ABS_SUM */
            group /= 2;
        write_panel(&p, group, (int8_t *)packed + at);
        index[i] = at | group;
        at += panel_bytes(n_in, group);
    }
    free(p.values);
    return true;
}

/* One panel times n_rows rows. n_rows and group are constants where this is inlined. */
static inline __attribute__((always_inline)) void tile(size_t n_rows, size_t group,
                                                       const uint8_t *q, size_t stride,
                                                       const int8_t *b, size_t n_blocks,
                                                       __m256i total[ROWS][2])
{
    for (size_t r = 0; r < n_rows; r++)
        total[r][0] = total[r][1] = _mm256_setzero_si256();

    for (size_t block = 0; block < n_blocks; block++) {
        __m256i sum[ROWS][2];
        for (size_t r = 0; r < n_rows; r++) {
            sum[r][0] = _mm256_load_si256((const __m256i *)b);
            sum[r][1] = _mm256_load_si256((const __m256i *)(b + 32));
        }
        b += 64;
        /* The processor's own prefetching stops at each page. */
#pragma GCC unroll 9
        for (size_t line = 0; line <= group; line++)
            _mm_prefetch((const char *)b + AHEAD + line * 64, _MM_HINT_T0);
#pragma GCC unroll 8
        for (size_t g = 0; g < group; g++) {
            __m256i b0 = _mm256_load_si256((const __m256i *)b);
            __m256i b1 = _mm256_load_si256((const __m256i *)(b + 32));
            b += 64;
#pragma GCC unroll 4
            for (size_t r = 0; r < n_rows; r++) {
                int32_t four;
                memcpy(&four, q + r * stride + 4 * g, sizeof four);
                __m256i a = _mm256_set1_epi32(four);
                sum[r][0] = _mm256_add_epi16(sum[r][0], _mm256_maddubs_epi16(a, b0));
                sum[r][1] = _mm256_add_epi16(sum[r][1], _mm256_maddubs_epi16(a, b1));
                /* Keeps the compiler from reordering the additions and spilling registers. */
                __asm__("" : "+x"(sum[r][0]), "+x"(sum[r][1]));
            }
        }
        q += 4 * group;
        const __m256i ones = _mm256_set1_epi16(1);
        for (size_t r = 0; r < n_rows; r++)
            for (size_t h = 0; h < 2; h++)
                total[r][h] = _mm256_add_epi32(total[r][h], _mm256_madd_epi16(sum[r][h], ones));
    }
}

/* Rows as given to run(); where their sums go: to acc, or finished to f->out. */
struct rows {
    const uint8_t *q;
    size_t stride, m;
    int32_t *acc;
    size_t ld;
    const struct chip_qfinish *f;
};

/* What dequantize in kernels.h does, for rows of sums of one panel. */
static void finish(const struct chip_qfinish *f, const struct chip_qrow *row, size_t n_rows,
                   size_t j, const __m256i sums[ROWS][2], bool add, float *out, size_t ld)
{
    const __m256 w_scale = _mm256_set1_ps(f->w_scale);
    const __m256i center = _mm256_set1_epi32(CENTER);
    __m256 w_sum[2], w_offset[2], bias[2];
    for (size_t h = 0; h < 2; h++) {
        w_sum[h] = _mm256_loadu_ps(f->w_sum + j + 8 * h);
        w_offset[h] = _mm256_loadu_ps(f->w_offset + j + 8 * h);
        bias[h] = f->bias ? _mm256_loadu_ps(f->bias + j + 8 * h) : _mm256_setzero_ps();
    }
    for (size_t r = 0; r < n_rows; r++, row++, out += ld) {
        __m256 scale = _mm256_mul_ps(_mm256_set1_ps(row->scale), w_scale);
        __m256 sum = _mm256_cvtepi32_ps(_mm256_set1_epi32(row->sum));
        __m256 shift = _mm256_cvtepi32_ps(_mm256_sub_epi32(center, _mm256_set1_epi32(row->zero)));
        for (size_t h = 0; h < 2; h++) {
            __m256 y = _mm256_fmadd_ps(shift, w_sum[h], _mm256_cvtepi32_ps(sums[r][h]));
            y = _mm256_fmadd_ps(sum, w_offset[h], y);
            y = _mm256_fmadd_ps(scale, y, bias[h]);
            if (add)
                y = _mm256_add_ps(y, _mm256_loadu_ps(out + 8 * h));
            _mm256_storeu_ps(out + 8 * h, y);
        }
    }
}

/* The same for the first n outputs of the panel. */
static void finish_some(const struct chip_qfinish *f, const struct chip_qrow *row, size_t n_rows,
                        size_t j, size_t n, const __m256i sums[ROWS][2], float *out)
{
    float all[ROWS][PANEL];
    finish(f, row, n_rows, j, sums, false, all[0], PANEL);
    for (size_t r = 0; r < n_rows; r++, out += f->ld)
        for (size_t k = 0; k < n; k++)
            out[k] = f->add ? all[r][k] + out[k] : all[r][k];
}

/* Puts the sums of n_rows rows from i on and of n outputs from j on where they belong. */
static void put(const struct rows *rows, size_t i, size_t n_rows, size_t j, size_t n,
                const __m256i sums[ROWS][2])
{
    const struct chip_qfinish *f = rows->f;
    if (!f) {
        int32_t *acc = rows->acc + i * rows->ld + j;
        for (size_t r = 0; r < n_rows; r++, acc += rows->ld)
            memcpy(acc, sums[r], PANEL * sizeof *acc);
    } else if (n == PANEL) {
        finish(f, f->row + i, n_rows, j, sums, f->add, f->out + i * f->ld + j, f->ld);
    } else {
        finish_some(f, f->row + i, n_rows, j, n, sums, f->out + i * f->ld + j);
    }
}

/* n_rows rows from i on times the panels of outputs j .. end - 1. */
static inline __attribute__((always_inline)) void some_rows(size_t n_rows, const struct rows *rows,
                                                            size_t i, const void *packed,
                                                            const size_t *index, size_t n_in,
                                                            size_t j, size_t end)
{
    const uint8_t *q = rows->q + i * rows->stride;
    for (; j < end; j += PANEL) {
        size_t entry = index[j / PANEL], group = entry & 15;
        size_t n_blocks = blocks(n_in) * MAX_GROUP / group;
        const int8_t *b = (const int8_t *)packed + (entry & ~(size_t)15);
        __m256i sums[ROWS][2];
        switch (group) {
        case 8:
            tile(n_rows, 8, q, rows->stride, b, n_blocks, sums);
            break;
        case 4:
            tile(n_rows, 4, q, rows->stride, b, n_blocks, sums);
            break;
        case 2:
            tile(n_rows, 2, q, rows->stride, b, n_blocks, sums);
            break;
        default:
            tile(n_rows, 1, q, rows->stride, b, n_blocks, sums);
            break;
        }
        put(rows, i, n_rows, j, end - j < PANEL ? end - j : PANEL, sums);
    }
}

/* As many panels at a time as stay in the L2 cache while all rows pass by. */
static void product(const void *packed, size_t n_in, const struct rows *rows, size_t first,
                    size_t n)
{
    const size_t *index = (const size_t *)packed + first / PANEL;
    size_t n_panels = PART_BYTES / panel_bytes(n_in, MAX_GROUP);
    size_t at_once = PANEL * (n_panels ? n_panels : 1);
    for (size_t j = 0; j < n; j += at_once) {
        size_t end = n - j < at_once ? n : j + at_once, i = 0;
        for (; i + ROWS <= rows->m; i += ROWS)
            some_rows(ROWS, rows, i, packed, index, n_in, j, end);
        if (rows->m - i == 3)
            some_rows(3, rows, i, packed, index, n_in, j, end);
        else if (rows->m - i == 2)
            some_rows(2, rows, i, packed, index, n_in, j, end);
        else if (rows->m - i == 1)
            some_rows(1, rows, i, packed, index, n_in, j, end);
    }
}

static void run(const int8_t *w, const void *packed, size_t n_out, size_t n_in, const uint8_t *q,
                size_t stride, size_t m, size_t first, size_t n, int32_t *acc, size_t ld)
{
    (void)w;
    (void)n_out;
    product(packed, n_in, &(struct rows){.q = q, .stride = stride, .m = m, .acc = acc, .ld = ld},
            first, n);
}

static void run_finished(const void *packed, size_t n_in, const uint8_t *q, size_t stride, size_t m,
                         size_t first, size_t n, const struct chip_qfinish *f)
{
    product(packed, n_in, &(struct rows){.q = q, .stride = stride, .m = m, .f = f}, first, n);
}

extern const struct chip_qgemm chip_qgemm_avx2;
const struct chip_qgemm chip_qgemm_avx2 = {
    .name = "avx2",
    .q_max = 127,
    .center = CENTER,
    .n_at_once = 128,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .run = run,
    .run_finished = run_finished,
};
