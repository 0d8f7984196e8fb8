#include "nn/attention.h"

#include <string.h>

size_t chip_attention_cost(struct chip_heads heads, size_t n_k)
{
    return chip_arena_cost(chip_attention_head_bytes(n_k, heads.head_dim));
}

void chip_attention(struct chip_heads heads, const struct chip_kernels *kernels,
                    struct chip_arena *arena, const float *q, size_t n_q, const float *k,
                    const float *v, size_t n_k, size_t ld, float *out)
{
    size_t mark = chip_arena_mark(arena);
    void *scratch = chip_arena_take(arena, chip_attention_head_bytes(n_k, heads.head_dim));
    for (size_t h = 0; h < heads.n_heads; h++) {
        size_t at = h * heads.head_dim;
        kernels->attention_head(q + at, n_q, k + at, v + at, n_k, ld, heads.head_dim, scratch,
                                out + at);
    }
    chip_arena_release(arena, mark);
}

/* ---- keys and values that are kept ---- */

enum { LINE = 64, MAX_DIM = 256 };

static size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/* Of one head: the scales of keys, keys, the scales of values, values, in the order of reading. */
struct layout {
    size_t scales, keys, values;
};

static struct layout layout(struct chip_heads heads, size_t n)
{
    size_t frames = round_up(n, CHIP_KEPT_BLOCK);
    return (struct layout){.scales = frames * sizeof(float),
                           .keys = frames * heads.head_dim,
                           .values = round_up(n, 2) * heads.head_dim + LINE};
}

static size_t head_bytes(struct chip_heads heads, size_t n)
{
    struct layout l = layout(heads, n);
    return round_up(2 * l.scales + l.keys + l.values, LINE);
}

struct chip_kept_head chip_kept_head(const struct chip_kept *kept, struct chip_heads heads,
                                     size_t head)
{
    struct layout l = layout(heads, kept->n);
    char *at = (char *)kept->memory + head * head_bytes(heads, kept->n);
    return (struct chip_kept_head){.k_scale = (float *)(void *)at,
                                   .k = (int8_t *)at + l.scales,
                                   .v_scale = (float *)(void *)(at + l.scales + l.keys),
                                   .v = (int8_t *)at + 2 * l.scales + l.keys};
}

size_t chip_kept_bytes(struct chip_heads heads, size_t n)
{
    return heads.n_heads * head_bytes(heads, n);
}

void chip_kept_init(struct chip_kept *kept, struct chip_heads heads, size_t n, void *memory)
{
    memset(memory, 0, chip_kept_bytes(heads, n)); /* what pads frames is read too */
    kept->n = n;
    kept->memory = memory;
}

static void put_key(const struct chip_kept_head *to, const struct chip_kernels *kernels, size_t t,
                    size_t dim, const float *x)
{
    int8_t q[MAX_DIM], *k = to->k + t / CHIP_KEPT_BLOCK * CHIP_KEPT_BLOCK * dim;
    to->k_scale[t] = kernels->quantize_i8(x, dim, q);
    for (size_t d = 0; d < dim; d += 2)
        memcpy(k + d * CHIP_KEPT_BLOCK + t % CHIP_KEPT_BLOCK * 2, q + d, 2);
}

static void put_value(const struct chip_kept_head *to, const struct chip_kernels *kernels, size_t t,
                      size_t dim, const float *x)
{
    int8_t q[MAX_DIM], *v = to->v + t / 2 * 2 * dim + t % 2;
    to->v_scale[t] = kernels->quantize_i8(x, dim, q);
    for (size_t d = 0; d < dim; d++)
        v[2 * d] = q[d];
}

void chip_kept_put(const struct chip_kept *kept, struct chip_heads heads,
                   const struct chip_kernels *kernels, size_t first, size_t n, const float *k,
                   const float *v, size_t ld)
{
    for (size_t h = 0; h < heads.n_heads; h++) {
        struct chip_kept_head to = chip_kept_head(kept, heads, h);
        size_t dim = heads.head_dim;
        for (size_t i = 0; i < n; i++) {
            put_key(&to, kernels, first + i, dim, k + i * ld + h * dim);
            put_value(&to, kernels, first + i, dim, v + i * ld + h * dim);
        }
    }
}

size_t chip_attention_row_cost(struct chip_heads heads, size_t n)
{
    return chip_arena_cost(chip_attention_row_bytes(n, heads.head_dim));
}

void chip_attention_row(struct chip_heads heads, const struct chip_kernels *kernels,
                        struct chip_arena *arena, const float *q, const struct chip_kept *kept,
                        size_t n, float *const *weights, float *out)
{
    size_t mark = chip_arena_mark(arena), dim = heads.head_dim;
    void *scratch = chip_arena_take(arena, chip_attention_row_bytes(n, dim));
    for (size_t h = 0; h < heads.n_heads; h++) {
        struct chip_kept_head head = chip_kept_head(kept, heads, h);
        kernels->attention_row(&head, n, dim, q + h * dim, scratch, weights ? weights[h] : NULL,
                               out + h * dim);
    }
    chip_arena_release(arena, mark);
}
