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
    ROWS = 3,   /* of activations at a time: 6 + 6 sums, 2 weights, 2 temporaries = 16 registers */
    MAX_GROUP = 8,
    BLOCK_IN = 4 * MAX_GROUP,
    CENTER = 64,
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
                                                       int32_t *acc, size_t ld)
{
    __m256i total[ROWS][2];
    for (size_t r = 0; r < n_rows; r++)
        total[r][0] = total[r][1] = _mm256_setzero_si256();

    for (size_t block = 0; block < n_blocks; block++) {
        __m256i sum[ROWS][2];
        for (size_t r = 0; r < n_rows; r++) {
            sum[r][0] = _mm256_load_si256((const __m256i *)b);
            sum[r][1] = _mm256_load_si256((const __m256i *)(b + 32));
        }
        b += 64;
#pragma GCC unroll 8
        for (size_t g = 0; g < group; g++) {
            __m256i b0 = _mm256_load_si256((const __m256i *)b);
            __m256i b1 = _mm256_load_si256((const __m256i *)(b + 32));
            b += 64;
#pragma GCC unroll 3
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
    for (size_t r = 0; r < n_rows; r++)
        for (size_t h = 0; h < 2; h++)
            _mm256_storeu_si256((__m256i *)(acc + r * ld + 8 * h), total[r][h]);
}

static inline __attribute__((always_inline)) void panel(size_t group, const uint8_t *q,
                                                        size_t stride, size_t m, const int8_t *b,
                                                        size_t n_blocks, int32_t *acc, size_t ld)
{
    size_t i = 0;
    for (; i + ROWS <= m; i += ROWS)
        tile(ROWS, group, q + i * stride, stride, b, n_blocks, acc + i * ld, ld);
    if (m - i == 2)
        tile(2, group, q + i * stride, stride, b, n_blocks, acc + i * ld, ld);
    else if (m - i == 1)
        tile(1, group, q + i * stride, stride, b, n_blocks, acc + i * ld, ld);
}

static void run(const int8_t *w, const void *packed, size_t n_out, size_t n_in, const uint8_t *q,
                size_t stride, size_t m, size_t first, size_t n, int32_t *acc, size_t ld)
{
    (void)w;
    (void)n_out;
    const size_t *index = packed;
    for (size_t j = 0; j < n; j += PANEL) {
        size_t entry = index[(first + j) / PANEL];
        const int8_t *b = (const int8_t *)packed + (entry & ~(size_t)15);
        size_t group = entry & 15, n_blocks = blocks(n_in) * (MAX_GROUP / group);
        switch (group) {
        case 8:
            panel(8, q, stride, m, b, n_blocks, acc + j, ld);
            break;
        case 4:
            panel(4, q, stride, m, b, n_blocks, acc + j, ld);
            break;
        case 2:
            panel(2, q, stride, m, b, n_blocks, acc + j, ld);
            break;
        default:
            panel(1, q, stride, m, b, n_blocks, acc + j, ld);
            break;
        }
    }
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
};
